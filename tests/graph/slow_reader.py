"""`python -m tests.graph.slow_reader STORE`: reads an edition after a line of input."""

from __future__ import annotations

import sys
from pathlib import Path

from graph.store import EditionStore

if __name__ == "__main__":
    with EditionStore(Path(sys.argv[1])).open() as opened:
        print(opened.edition.name, flush=True)
        sys.stdin.readline()
        for quad in opened.database:
            print(quad.object.value)  # type: ignore[union-attr]
