"""The Content Security Policy of the app's own documents.

What it allows and why:

- Scripts from the app's origin, and the inline scripts and event handlers that stand in the
  frontend's own HTML files, by hash. A script that an attacker brings into a page has no hash.
  WebAssembly compiles; `eval` doesn't run.
- Inline styles: style tags made at run time are how frontend frameworks work, and what styles can
  do to an app without foreign connections is little. Tighten it with a policy of your own.
- Images and media also from https:, `data:` and `blob:`; connections also to https: and wss:.
- No plug-ins, no foreign `<base>`, no form that leaves the app, and nobody may frame the app.

Source: https://www.w3.org/TR/CSP3/
"""

from __future__ import annotations

from typing import Final, NamedTuple

#: In a policy of the user's own, stands for the hashes of the document's inline scripts.
HASHES: Final = "{hashes}"


class Inline(NamedTuple):
    """The hashes of what a document runs by itself, as CSP sources."""

    scripts: list[str]
    handlers: list[str]


def inline_of(document: bytes) -> Inline:
    """Give the hashes of the inline scripts and event handlers of an HTML document in UTF-8."""
    # Browsers normalise newlines before they look for tags, and hash what they then see.
    text = document.decode("utf-8-sig", errors="replace")
    from pytron.assets.inline import Finder  # heavy, and only for documents

    finder = Finder()
    finder.feed(text.replace("\r\n", "\n").replace("\r", "\n"))
    finder.close()
    return Inline(_hashes(finder.scripts), _hashes(finder.handlers))


def policy(setting: str | None, inline: Inline, origin: str | None) -> str:
    """Give the policy for a document.

    Args:
        setting: the user's own policy, in which `{hashes}` stands for the document's hashes; None
            for ours.
        inline: the document's own inline scripts.
        origin: the app's origin where an engine doesn't count it as 'self'.
    """
    hashes = [*inline.scripts]
    if inline.handlers:
        hashes += ["'unsafe-hashes'", *inline.handlers]
    if setting is not None:
        return " ".join(setting.replace(HASHES, " ".join(hashes)).split())
    own = "'self'" if origin is None else f"'self' {origin}"
    rules = {
        "default-src": own,
        "script-src": " ".join([own, "'wasm-unsafe-eval'", *hashes]),
        "style-src": f"{own} 'unsafe-inline'",
        "img-src": f"{own} data: blob: https:",
        "media-src": f"{own} data: blob: https:",
        "font-src": f"{own} data:",
        "connect-src": f"{own} data: blob: https: wss:",
        "worker-src": f"{own} blob:",
        "object-src": "'none'",
        "base-uri": own,
        "form-action": own,
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def _hashes(sources: list[str]) -> list[str]:
    import base64
    import hashlib

    found = dict.fromkeys(source.replace("\0", "\ufffd") for source in sources)
    return [
        f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
        for source in found
    ]
