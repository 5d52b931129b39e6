"""What may be shown of values: previews, with what a name calls secret left out.

A name that says secret hides what is under it, wherever it stands: an argument of a function, a key
of an object, a step of a path in the state, the name of a function or an event.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from pytron import codec

#: Stands where a secret was.
HIDDEN: Final = "(redacted)"
#: A name with one of these in it is secret, however it is written: `apiKey`, `API_KEY`, `api-key`.
WORDS: Final = (
    "password", "passwd", "passphrase", "secret", "token", "apikey", "authorization", "credential",
    "cookie", "privatekey", "accesskey", "sessionid",
)  # fmt: skip
#: These are secret only as whole names: `pin` is, `spinner` is not.
WHOLE: Final = frozenset({"pwd", "pin", "otp", "cvv", "cvc", "auth"})

#: What a preview may hold; whatever is longer is cut, and says so.
_MOST_ITEMS: Final = 50
_MOST_NODES: Final = 1_000
_MOST_TEXT: Final = 1_000
_MOST_LEVELS: Final = 10
#: JSON larger than this is not looked into: that would hold up the app.
_MOST_BYTES: Final = 2 * 1024 * 1024
_PLAIN: Final = re.compile(r"[^a-z0-9]")


class Preview(NamedTuple):
    """A part of a value as JSON, and how large the whole is as JSON."""

    json: codec.Raw
    size: int


class Rule:
    """Which names are secret: Pytron's own list and the app's words."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        own = [word for word in (_PLAIN.sub("", word.lower()) for word in words) if word]
        self._words = (*WORDS, *own)
        named = "|".join(re.escape(word) for word in self._words)
        # In text a name stands before `=` or `:`, and its value behind that.
        self._in_text = re.compile(
            rf"""(?i)([\w-]*(?:{named})[\w-]*["']?\s*[=:]\s*)(?:bearer\s+)?("[^"]*"|'[^']*'|[^\s,;&]+)"""
        )
        self._known: dict[str, bool] = {}

    def is_secret(self, name: str) -> bool:
        """Whether what is under this name must not be shown."""
        known = self._known.get(name)
        if known is None:
            if len(self._known) > 10_000:  # names may come from pages, without end
                self._known.clear()
            plain = _PLAIN.sub("", name.lower())
            known = plain in WHOLE or any(word in plain for word in self._words)
            self._known[name] = known
        return known

    def text(self, text: str, most: int = 4_000) -> str:
        """Text for people, such as a log's, without what stands behind a secret name."""
        return self._in_text.sub(rf"\1{HIDDEN}", text[:most])

    def preview(
        self, raw: codec.Raw | bytes, *, hidden: bool = False, names: Sequence[str] = ()
    ) -> Preview:
        """A preview of JSON; `names` are those of the places of an array, as of arguments."""
        text = memoryview(raw)
        size = text.nbytes
        if hidden:
            return Preview(_written(HIDDEN), size)
        if size > _MOST_BYTES:
            kind = {91: "an array", 123: "an object", 34: "text"}.get(text[0], "a value")
            return Preview(_written(f"… {kind} of {size:,} bytes"), size)
        value = codec.decode(raw)
        if names and isinstance(value, list):
            items = cast("list[Any]", value)
            for place, name in enumerate(names[: len(items)]):
                if self.is_secret(name):
                    items[place] = HIDDEN
        return Preview(_written(_Shortening(self).take(value, 0)), size)

    def whole(self, value: Any) -> Any:
        """A value without its secrets, nothing cut: for the state, which patches are applied to."""
        if isinstance(value, dict):
            named = cast("dict[str, Any]", value)
            return {
                key: HIDDEN if self.is_secret(key) else self.whole(inner)
                for key, inner in named.items()
            }
        if isinstance(value, list):
            return [self.whole(inner) for inner in cast("list[Any]", value)]
        return value

    def ops(self, ops: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Ops as they fit a state without its secrets: those that reach inside one are gone."""
        kept: list[dict[str, Any]] = []
        for op in ops:
            path: list[str | int] = list(op["path"])
            inside = path if op["op"] == "splice" else path[:-1]
            if any(isinstance(step, str) and self.is_secret(step) for step in inside):
                continue
            shown = dict(op)
            if op["op"] == "set":
                last = path[-1] if path else ""
                secret = isinstance(last, str) and self.is_secret(last)
                shown["value"] = HIDDEN if secret else self.whole(op["value"])
            elif op["op"] == "splice":
                shown["insert"] = self.whole(list(op["insert"]))
            kept.append(shown)
        return kept


class _Shortening:
    """Cuts a value down to what can be looked at, and counts how much that is."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._nodes = 0

    def take(self, value: Any, level: int) -> Any:
        self._nodes += 1
        if isinstance(value, str):
            more = len(value) - _MOST_TEXT
            return value if more <= 0 else f"{value[:_MOST_TEXT]}… {more:,} more"
        if not isinstance(value, dict | list):
            return value
        content = cast("dict[str, Any] | list[Any]", value)
        if content and (level >= _MOST_LEVELS or self._nodes > _MOST_NODES):
            return f"… {len(content):,} {'keys' if isinstance(content, dict) else 'items'}"
        if isinstance(content, dict):
            return self._object(content, level)
        shown = [self.take(inner, level + 1) for inner in content[:_MOST_ITEMS]]
        if len(content) > _MOST_ITEMS:
            shown.append(f"… {len(content) - _MOST_ITEMS:,} more")
        return shown

    def _object(self, content: dict[str, Any], level: int) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for key, inner in content.items():
            if len(shown) >= _MOST_ITEMS:
                shown["…"] = f"{len(content) - _MOST_ITEMS:,} more"
                break
            secret = self._rule.is_secret(key)
            shown[key[:_MOST_TEXT]] = HIDDEN if secret else self.take(inner, level + 1)
        return shown


def _written(value: object) -> codec.Raw:
    return codec.Raw(codec.encode_plain(value))
