"""An Oxigraph database that is open, read-only, in this process.

For the command line, where a query can be interrupted. A service asks its readers.
"""

from __future__ import annotations

from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryTriples, Store, Triple

from graph.engine import Answer, Query, Solution, Term, Wanted, solutions_of, substitute
from graph.errors import InvalidQuery, QueryFailed
from graph.evaluation import dump, evaluate, run
from graph.representation import Format, Writer
from graph.spool import Spool


class OxigraphEngine:
    """One edition, answered in process."""

    def __init__(self, database: Store, edition: str, writer: Writer | None = None) -> None:
        """Answer from an open database; `writer` knows the prefixes of what is written."""
        self._database = database
        self._edition = edition
        self._writer = writer or Writer({}, {})

    @property
    def edition(self) -> str:
        """The edition's name."""
        return self._edition

    def answer(self, query: Query, wanted: Wanted) -> Answer:
        """Answer any query; see `Engine.answer`."""
        return evaluate(self._database, query, wanted, self._writer)

    def dump(self, form: Format, named_graph: NamedNode | DefaultGraph | None = None) -> Spool:
        """All quads, or one graph; see `Engine.dump`."""
        return dump(self._database, form, self._writer, named_graph=named_graph)

    def select(self, query: str, **terms: Term) -> list[Solution]:
        """The solutions of a SELECT; unbound variables are absent from a solution."""
        result = run(self._database, Query(substitute(query, terms)))
        try:
            return solutions_of(result)
        except (OSError, RuntimeError) as error:
            raise QueryFailed(f"The query could not be answered: {error}") from error

    def construct(self, query: str, **terms: Term) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE."""
        result = run(self._database, Query(substitute(query, terms)))
        if not isinstance(result, QueryTriples):
            raise InvalidQuery("A CONSTRUCT or DESCRIBE query is wanted here.")
        try:
            return list(result)
        except (OSError, RuntimeError) as error:
            raise QueryFailed(f"The query could not be answered: {error}") from error

    def quads(self, named_graph: NamedNode | None = None) -> list[Quad]:
        """All quads, or those of one named graph."""
        return list(self._database.quads_for_pattern(None, None, None, named_graph))
