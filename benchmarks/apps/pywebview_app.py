"""The benchmark app on pywebview, GTK backend."""

import json

import functions
import webview


class Api:
    """What the page may call; pywebview runs each call in a thread of its own."""

    ping = staticmethod(functions.ping)
    ping_many = staticmethod(functions.ping_many)
    intervals = staticmethod(functions.intervals)
    answered = staticmethod(functions.answered)
    plan = staticmethod(functions.plan)
    record = staticmethod(functions.record)
    dicts = staticmethod(functions.dicts)
    take_dicts = staticmethod(functions.take_dicts)
    checksum = staticmethod(functions.checksum)
    checksum_up = staticmethod(functions.checksum_up)
    download = staticmethod(functions.download_text)
    upload = staticmethod(functions.take_text)
    busy = staticmethod(functions.busy)
    memory = staticmethod(functions.memory)
    finish = staticmethod(functions.finish)

    def push(self, count: int, group: int) -> None:
        """Push events by `run_js`, the quicker of pywebview's two ways."""
        functions.push(count, group, lambda data: window.run_js(f"receive({json.dumps(data)})"))


window = webview.create_window(
    "Bench",
    str(functions.PAGE / "index.html"),
    js_api=Api(),
    width=functions.WIDTH,
    height=functions.HEIGHT,
)

if __name__ == "__main__":
    webview.start(gui="gtk")
