"""`python -m tests.graph.waiting_writer STORE`: a write that waits for a line of input."""

from __future__ import annotations

import sys
from pathlib import Path

from pyoxigraph import Literal, Quad
from pyoxigraph import Store as Database

from graph.store import Edition, EditionStore
from graph.writing import EditionWriter, Written
from tests.graph.stores import NODE


def wait(database: Database, _current: Edition | None) -> Written:
    print("writing", flush=True)
    sys.stdin.readline()
    database.add(Quad(NODE, NODE, Literal("theirs")))
    return Written()


if __name__ == "__main__":
    EditionWriter(EditionStore(Path(sys.argv[1]))).write(wait, "update")
