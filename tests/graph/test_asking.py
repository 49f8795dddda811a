"""What an asker is told when its request cannot be put before a reader."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from graph.errors import QueryFailed
from graph.readers import wire
from graph.readers.board import Board
from graph.readers.client import Readers
from graph.readers.settings import ReaderSettings


@pytest.fixture
def settings(tmp_path: Path) -> ReaderSettings:
    made = ReaderSettings(tmp_path / "store", "http://e.example/", tmp_path)
    Board(made.board, slots=1)
    return made


def test_whoever_asks_where_no_reader_is_is_told_so(settings: ReaderSettings) -> None:
    with pytest.raises(QueryFailed, match="are not running"):
        Readers(settings).ask("query", {})


def test_a_long_request_that_finds_no_room_is_not_told_as_readers_that_are_gone(
    settings: ReaderSettings,
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with wire.new_mailbox(settings.mailbox("query")):
        resource.setrlimit(resource.RLIMIT_FSIZE, (wire.DATAGRAM_BYTES // 2, hard))
        try:
            with pytest.raises(QueryFailed, match="File too large"):
                Readers(settings).ask("query", {"text": "#" * wire.DATAGRAM_BYTES})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
