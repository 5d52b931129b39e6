"""What page content must not be able to do, tried from real pages."""

from __future__ import annotations

import sys

import pytest
from e2e.driver import RunApp
from e2e.test_chrome import PROCESSES

OPEN = """
app = App("Test", frontend="page", ephemeral=True, csp=False)

@app.expose
def add(a: int, b: int) -> int:
    return a + b
"""

PROBE = """
const probe = (name) => new Promise((done) => {
  const listen = (message) => { if (message.data?.probe === name) { removeEventListener("message", listen); done(message.data.found); } };
  addEventListener("message", listen);
});
const code = (name) => `<script>
  let found = [typeof window.__pytron__, typeof window.__pytron_receive__];
  try { window.webkit.messageHandlers.pytron.postMessage('f0;;[{"kind":"call","id":1,"name":"add","args":[1,2]}]').then((text) => { window.answer = text; }, () => {}); } catch (error) {}
  setTimeout(() => parent.postMessage({ probe: "${name}", found: [...found, typeof window.answer === "string" && window.answer !== ""] }, "*"), 100);
</` + `script>`;
"""


def test_frames_of_srcdoc_data_and_blob_get_no_bridge(run_app: RunApp) -> None:
    page = (
        PROBE
        + """
    const frame = async (name, set) => {
      const element = document.createElement("iframe");
      const found = probe(name);
      set(element, code(name));
      document.body.append(element);
      return found;
    };
    report(await frame("srcdoc", (element, html) => { element.srcdoc = html; }));
    report(await frame("sandbox", (element, html) => { element.sandbox = "allow-scripts"; element.srcdoc = html; }));
    report(await frame("data", (element, html) => { element.src = "data:text/html," + encodeURIComponent(html); }));
    report(await frame("blob", (element, html) => { element.src = URL.createObjectURL(new Blob([html], { type: "text/html" })); }));
    report(await pytron.add(1, 2));
    """
    )
    nothing = ["undefined", "undefined", False]
    assert run_app(page, OPEN).reports == [nothing] * 4 + [3]


def test_blob_and_form_bodies_do_not_kill_the_process(run_app: RunApp) -> None:
    page = """
    const bodies = [new Blob(["x"]), new FormData(), new URLSearchParams("a=1"), "text", new Uint8Array(10)];
    bodies[1].append("field", new Blob(["y"]), "name");
    for (const body of bodies)
      for (const path of ["/", "/_pytron/part", "/_pytron/client.js", "/nothing"])
        await fetch(path, { method: "POST", body }).then((answer) => answer.text(), () => {});
    report(await pytron.add(1, 2));
    """
    assert run_app(page, OPEN).reports == [3]


def test_paths_that_leave_the_frontend_are_not_found(run_app: RunApp) -> None:
    page = """
    const paths = ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/.%2e/secret.txt",
      "/%2e%2e%2fsecret.txt", "/..%5csecret.txt", "//secret.txt", "/a%00b", "/page/../../secret.txt", "/link.txt", "/.env"];
    const statuses = [];
    for (const path of paths) statuses.push(await fetch(path).then(async (answer) => [answer.status, (await answer.text()).includes("TOP")], () => [0, false]));
    report(statuses.every(([status, leaked]) => status !== 200 && !leaked));
    report(statuses.filter(([status]) => status === 404).length > 5);
    """
    files: dict[str, str | bytes] = {"secret.txt": "TOP", "page/.env": "TOP"}
    assert run_app(page, OPEN, files=files).reports == [True, True]


def test_garbage_from_the_page_is_refused_and_the_app_goes_on(run_app: RunApp) -> None:
    # Opening the port again takes it from the client, so this page reports by raw calls.
    page = """
    const answers = [];
    let wake = () => {};
    const port = window.__pytron__.open((text) => { answers.push(...JSON.parse(text)); wake(); });
    const next = async () => {
      while (answers.length === 0) await new Promise((done) => { wake = done; });
      return answers.shift();
    };
    const nextOf = async (kind) => {
      for (;;) { const answer = await next(); if (answer.kind === kind) return answer; }
    };
    const add = '[{"kind":"call","id":1,"name":"add","args":[1,2]}]';
    const codes = [];
    for (const frame of ["", "garbage", "{}", "[1]", '[{"kind":"nope"}]', "[".repeat(100000)]) {
      port.send(frame);
      codes.push((await nextOf("error")).error.code);
    }
    port.send(JSON.stringify([{ kind: "hello", version: 1, session: "s".repeat(20), client: "test" }]));
    await nextOf("snapshot");
    port.send(add);
    codes.push((await nextOf("result")).value);
    port.send(JSON.stringify([
      { kind: "call", id: 2, name: "report", args: [codes] },
      { kind: "call", id: 3, name: "finish", args: [] },
    ]));
    """
    expected = [*["protocol"] * 5, "too_deep", 3]
    assert run_app(page, OPEN, finish=False).reports == [expected]


def test_no_port_is_open_that_other_programs_could_reach(run_app: RunApp) -> None:
    python = (
        OPEN
        + """
import socket
import psutil

def ports() -> list[int]:
    found = []
    for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
        try:
            sockets = process.net_connections("tcp")
        except (psutil.AccessDenied, psutil.NoSuchProcess):  # in Chromium's sandbox, or gone
            continue
        found += [each.laddr.port for each in sockets if each.status == psutil.CONN_LISTEN]
    return found

@app.expose
def look() -> list:
    before = ports()
    with socket.create_server(("127.0.0.1", 0)) as own:
        return [before, ports() == [own.getsockname()[1]]]
"""
    )
    page = "await pytron.ready; report(await pytron.look());"
    assert run_app(page, python).reports == [[[], True]]


def test_a_message_without_the_secret_is_refused(run_app: RunApp) -> None:
    page = """
    const handler = window.webkit?.messageHandlers?.pytron;
    const call = 'f0;;[{"kind":"call","id":1,"name":"add","args":[1,2]}]';
    let answered = false;
    for (const text of [call, "0".repeat(64) + call, "", "x".repeat(1 << 20), { toString: null }])
      try { handler?.postMessage(text)?.then?.((answer) => { answered ||= answer.includes("result"); }, () => {}); } catch {}
    window.ipc?.postMessage(call);
    report(await pytron.add(1, 2));
    report(answered);
    """
    assert run_app(page, OPEN).reports == [3, False]


LISTENING = (
    PROCESSES
    + """
import socket
from contextlib import suppress

@app.expose
def listening() -> list:
    found = set()
    for pid in (os.getpid(), *processes("")):
        # It may end meanwhile, or be a page's, which is closed to all and cannot listen.
        with suppress(OSError):
            for entry in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    found.add(os.readlink(entry))
    ports = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state in ("0A", "07") and f"socket:[{inode}]" in found:
                ports.append([table, int(local.rpartition(":")[2], 16)])
    return ports

@app.expose
def listens() -> list:
    with socket.create_server(("127.0.0.1", 0)) as own:
        return [listening(), [["tcp", own.getsockname()[1]]]]
"""
)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_no_port_is_open_for_others_to_find(run_app: RunApp) -> None:
    page = """
    report(await pytron.listening());
    report(await pytron.listens());
    """
    nothing, (seen, own) = run_app(page, LISTENING).reports
    assert nothing == []
    assert seen == own  # one would have been found


def test_foreign_pages_are_not_opened_in_the_window(run_app: RunApp) -> None:
    page = """
    const opened = window.open("https://example.invalid/");
    location.href = "https://example.invalid/";
    await pytron.add(1, 1);
    report([opened === null, location.protocol]);
    """
    assert run_app(page, OPEN).reports == [[True, "pytron:"]]
