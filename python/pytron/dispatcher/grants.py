"""What the pages of one window may do.

Source: spec/ipc.md, section 9.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pytron.errors import CallError, ConfigError
from pytron.near import meant

_STATE = frozenset({"state", "state:app", "state:window"})
_EVENTS = "events:"
_ASSETS = "assets"
_SERVICES = "services:"
#: How calls of services begin: `services.dialogs.open_file`.
_SERVICE_CALL = "services."


class Grants:
    """The grants of a window, from `allow=[…]`.

    A grant is the name of a function, `events:NAME`, `services:NAME`, `state`, `state:app`,
    `state:window` or `assets`. A trailing `*` in a name matches any ending.
    """

    def __init__(self, label: str, allow: Sequence[str], *, foreign: bool) -> None:
        """Read the grants.

        Args:
            label: the window's.
            allow: the grants.
            foreign: the window shows a page that the app does not serve.

        Raises:
            ConfigError: one of them is none; the message names those there are.
        """
        self._label = label
        self._foreign = foreign
        self._given = list(allow)
        self._calls = _Names()
        self._events = _Names()
        self._services = _Names()
        self._others: set[str] = set()
        for grant in allow:
            self._add(grant)

    def _add(self, grant: str) -> None:
        name = grant.removeprefix(_EVENTS)
        if grant in _STATE or grant == _ASSETS:
            self._others.add(grant)
        elif grant.startswith(_EVENTS) and name:
            self._events.add(name)
        elif grant.startswith(_SERVICES) and grant != _SERVICES:
            self._services.add(grant.removeprefix(_SERVICES))
        elif grant and ":" not in grant:
            self._calls.add(grant)
        else:
            raise ConfigError(
                f"allow={grant!r} is no grant; there are: names of functions ('add', 'notes.*'), "
                "'events:NAME', 'services:NAME', 'state', 'state:app', 'state:window', 'assets'"
            )

    def has_call(self, name: str) -> bool:
        """Whether it may call a function."""
        if name.startswith(_SERVICE_CALL):  # never by `*`: what the desktop offers is named
            return self._services.cover(name.split(".")[1])
        return self._calls.cover(name)

    def has_state(self, scope: str) -> bool:
        """Whether it may see and change the state of a scope."""
        return "state" in self._others or f"state:{scope}" in self._others

    def has_assets(self) -> bool:
        """Whether it may load what the app serves, as the app's own pages must to be there."""
        return not self._foreign or _ASSETS in self._others

    def check_call(self, name: str) -> None:
        """Refuse a call that is not granted.

        Raises:
            CallError: `not_allowed`; the message says what to write.
        """
        if not self.has_call(name):
            service = name.split(".")[1] if name.startswith(_SERVICE_CALL) else None
            grant = name if service is None else _SERVICES + service
            raise self._missing(f"call {name!r}", grant)

    def check_event(self, name: str) -> None:
        """Refuse to send or hear events of a name, or of all that a pattern matches.

        Raises:
            CallError: `not_allowed`; the message says what to write.
        """
        if not self._events.cover(name):
            raise self._missing(f"send or hear the event {name!r}", _EVENTS + name)

    def check_subscription(self, name: str) -> None:
        """Refuse to hear events of a name, or of all that a pattern matches.

        Raises:
            CallError: `not_allowed`; the message says what to write.
        """
        self.check_event(name)

    def hears(self, name: str) -> bool:
        """Whether an event that is sent to all windows is for it, once it has subscribed."""
        return self._events.cover(name)

    def check_state(self, scope: str) -> None:
        """Refuse to see or change the state of a scope.

        Raises:
            CallError: `not_allowed`; the message says what to write.
        """
        if not self.has_state(scope):
            raise self._missing(f"see or change the {scope} state", f"state:{scope}")

    def _missing(self, what: str, grant: str) -> CallError:
        wanted = [*self._given, grant]
        return CallError(
            f"window {self._label!r} may not {what}; to allow it, open the window with "
            f"allow={wanted!r}",
            code="not_allowed",
        )


class RemoteGrants(Grants):
    """What a remote session may do: what is marked remote, and its own window's state.

    It may subscribe to anything: what is sent to its window alone is meant for it, and of what is
    sent to all it hears only events that are marked.
    """

    def __init__(
        self, label: str, functions: Iterable[str], events: Iterable[str], *, shared: bool
    ) -> None:
        """Grant by name."""
        states = ["state"] if shared else ["state:window"]
        names = [*functions, *(_EVENTS + name for name in events)]
        super().__init__(label, [*names, *states, _ASSETS], foreign=False)

    def check_subscription(self, name: str) -> None:
        """Nothing is refused."""

    def _missing(self, what: str, grant: str) -> CallError:
        remedy = "shared=True in App(…)" if grant.startswith("state") else "remote=True"
        return CallError(
            f"a remote session may not {what}; to allow it, mark it with {remedy}",
            code="not_allowed",
        )


class _Names:
    """Names, and beginnings of names."""

    def __init__(self) -> None:
        self._exact: set[str] = set()
        self._beginnings: tuple[str, ...] = ()

    def add(self, name: str) -> None:
        if name.endswith("*"):
            self._beginnings += (name[:-1],)
        else:
            self._exact.add(name)

    def cover(self, name: str) -> bool:
        """Whether a name, or all that a pattern can match, is among them."""
        return name in self._exact or name.startswith(self._beginnings)


def check_grants(allow: Iterable[str] | None, functions: Mapping[str, object]) -> None:
    """Refuse grants of what does not exist: a typo would be a grant of nothing, found by users.

    Names of events are not looked at: any may be sent.

    Raises:
        ConfigError: no function, group of functions or service is called so; the message has the
            near ones.
    """
    if allow is None or isinstance(allow, str):
        return
    for grant in allow:
        if grant.startswith(_SERVICE_CALL):
            wanted = _SERVICES + grant.split(".")[1]
            raise ConfigError(f"allow={grant!r} grants nothing: a service is granted by {wanted!r}")
        if grant.startswith(_SERVICES):
            functions.get(_SERVICE_CALL)  # those of services come in when they are asked for
            called = [name for name in functions if name.startswith(_SERVICE_CALL)]
            _check_name(grant, "service", {_SERVICES + name.split(".")[1] for name in called})
        elif grant not in _STATE and grant != _ASSETS and ":" not in grant:
            names = {name for name in functions if not name.startswith(_SERVICE_CALL)}
            _check_name(grant, "function", names)


def _check_name(grant: str, what: str, known: set[str]) -> None:
    """Refuse a name that is none of these, and a beginning that none of these has."""
    if grant in known or grant == "*":
        return
    near = {*known} if what == "service" else {*known, *_STATE, _ASSETS}
    if grant.endswith("*"):
        if any(name.startswith(grant[:-1]) for name in known):
            return
        near |= {f"{name.rpartition('.')[0]}.*" for name in known if "." in name}
        what = f"group of {what}s"
    there = sorted(known)
    listed = ", ".join(map(repr, there[:8])) + (", …" if len(there) > 8 else "")
    hint = meant(grant, sorted(near), f"there are: {listed}" if there else "none is exposed")
    raise ConfigError(f"allow={grant!r} grants nothing: there is no {what} of that name; {hint}")


def grants_of(label: str, allow: Iterable[str] | None, *, foreign: bool) -> Grants | None:
    """The grants of a window; None allows everything: the app's own pages, unless narrowed.

    Raises:
        ConfigError: `allow` is no list of grants.
    """
    if allow is None:
        return Grants(label, [], foreign=True) if foreign else None
    if isinstance(allow, str):
        raise ConfigError(f"allow={allow!r} must be a list: allow=[{allow!r}]")
    return Grants(label, list(allow), foreign=foreign)
