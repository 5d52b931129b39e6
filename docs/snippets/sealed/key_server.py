"""A key server: decides each time an app starts whether it may.

Run behind your web server: `python key_server.py product.key 8080`.
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pytron.errors import PackagingError
from pytron.packager.shield.keyserver import MOST_BYTES, Question, answer
from pytron.packager.shield.licences import ProductKey

#: Machines whose subscription has ended: in a real server, a look into its database.
ENDED: set[str] = set()


def decide(question: Question) -> str:
    """Why this app may not start, in words for its user; empty lets it."""
    return "your subscription has ended" if question.machine in ENDED else ""


def handler(key: ProductKey) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), MOST_BYTES + 1)
            try:
                question = Question.read(self.rfile.read(length))
                said = answer(key, question, refused=decide(question))
            except PackagingError as error:
                self.send_error(400, str(error))
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said.encode())))
            self.end_headers()
            self.wfile.write(said.encode())

    return Handler


if __name__ == "__main__":
    path, port = sys.argv[1:3]
    made = handler(ProductKey.read(Path(path)))
    ThreadingHTTPServer(("127.0.0.1", int(port)), made).serve_forever()
