"""The server's parts alone: options, names, rates, cookies, the hub, counts."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from pytron import protocol
from pytron.errors import ConfigError
from pytron.hub import LocalHub
from pytron.server.guard import Addresses, Bucket, Guard
from pytron.server.line import Line
from pytron.server.metrics import Metrics
from pytron.server.options import ServerOptions, origin_of
from pytron.server.pairing import COOKIE_S, TOKEN_S, Pairing, load_key, outdated


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"tls_cert": "cert.pem"}, "both a certificate and its key"),
        ({"host": "0.0.0.0", "remote": True}, "give url="),
        ({"host": "0.0.0.0", "url": "https://a.example"}, "pytron serve"),
        ({"url": "ftp://a.example"}, "no address of a server"),
        ({"port": "many"}, "does not fit"),
        ({"pairing": "perhaps"}, "write 1 or 0"),
        ({"prot": 1}, "no option 'prot'"),
        ({"port": 99_999}, "port=99999: give a number from 0 to 65535"),
        ({"connections": 0}, "connections=0: give a number from 1 to "),
        ({"frame_rate": "0"}, "frame_rate=0.0: give a number from 0.001 to "),
        ({"keep_s": "nan"}, "keep_s=nan: give a number from 0 to "),
        ({"proxies": "127.0.0.1, nginx"}, "proxies='nginx' is no address"),
    ],
)
def test_options_that_do_not_go_together_say_what_does(
    options: dict[str, object], reason: str
) -> None:
    with pytest.raises(ConfigError, match=reason):
        ServerOptions.of(options)


def test_proxies_may_be_addresses_networks_and_all() -> None:
    for proxies in ("", "10.0.0.7,::1", "10.0.0.0/8, 192.168.0.1", "*"):
        assert ServerOptions(proxies=proxies).proxies == proxies


def test_the_environment_is_over_what_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTRON_SERVER_PORT", "99")
    monkeypatch.setenv("PYTRON_SERVER_ORIGINS", "http://a.example, http://b.example")
    options = ServerOptions.of({"port": 1, "keep_s": "2.5"})
    assert (options.port, options.keep_s) == (99, 2.5)
    assert options.origins == ("http://a.example", "http://b.example")


def test_origins_are_written_as_browsers_do() -> None:
    assert origin_of("https://A.example:443/path") == "https://a.example"
    assert origin_of("http://[::1]:8000") == "http://[::1]:8000"


def test_a_server_behind_a_proxy_is_known_by_its_address() -> None:
    guard = Guard(ServerOptions(url="https://a.example"), 8000)
    good = {"host": "a.example", "origin": "https://a.example"}
    assert guard.check("GET", good, socket=True) is None
    refused = guard.check("GET", {**good, "origin": "http://a.example"}, socket=True)
    assert refused is not None
    assert refused.cause == "origin"


def test_a_link_from_elsewhere_may_lead_to_the_app() -> None:
    guard = Guard(ServerOptions(), 8000)
    link = {"host": "localhost:8000", "sec-fetch-site": "cross-site"}
    navigation = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert guard.check("GET", {**link, **navigation}) is None
    assert guard.check("GET", link) is not None
    assert guard.check("POST", {**link, **navigation}) is not None


def test_a_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    clock = Clock()
    bucket = Bucket(10, 20, clock)
    assert [bucket.take() for _ in range(20)] == [0.0] * 20
    assert bucket.take() == pytest.approx(0.1)
    clock.now += 1
    assert bucket.take() == 0


def test_addresses_are_counted_apart_and_forgotten() -> None:
    clock = Clock()
    addresses = Addresses(6, 1, clock)
    assert addresses.ask("a")
    assert not addresses.ask("a")
    assert addresses.ask("b")
    assert addresses.connect("a")
    assert not addresses.connect("a")
    addresses.leave("a")
    assert addresses.connect("a")


def test_tokens_and_cookies_end() -> None:
    clock = Clock()
    pairing = Pairing(b"k" * 32, LocalHub(clock), clock)
    token = pairing.mint(3)
    _, cookie = pairing.cookie()
    assert pairing.check(cookie)
    assert Pairing(b"x" * 32, LocalHub()).check(cookie) is None
    clock.now += TOKEN_S + 1
    assert pairing.take(token) is None
    clock.now += COOKIE_S
    assert pairing.check(cookie) is None


def test_a_cookie_with_a_longer_life_is_forged() -> None:
    pairing = Pairing(b"k" * 32, LocalHub())
    name, until, signature = pairing.cookie()[1].split(".")
    assert pairing.check(f"{name}.{int(until) + 1}.{signature}") is None


def test_of_the_cookies_of_earlier_runs_the_newest_stay() -> None:
    cookies = {
        f"pytron-{port}": f"name.{2000000000 - port}.signature" for port in range(1000, 1050)
    }
    cookies |= {"theirs": "x", "pytron-1": "no cookie of ours", "__Host-pytron": "a.1.b"}
    removed = outdated(cookies)
    assert set(removed) == {"pytron-1", *(f"pytron-{port}" for port in range(1020, 1050))}
    assert outdated({name: cookies[name] for name in cookies.keys() - set(removed)}) == []


def test_a_key_is_kept_where_only_its_user_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "data" / "server.key"
    key = load_key(str(file))
    assert load_key(str(file)) == key
    if hasattr(os, "getuid"):  # where files have such modes
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(b"short")
    with pytest.raises(ConfigError, match="no key"):
        load_key(str(file))


def test_the_hub_gives_a_value_once_and_for_its_time() -> None:
    clock = Clock()
    hub = LocalHub(clock)
    hub.put("a", b"1", 10)
    assert (hub.take("a"), hub.take("a")) == (b"1", None)
    hub.put("b", b"2", 10)
    clock.now += 10
    assert hub.take("b") is None


def test_a_line_joins_what_waits_and_keeps_it_until_it_is_confirmed() -> None:
    line = Line(1, "ticket", post=lambda _function: None)
    line.put(b'{"a":1}', ())
    line.put(b'{"b":2}', ())
    line.put(b'{"c":3}', (memoryview(b"xyz"),))
    frames = [line.take(), line.take(), line.take()]
    assert [frame is not None for frame in frames] == [True, True, False]
    assert frames[0] is not None
    assert frames[0][4:] == b'[{"a":1},{"b":2}]'
    assert line.waiting() == sum(len(frame) for frame in frames if frame)
    line.confirmed(1)
    assert line.resume(1, 2)[1] == [frames[1]]
    line.confirmed(2)
    assert line.waiting() == 0


def test_nobody_waits_for_a_page_that_is_away_and_has_much_to_read() -> None:
    line = Line(1, "ticket", post=lambda _function: None)
    line.put(b"x" * (protocol.QUEUE_BYTES + 1), ())
    assert line.is_hopeless()
    line.discard()
    assert not line.is_hopeless()


def test_counts_are_as_prometheus_reads_them() -> None:
    metrics = Metrics()
    metrics.add("refused_total", label='cause="host"')
    metrics.up.count, metrics.up.size = 1, 10
    text = metrics.text()
    assert 'pytron_refused_total{cause="host"} 1' in text
    assert 'pytron_bytes_total{way="up"} 10' in text
    assert "# TYPE pytron_connections gauge\npytron_connections 0\n" in text
