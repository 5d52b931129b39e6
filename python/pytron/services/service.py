"""What every service is: a name, what pages may call of it, and the desk it works at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pytron.answer import Answer
from pytron.errors import CallError
from pytron.services.arguments import checked

if TYPE_CHECKING:
    from pytron.engine import Capability
    from pytron.services.desk import Desk
    from pytron.window import Window


class Service:
    """A service of the desktop. Its methods may be called from any thread, and none of them waits.

    They give an `Answer`: `await app.dialogs.open_file()`, or `.result()` on a worker thread.
    """

    #: Its name in `app`, in `pytron.services` and in grants.
    name: ClassVar[str]
    #: What spec/view.md calls it, where that differs.
    wire: ClassVar[str] = ""
    #: What its methods ask for by other names there: `can` is asked by the names of methods.
    asks: ClassVar[Mapping[str, str]] = {}
    #: The methods that pages may call.
    pages: ClassVar[tuple[str, ...]] = ()
    #: What happens by itself: the data of each event by its name.
    events: ClassVar[Mapping[str, type[Any]]] = {}

    def __init_subclass__(cls) -> None:
        """What answers looks at its arguments first."""
        for name, method in list(vars(cls).items()):
            answers = str(getattr(method, "__annotations__", {}).get("return")).startswith(
                "Answer["
            )
            if answers and not name.startswith("_"):
                setattr(cls, name, checked(method))

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.begin()

    def begin(self) -> None:
        """Get ready, at first use."""

    def close(self) -> None:
        """Give back what it holds; the app ends."""

    def can(self, feature: str) -> Capability | None:
        """Whether it works, where neither the platform nor the window host says so."""
        del feature
        return None

    def _ask(
        self,
        what: str,
        window: Window | None = None,
        *,
        patient: bool = False,
        **args: object,
    ) -> Answer[Any]:
        """Ask whoever does it here, by the names of spec/view.md, section 8."""
        return self._desk.ask(f"{self.wire or self.name}.{what}", window, args, patient=patient)

    def _refused(self, what: str, reason: str) -> Answer[Any]:
        """The answer to a call whose arguments are wrong."""
        error = CallError(reason, code="invalid_arguments")
        return Answer.failed(f"{self.name}.{what}", error)


class Provider:
    """Does a service on one platform without the window host."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def can(self, feature: str) -> Capability | None:
        """Whether it works; None when the window host knows."""
        raise NotImplementedError

    def ask(self, name: str, window: int | None, args: Mapping[str, Any]) -> Answer[Any] | None:
        """Do it; None when the window host does it."""
        raise NotImplementedError

    def close(self) -> None:
        """Give back what it holds."""
