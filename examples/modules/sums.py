"""What the page may have added up: `pytron.sums.…`."""

import pytron

sums = pytron.Api("sums")


@sums.expose
def total(numbers: list[float]) -> float:
    """The sum."""
    return sum(numbers)


@sums.expose(windows=["main"])
def secret() -> str:
    """Only the first window may call this one."""
    return "for the main window"
