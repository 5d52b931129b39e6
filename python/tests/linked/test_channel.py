"""Channels never block, lose nothing, and see the end of the other side."""

from __future__ import annotations

import os
import socket
from collections.abc import Generator
from pathlib import Path

import pytest
from pytron.framing import Parcel, pack
from pytron.platforms.sockets import Channel, Hub
from waiting import DEADLINE_S


@pytest.fixture
def hub() -> Generator[Hub]:
    made = Hub()
    yield made
    made.close()


@pytest.fixture
def ends(hub: Hub) -> Generator[tuple[Channel, Channel]]:
    left, right = socket.socketpair()
    one, other = Channel(left, descriptors=True), Channel(right, descriptors=True)
    hub.add(one)
    hub.add(other)
    yield one, other
    one.close()
    other.close()


def taken(hub: Hub, channel: Channel, count: int) -> list[Parcel]:
    """So many frames from a channel; whatever waits to be written is written meanwhile."""
    found: list[Parcel] = []
    while len(found) < count:
        ready = hub.wait(DEADLINE_S)
        parcels, more = channel.read()
        found += parcels
        assert more or len(found) >= count, ready
    return found


def test_what_the_system_does_not_take_at_once_arrives_in_order(
    hub: Hub, ends: tuple[Channel, Channel]
) -> None:
    one, other = ends
    large = os.urandom(5_000_000)
    assert one.send(pack(b'{"kind":"a"}', [large]))
    assert one.waiting > 0
    assert one.send(pack(b'{"kind":"b"}'))
    first, second = taken(hub, other, 2)
    assert (first.text, bytes(first.parts[0])) == (b'{"kind":"a"}', large)
    assert second.text == b'{"kind":"b"}'
    assert one.waiting == 0


def test_descriptors_arrive_with_their_messages(hub: Hub, ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    one.send(pack(b"{}", [os.urandom(1_000_000)]))  # something before it that has to wait
    pipes = [os.pipe() for _ in range(3)]
    for number, (reader, _) in enumerate(pipes):
        one.send(pack(str(number).encode()), reader)
        os.close(reader)
    found = taken(hub, other, 4)
    assert [parcel.text for parcel in found[1:]] == [b"0", b"1", b"2"]
    assert len(other.descriptors) == 3
    for number, (_, writer) in enumerate(pipes):
        os.write(writer, str(number).encode())
        reader = other.descriptors.popleft()
        assert not os.get_inheritable(reader)
        assert os.read(reader, 10) == str(number).encode()
        os.close(reader)
        os.close(writer)


def test_the_end_of_the_other_side_is_seen_and_sending_says_so(
    hub: Hub, ends: tuple[Channel, Channel]
) -> None:
    one, other = ends
    other.send(pack(b"last"))
    other.close()
    assert hub.wait(DEADLINE_S) == [one]
    parcels, more = one.read()
    if more:
        _, more = one.read()
    assert [parcel.text for parcel in parcels] == [b"last"]
    assert not more
    one.send(pack(b"x"))
    assert not one.send(pack(b"x"))
    assert one.waiting == 0


def test_a_ring_ends_the_wait(hub: Hub) -> None:
    hub.ring()
    hub.ring()
    assert hub.wait(DEADLINE_S) == []
    assert hub.wait(0) == []


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_a_closed_channel_leaves_no_descriptor_open(hub: Hub) -> None:
    before = open_descriptors()
    left, right = socket.socketpair()
    one, other = Channel(left), Channel(right, descriptors=True)
    hub.add(one)
    reader, writer = os.pipe()
    one.send(pack(b"x" * 10), reader)
    one.send(pack(os.urandom(1_000_000)), writer)
    os.close(reader)
    os.close(writer)
    other.read()
    one.close()
    other.close()
    assert open_descriptors() == before
