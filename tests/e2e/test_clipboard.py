"""The clipboard for real, beside another program: xclip."""

from __future__ import annotations

from pathlib import Path

from e2e.driver import RunApp

XCLIP = """
import subprocess

@app.expose
def take(target: str) -> str:
    command = ["xclip", "-selection", "clipboard", "-o", "-t", target]
    return subprocess.run(command, capture_output=True, timeout=20).stdout.decode("latin-1")

@app.expose
def give_bytes(data: bytes, target: str) -> None:
    command = ["xclip", "-selection", "clipboard", "-i", "-t", target]
    subprocess.run(command, input=data, timeout=20, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # The part of xclip that stays takes the clipboard after this part has ended.
    while take(target).encode("latin-1") != data:
        pass

@app.expose
def give(text: str, target: str = "UTF8_STRING") -> None:
    give_bytes(text.encode(), target)
"""


def test_text_and_html_go_both_ways(run_app: RunApp) -> None:
    page = """
    const { clipboard } = pytron.services;
    await clipboard.write_html("<b>bold</b>", "plain");
    await report([await pytron.take("UTF8_STRING"), await pytron.take("text/html"), await clipboard.formats()]);
    await pytron.give("from xclip ✓");
    await report([await clipboard.read_text(), await clipboard.read_html(), await clipboard.read_files(), await clipboard.formats()]);
    await clipboard.clear();
    await report([await clipboard.read_text(), await clipboard.formats()]);
    """
    first, second, third = run_app(page, XCLIP).reports
    assert first == ["plain", "<b>bold</b>", ["text", "html"]]
    assert second == ["from xclip ✓", None, [], ["text"]]
    assert third == [None, []]


def test_pictures_and_files_go_both_ways(run_app: RunApp, tmp_path: Path) -> None:
    file = tmp_path / "a file.txt"
    file.write_text("x", "utf-8")
    page = f"""
    const {{ clipboard }} = pytron.services;
    const canvas = Object.assign(document.createElement("canvas"), {{ width: 3, height: 2 }});
    canvas.getContext("2d").fillRect(0, 0, 3, 2);
    const blob = await new Promise((done) => canvas.toBlob(done));
    await clipboard.write_image(await blob.arrayBuffer());
    const other = await pytron.take("image/png");
    const back = await createImageBitmap(new Blob([await clipboard.read_image()]));
    await report([other.slice(1, 4), back.width, back.height]);
    await clipboard.write_files([{str(file)!r}]);
    await report([(await pytron.take("text/uri-list")).trim(), await clipboard.read_files()]);
    """
    first, second = run_app(page, XCLIP).reports
    assert first == ["PNG", 3, 2]
    assert second == [file.as_uri(), [str(file)]]


def test_what_another_program_copies_is_read(run_app: RunApp, tmp_path: Path) -> None:
    file = tmp_path / "a file ü.txt"
    file.write_text("x", "utf-8")
    page = f"""
    const {{ clipboard }} = pytron.services;
    await pytron.give("<b>bold ü</b>", "text/html");
    await report([await clipboard.formats(), await clipboard.read_html()]);
    const canvas = Object.assign(document.createElement("canvas"), {{ width: 3, height: 2 }});
    canvas.getContext("2d").fillRect(0, 0, 3, 2);
    const blob = await new Promise((done) => canvas.toBlob(done));
    await pytron.give_bytes(await blob.arrayBuffer(), "image/png");
    const back = await createImageBitmap(new Blob([await clipboard.read_image()]));
    await report([await clipboard.formats(), [back.width, back.height]]);
    await pytron.give({(file.as_uri() + chr(13) + chr(10))!r}, "text/uri-list");
    await report([await clipboard.formats(), await clipboard.read_files()]);
    """
    assert run_app(page, XCLIP).reports == [
        [["html"], "<b>bold ü</b>"],
        [["image"], [3, 2]],
        [["files"], [str(file)]],
    ]


def test_what_is_no_picture_and_no_file_is_refused(run_app: RunApp, tmp_path: Path) -> None:
    page = f"""
    const {{ clipboard }} = pytron.services;
    await clipboard.write_text("before");
    await report((await failure(clipboard.write_image(new Uint8Array([1, 2])))).code);
    await report((await failure(clipboard.write_files([{str(tmp_path / "none")!r}]))).code);
    await report(await clipboard.read_text());
    """
    assert run_app(page).reports == ["invalid_arguments", "invalid_arguments", "before"]


def test_changes_by_others_are_told(run_app: RunApp) -> None:
    page = """
    await pytron.services.clipboard.write_text("not news");
    await pytron.services.clipboard.watch(true);
    const changed = event("clipboard.changed");
    await pytron.give("news");
    await changed;
    await report(await pytron.services.clipboard.read_text());
    """
    assert run_app(page, XCLIP).reports == ["news"]


def test_two_at_once_from_the_loop_and_a_worker(run_app: RunApp) -> None:
    python = (
        XCLIP
        + """
import asyncio

@app.expose
async def both() -> list:
    await app.clipboard.write_text("one")
    def on_thread():
        return app.clipboard.read_text().result()
    return list(await asyncio.gather(asyncio.to_thread(on_thread), _read()))

async def _read():
    return await app.clipboard.read_text()
"""
    )
    assert run_app("await report(await pytron.both());", python).reports == [["one", "one"]]
