"""Passwords and tokens in the system's keychain."""

from __future__ import annotations

from typing import Any, ClassVar

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError
from pytron.services.service import Service

_REMEDY = "install it: pip install 'pytron-kit[secrets]'"


class Secrets(Service):
    """`app.secrets`: kept by the system's keychain under the app's id, and never in a file of ours.

    Pages cannot read them: give a page what it needs from a function of your own.
    """

    name: ClassVar[str] = "secrets"

    def get(self, key: str) -> Answer[str | None]:
        """The secret of a name, or None."""
        return self._do("get_password", key)

    def set(self, key: str, value: str) -> Answer[None]:
        """Keep a secret."""
        return self._do("set_password", key, value)

    def delete(self, key: str) -> Answer[None]:
        """Forget a secret; one that is not there is no error."""

        def work() -> None:
            ring = _ring()
            if ring.get_password(self._desk.app.id, key) is not None:
                ring.delete_password(self._desk.app.id, key)

        return self._desk.run("secrets.delete", work, timeout_s=60)

    def _do(self, method: str, *words: str) -> Answer[Any]:
        app = self._desk.app
        work = lambda: getattr(_ring(), method)(app.id, *words)  # noqa: E731
        # The keychain may ask the user to unlock it.
        return self._desk.run(f"secrets.{method[:3]}", work, timeout_s=60)

    def can(self, feature: str) -> Capability | None:
        """Whether a keychain is there."""
        del feature
        try:
            ring = _ring()
        except CallError as error:
            return Capability(False, str(error))
        return Capability(True, f"{type(ring).__module__} does it")


def _ring() -> Any:
    try:
        import keyring
        from keyring.backends.fail import Keyring as Nothing
    except ImportError as error:
        raise CallError(f"keyring is not installed; {_REMEDY}", code="unsupported") from error
    ring: Any = keyring.get_keyring()
    if isinstance(ring, Nothing):
        raise CallError(
            "the system has no keychain that can be reached; on Linux start one, such as "
            "gnome-keyring or KWallet",
            code="unsupported",
        )
    return ring
