"""The state in a real window: what the page shows while Python makes up its mind."""

from __future__ import annotations

from e2e.driver import RunApp

PYTHON = """
from dataclasses import dataclass, field

@dataclass
class Notes:
    count: int = 0
    items: list[str] = field(default_factory=list)

app = App("Test", state=Notes, frontend="page", ephemeral=True)

@app.expose
def items() -> list[str]:
    return list(app.state.items)

@app.expose
def add(text: str) -> None:
    app.state.items.append(text)

@app.expose
def count() -> int:
    return app.state.count
"""


def test_what_a_page_adds_is_never_shown_twice(run_app: RunApp) -> None:
    run = run_app(
        """
        await pytron.ready;
        const sizes = [];
        pytron.subscribe("items", (items) => sizes.push(items.length));
        for (let i = 0; i < 50; i++) {
          pytron.state.items.push(`page ${i}`);
          await (i % 3 ? pytron.add(`python ${i}`) : Promise.resolve());
        }
        const python = await pytron.items();
        const rising = sizes.every((size, i) => i === 0 || size > sizes[i - 1]);
        await report({ rising, same: JSON.stringify(python) === JSON.stringify(pytron.state.items), size: python.length });
        """,
        PYTHON,
    )
    assert run.reports == [{"rising": True, "same": True, "size": 83}]


def test_a_change_is_seen_by_the_call_after_it_and_refusals_roll_back(run_app: RunApp) -> None:
    run = run_app(
        """
        await pytron.ready;
        addEventListener("error", (event) => event.preventDefault());
        pytron.state.count = 7;
        await report(await pytron.count());
        pytron.state.count = "seven";
        await report(pytron.state.count);
        await report(await pytron.count());
        await report(pytron.state.count);
        """,
        PYTHON,
    )
    assert run.reports == [7, "seven", 7, 7]


def test_updates_from_the_page_and_changes_in_python_lose_nothing(run_app: RunApp) -> None:
    run = run_app(
        """
        await pytron.ready;
        const mine = [];
        for (let i = 0; i < 100; i++) mine.push(pytron.update((state) => { state.count += 1; }));
        await Promise.all([...mine, pytron.climb(100)]);
        await report([await pytron.count(), pytron.state.count]);
        """,
        PYTHON
        + """
@app.expose
def climb(times: int) -> None:
    for _ in range(times):
        with app.transaction():
            app.state.count += 1
""",
    )
    assert run.reports == [[200, 200]]
