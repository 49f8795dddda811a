"""Takes from a reader what a query has no business with: the network, programs, memory.

On Linux by seccomp (kernel documentation, "Seccomp BPF"), which needs no privilege. On
other systems the check of the text for SERVICE and LOAD stands alone.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import resource
import signal
import struct
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_LOAD_WORD, _JUMP_IF_EQUAL, _JUMP_IF_GREATER_OR_EQUAL, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_OFFSET, _ARCHITECTURE_OFFSET = 0, 4
# Architecture: its audit value, and the numbers of socket, execve, execveat.
_SYSTEM_CALLS = {
    "x86_64": (0xC000003E, (41, 59, 322)),
    "aarch64": (0xC00000B7, (198, 221, 281)),
}
_X32 = 0x40000000
_ADDRESS_SLACK_BYTES = 3 * 1024**3  # what allocators and thread stacks reserve and never touch


def die_with_parent() -> None:
    """End this process when the one that started it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit_memory(growth_bytes: int) -> None:
    """Let the address space grow by so much, generously: the herd watches what is touched."""
    if sys.platform != "linux":
        return
    present = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    limit = present + growth_bytes + _ADDRESS_SLACK_BYTES
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def refuse_network() -> bool:
    """Make `socket` and `execve` fail with EACCES from now on; whether that could be done."""
    known = _SYSTEM_CALLS.get(platform.machine())
    if sys.platform != "linux" or known is None:
        return False
    architecture, numbers = known
    last = len(numbers) + 1
    program = [
        _step(_LOAD_WORD, 0, 0, _ARCHITECTURE_OFFSET),
        _step(_JUMP_IF_EQUAL, 0, last + 2, architecture),
        _step(_LOAD_WORD, 0, 0, _NUMBER_OFFSET),
        _step(_JUMP_IF_GREATER_OR_EQUAL, last, 0, _X32),
        *(_step(_JUMP_IF_EQUAL, last - 1 - i, 0, number) for i, number in enumerate(numbers)),
        _step(_RETURN, 0, 0, _ALLOW),
        _step(_RETURN, 0, 0, _ERRNO | errno.EACCES),
    ]
    code = ctypes.create_string_buffer(b"".join(program))
    filter_program = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        and libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, filter_program, 0, 0) == 0
    )


def _step(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
