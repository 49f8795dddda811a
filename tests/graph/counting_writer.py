"""`python -m tests.graph.counting_writer STORE FIRST COUNT`: adds numbers, in an edition each."""

from __future__ import annotations

import sys
from pathlib import Path

from graph.store import EditionStore
from tests.graph.stores import insert

if __name__ == "__main__":
    first, count = int(sys.argv[2]), int(sys.argv[3])
    for number in range(first, first + count):
        insert(EditionStore(Path(sys.argv[1])), str(number))
