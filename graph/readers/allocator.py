"""Which memory allocator readers run with: a query makes and drops thousands of small terms.

An exploring query takes an eighth less of the processor with tcmalloc and a tenth less with
jemalloc than with glibc's, which does better when it keeps more of what each thread lets go
of. All are told by the environment of a process.
"""

from __future__ import annotations

import sys
from ctypes.util import find_library
from pathlib import Path

_TUNABLES = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=2000"}
_TCMALLOC = {"TCMALLOC_LARGE_ALLOC_REPORT_THRESHOLD": "0"}  # or it tells of every large one
_APART = {" ", ":"}  # what stands between the names of LD_PRELOAD
_LIBRARIES = ("tcmalloc_minimal", "jemalloc")


def environment(choice: str) -> dict[str, str]:
    """What the environment of a process is to hold for an allocator.

    `choice` is `auto` (tcmalloc or jemalloc, where one is found), `system`, or the path of a
    library. Raises `FileNotFoundError` for a path that is none.

    >>> "LD_PRELOAD" in environment("system")
    False
    """
    if choice == "system" or sys.platform != "linux":
        return dict(_TUNABLES)
    found = _found() if choice == "auto" else choice
    if choice != "auto" and not Path(choice).is_file():
        raise FileNotFoundError(f"There is no allocator at {choice}.")
    return _TUNABLES | _TCMALLOC | ({"LD_PRELOAD": found} if found else {})


def _found() -> str | None:
    """The first that the environment of this Python has beside it, or the machine."""
    beside = map(str, sorted(Path(sys.prefix, "lib").glob(f"lib{_LIBRARIES[0]}.so*")))
    for name in (*beside, *map(find_library, _LIBRARIES)):
        if name and not set(name) & _APART:
            return name
    return None
