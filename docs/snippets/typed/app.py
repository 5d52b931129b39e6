"""An app whose page is checked against its Python."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from pytron import App, CallError, Event


@dataclass
class Task:
    """Something to be done.

    Attributes:
        title: one line.
    """

    title: str
    due: date | None = None
    tags: list[str] = field(default_factory=list[str])


@dataclass
class Shared:
    open_tasks: int = 0


class TooMany(CallError):
    """Says that the list is full."""

    default_code = "too_many"


app = App("Tasks", state=Shared, frontend="page")
added = app.event("task.added", Task)
tasks: list[Task] = []


@app.expose
def add(task: Task, urgent: bool = False) -> int:
    """Put a task on the list.

    Args:
        task: what is to be done.
        urgent: put it first.

    Returns:
        How many there are now.

    Raises:
        TooMany: the list is full.
    """
    if len(tasks) >= 100:
        raise TooMany("a hundred tasks are enough; do one first")
    tasks.insert(0 if urgent else len(tasks), task)
    app.state.open_tasks = len(tasks)
    added.emit(task)
    return len(tasks)


@app.expose
def due(day: date) -> Iterator[Task]:
    """The tasks that are due on a day."""
    yield from (task for task in tasks if task.due == day)


@added.on
def log(event: Event[Task]) -> None:
    """What a page sends as `task.added` arrives here as a Task, or not at all."""
    print(event.data.title)


if __name__ == "__main__":
    raise SystemExit(app.run())
