"""Frames between askers and readers: whole, whatever their size, and to whom they are for."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.readers import wire


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[wire.Inbox]:
    with wire.Inbox(tmp_path) as inbox:
        yield inbox


@pytest.mark.parametrize(
    "size", [0, 1, 200_000, wire.DATAGRAM_BYTES - 9, wire.DATAGRAM_BYTES, 5_000_000]
)
def test_a_frame_arrives_whole(inbox: wire.Inbox, tmp_path: Path, size: int) -> None:
    body = os.urandom(size)
    head = {"turn": 7, "text": "馬雲" * 10}
    wire.send(inbox.socket, wire.encode(head, body), str(tmp_path / inbox.name))
    frame = inbox.receive()
    assert (frame.head, frame.body, frame.descriptors) == (head, body, [])


@pytest.mark.parametrize("size", [10, 5_000_000])
def test_descriptors_come_with_their_frame(inbox: wire.Inbox, tmp_path: Path, size: int) -> None:
    (tmp_path / "upload").write_bytes(b"abc")
    opened = [os.open(tmp_path / "upload", os.O_RDONLY) for _ in range(wire.MAX_DESCRIPTORS)]
    try:
        whole = wire.encode({"turn": 1}, bytes(size))
        wire.send(inbox.socket, whole, str(tmp_path / inbox.name), opened)
    finally:
        for descriptor in opened:
            os.close(descriptor)
    frame = inbox.receive()
    assert len(frame.body) == size
    assert len(frame.descriptors) == wire.MAX_DESCRIPTORS
    assert os.pread(frame.descriptors[-1], 3, 0) == b"abc"
    frame.close()
    assert frame.descriptors == []


def test_files_that_there_is_no_room_for_are_an_error_and_no_empty_answer(
    inbox: wire.Inbox, tmp_path: Path
) -> None:
    opened = [os.open(tmp_path, os.O_RDONLY) for _ in range(4)]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        wire.send(inbox.socket, wire.encode({"turn": 3}), str(tmp_path / inbox.name), opened)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(opened) + 2, hard))
        frame = inbox.receive()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for descriptor in opened:
            os.close(descriptor)
    assert (frame.head["turn"], frame.descriptors) == (3, [])
    assert "too many files" in str(wire.error_of(frame.head))


def test_a_full_inbox_is_waited_for_and_loses_nothing(inbox: wire.Inbox, tmp_path: Path) -> None:
    sender = wire.new_socket()
    sender.setblocking(False)
    address = str(tmp_path / inbox.name)
    sent = 0
    with sender:
        with pytest.raises(BlockingIOError):
            while True:
                wire.send(sender, wire.encode({"turn": sent}), address)
                sent += 1
        assert [inbox.receive().head["turn"] for _ in range(sent)] == list(range(sent))
        wire.send(sender, wire.encode({"turn": "again"}), address)
        assert inbox.receive().head["turn"] == "again"


def test_a_closed_inbox_leaves_nothing_behind(tmp_path: Path) -> None:
    with wire.Inbox(tmp_path) as inbox, wire.new_socket() as sender:
        address = str(tmp_path / inbox.name)
        inbox.close()
        with pytest.raises(OSError, match="No such file"):
            wire.send(sender, wire.encode({}), address)
    assert list(tmp_path.iterdir()) == []
