"""The server's own pages, and the headers of all.

The token stands behind `#`, so it is in no log and no Referer; the script takes it out of the
address and posts it. A browser that is paired already is sent on.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

#: Of every answer: nothing may frame it or read it from another site, or guess its type.
HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:18vh auto;padding:0 1rem;"
    "color-scheme:light dark}input,button{font:inherit;padding:.4rem .6rem}input{width:100%;"
    "box-sizing:border-box;margin:.5rem 0}p[role=alert]{color:light-dark(#a00,#f88)}"
)
_SCRIPT: Final = """
const form = document.querySelector("form");
const alert = document.querySelector("[role=alert]");
const go = (page) => location.replace(page.startsWith("/") && !page.startsWith("//") ? page : "/");
const here = location.pathname === "/_pytron/pair" ? "/" : location.pathname + location.search;
const pair = async (text) => {
  const token = text.trim().split("#").at(-1);
  const answer = await fetch("/_pytron/pair", { method: "POST", body: token });
  if (!answer.ok) {
    alert.textContent = await answer.text();
    return;
  }
  const { ticket, page } = await answer.json();
  if (ticket) sessionStorage.setItem("pytron.window", ticket);
  go(ticket ? page : here);
};
form.addEventListener("submit", (event) => {
  event.preventDefault();
  pair(form.elements.token.value);
});
const token = location.hash.slice(1);
if (token) {
  history.replaceState(null, "", location.pathname);
  pair(token);
} else {
  fetch("/_pytron/session", { cache: "no-store" }).then((answer) => answer.ok && go(here));
}
"""


def _page(title: str, body: str, script: str = "") -> str:
    def source(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    policy = (
        f"default-src 'none'; style-src {source(_STYLE)}; connect-src 'self'; base-uri 'none'; "
        f"form-action 'none'" + (f"; script-src {source(script)}" if script else "")
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style><main>{body}</main>"
        + (f"<script>{script}</script>" if script else "")
    )


PAIR: Final = _page(
    "Pair this browser",
    "<h1>Pair this browser</h1><p>Open the address that the app prints where it was started, or "
    'paste it here. It works once.</p><form><label>Address<input name="token" autocomplete="off" '
    'autofocus required></label><button>Pair</button></form><p role="alert"></p>',
    _SCRIPT,
)
CLOSED: Final = _page(
    "Closed", "<h1>The app has closed this window</h1><p>You can close this tab.</p>"
)
