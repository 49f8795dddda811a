"""Keeps whole answers, bounded in bytes. Knows nothing of requests."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass

from cachetools import LRUCache

_CACHE_SIZE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Kept:
    """An answer's body and the headers that belong to it."""

    body: bytes
    content_type: str
    vary: tuple[str, ...]
    links: tuple[str, ...]


class ResponseCache:
    """Answers by a key; the least recently used go first."""

    def __init__(self) -> None:
        """Make an empty cache."""
        self._kept: LRUCache[Hashable, Kept] = LRUCache(
            _CACHE_SIZE_BYTES, getsizeof=lambda kept: len(kept.body)
        )
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Kept | None:
        """What was kept, if anything."""
        with self._lock:
            return self._kept.get(key)

    def put(self, key: Hashable, kept: Kept) -> None:
        """Keep an answer, unless it alone is larger than the cache."""
        with self._lock:
            if len(kept.body) <= self._kept.maxsize:
                self._kept[key] = kept
