"""`python -m tests.graph.busy_writer STORE COUNT`: replaces a quad COUNT times."""

from __future__ import annotations

import sys
from pathlib import Path

from graph.store import EditionStore
from tests.graph.stores import BASE, update

if __name__ == "__main__":
    store = EditionStore(Path(sys.argv[1]))
    for number in range(1, int(sys.argv[2]) + 1):
        update(
            store,
            f"DELETE WHERE {{ <{BASE}s> ?p ?o }};"
            f"INSERT DATA {{ <{BASE}s> <{BASE}said> '{number}' }}",
        )
