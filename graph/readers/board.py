"""What the herd, its readers and their clients tell one another: one small mapped file.

A slot for each reader says which request it is at and since when, and who asked. Whoever
writes a field is alone in writing it, and each field is written in one step.
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
# request, cancelled request, started, turn, asker's inbox, pid, lane, baseline
_SLOT = struct.Struct("<16s16sdQ16sIIQ")
_BEGUN = struct.Struct("<dQ16s")
_BEGUN_AT = 2 * ID_BYTES
_HEAD = struct.Struct("<Q")  # slots


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

    `asker` is the name of the inbox that waits for a reply, `turn` what the request is to it.
    `baseline_bytes` is what the reader's process took before it served.
    """

    slot: int
    request: bytes
    cancelled: bytes
    started: float
    turn: int
    asker: str
    pid: int
    lane: int
    baseline_bytes: int

    def is_same(self, other: Running) -> bool:
        """Whether both are one request."""
        return (self.asker, self.turn) == (other.asker, other.turn)


class Board:
    """The mapped file."""

    def __init__(self, path: Path, slots: int = 0) -> None:
        """Map the file at `path`; with `slots`, make it first."""
        if slots:
            size = _HEAD.size + slots * _SLOT.size
            with path.open("wb") as file:
                file.truncate(size)
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            self._map = mmap.mmap(descriptor, 0)
        finally:
            os.close(descriptor)
        if slots:
            _HEAD.pack_into(self._map, 0, slots)
        self.slots: int = _HEAD.unpack_from(self._map, 0)[0]

    def begin(self, slot: int, request: bytes, asker: str, turn: int) -> None:
        """A reader begins a request."""
        at = self._slot(slot)
        told = (time.monotonic(), turn, asker.encode("ascii"))
        _BEGUN.pack_into(self._map, at + _BEGUN_AT, *told)
        self._map[at : at + ID_BYTES] = request

    def end(self, slot: int) -> None:
        """A reader is idle."""
        at = self._slot(slot)
        self._map[at : at + ID_BYTES] = _NO_ID

    def seat(self, slot: int, pid: int, lane: int, baseline_bytes: int = 0) -> None:
        """A new reader takes a slot, before it serves; the herd clears it, with 0 for `pid`."""
        told = (_NO_ID, _NO_ID, 0.0, 0, b"", pid, lane, baseline_bytes)
        _SLOT.pack_into(self._map, self._slot(slot), *told)

    def running(self, slot: int) -> Running | None:
        """What a reader is at, if anything."""
        found = _SLOT.unpack_from(self._map, self._slot(slot))
        request, cancelled, started, turn, asker, pid, lane, baseline = found
        if request == _NO_ID:
            return None
        name = asker.rstrip(b"\0").decode("ascii")
        return Running(slot, request, cancelled, started, turn, name, pid, lane, baseline)

    def all_running(self) -> Iterator[Running]:
        """What all readers are at."""
        for slot in range(self.slots):
            found = self.running(slot)
            if found:
                yield found

    def all_running_for(self, asker: str) -> Iterator[Running]:
        """What readers are at that an inbox waits for."""
        return (found for found in self.all_running() if found.asker == asker)

    def cancel(self, running: Running) -> None:
        """Ask the herd to end a request."""
        at = self._slot(running.slot) + ID_BYTES
        self._map[at : at + ID_BYTES] = running.request

    def _slot(self, slot: int) -> int:
        return _HEAD.size + slot * _SLOT.size
