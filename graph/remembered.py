"""An engine that remembers solutions: an edition never changes, and so its answers do not."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import NamedTuple

from cachetools import LRUCache
from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from graph.engine import Answer, Engine, Query, Solution, Term, Wanted, substitute
from graph.representation import Format
from graph.spool import Spool

# Measured: 7,000 solutions of three terms took 4.3 MB. A query is kept as its digest.
_ENTRY_BYTES = 500
_SOLUTION_BYTES = 250
_TERM_BYTES = 100
_LARGEST = 4  # what takes more than this part of the room would push out what pages share


class _Kept(NamedTuple):
    solutions: Sequence[Solution]
    size_bytes: int


class Recollection:
    """The solutions of queries, of one edition or several; the least recently used go first."""

    def __init__(self, size_bytes: int) -> None:
        """Remember nothing yet, and never more than about so much memory."""
        self._kept: LRUCache[bytes, _Kept] = LRUCache(
            size_bytes, getsizeof=lambda kept: kept.size_bytes
        )
        self._asked: dict[bytes, Future[Sequence[Solution]]] = {}
        self._lock = threading.Lock()

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        return int(self._kept.currsize)

    def solutions(self, engine: Engine, version: str, query: str) -> Sequence[Solution]:
        """What `engine` finds, or found. Who asks meanwhile is told the same, be it an error."""
        told = f"{version}\0{query}".encode("utf-8", "surrogatepass")
        key = hashlib.blake2b(told, digest_size=16).digest()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                return kept.solutions
            future = self._asked.get(key)
            begins = future is None
            if future is None:
                future = self._asked[key] = Future()
        if begins:
            try:
                found = engine.select(query)
                size_bytes = _size(found)
            except BaseException as error:
                with self._lock:
                    del self._asked[key]
                future.set_exception(error)
                raise
            with self._lock:
                del self._asked[key]
                if size_bytes <= self._kept.maxsize / _LARGEST:
                    self._kept[key] = _Kept(found, size_bytes)
            future.set_result(found)
        return future.result()


def _size(solutions: Sequence[Solution]) -> int:
    return _ENTRY_BYTES + sum(
        _SOLUTION_BYTES + sum(_TERM_BYTES + _text_bytes(term.value) for term in solution.values())
        for solution in solutions
    )


def _text_bytes(text: str) -> int:
    return len(text) if text.isascii() else 3 * len(text)


class RememberingEngine:
    """An engine over one edition, whose solutions are asked for once.

    Threads that ask the same at once wait for one answer. What fails is not remembered.
    """

    def __init__(self, engine: Engine, version: str, recollection: Recollection) -> None:
        """`version` tells the edition from all others that `recollection` knows."""
        self._engine = engine
        self._version = version
        self._recollection = recollection

    @property
    def edition(self) -> str:
        """The edition's name."""
        return self._engine.edition

    def select(self, query: str, **terms: Term) -> list[Solution]:
        """The solutions of a SELECT; see `Engine.select`."""
        asked = substitute(query, terms)
        return list(self._recollection.solutions(self._engine, self._version, asked))

    def answer(self, query: Query, wanted: Wanted) -> Answer:
        """Answer any query; see `Engine.answer`."""
        return self._engine.answer(query, wanted)

    def dump(self, form: Format, named_graph: NamedNode | DefaultGraph | None = None) -> Spool:
        """All quads, or one graph; see `Engine.dump`."""
        return self._engine.dump(form, named_graph)

    def construct(self, query: str, **terms: Term) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE; see `Engine.construct`."""
        return self._engine.construct(query, **terms)

    def quads(self, named_graph: NamedNode | None = None) -> list[Quad]:
        """All quads, or those of one named graph."""
        return self._engine.quads(named_graph)
