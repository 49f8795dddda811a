"""`python -m tests.graph.late_keeper STORE RUNTIME`: a herd that is held up after it forked.

Its reader takes an endless query at once. Prints why the herd ended it.
"""

from __future__ import annotations

import os
import select
import sys
import time
from pathlib import Path

from graph.engine import Query, Wanted
from graph.readers import wire
from graph.readers.board import Board, Cause
from graph.readers.client import new_request
from graph.readers.herd import Herd
from graph.readers.settings import LANES, ReaderSettings
from graph.representation import Kind, Writer, format_named
from tests.server.scratch import CROSS_PRODUCT


class _Late(Board):
    """A board that the herd comes to late, as on a busy machine."""

    def __init__(self, path: Path, slots: int) -> None:
        super().__init__(path, slots)
        self._herd = os.getpid()

    def seat(self, slot: int, pid: int, lane: int, baseline_bytes: int = 0) -> None:
        if pid and os.getpid() == self._herd:
            time.sleep(0.5)
        super().seat(slot, pid, lane, baseline_bytes)


def main(store: Path, runtime: Path) -> None:
    settings = ReaderSettings(store, "http://e/", runtime, readers=1, query_timeout_s=1.0)
    board = _Late(settings.board, slots=1)
    mailbox = wire.new_mailbox(settings.mailbox("query"))
    form = format_named("json", Kind.SOLUTIONS)
    head = wire.query_head(Query(CROSS_PRODUCT), Wanted(form, form), "")
    keeper = Herd(
        settings, Writer({}, {}), board, dict.fromkeys(LANES, mailbox), ["query"], first_slot=0
    )
    until = time.monotonic() + 10
    with wire.Inbox(runtime) as inbox:
        head |= {"id": new_request(), "until": until, "inbox": inbox.name, "turn": 1}
        wire.send(inbox.socket, wire.encode(head), str(settings.mailbox("query")))
        while time.monotonic() < until and not select.select([inbox.socket], [], [], 0)[0]:
            keeper.step()
        print(Cause(inbox.receive().head["ended"]).name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
