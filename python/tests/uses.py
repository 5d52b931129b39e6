"""What users can call, with a use of each: for tests that do it from everywhere."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from pytron import Api, App, Upload, Window, current
from pytron.engines.headless import HeadlessEngine

AppOf = App[Any]

USES: dict[str, Callable[[AppOf], object]] = {
    "emit": lambda app: app.emit("news", 1),
    "emit_async": lambda app: app.emit_async("news", 1).close(),
    "on": lambda app: app.on("later", print)(),
    "on_start": lambda app: app.on_start(lambda: None),
    "on_stop": lambda app: app.on_stop(lambda: None),
    "asset": lambda app: app.asset(f"late{next(_serial)}")(lambda: ""),
    "include": lambda app: app.include(Api(f"late{next(_serial)}")),
    "event": lambda app: app.event(f"late{next(_serial)}", int, slow="latest").emit(1),
    "events": lambda app: list(app.events),
    "functions": lambda app: list(app.functions),
    "folder": lambda app: app.folder,
    "migrate": lambda app: app.migrate(next(_serial) + 1)(lambda data: data),
    "subscribe": lambda app: app.subscribe("n", lambda _value: None)(),
    "state": lambda app: setattr(app.state, "n", app.state.n + 1),
    "check": lambda app: app.check(),
    "transaction": lambda app: change(app),
    "flush": lambda app: app.flush(),
    "window": lambda app: app.window("main").title,
    "windows": lambda app: app.windows,
    "can": lambda app: app.can("window.zoom"),
    "open_window": lambda app: opened(app).close(),
    "expose": lambda app: app.expose(lambda: None, name="late"),
    "run": lambda app: app.run(),
    "running": lambda app: app.running().__enter__(),
    "running_on": lambda app: app.running_on(HeadlessEngine()).__enter__(),
    "window.id": lambda app: app.window("main").id,
    "window.label": lambda app: app.window("main").label,
    "window.title": lambda app: setattr(app.window("main"), "title", "x"),
    "window.set": lambda app: app.window("main").set(width=300, title="x"),
    "window.resize": lambda app: app.window("main").resize(300, 200),
    "window.move": lambda app: app.window("main").move(1, 1),
    "window.show": lambda app: app.window("main").show(),
    "window.hide": lambda app: app.window("main").hide(),
    "window.focus": lambda app: app.window("main").focus(),
    "window.minimize": lambda app: app.window("main").minimize(),
    "window.maximize": lambda app: app.window("main").maximize(),
    "window.restore": lambda app: app.window("main").restore(),
    "window.fullscreen": lambda app: app.window("main").fullscreen(False),
    "window.emit": lambda app: app.window("main").emit("news", 2),
    "window.state": lambda app: setattr(app.window("main").state, "n", 1),
    "window.on": lambda app: app.window("main").on("moved", print)(),
    "window.navigate": lambda app: app.window("main").navigate("/x"),
    "window.reload": lambda app: app.window("main").reload(),
    "window.close": lambda app: opened(app).close(force=True),
    "window.bounds": lambda app: app.window("main").bounds().result(timeout_s=5),
    "window.url": lambda app: app.window("main").url().result(timeout_s=5),
    "window.status": lambda app: app.window("main").status().result(timeout_s=5),
    "window.screenshot": lambda app: app.window("main").screenshot("x").result(timeout_s=5),
    "window.attention": lambda app: app.window("main").attention().result(timeout_s=5),
    "window.carry": lambda app: app.window("main").carry([__file__]).result(timeout_s=5),
    "window.clear_data": lambda app: app.window("main").clear_data().result(timeout_s=5),
    "window.pdf": lambda app: app.window("main").pdf("x.pdf").result(timeout_s=5),
    "window.print": lambda app: app.window("main").print().result(timeout_s=5),
    "autostart": lambda app: app.autostart,
    "badge": lambda app: app.badge.count(None).result(timeout_s=5),
    "clipboard": lambda app: app.clipboard.read_text().result(timeout_s=5),
    "downloads": lambda app: app.downloads.cancel(1).result(timeout_s=5),
    "folders": lambda app: app.folders.data,
    "links": lambda app: app.links.opened().result(timeout_s=5),
    "menus": lambda app: app.menus.set([]).result(timeout_s=5),
    "notifications": lambda app: app.notifications.withdraw(1).result(timeout_s=5),
    "single_instance": lambda app: app.single_instance,
    "secrets": lambda app: app.secrets.get("x").result(timeout_s=5),
    "shortcuts": lambda app: app.shortcuts.unregister("x").result(timeout_s=5),
    "system": lambda app: app.system.locale().result(timeout_s=5),
    "tray": lambda app: app.tray.hide().result(timeout_s=5),
    "context.id": lambda _app: current().id,
    "context.name": lambda _app: current().name,
    "context.window": lambda _app: current().window.title,
    "context.cancelled": lambda _app: current().cancelled,
    "context.remaining_s": lambda _app: current().remaining_s,
    "context.progress": lambda _app: current().progress(1),
    "typedevent.emit": lambda app: app.event(f"late{next(_serial)}", int).emit(1),
    "typedevent.on": lambda app: app.event(f"late{next(_serial)}", int).on(print),
    "upload.read": lambda _app: uploaded().read(),
    "upload.read1": lambda _app: uploaded().read1(),
    "upload.readinto": lambda _app: uploaded().readinto(bytearray(2)),
    "upload.peek": lambda _app: uploaded().peek(1),
    "upload.save": lambda _app: uploaded().save("/dev/null"),
    "upload.read_async": lambda _app: uploaded().read_async().close(),
    "upload.seek": lambda _app: uploaded().seek(1),
    "upload.tell": lambda _app: uploaded().tell(),
    "upload.close": lambda _app: uploaded().close(),
    "assets.patterns": lambda app: app.assets.patterns,
    "assets.publish": lambda app: app.assets.withdraw(app.assets.publish(b"x", "text/plain")),
}
#: What only notes something, is another name of what is used, or is for engines and services.
SAME = {
    "quit",  # has a test of its own: it ends the others
    "run_async",  # only on a loop: tests/e2e/test_beside.py
    "now", "send_event", "service", "service_event", "with_services", "begin_services",
    "end_services",
    # services; python/tests/services
    "dialogs", "opener", "open_external", "instance", "remembered", "window.become",
    "typedevent.miss", "upload.arrived", "upload.end", "upload.readable", "upload.seekable",
    "assets.answer", "assets.check", "assets.prepare", "assets.route", "assets.withdraw",
}  # fmt: skip
#: Services; what they answer depends on the machine: a bus may be there, or a keyring.
DESKTOP = (
    "badge", "clipboard", "downloads", "links", "menus", "notifications", "secrets", "shortcuts",
    "system", "tray",
)  # fmt: skip
_serial = iter(range(1_000_000))


def change(app: AppOf) -> None:
    with app.transaction():
        app.state.n += 1
        app.emit("news", "inside")


def opened(app: AppOf) -> Window:
    return app.open_window(f"extra{next(_serial)}")


def uploaded() -> Upload:
    """A file whose page answers from a thread of its own, as pages do."""

    def pull(offset: int, size: int) -> None:
        piece = memoryview(b"abc")[offset : offset + size]
        threading.Thread(target=upload.arrived, args=(offset, piece, None), daemon=True).start()

    upload = Upload("a.txt", "text/plain", 3, pull)
    return upload


def public(kind: type[Any]) -> set[str]:
    """What users can call or read, as far as Pytron itself defines it."""
    own = {
        name for base in kind.__mro__ if base.__module__.startswith("pytron") for name in vars(base)
    }
    return {name for name in own if not name.startswith("_")}
