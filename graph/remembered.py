"""An engine that remembers solutions: an edition never changes, and so its answers do not."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from cachetools import LRUCache, cached
from cachetools.keys import hashkey
from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from graph.engine import Answer, Engine, Query, Solution, Term, Wanted, substitute
from graph.representation import Format
from graph.spool import Spool

# Measured: 7,021 solutions of three terms took 4.4 MB.
_SOLUTION_BYTES = 250
_TERM_BYTES = 100


class Recollection:
    """The solutions of queries, of one edition or several; the least recently used go first."""

    def __init__(self, size_bytes: int) -> None:
        """Remember nothing yet, and never more than about so much memory."""
        kept: LRUCache[object, Sequence[Solution]] = LRUCache(size_bytes, getsizeof=_size)
        self.solutions = cached(kept, _key, condition=threading.Condition())(_ask)


def _key(engine: Engine, version: str, query: str) -> object:
    return hashkey(version, query)


def _ask(engine: Engine, version: str, query: str) -> Sequence[Solution]:
    return engine.select(query)


def _size(solutions: Sequence[Solution]) -> int:
    return sum(
        _SOLUTION_BYTES + sum(_TERM_BYTES + len(term.value) for term in solution.values())
        for solution in solutions
    )


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
