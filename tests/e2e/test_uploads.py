"""Files of a real page, read by Python in slices, and streams of bytes back."""

from __future__ import annotations

from e2e.driver import RunApp

PYTHON = """
import hashlib, zipfile
app = App("Test", frontend="page", ephemeral=True)

@app.expose
def digest(file: pytron.Upload) -> list:
    hashed = hashlib.sha256()
    while piece := file.read(300_000):
        hashed.update(piece)
    return [file.name, file.type, file.size, hashed.hexdigest()]

@app.expose
async def digest_async(file: pytron.Upload) -> str:
    hashed = hashlib.sha256()
    async for piece in file:
        hashed.update(piece)
    return hashed.hexdigest()

@app.expose
def names(file: pytron.Upload) -> list[str]:
    return zipfile.ZipFile(file).namelist()

@app.expose
def forever(file: pytron.Upload) -> None:
    try:
        while True:
            file.seek(0)
            file.read()
    except pytron.CallError as error:
        app.emit("ended", error.code)
        raise

@app.expose
def chunks(count: int):
    try:
        for number in range(count):
            yield bytes([number % 256]) * (1 << 20)
    finally:
        app.emit("closed", number)
"""

HEX = """
const hex = async (data) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", data))]
  .map((byte) => byte.toString(16).padStart(2, "0")).join("");
"""


def test_file_is_read_in_slices_and_arrives_whole(run_app: RunApp) -> None:
    page = f"""
    {HEX}
    const data = new Uint8Array(20_000_003).map((_, i) => (i * 7) % 251);
    const file = new File([data], "data.bin", {{ type: "application/x-data" }});
    const expected = await hex(data);
    const [name, type, size, digest] = await pytron.digest(file);
    report([name, type, size, digest === expected]);
    report((await pytron.digest_async(new Blob([data]))) === expected);
    report((await pytron.digest(new Blob([])))[2]);
    """
    assert run_app(page, PYTHON).reports == [
        ["data.bin", "application/x-data", 20_000_003, True], True, 0,
    ]  # fmt: skip


def test_file_that_a_user_chose_is_read_and_one_that_was_removed_is_not(run_app: RunApp) -> None:
    page = """
    const archive = await (await fetch("archive.zip")).blob();
    report(await pytron.names(archive));
    const bad = new File(["x"], "bad.txt");
    bad.slice = () => { throw new DOMException("gone", "NotReadableError"); };
    report((await failure(pytron.digest(bad))).code);
    """
    empty_zip = b"PK\x05\x06" + bytes(18)
    reports = run_app(page, PYTHON, files={"page/archive.zip": empty_zip}).reports
    assert reports == [[], "unreadable"]


def test_abort_ends_the_reading(run_app: RunApp) -> None:
    page = """
    const ended = event("ended");
    const control = new AbortController();
    const file = new Blob([new Uint8Array(3_000_000)]);
    const call = withOptions({ signal: control.signal }).forever(file);
    setTimeout(() => control.abort(new Error("enough")), 100);
    report((await failure(call)).message);
    report(await ended);
    """
    assert run_app(page, PYTHON).reports == ["enough", "closed"]


def test_stream_of_bytes_is_a_readable_stream(run_app: RunApp) -> None:
    page = """
    const { readable } = await import("/_pytron/client.js");
    const blob = await new Response(readable(pytron.chunks(64))).blob();
    const back = new Uint8Array(await blob.arrayBuffer());
    report([back.length, back[0], back.at(-1)]);
    const closed = event("closed");
    const reader = readable(pytron.chunks(1_000_000)).getReader();
    await reader.read();
    await reader.cancel();
    report((await closed) < 20);
    """
    assert run_app(page, PYTHON).reports == [[64 << 20, 0, 63], True]
