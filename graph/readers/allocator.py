"""Which memory allocator readers run with: a query makes and drops thousands of small terms.

jemalloc, where the machine has it, takes a tenth off what a join costs; glibc's own does better
when it keeps more of what each thread lets go of. Both are told by the environment of a process.
"""

from __future__ import annotations

import sys
from ctypes.util import find_library
from pathlib import Path

_TUNABLES = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=2000"}
_LIBRARY = "jemalloc"


def environment(choice: str) -> dict[str, str]:
    """What the environment of a process is to hold for an allocator.

    `choice` is `auto` (jemalloc where it is found), `system`, or the path of a library. Raises
    `FileNotFoundError` for a path that is none.

    >>> "LD_PRELOAD" in environment("system")
    False
    """
    if choice == "system" or sys.platform != "linux":
        return dict(_TUNABLES)
    found = find_library(_LIBRARY) if choice == "auto" else choice
    if choice != "auto" and not Path(choice).is_file():
        raise FileNotFoundError(f"There is no allocator at {choice}.")
    return _TUNABLES | ({"LD_PRELOAD": found} if found else {})
