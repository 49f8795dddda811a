"""How many seconds of queries a client has had, across all workers of a service.

A leaky bucket for each client: it fills with the seconds that its queries take and
empties in a minute. Kept in one small mapped file; two clients that fall on one place
push each other out, which forgets and never punishes.
"""

from __future__ import annotations

import hashlib
import math
import mmap
import struct
import time
from pathlib import Path

_ENTRY = struct.Struct("<Qdd")  # client, when, seconds used then
_ENTRIES = 4096
_MINUTE_S = 60.0


class Budget:
    """The seconds of all clients."""

    def __init__(self, path: Path, seconds_a_minute: float) -> None:
        """Map the file at `path`, made when it is missing; 0 seconds mean no budget."""
        self._allowed = seconds_a_minute
        size = _ENTRY.size * _ENTRIES
        with path.open("ab") as file:
            if file.tell() < size:
                file.truncate(size)
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), size)

    def wait_s(self, client: str) -> int:
        """Seconds until the client may ask again; 0 when it may now."""
        if not self._allowed:
            return 0
        used = self._used(client)[1]
        if used < self._allowed:
            return 0
        return max(1, math.ceil((used - self._allowed) * _MINUTE_S / self._allowed))

    def spend(self, client: str, seconds: float) -> None:
        """Count what a query took."""
        if not self._allowed:
            return
        at, used = self._used(client)
        _ENTRY.pack_into(self._map, at, _key(client), time.monotonic(), used + seconds)

    def _used(self, client: str) -> tuple[int, float]:
        key = _key(client)
        at = key % _ENTRIES * _ENTRY.size
        found, when, used = _ENTRY.unpack_from(self._map, at)
        if found != key:
            return at, 0.0
        leaked = (time.monotonic() - when) * self._allowed / _MINUTE_S
        return at, max(0.0, used - leaked)


def _key(client: str) -> int:
    digest = hashlib.blake2b(client.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
