"""What the rest of Shuangma asks of a SPARQL engine.

Three answer to it: an Oxigraph database open in this process (`graph.oxigraph`), the
readers of a running service (`graph.readers`), and another engine's endpoint
(`graph.remote`). An answer is whole or it is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from graph.errors import InvalidQuery, UnsupportedFormat
from graph.representation import Format, Kind, format_named, solution_format
from graph.spool import Spool

Term = NamedNode | Literal | BlankNode
Solution = Mapping[str, Term]


@dataclass(frozen=True)
class QueryDataset:
    """The graphs that a query reads (SPARQL 1.1 Protocol, 2.1.4).

    `default` are merged into the default graph; `named` can be asked with GRAPH.
    """

    default: tuple[NamedNode, ...]
    named: tuple[NamedNode, ...]


class Query(NamedTuple):
    """A query's text and what it reads.

    With `union`, the default graph is the union of all graphs, unless `dataset` or FROM says.
    """

    text: str
    union: bool = True
    dataset: QueryDataset | None = None


@dataclass(frozen=True)
class Wanted:
    """The formats that an answer may have; in a format's place, why its kind cannot be taken."""

    solutions: Format | UnsupportedFormat
    graph: Format | UnsupportedFormat

    @classmethod
    def by(cls, choose: Callable[[Kind], Format]) -> Wanted:
        """What `choose` picks for each kind, or the `UnsupportedFormat` that it raises."""
        chosen: list[Format | UnsupportedFormat] = []
        for kind in (Kind.SOLUTIONS, Kind.GRAPH):
            try:
                chosen.append(choose(kind))
            except UnsupportedFormat as error:
                chosen.append(error)
        return cls(*chosen)

    @cached_property
    def names(self) -> tuple[str | None, str | None]:
        """The names of both formats, None for one that cannot be taken."""
        solutions, graph = (
            each.name if isinstance(each, Format) else None for each in (self.solutions, self.graph)
        )
        return solutions, graph

    def refusal(self) -> UnsupportedFormat | None:
        """Why one kind cannot be taken, if one cannot."""
        return next((w for w in (self.solutions, self.graph) if not isinstance(w, Format)), None)

    def form(self, kind: Kind) -> Format:
        """The format of a kind. Raises `UnsupportedFormat`."""
        chosen = self.solutions if kind is Kind.SOLUTIONS else self.graph
        if isinstance(chosen, UnsupportedFormat):
            raise chosen
        return chosen


class Answer(NamedTuple):
    """A query's answer, whole, in a format."""

    form: Format
    spool: Spool

    @property
    def body(self) -> bytes:
        """All of it."""
        return self.spool.read()


JSON = format_named("json", Kind.SOLUTIONS)
NTRIPLES = format_named("ntriples", Kind.GRAPH)
NQUADS = format_named("nquads", Kind.DATASET)


class Engine(Protocol):
    """Answers SPARQL queries over one edition of a dataset."""

    @property
    def edition(self) -> str:
        """The edition's name; it changes whenever the data do."""

    def answer(self, query: Query, wanted: Wanted) -> Answer:
        """Answer any query. Raises `InvalidQuery`, `QueryFailed` and its kin."""

    def dump(self, form: Format, named_graph: NamedNode | DefaultGraph | None = None) -> Spool:
        """All quads, or one graph; a format that holds one graph gets the union of all."""

    def select(self, query: str, **terms: Term) -> list[Solution]:
        """The solutions of a SELECT over the union, each `$name` standing for its term."""

    def construct(self, query: str, **terms: Term) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE over the union, likewise."""

    def quads(self, named_graph: NamedNode | None = None) -> list[Quad]:
        """All quads, or those of one named graph."""


class TextEngine:
    """The parts of an engine that follow from `answer` and `dump` by reading their text."""

    def answer(self, query: Query, wanted: Wanted) -> Answer:
        """See `Engine.answer`."""
        raise NotImplementedError

    def dump(self, form: Format, named_graph: NamedNode | DefaultGraph | None = None) -> Spool:
        """See `Engine.dump`."""
        raise NotImplementedError

    def select(self, query: str, **terms: Term) -> list[Solution]:
        """The solutions of a SELECT; unbound variables are absent from a solution."""
        answer = self.answer(Query(substitute(query, terms)), Wanted(JSON, NTRIPLES))
        with answer.spool as spool:
            if answer.form is not JSON:
                raise InvalidQuery("A SELECT query is wanted here.")
            return solutions_of(parse_query_results(spool.read(), solution_format(JSON)))

    def construct(self, query: str, **terms: Term) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE."""
        answer = self.answer(Query(substitute(query, terms)), Wanted(JSON, NTRIPLES))
        with answer.spool as spool:
            if answer.form is not NTRIPLES:
                raise InvalidQuery("A CONSTRUCT or DESCRIBE query is wanted here.")
            return [quad.triple for quad in parse(spool.read(), RdfFormat.N_TRIPLES)]

    def quads(self, named_graph: NamedNode | None = None) -> list[Quad]:
        """All quads, or those of one named graph."""
        if named_graph is None:
            with self.dump(NQUADS) as spool:
                return list(parse(spool.read(), RdfFormat.N_QUADS))
        with self.dump(NTRIPLES, named_graph) as spool:
            triples = parse(spool.read(), RdfFormat.N_TRIPLES)
            return [Quad(t.subject, t.predicate, t.object, named_graph) for t in triples]


def solutions_of(result: object) -> list[Solution]:
    """Solutions as mappings from the names of bound variables to terms.

    Raises `InvalidQuery` when the result is a truth value or a graph.
    """
    if not isinstance(result, QuerySolutions):
        raise InvalidQuery("A SELECT query is wanted here.")
    names = [variable.value for variable in result.variables]
    return [
        {name: _simple(term) for name in names if (term := solution[name]) is not None}
        for solution in result
    ]


def in_order(solutions: Iterable[Solution], *names: str) -> list[Solution]:
    """Solutions sorted by the text of these variables.

    Where all are wanted, sorting here is several times as quick as ORDER BY, for which
    Oxigraph looks up both terms in the database at every comparison.
    """
    return sorted(solutions, key=lambda row: [str(row.get(name, "")) for name in names])


def _simple(term: Term | Triple) -> Term:
    """A triple term (RDF 1.2) as the text of it: the pages name things by single terms."""
    return Literal(str(term)) if isinstance(term, Triple) else term


def substitute(query: str, terms: Mapping[str, Term]) -> str:
    """Put terms, in the syntax of SPARQL, in the place of `$name` parameters.

    Terms are serialised by the engine's own library, so none can end its token.
    Portable: the engine's own substitutions reach projected variables only.

    >>> substitute("ASK { $a ?p ?o }", {"a": NamedNode("http://example.org/x")})
    'ASK { <http://example.org/x> ?p ?o }'
    """
    if not terms:
        return query
    names = "|".join(re.escape(name) for name in terms)
    return re.sub(rf"\$({names})\b", lambda match: str(terms[match[1]]), query)
