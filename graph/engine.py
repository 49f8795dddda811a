"""What the rest of Shuangma asks of a SPARQL engine, and the one that runs in process.

An answer is whole or it is an error: nothing is handed out before the last solution.
Knows the engine; the folder it opens is the store's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
    Triple,
)

from graph.errors import InvalidQuery, QueryFailed, ServiceRefused, StoreError
from graph.representation import Format, Kind, Writer, solution_format

Term = NamedNode | Literal | BlankNode
Solution = Mapping[str, Term]
Choose = Callable[[Kind], Format]


@dataclass(frozen=True)
class Answer:
    """A query's answer, written in a format."""

    form: Format
    body: bytes


@dataclass(frozen=True)
class QueryDataset:
    """The graphs that a query reads (SPARQL 1.1 Protocol, 2.1.4).

    `default` are merged into the default graph; `named` can be asked with GRAPH.
    """

    default: tuple[NamedNode, ...]
    named: tuple[NamedNode, ...]


class Engine(Protocol):
    """Answers SPARQL queries over one edition of a dataset."""

    @property
    def edition(self) -> str:
        """The edition's name; it changes whenever the data do."""

    def answer(
        self,
        query: str,
        choose: Choose,
        *,
        union: bool,
        writer: Writer,
        dataset: QueryDataset | None = None,
    ) -> Answer:
        """Answer any query in the format that `choose` picks for its kind.

        With `union`, the default graph is the union of all graphs, unless `dataset` says.
        Raises `InvalidQuery` and `QueryFailed`.
        """

    def select(self, query: str, **terms: Term) -> list[Solution]:
        """The solutions of a SELECT over the union, each `$name` standing for its term."""

    def construct(self, query: str, **terms: Term) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE over the union, likewise."""

    def quads(self, named_graph: NamedNode | None = None) -> list[Quad]:
        """All quads, or those of one named graph."""


class OxigraphEngine:
    """An Oxigraph database, opened read-only in this process."""

    def __init__(self, folder: Path, edition: str) -> None:
        """Open the database in `folder`. Raises `StoreError` when it cannot be read."""
        try:
            self._store = Store.read_only(str(folder))
        except OSError as error:
            raise StoreError(f"The database in {folder} cannot be read: {error}") from error
        self._edition = edition

    @property
    def edition(self) -> str:
        """The edition's name."""
        return self._edition

    def answer(
        self,
        query: str,
        choose: Choose,
        *,
        union: bool,
        writer: Writer,
        dataset: QueryDataset | None = None,
    ) -> Answer:
        """Answer any query; see `Engine.answer`."""
        result = self._run(query, union=union, dataset=dataset)
        try:
            if isinstance(result, QueryTriples):
                form = choose(Kind.GRAPH)
                return Answer(form, writer.write_triples(result, form))
            form = choose(Kind.SOLUTIONS)
            return Answer(form, _write_solutions(result, form))
        except OSError as error:
            raise QueryFailed(f"The query could not be answered: {error}") from error

    def select(self, query: str, **terms: Term) -> list[Solution]:
        """The solutions of a SELECT; unbound variables are absent from a solution."""
        result = self._run(substitute(query, terms))
        if not isinstance(result, QuerySolutions):
            raise InvalidQuery("A SELECT query is wanted here.")
        names = [variable.value for variable in result.variables]
        try:
            return [
                {name: _simple(term) for name in names if (term := solution[name]) is not None}
                for solution in result
            ]
        except OSError as error:
            raise QueryFailed(f"The query could not be answered: {error}") from error

    def construct(self, query: str, **terms: Term) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE."""
        result = self._run(substitute(query, terms))
        if not isinstance(result, QueryTriples):
            raise InvalidQuery("A CONSTRUCT or DESCRIBE query is wanted here.")
        try:
            return list(result)
        except OSError as error:
            raise QueryFailed(f"The query could not be answered: {error}") from error

    def quads(self, named_graph: NamedNode | None = None) -> list[Quad]:
        """All quads, or those of one named graph."""
        return list(self._store.quads_for_pattern(None, None, None, named_graph))

    def _run(
        self, query: str, *, union: bool = True, dataset: QueryDataset | None = None
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        refuse_service(query)
        try:
            if dataset is None:
                together = union and not names_its_dataset(query)
                return self._store.query(query, use_default_graph_as_union=together)
            return self._store.query(
                query, default_graph=list(dataset.default), named_graphs=list(dataset.named)
            )
        except SyntaxError as error:
            raise _invalid(str(error), query) from error
        except (ValueError, OSError) as error:
            raise QueryFailed(f"The query could not be answered: {error}") from error


# What may hold the word without being the keyword: comments, strings and IRIs.
_OPAQUE = re.compile(
    r"""<(?:[^<>"{}|^`\\\s]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>"""
    r"""|\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}"""
    r"""|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'"""
    r"""|\\.|\#[^\n\r]*""",  # \# and \' may stand in a local name (SPARQL 1.1, PN_LOCAL_ESC)
    re.DOTALL,
)
_SERVICE = re.compile(r"(?<![\w:?$@-])SERVICE(?=[\s?$]|\Z)(?!\s*[.;,}\])])", re.IGNORECASE)


_FROM = re.compile(r"(?<![\w:?$@-])FROM(?=\s)", re.IGNORECASE)


def names_its_dataset(query: str) -> bool:
    """Whether the query says with FROM which graphs it reads (SPARQL 1.1, 13.2).

    >>> names_its_dataset("SELECT * FROM <http://e/g> WHERE { ?from ?p 'FROM <x>' }")
    True
    >>> names_its_dataset("SELECT * WHERE { ?from ?p 'FROM <x>' }")
    False
    """
    return _FROM.search(_plain(query)) is not None


def _plain(query: str) -> str:
    """The query with nothing in its comments, strings and IRIs."""
    return _OPAQUE.sub(" <> ", query)


def refuse_service(query: str) -> None:
    """Refuse a query that reaches out: the engine itself cannot be kept from it.

    Raises `ServiceRefused` where the keyword stands outside comments, strings and IRIs.

    >>> refuse_service('SELECT * WHERE { ?service ?p "SERVICE <x>" } # SERVICE <y>')
    """
    # Escapes are resolved before the query is read, or within its strings: an escaped quotation
    # mark could hide the keyword from either reading alone.
    if any(_SERVICE.search(_plain(reading)) for reading in (query, _unescape(query))):
        raise ServiceRefused


def _unescape(query: str) -> str:
    r"""Resolve `\uXXXX`, which SPARQL allows anywhere (SPARQL 1.1, 19.2)."""
    return re.sub(
        r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})",
        lambda m: chr(min(int(m[1] or m[2], 16), 0x10FFFF)),
        query,
    )


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


def _write_solutions(result: QuerySolutions | QueryBoolean, form: Format) -> bytes:
    if isinstance(result, QueryBoolean) and form.name in {"csv", "tsv"}:
        return b"true" if result else b"false"
    written = result.serialize(format=solution_format(form))
    assert written is not None
    return written


_PLACE = re.compile(r"error at (\d+):(\d+): ?", re.IGNORECASE)


def _invalid(message: str, query: str) -> InvalidQuery:
    """The engine's message with its place taken out of the prose."""
    place = _PLACE.search(message)
    line, column = (int(place[1]), int(place[2])) if place else (None, None)
    unknown = _undeclared_prefix(query) if "Prefix not found" in message else None
    if unknown is not None:
        text = (
            f"The prefix “{unknown}:” is not declared. Put PREFIX {unknown}: <…> before the query."
        )
        return InvalidQuery(text, line, column)
    return InvalidQuery(_PLACE.sub("", message).strip(), line, column)


_DECLARED = re.compile(r"\bPREFIX\s+([\w-]*):", re.IGNORECASE)
_USED = re.compile(r"(?<![\w?$@:-])([A-Za-z][\w-]*|):(?=[\w%\\-])")


def _undeclared_prefix(query: str) -> str | None:
    """The first prefix that the query uses and does not declare."""
    plain = _plain(query)
    declared = {match[1] for match in _DECLARED.finditer(plain)}
    return next((m[1] for m in _USED.finditer(plain) if m[1] not in declared), None)
