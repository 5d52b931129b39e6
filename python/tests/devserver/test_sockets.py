"""Pages' own sockets: whoever serves gets them, and nobody before it is asked to."""

from __future__ import annotations

import os
import socket
from collections.abc import Generator

import pytest
from pytron import codec
from pytron.devserver.sockets import Sockets
from pytron.platforms.sockets import Channel, Hub
from waiting import DEADLINE_S


class App:
    """The end of a link at which an app is, which this test plays."""

    def __init__(self, hub: Hub) -> None:
        ours, theirs = socket.socketpair()
        self.channel = Channel(ours, descriptors=True)
        self._end = Channel(theirs, descriptors=True)
        self._hub = hub
        hub.add(self.channel)
        hub.add(self._end)

    def given(self) -> tuple[int, socket.socket]:
        """The next window that it is given, and its page's socket."""
        while True:
            self._hub.wait(DEADLINE_S)
            parcels, _ = self._end.read()
            if parcels:
                (parcel,) = parcels
                fields = codec.decode(parcel.text)
                assert fields["kind"] == "port"
                return fields["window"], socket.socket(fileno=self._end.descriptors.popleft())

    def has_nothing(self) -> bool:
        """Whether nothing was sent: what is sent is written at once."""
        return self._end.read()[0] == []

    def close(self) -> None:
        self.channel.close()
        self._end.close()


@pytest.fixture
def apps() -> Generator[tuple[App, App]]:
    hub = Hub()
    made = App(hub), App(hub)
    yield made
    for app in made:
        app.close()
    hub.close()


@pytest.fixture
def sockets() -> Generator[Sockets]:
    made = Sockets()
    yield made
    made.close()


def page() -> tuple[socket.socket, int]:
    """A page's end of a socket, and the other one as a host hands it over."""
    ours, theirs = socket.socketpair()
    ours.settimeout(DEADLINE_S)
    return ours, theirs.detach()


def test_an_app_that_is_to_end_is_given_no_more(sockets: Sockets, apps: tuple[App, App]) -> None:
    """It closes its pages' sockets as it ends, and the pages' new ones are for the next."""
    old, new = apps
    sockets.serve(old.channel)
    sockets.hold()
    ours, theirs = page()
    sockets.take(7, theirs)
    assert old.has_nothing()
    sockets.serve(new.channel)
    window, socket_of_page = new.given()
    with ours, socket_of_page:
        assert window == 7
        socket_of_page.sendall(b"from the next")
        assert ours.recv(20) == b"from the next"
    assert old.has_nothing()


def test_a_page_that_waits_is_told_why(sockets: Sockets) -> None:
    ours, theirs = page()
    sockets.take(1, theirs)
    sockets.tell(1, b"[]")
    sockets.tell(2, b"[]")  # it has none: whoever has its frames tells it
    with ours:
        assert ours.recv(20).endswith(b"[]")


def test_of_a_page_that_was_loaded_anew_the_last_one_counts(
    sockets: Sockets, apps: tuple[App, App]
) -> None:
    first, theirs_of_first = page()
    last, theirs_of_last = page()
    sockets.take(1, theirs_of_first)
    sockets.take(1, theirs_of_last)
    with first, last:
        assert first.recv(1) == b""
        sockets.serve(apps[0].channel)
        window, given = apps[0].given()
        with given:
            given.sendall(b"x")
            assert (window, last.recv(1)) == (1, b"x")


def test_a_closed_window_leaves_nothing(sockets: Sockets, apps: tuple[App, App]) -> None:
    ours, theirs = page()
    sockets.take(1, theirs)
    assert 1 in sockets
    sockets.drop(1)
    assert 1 not in sockets
    with ours:
        assert ours.recv(1) == b""
    sockets.serve(apps[0].channel)
    assert apps[0].has_nothing()


def test_what_was_given_is_open_at_one_end_only(sockets: Sockets, apps: tuple[App, App]) -> None:
    ours, theirs = page()
    sockets.serve(apps[0].channel)
    sockets.take(1, theirs)
    with pytest.raises(OSError):  # noqa: PT011 - that it is closed here is all
        os.fstat(theirs)
    _, given = apps[0].given()
    given.close()
    with ours:
        assert ours.recv(1) == b""
