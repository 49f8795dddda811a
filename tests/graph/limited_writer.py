"""`python -m tests.graph.limited_writer STORE LIMIT`: writes, while no file may outgrow LIMIT.

Beyond the limit a write fails as on a full disk, though as EFBIG. Prints what came of it.
"""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path

from graph.errors import ShuangmaError
from graph.store import EditionStore
from tests.graph.stores import insert

if __name__ == "__main__":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limit = int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        insert(EditionStore(Path(sys.argv[1])), *map(str, range(20_000)))
        print("written")
    except ShuangmaError as error:
        print(f"{type(error).__name__}: {error}")
