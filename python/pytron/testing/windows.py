"""A window that a test drives: finding what is in its page, using it, expecting something of it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from pytron.testing.driver import DriveError, DrivenApp, PageGone

Step = dict[str, Any]
#: A version that no record has: what is asked for after it is only which is the newest.
_NEWEST = 2**52


class _Finder:
    """Ways to name elements, from a page or from inside another element."""

    def _at(self, step: Step) -> Locator:
        raise NotImplementedError

    def by_role(self, role: str, name: str | None = None, *, exact: bool = False) -> Locator:
        """Elements by their role and accessible name: `by_role("button", "Save")`.

        Roles are those of ARIA, given or implied: `button`, `link`, `textbox`, `heading`, `status`.
        """
        step: Step = {"role": role, "exact": exact}
        return self._at(step if name is None else {**step, "name": name})

    def by_text(self, text: str, *, exact: bool = False) -> Locator:
        """The innermost elements that show this text."""
        return self._at({"text": text, "exact": exact})

    def by_label(self, text: str, *, exact: bool = False) -> Locator:
        """Fields by their label."""
        return self._at({"label": text, "exact": exact})

    def by_placeholder(self, text: str) -> Locator:
        """Fields by what stands in them while they are empty."""
        return self._at({"placeholder": text})

    def by_test_id(self, text: str) -> Locator:
        """Elements by their `data-testid`."""
        return self._at({"testid": text})

    def css(self, selector: str) -> Locator:
        """Elements by a CSS selector."""
        return self._at({"css": selector})


class DrivenWindow(_Finder):
    """A window of an app that a test drives. Every wait ends after the app's `timeout_s`."""

    def __init__(self, app: DrivenApp, label: str) -> None:
        self.app = app
        self.label = label

    def _at(self, step: Step) -> Locator:
        return Locator(self, [step])

    @property
    def title(self) -> str:
        """The title of its page."""
        return str(self.give("read", [], what="title"))

    @property
    def url(self) -> str:
        """The address of its page."""
        return str(self.give("read", [], what="url"))

    def press(self, keys: str) -> None:
        """Press a key, or several: `press("Control+Z")`, on what has the focus."""
        self.give("press", [], text=keys)

    def type(self, text: str) -> None:
        """Type text into what has the focus, key by key."""
        self.give("type", [], text=text)

    def evaluate(self, expression: str, argument: object = None) -> Any:
        """The value of a JavaScript expression in the page; a promise is awaited.

        `argument` is there under that name. Last resort: what a user does is what a test should do.
        """
        return self.give("run", [], source=expression, argument=argument)

    def screenshot(self, path: str | Path) -> Path:
        """Save what the page shows as a PNG; where it is."""
        target = Path(path).resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        self.app.order("screenshot", window=self.label, path=str(target))
        return target

    def reload(self) -> None:
        """Load its page anew."""
        self.app.order("reload", window=self.label)

    def close(self) -> None:
        """Close it as its user does: handlers of `closing` are asked."""
        self.app.order("close", window=self.label)

    @contextmanager
    def expect_call(self, name: str) -> Generator[Seen]:
        """Wait at the end of the block for a call of this function that begins in it.

        ```python
        with app_window.expect_call("add") as call:
            app_window.by_role("button", "Add").click()
        assert call.arguments == [1, 2]
        ```
        """
        yield from self._expect("call", name)

    @contextmanager
    def expect_event(self, name: str) -> Generator[Seen]:
        """Wait at the end of the block for an event of this name, from or to this window."""
        yield from self._expect("event", name)

    @contextmanager
    def expect_window(self, what: str) -> Generator[Seen]:
        """Wait at the end of the block until this happens to the window: `loaded`, `closed`."""
        yield from self._expect("window", what)

    def _expect(self, kind: str, name: str) -> Generator[Seen]:
        version = self._records(_NEWEST, 0.0)["version"]
        seen = Seen()
        yield seen
        end = monotonic() + self.app.timeout_s
        while monotonic() < end:
            answer = self._records(version, min(5.0, end - monotonic()))
            version = answer["version"]
            for record in answer["records"]:
                named = "what" if kind == "window" else "name"
                is_it = record["type"] == kind and record[named] == name
                here = record.get("window") in (self.label, None)
                if is_it and here and (kind != "call" or "took" in record):
                    seen.fill(record)
                    return
        raise DriveError(f"no {kind} {name!r} of window {self.label!r} came in time")

    def _records(self, after: int, wait_s: float) -> dict[str, Any]:
        found: dict[str, Any] = self.app.order("records", after=after, waitS=wait_s)
        return found

    def give(self, do: str, target: Sequence[Step], **fields: Any) -> Any:
        """Give an order to the page; one that only waits is given again to the next page."""
        end = monotonic() + self.app.timeout_s
        while True:
            left = max(0.0, end - monotonic())
            order = {"do": do, "target": list(target), "timeoutMs": 1000 * left, **fields}
            try:
                return self.app.order("page", timeout_s=left + 5, window=self.label, order=order)
            except PageGone:
                if do not in ("expect", "read") or monotonic() > end:
                    raise

    def __repr__(self) -> str:
        """Show its label."""
        return f"<DrivenWindow {self.label!r}>"


class Seen:
    """A call or an event that was waited for.

    Attributes:
        arguments: of a call: a list, or by name.
        value: the result of a call, or the data of an event.
        error: of a call that failed: its `code`, `message` and so on.
        stack: of a call, while the inspector is open: where the page made it.
    """

    arguments: Any
    value: Any
    error: dict[str, Any] | None
    stack: str | None

    def fill(self, record: dict[str, Any]) -> None:
        """Take what was recorded."""
        self.arguments = record.get("args")
        self.value = record.get("value", record.get("data"))
        self.error = record.get("error")
        self.stack = record.get("stack")


class Locator(_Finder):
    """Names elements; looks for them anew each time it is used, and waits until it can be used.

    What it names must be one element, except for `count`, `texts` and `expect_count`.
    """

    def __init__(self, window: DrivenWindow, steps: Sequence[Step]) -> None:
        self._window = window
        self._steps = list(steps)

    def _at(self, step: Step) -> Locator:
        return Locator(self._window, [*self._steps, step])

    def nth(self, place: int) -> Locator:
        """The one at this place, from 0; from the end with -1."""
        return self._at({"nth": place})

    # --- using ----------------------------------------------------------------------------------

    def click(self, *, button: str = "left") -> None:
        """Click its middle, once it is visible, enabled, at rest and not covered."""
        self._do("click", button={"left": 0, "middle": 1, "right": 2}[button])

    def double_click(self) -> None:
        """Click it twice."""
        self._do("click", count=2)

    def hover(self) -> None:
        """Move the pointer onto it."""
        self._do("hover")

    def focus(self) -> None:
        """Give it the keyboard."""
        self._do("focus")

    def fill(self, text: str) -> None:
        """Give a field this value, whatever it had."""
        self._do("fill", text=text)

    def type(self, text: str) -> None:
        """Type text into it, key by key, where its caret is."""
        self._do("type", text=text)

    def press(self, keys: str) -> None:
        """Press a key on it: `press("Enter")`."""
        self._do("press", text=keys)

    def check(self) -> None:
        """Switch a checkbox or radio button on."""
        self._do("check", on=True)

    def uncheck(self) -> None:
        """Switch a checkbox off."""
        self._do("check", on=False)

    def select(self, *options: str) -> None:
        """Choose options of a `<select>` by their value or text."""
        self._do("select", values=list(options))

    # --- reading --------------------------------------------------------------------------------

    def text(self) -> str:
        """The text it shows, with one blank for any white space."""
        return str(self._read("text"))

    def value(self) -> str:
        """What is in the field."""
        return str(self._read("value"))

    def attribute(self, name: str) -> str | None:
        """An attribute of it."""
        found: str | None = self._read("attribute", name=name)
        return found

    def texts(self) -> list[str]:
        """The texts of all that it names now."""
        return list(self._read("texts"))

    def count(self) -> int:
        """How many it names now."""
        return int(self._read("count"))

    def is_visible(self) -> bool:
        """Whether it is there and can be seen, now."""
        return bool(self._read("visible"))

    # --- expecting: each waits until it is so ---------------------------------------------------

    def expect_text(self, text: str) -> None:
        """Wait until this is all its text."""
        self._expect("text", text)

    def expect_to_hold(self, text: str) -> None:
        """Wait until this is in its text."""
        self._expect("holds", text)

    def expect_value(self, text: str) -> None:
        """Wait until this is in the field."""
        self._expect("value", text)

    def expect_attribute(self, name: str, value: str | None) -> None:
        """Wait until an attribute is this."""
        self._expect("attribute", value, name=name)

    def expect_count(self, count: int) -> None:
        """Wait until it names so many."""
        self._expect("count", count)

    def expect_visible(self) -> None:
        """Wait until it can be seen."""
        self._expect("visible", True)

    def expect_hidden(self) -> None:
        """Wait until it is gone, or cannot be seen."""
        self._expect("visible", False)

    def expect_enabled(self) -> None:
        """Wait until it can be used."""
        self._expect("enabled", True)

    def expect_disabled(self) -> None:
        """Wait until it cannot be used."""
        self._expect("enabled", False)

    def expect_checked(self, checked: bool = True) -> None:
        """Wait until it is on, or off."""
        self._expect("checked", checked)

    def expect_focused(self) -> None:
        """Wait until it has the keyboard."""
        self._expect("focused", True)

    def _do(self, what: str, **fields: Any) -> None:
        self._window.give(what, self._steps, **fields)

    def _read(self, what: str, **fields: Any) -> Any:
        return self._window.give("read", self._steps, what=what, **fields)

    def _expect(self, what: str, expected: object, **fields: Any) -> None:
        self._window.give("expect", self._steps, what=what, expected=expected, **fields)

    def __repr__(self) -> str:
        """Show what it names."""
        return f"<Locator {self._steps!r}>"
