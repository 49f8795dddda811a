"""The herd sees what its readers are at, from the first request on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from graph.store import EditionStore
from tests.graph import stores


def test_a_reader_is_watched_from_its_first_request_on(store: EditionStore, tmp_path: Path) -> None:
    stores.insert(store, "a")
    done = subprocess.run(
        [sys.executable, "-m", "tests.graph.late_keeper", str(store.folder), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("DEADLINE", "")
