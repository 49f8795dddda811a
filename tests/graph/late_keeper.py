"""`python -m tests.graph.late_keeper STORE RUNTIME`: a herd that is held up after it forked.

Its reader takes an endless query at once. Prints why the herd ended it.
"""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path
from unittest.mock import patch

import psutil

from graph.engine import Query, Wanted
from graph.readers import wire
from graph.readers.board import Board, Cause
from graph.readers.client import new_request
from graph.readers.herd import Herd
from graph.readers.settings import LANES, ReaderSettings
from graph.representation import Kind, Writer, format_named

_VALUES = " ".join(f"VALUES ?v{i} {{ 1 2 3 4 5 6 7 8 9 }}" for i in range(20))
_ENDLESS = f"SELECT (COUNT(*) AS ?n) WHERE {{ {_VALUES} FILTER(?v0 + ?v19 < 0) }}"


class _Late(psutil.Process):
    """Makes the herd wait, as a busy machine does, when it looks at what it has forked."""

    def __init__(self, pid: int | None = None) -> None:
        if pid is not None:  # the reader looks at itself
            time.sleep(0.5)
        super().__init__(pid)


def main(store: Path, runtime: Path) -> None:
    settings = ReaderSettings(store, "http://e/", runtime, readers=1, query_timeout_s=1.0)
    board = Board(settings.board, slots=1)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(settings.socket("query")))
    listener.listen()
    client = socket.socket(socket.AF_UNIX)
    client.connect(str(settings.socket("query")))
    form = format_named("json", Kind.SOLUTIONS)
    head = wire.query_head(Query(_ENDLESS), Wanted(form, form), "")
    head["id"] = new_request()
    wire.send(client, head)
    keeper = Herd(
        settings, Writer({}, {}), board, dict.fromkeys(LANES, listener), ["query"], first_slot=0
    )
    with patch.object(psutil, "Process", _Late):
        keeper.step()
    until = time.monotonic() + 10
    while time.monotonic() < until and not board.verdict(bytes.fromhex(head["id"])):
        keeper.step()
    print(Cause(board.verdict(bytes.fromhex(head["id"]))).name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
