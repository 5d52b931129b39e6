"""What a key server answers to sealed apps that ask it at their start, scheme "server".

Source: spec/shield.md, section 5.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from pytron.errors import PackagingError, ToolMissing
from pytron.packager.shield.licences import ProductKey

#: Questions are far shorter; more is not read.
MOST_BYTES: Final = 4_096


@dataclass(frozen=True)
class Question:
    """What an app asks: whether it may open, here and now."""

    text: str
    product: str
    payload: str
    #: The fingerprints, as `pytron licence issue` takes them; empty where the system tells none.
    machine: str
    user: str

    @classmethod
    def read(cls, body: bytes) -> Question:
        """From the body of a request.

        Raises:
            PackagingError: it is no question.
        """
        try:
            if len(body) > MOST_BYTES:
                raise ValueError("it is too long")
            text = body.decode()
            asked: Any = json.loads(text)
            words = [str(asked[name] or "") for name in ("product", "payload", "machine", "user")]
        except (ValueError, KeyError, TypeError) as error:
            raise PackagingError(f"this is no question of a sealed package: {error}") from None
        return cls(text, *words)


def answer(key: ProductKey, question: Question, *, refused: str = "") -> str:
    """The signed answer: the product's key, which that app alone can read, or why it gets none.

    Args:
        key: the product's.
        question: what the app has asked.
        refused: words for its user; empty lets it open.

    Raises:
        PackagingError: the question is for another product.
        ToolMissing: pytron-shield is not installed.
    """
    try:
        import pytron_shield
    except ImportError as error:
        raise ToolMissing("answering needs pytron-shield in this environment") from error
    try:
        return pytron_shield.answer(
            question.text, key.product, key.key, key.seed, refused=refused or None
        )
    except pytron_shield.ShieldError as error:
        raise PackagingError(str(error.args[1])) from None


@contextmanager
def serving(key: ProductKey, decide: Callable[[Question], str] | None = None) -> Generator[str]:
    """A key server on loopback while the context lasts, for tests and proofs; gives its address.

    `decide` says why a question is refused, or an empty text; without it nobody is.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), MOST_BYTES + 1)
            try:
                question = Question.read(self.rfile.read(length))
                refused = decide(question) if decide else ""
                said = answer(key, question, refused=refused).encode()
                self.send_response(200)
            except PackagingError as error:
                said = str(error).encode()
                self.send_response(400)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
