"""Makes the index of one edition: `python -m graph.index STORE EDITION`.

Runs as a process of its own with bounded memory, one at a time for a store, at a low priority
unless the edition is so small that it is done at once. It ends with the process that started it.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path

from graph.errors import StoreError
from graph.index.building import build
from graph.index.schema import Terms
from graph.index.shelf import BUSY, GONE, UNWRITABLE, hold_lock, remove_stale
from graph.index.thing_index import IndexNotReady, ThingIndex
from graph.readers.confinement import die_with_parent, limit_memory
from graph.store import EditionStore

_NICENESS = 10
_SMALL_QUADS = 50_000
_MEMORY_BYTES = 2 * 1024**3


def main() -> int:
    """Build, unless the index is there or another process builds. Returns an exit code."""
    parser = argparse.ArgumentParser(prog="python -m graph.index", description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("edition")
    parser.add_argument("--namespace", help="that of our own terms")
    parser.add_argument("--folder", type=Path, help="where the index goes [STORE/index]")
    parser.add_argument("--parent", type=int, help="the process to end with")
    given = parser.parse_args()
    if given.parent is not None:
        die_with_parent()
        if os.getppid() != given.parent:  # it ended before this could be arranged
            return 1
    limit_memory(_MEMORY_BYTES)
    store = EditionStore(given.store)
    folder: Path = given.folder or given.store / "index"
    try:
        lock = hold_lock(folder)
    except OSError:
        return UNWRITABLE
    if lock is None:
        return BUSY
    os.environ["SQLITE_TMPDIR"] = str(folder)
    remove_stale(folder, store)
    path = folder / f"{given.edition}.sqlite"
    try:
        with store.open(given.edition) as opened:
            with suppress(IndexNotReady):
                ThingIndex.open(path, opened.edition.made)
                return 0
            quads = opened.edition.quads
            if quads is None or quads > _SMALL_QUADS:
                os.nice(_NICENESS)
            namespace = given.namespace or f"{opened.edition.base}ontology#"
            build(opened, Terms(opened.edition.base, namespace), path)
    except StoreError:
        return GONE
    except (OSError, sqlite3.Error, MemoryError) as error:
        print(f"The index of edition {given.edition} was not made: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
