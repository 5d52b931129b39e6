"""What a page, a frame in it or a foreign page may not do."""

import json
from pathlib import Path

import pytest
from native.desk import Desk, over_the_origin

# A frame that tries all it could reach the host by, and says what it found.
INTRUDER = """
  <script>
    const found = [typeof __pytron__];
    const own = window.webkit?.messageHandlers?.pytron;
    for (const text of ["x", "0".repeat(32) + "f0;;[1]", ""]) {
      try { own?.postMessage(text); } catch {}
    }
    fetch("pytron://localhost/_pytron/part", { method: "POST", body: "x" })
      .then(() => "answered", () => "refused")
      .then((answer) => parent.postMessage([...found, answer], "*"));
  </script>
"""

HEAR = """
  const heard = new Promise((done) => {
    addEventListener("message", (event) => done(event.data), { once: true });
  });
  const frame = document.createElement("iframe");
  %s
  document.body.append(frame);
  return await heard;
"""


def test_frames_of_other_origins_get_nothing(desk: Desk) -> None:
    source = json.dumps(INTRUDER)

    def scenario(desk: Desk) -> None:
        desk.open()
        for attach in (
            f"frame.src = 'data:text/html,' + encodeURIComponent({source})",
            f"frame.sandbox = 'allow-scripts'; frame.srcdoc = {source}",
            f"frame.sandbox = 'allow-scripts';"
            f"frame.src = URL.createObjectURL(new Blob([{source}], {{type: 'text/html'}}))",
        ):
            assert desk.do(HEAR % attach) == ["undefined", "refused"]
            assert desk.event("refused", window=1)
        assert desk.do("return 'alive'") == "alive"

    desk.run(scenario)


def test_frame_of_the_own_origin_has_no_port(desk: Desk) -> None:
    source = json.dumps("<script>parent.postMessage(typeof __pytron__, '*')</script>")

    def scenario(desk: Desk) -> None:
        desk.open()
        assert desk.do(HEAR % f"frame.srcdoc = {source}") == "undefined"

    desk.run(scenario)


def test_messages_without_the_secret_are_refused(desk: Desk) -> None:
    garbage = """
      const post = (text) => webkit.messageHandlers.pytron.postMessage(text);
      const secret = "f".repeat(32);
      for (const text of ["", "x", secret, secret + "f0;;[]", "\\u0000", [1], { a: 1 }, 5, null]) {
        post(text).catch(() => {});
      }
    """

    def scenario(desk: Desk) -> None:
        desk.open()
        desk.do(garbage)
        for _ in range(9):
            desk.event("refused", window=1)
        assert desk.do("return 'alive'") == "alive"

    desk.run(scenario)


def test_patched_prototypes_do_not_learn_the_secret(desk: Desk) -> None:
    spy = """
      const learned = [], { apply } = Reflect;
      const tap = (owner, name) => {
        const real = owner[name];
        owner[name] = function (...given) {
          learned.push(...given, this);
          return apply(real, this, given);
        };
      };
      for (const [owner, name] of [
        [Promise.prototype, "then"], [Function.prototype, "bind"], [Function.prototype, "call"],
        [Function.prototype, "apply"], [Array.prototype, "map"], [Array.prototype, "join"],
        [Reflect, "apply"], [String.prototype, "concat"], [window, "fetch"],
        [UserMessageHandler.prototype, "postMessage"],
      ]) tap(owner, name);
      say({ kind: "plain" });
      say({ kind: "with part" }, [new ArrayBuffer(8)]);
      await new Promise((done) => setTimeout(done, 200));
      const texts = learned.filter((value) => typeof value === "string");
      return [texts.some((text) => /[0-9a-f]{32}/.test(text)),
              /[0-9a-f]{32}/.test(String(__pytron__.open) + String(port.send)),
              Object.keys(window).includes("__pytron__"), delete window.__pytron__];
    """

    def scenario(desk: Desk) -> None:
        desk.open()
        # `delete` throws in strict code and is false here.
        assert desk.do(spy) == [False, False, False, False]
        assert desk.frame("with part")[1] == [bytes(8)]

    desk.run(scenario)


def test_blob_and_form_bodies_do_not_kill_the_process(desk: Desk) -> None:
    source = """
      const form = new FormData();
      form.append("file", new Blob(["x".repeat(100000)]), "name");
      const statuses = [];
      for (const body of [new Blob(["x"]), form, new URLSearchParams("a=b"), "text",
                          new Uint8Array(10)]) {
        for (const path of ["/upload", "/_pytron/part", "/_pytron/part/1"]) {
          const response = await fetch(path, { method: "POST", body });
          statuses.push(response.status);
        }
      }
      return statuses;
    """

    def scenario(desk: Desk) -> None:
        desk.open()
        assert desk.do(source) == [404, 403, 405] * 5
        assert desk.do("return 'alive'") == "alive"

    desk.run(scenario)


def test_foreign_addresses_are_told_and_not_shown(desk: Desk) -> None:
    def scenario(desk: Desk) -> None:
        desk.open()
        for source in (
            "location = '%s'",
            "const a = document.createElement('a'); a.href = '%s'; a.click()",
            "const f = document.createElement('iframe'); f.src = '%s'; document.body.append(f)",
        ):
            for url in ("https://pytron.invalid/page", "file:///etc/passwd"):
                desk.do(source % url)
                # WebKit itself refuses some of the ways to a file without asking.
                if not url.startswith("file"):
                    desk.event("external", url=url)
                assert desk.do("return location.href") == "pytron://localhost/"

    desk.run(scenario)


def test_other_hosts_of_the_scheme_are_refused(desk: Desk) -> None:
    def scenario(desk: Desk) -> None:
        desk.open()
        fetched = "return await fetch('pytron://elsewhere/x').then((r) => r.status, () => 0)"
        assert desk.do(fetched) in (0, 403)
        desk.do("location = 'pytron://elsewhere/'")
        assert desk.event("external")["url"] == "pytron://elsewhere/"
        assert not [path for _, path, _ in desk.requests if path == "/x"]

    desk.run(scenario)


def test_a_download_that_nobody_has_placed_writes_nothing(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def scenario(desk: Desk) -> None:
        desk.open()
        desk.do(
            "const a = document.createElement('a'); a.download = '../x';"
            "a.href = URL.createObjectURL(new Blob(['x'])); document.body.append(a); a.click()"
        )
        started = desk.event("service", name="download.started")
        assert "/" not in started["file"]
        for id, path in ((1, "relative.txt"), (2, None)):
            args = {"key": started["key"], "path": path}
            desk.command("service", id=id, name="download.accept", window=None, args=args)
            assert desk.event("answer", id=id)["code"] == "invalid_arguments"
        args = {"key": started["key"]}
        desk.command("service", id=3, name="download.cancel", window=None, args=args)
        assert desk.event("service", name="download.failed")["error"]
        desk.event("answer", id=3)

    desk.run(scenario)
    assert not list(tmp_path.iterdir())


@over_the_origin
def test_parts_of_another_window_cannot_be_read(desk: Desk) -> None:
    def scenario(desk: Desk) -> None:
        desk.open(1)
        desk.open(2)
        number = desk.do("return parts[0][0]", 1, parts=[b"secret"])
        fetched = f"return (await fetch('/_pytron/part/{number}')).status"
        assert desk.do(fetched, 2) == 404
        assert desk.do(fetched, 1) == 200

    desk.run(scenario)
