"""What strangers try: other sites, other names, used tokens, too much of everything."""

from __future__ import annotations

import http.client
import queue
import socket
import threading
import time

import pytest
from pytron import App
from pytron.engines.server import ServerEngine
from pytron.server.wire import Wire
from server.attacked import engine, make, paired, remote
from server.browser import WAIT_S, Browser, Tab, serving, tab
from websockets.exceptions import ConnectionClosed, InvalidStatus

__all__ = ["engine", "remote"]


# --- other sites ---


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost", ""]
)
def test_a_page_of_another_origin_gets_no_socket(engine: ServerEngine, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        paired(engine).socket(Origin=origin)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", ""])
def test_a_name_that_was_rebound_is_not_answered(engine: ServerEngine, host: str) -> None:
    browser = paired(engine)
    connection = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=WAIT_S)
    connection.putrequest("GET", "/", skip_host=True)
    connection.putheader("Host", host.format(port=browser.port) or "x")
    connection.putheader("Cookie", browser.cookie)
    connection.endheaders()
    assert connection.getresponse().status == 421
    connection.close()


def test_a_form_of_another_site_pairs_nobody(engine: ServerEngine) -> None:
    token = engine.pairing_url(1).partition("#")[2]
    browser = Browser(engine)
    for headers in ({"Origin": "http://evil.example"}, {"Origin": ""}):
        status, found, _ = browser.request("POST", "/_pytron/pair", token, **headers)
        assert status == 403
        assert "set-cookie" not in found
    assert browser.pair(token)


def test_another_site_cannot_load_what_is_served(engine: ServerEngine) -> None:
    browser = paired(engine)
    for site in ("cross-site", "same-site"):
        status, _, _ = browser.request("GET", "/_pytron/client.js", Sec_Fetch_Site=site)
        assert status == 403
        navigation = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}
        status, _, _ = browser.request("GET", "/", Sec_Fetch_Site=site, **navigation)
        assert status == 403
    status, _, _ = browser.request("GET", "/_pytron/client.js", Sec_Fetch_Site="same-origin")
    assert status == 200


def test_answers_may_not_be_framed_nor_read_elsewhere(engine: ServerEngine) -> None:
    _, headers, _ = paired(engine).request("GET", "/_pytron/client.js")
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers


# --- pairing ---


def test_a_token_pairs_once(engine: ServerEngine) -> None:
    token = engine.pairing_url(1).partition("#")[2]
    Browser(engine).pair(token)
    status, headers, body = Browser(engine).request("POST", "/_pytron/pair", token)
    assert status == 403
    assert "set-cookie" not in headers
    assert b"used already" in body


def test_a_token_is_taken_by_one_of_many_at_once(engine: ServerEngine) -> None:
    token = engine.pairing_url(1).partition("#")[2]
    statuses: list[int] = []

    def attempt() -> None:
        statuses.append(Browser(engine).request("POST", "/_pytron/pair", token)[0])

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 403, 429}


def test_the_cookie_is_for_this_server_alone(engine: ServerEngine) -> None:
    token = engine.pairing_url(1).partition("#")[2]
    _, headers, _ = Browser(engine).request("POST", "/_pytron/pair", token)
    attributes = headers["set-cookie"].lower()
    assert "httponly" in attributes
    assert "samesite=strict" in attributes


def test_cookies_of_many_earlier_runs_keep_no_page_from_its_socket(engine: ServerEngine) -> None:
    browser = Browser(engine)
    value = f"{'x' * 22}.1999999999.{'y' * 43}"
    kept = {f"pytron-{port}": value for port in range(1000, 1100)}
    browser.cookie = "; ".join(f"{name}={value}" for name, value in kept.items())
    connection = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=WAIT_S)
    token = engine.pairing_url(1).partition("#")[2]
    headers = {"Origin": browser.origin, "Cookie": browser.cookie}
    connection.request("POST", "/_pytron/pair", token, headers)
    for given in connection.getresponse().headers.get_all("Set-Cookie", []):
        name, _, rest = given.partition("=")
        kept[name] = rest.partition(";")[0]
        if "Max-Age=0" in given:
            del kept[name]
    connection.close()
    browser.cookie = "; ".join(f"{name}={value}" for name, value in kept.items())
    assert f"pytron-{engine.port}" in kept
    browser.socket().close()


@pytest.mark.parametrize("cookie", ["", "x", "a.9999999999.0", "….9.é", "." * 5000])
def test_without_a_good_cookie_nothing_is_served(engine: ServerEngine, cookie: str) -> None:
    browser = Browser(engine)
    browser.cookie = f"pytron-{engine.port}={cookie.encode('ascii', 'ignore').decode()}"
    assert browser.request("GET", "/")[0] == 401
    assert browser.request("GET", "/_pytron/client.js")[0] == 401
    assert browser.request("GET", "/_pytron/session")[0] == 401
    with pytest.raises(InvalidStatus) as refused:
        browser.socket()
    assert refused.value.response.status_code == 401


def test_guessing_tokens_is_slowed_down(engine: ServerEngine) -> None:
    statuses = [Browser(engine).request("POST", "/_pytron/pair", f"t{n}")[0] for n in range(40)]
    assert statuses[0] == 403
    assert statuses[-1] == 429


def test_a_huge_token_is_not_read(engine: ServerEngine) -> None:
    assert Browser(engine).request("POST", "/_pytron/pair", "x" * 100_000)[0] == 413


def test_a_page_to_pair_says_nothing_and_runs_only_its_own_script(engine: ServerEngine) -> None:
    status, _, body = Browser(engine).request("GET", "/", Accept="text/html")
    assert status == 401
    assert b"Content-Security-Policy" in body
    assert b"unsafe-inline" not in body


# --- too much ---


def test_a_frame_that_is_too_large_ends_the_connection_only() -> None:
    with serving(make(), remote=True, frame_bytes=100_000) as engine:
        page = tab(engine)
        page.socket.send(b"\0" * 400_000)
        assert page.close_code() == 1009
        assert tab(engine).call("greet", "x") == "hello x"


def test_the_page_is_told_the_limits(remote: ServerEngine) -> None:
    assert tab(remote).limits["pending"] == 3


def test_too_many_calls_at_once_are_refused() -> None:
    app = make()
    go = threading.Event()

    @app.expose(remote=True)
    def wait() -> None:
        go.wait(WAIT_S)

    with serving(app, remote=True, pending=3) as engine:
        page = tab(engine)
        for _ in range(3):
            page.start("wait")
        with pytest.raises(LookupError, match="busy"):
            page.call("wait")
        go.set()


@pytest.mark.parametrize("garbage", [b"", b"\x01", b"\xff" * 9, b"\x02\0\0\0[]\xff\xff\xff\xff"])
def test_garbage_is_answered_and_the_session_goes_on(remote: ServerEngine, garbage: bytes) -> None:
    page = tab(remote)
    page.socket.send(garbage)
    page.ledger.sent += 1
    while not page.faults:
        page.read()
    assert page.faults[0]["code"] == "protocol"
    assert page.call("greet", "x") == "hello x"


@pytest.mark.parametrize(
    "first", ["", "{", "[]", '{"kind":"call"}', '{"kind":"hello","version":1}', "[" * 5000]
)
def test_what_is_no_hello_ends_the_connection(engine: ServerEngine, first: str) -> None:
    connection = paired(engine).socket()
    connection.send(first)
    with pytest.raises(ConnectionClosed) as closed:
        connection.recv(WAIT_S)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4001


def test_too_many_connections_of_one_address_are_refused() -> None:
    with serving(make(), remote=True, per_address=2) as engine:
        browser = paired(engine)
        held = [browser.socket(), browser.socket()]
        with pytest.raises(InvalidStatus) as refused:
            browser.socket()
        assert refused.value.response.status_code == 429
        held.pop().close()


def test_too_many_connections_in_all_are_refused() -> None:
    with serving(make(), remote=True, connections=1) as engine:
        browser = paired(engine)
        held = browser.socket()
        with pytest.raises(InvalidStatus) as refused:
            browser.socket()
        assert refused.value.response.status_code == 503
        held.close()


def test_requests_of_one_address_have_a_rate() -> None:
    with serving(make(), requests_per_minute=60) as engine:
        browser = Browser(engine)
        statuses = {browser.request("GET", "/_pytron/session")[0] for _ in range(40)}
        assert statuses == {401, 429}


def test_frames_beyond_their_rate_are_taken_later_and_none_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held: queue.Queue[tuple[Wire, float]] = queue.Queue()
    hold = Wire.hold

    def hold_until_told(wire: Wire, wait_s: float) -> None:
        hold(wire, 1e6)
        held.put((wire, wait_s))

    monkeypatch.setattr(Wire, "hold", hold_until_told)
    # So slow that no machine is slower: each frame is beyond it.
    with serving(make(), remote=True, frame_rate=0.001) as engine:
        page = tab(engine)
        calls = [page.start("greet", str(number)) for number in range(4)]
        for number, call in enumerate(calls):
            wire, wait_s = held.get(timeout=WAIT_S)
            assert wait_s > 0
            assert page.result(call) == f"hello {number}"
            assert not any(page.answers[later] for later in calls[number + 1 :])
            wire.loop.call_soon_threadsafe(wire._go_on)


def test_behind_a_proxy_each_visitor_has_a_rate() -> None:
    public = {"url": "https://book.example", "requests_per_minute": 0.01}

    def statuses(proxies: str) -> list[int]:
        with serving(make(), **public, proxies=proxies) as engine:
            browser = Browser(engine)
            return [
                browser.request("GET", "/", Host="book.example", X_Forwarded_For=visitor)[0]
                for visitor in ("192.0.2.1", "192.0.2.1", "192.0.2.2")
            ]

    assert statuses("127.0.0.1") == [401, 429, 401]
    # Who is no proxy of ours says in vain that it asks for somebody else.
    assert statuses("") == statuses("198.51.100.7") == [401, 429, 429]


def test_a_page_that_does_not_read_loses_its_session_and_holds_up_nobody() -> None:
    app = make()
    news = app.event("news", str, remote=True)
    with serving(app, remote=True) as engine:
        slow = tab(engine)
        slow.send({"kind": "subscribe", "name": "news"})
        slow.call("greet", "x")
        quick = Tab(slow.browser).hello()
        text = "x" * 1_000_000
        deadline = time.monotonic() + 60
        while not engine.metrics.value("lost_total"):
            news.emit(text)  # never waits, never raises
            assert time.monotonic() < deadline
        assert quick.call("greet", "still there") == "hello still there"


def test_one_that_opens_a_connection_and_says_nothing_holds_up_nobody(
    engine: ServerEngine,
) -> None:
    silent = [socket.create_connection(("127.0.0.1", engine.port)) for _ in range(50)]
    assert tab(engine).call("secret") == "secret"
    for connection in silent:
        connection.close()


# --- paths ---


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/%5c..%5csecret.txt",
             "//etc/passwd", "/%00", "/a/%2e%2e/%2e%2e/secret.txt"],
)  # fmt: skip
def test_paths_that_leave_the_frontend_are_not_served(tmp_path: object, path: str) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "page").mkdir()
    (folder / "page" / "index.html").write_text("index")
    (folder / "secret.txt").write_text("secret")
    app = App("Served", frontend=folder / "page", ephemeral=True)
    with serving(app) as engine:
        browser = paired(engine)
        assert browser.request("GET", "/", Accept="text/html")[0] == 200
        status, _, body = browser.request("GET", path)
        assert status in (400, 403, 404)
        assert b"secret" not in body
