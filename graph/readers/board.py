"""What the herd, its readers and their clients tell one another: one small mapped file.

A slot for each reader says which request it is at and since when; the last verdicts say
why a reader was ended. Whoever writes a field is alone in writing it, and each field is
written in one step.
"""

from __future__ import annotations

import mmap
import os
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

ID_BYTES = 16
_NO_ID = bytes(ID_BYTES)
_SLOT = struct.Struct("<16s16sdIIQ")  # request, cancelled request, started, pid, lane, baseline
_VERDICT = struct.Struct("<16sII")
_VERDICTS = 1024
_HEAD = struct.Struct("<QQ")  # slots, verdicts written


class Cause(IntEnum):
    """Why a reader was ended."""

    NONE = 0
    DEADLINE = 1
    MEMORY = 2
    CANCELLED = 3
    SIGNAL = 16  # and the signal's number beyond it


@dataclass(frozen=True)
class Running:
    """A request that a reader is at; `started` is on the monotonic clock.

    `baseline_bytes` is what the reader's process took before it served.
    """

    slot: int
    request: bytes
    cancelled: bytes
    started: float
    pid: int
    lane: int
    baseline_bytes: int


class Board:
    """The mapped file."""

    def __init__(self, path: Path, slots: int = 0) -> None:
        """Map the file at `path`; with `slots`, make it first."""
        if slots:
            size = _HEAD.size + slots * _SLOT.size + _VERDICTS * _VERDICT.size
            with path.open("wb") as file:
                file.truncate(size)
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            self._map = mmap.mmap(descriptor, 0)
        finally:
            os.close(descriptor)
        if slots:
            _HEAD.pack_into(self._map, 0, slots, 0)
        self.slots: int = _HEAD.unpack_from(self._map, 0)[0]

    def begin(self, slot: int, request: bytes) -> None:
        """A reader begins a request."""
        at = self._slot(slot)
        struct.pack_into("<d", self._map, at + 32, time.monotonic())
        self._map[at : at + ID_BYTES] = request

    def end(self, slot: int) -> None:
        """A reader is idle."""
        at = self._slot(slot)
        self._map[at : at + ID_BYTES] = _NO_ID

    def seat(self, slot: int, pid: int, lane: int, baseline_bytes: int = 0) -> None:
        """A new reader takes a slot, before it serves; the herd clears it, with 0 for `pid`."""
        told = (_NO_ID, _NO_ID, 0.0, pid, lane, baseline_bytes)
        _SLOT.pack_into(self._map, self._slot(slot), *told)

    def running(self, slot: int) -> Running | None:
        """What a reader is at, if anything."""
        found = _SLOT.unpack_from(self._map, self._slot(slot))
        request, cancelled, started, pid, lane, baseline_bytes = found
        if request == _NO_ID:
            return None
        return Running(slot, request, cancelled, started, pid, lane, baseline_bytes)

    def all_running(self) -> Iterator[Running]:
        """What all readers are at."""
        for slot in range(self.slots):
            found = self.running(slot)
            if found:
                yield found

    def cancel(self, request: bytes) -> bool:
        """Ask the herd to end a request; whether one of that name is running."""
        for found in self.all_running():
            if found.request == request:
                at = self._slot(found.slot) + ID_BYTES
                self._map[at : at + ID_BYTES] = request
                return True
        return False

    def tell(self, request: bytes, cause: int) -> None:
        """The herd says why it ended, or found ended, the reader of a request."""
        written = _HEAD.unpack_from(self._map, 0)[1]
        _VERDICT.pack_into(self._map, self._verdict(written % _VERDICTS), request, cause, 0)
        _HEAD.pack_into(self._map, 0, self.slots, written + 1)

    def verdict(self, request: bytes) -> int:
        """Why the reader of a request was ended; `Cause.NONE` when nothing is known."""
        written = _HEAD.unpack_from(self._map, 0)[1]
        for index in range(written - 1, max(-1, written - 1 - _VERDICTS), -1):
            found, cause, _ = _VERDICT.unpack_from(self._map, self._verdict(index % _VERDICTS))
            if found == request:
                return int(cause)
        return Cause.NONE

    def _slot(self, slot: int) -> int:
        return _HEAD.size + slot * _SLOT.size

    def _verdict(self, index: int) -> int:
        return _HEAD.size + self.slots * _SLOT.size + index * _VERDICT.size
