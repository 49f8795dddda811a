"""Counts how many links each thing has, each link once however many graphs say it.

Links go to files by their hash; what is in one file is counted apart from the others, so
that the memory taken is that of one file's links and of one number for each thing.
"""

from __future__ import annotations

import tempfile
from array import array
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

_FILES = 16
_BATCH = 1_000_000
_Numbers = np.ndarray[Any, np.dtype[np.int64]]


class Links:
    """Links as they are met; then the number of links of each IRI."""

    def __init__(self, folder: Path) -> None:
        """Files that are wanted for a while go to `folder`."""
        self._folder = folder
        self._batch = array("q")
        self._files: list[BinaryIO] = []
        self._iris = np.empty(0, np.int64)
        self._counts = np.empty(0, np.int64)

    def add(self, subject: str, predicate: str, object_: str) -> None:
        """Meet a link."""
        one, other = hash(subject), hash(object_)
        self._batch.extend((hash((one, predicate, other)), one, other))
        if len(self._batch) >= 3 * _BATCH:
            self._spill()

    def count(self) -> None:
        """Count what was met; ask `degree` then."""
        if self._files:
            self._spill()
            for file in self._files:
                file.seek(0)
                self._count(np.frombuffer(file.read(), np.int64))
                file.close()
            self._files.clear()
        else:
            self._count(np.frombuffer(self._batch, np.int64))
        self._batch = array("q")

    def degree(self, iri: str) -> int:
        """How many links an IRI has."""
        wanted = hash(iri)
        at = int(np.searchsorted(self._iris, wanted))
        found = at < len(self._iris) and self._iris[at] == wanted
        return int(self._counts[at]) if found else 0

    def _spill(self) -> None:
        if not self._files:
            for _ in range(_FILES):
                self._files.append(tempfile.TemporaryFile(dir=self._folder))  # noqa: SIM115
        links = np.frombuffer(self._batch, np.int64).reshape(-1, 3)
        places = links[:, 0] % _FILES
        for place, file in enumerate(self._files):
            file.write(links[places == place].tobytes())
        self._batch = array("q")

    def _count(self, links: _Numbers) -> None:
        if not len(links):
            return
        links = links.reshape(-1, 3)
        _, first = np.unique(links[:, 0], return_index=True)
        iris, counts = np.unique(links[first, 1:], return_counts=True)
        both = np.concatenate([self._iris, iris])
        added = np.concatenate([self._counts, counts])
        self._iris, place = np.unique(both, return_inverse=True)
        self._counts = np.zeros(len(self._iris), np.int64)
        np.add.at(self._counts, place, added)
