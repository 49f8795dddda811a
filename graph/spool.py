"""A whole answer: in memory while it is small, then an unlinked temporary file.

Bounded: what would grow beyond its limit raises and is let go of.
"""

from __future__ import annotations

import os
import tempfile
from typing import IO, Self, cast

from graph.errors import AnswerTooLarge

_IN_MEMORY_BYTES = 256 * 1024


class Spool:
    """Bytes that are all there. Whoever holds it closes it.

    `descriptor` names an unlinked file when the bytes are not in memory.
    """

    def __init__(self, body: bytes = b"", descriptor: int | None = None) -> None:
        """Hold bytes, or take over a descriptor of a file that nobody else writes."""
        self._body = body
        self.descriptor = descriptor
        self.size = len(body) if descriptor is None else os.fstat(descriptor).st_size

    def read(self) -> bytes:
        """All bytes."""
        if self.descriptor is None:
            return self._body
        with os.fdopen(os.dup(self.descriptor), "rb") as file:
            file.seek(0)
            return file.read()

    def close(self) -> None:
        """Let go of the file."""
        descriptor, self.descriptor = self.descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


NOTHING = Spool()
"""No bytes: whoever is done with it may close it, and others read it still."""


class SpoolWriter:
    """A binary file to write to, that becomes a `Spool`."""

    def __init__(
        self, limit_bytes: int, folder: str | None = None, in_memory_bytes: int = _IN_MEMORY_BYTES
    ) -> None:
        """Begin an answer of at most `limit_bytes`.

        `folder` is where one is put that is larger than `in_memory_bytes`.
        """
        self._limit = limit_bytes
        self._folder = folder
        self._in_memory_bytes = in_memory_bytes
        self._parts: list[bytes] = []
        self._size = 0
        self._descriptor: int | None = None

    @property
    def file(self) -> IO[bytes]:
        """This, for what asks for a file and only writes."""
        return cast("IO[bytes]", self)

    def write(self, part: bytes) -> int:
        """Add bytes. Raises `AnswerTooLarge` beyond the limit, `OSError` when the disk is full."""
        self._size += len(part)
        if self._size > self._limit:
            self.discard()
            raise AnswerTooLarge(self._limit)
        self._parts.append(bytes(part))
        if self._descriptor is not None or self._size > self._in_memory_bytes:
            self._spill()
        return len(part)

    def flush(self) -> None:
        """Nothing waits: parts are written as they come."""

    def discard(self) -> None:
        """Let go of what was written."""
        self._parts.clear()
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def finish(self) -> Spool:
        """What was written, whole."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            return Spool(descriptor=descriptor)
        return Spool(b"".join(self._parts))

    def _spill(self) -> None:
        if self._descriptor is None:
            with tempfile.TemporaryFile(dir=self._folder, buffering=0) as file:
                self._descriptor = os.dup(file.fileno())
        for part in self._parts:
            rest = memoryview(part)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        self._parts.clear()
