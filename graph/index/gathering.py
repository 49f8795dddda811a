"""Reads from an edition, quad by quad, what an index holds: names, classes, dates, links.

Nothing that grows with the dataset is kept in memory but the number of links of each thing:
everything else goes to tables of a file, links to files of their own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad
from pyoxigraph import Store as Database

from graph.index.links import Links
from graph.index.schema import (
    DATES,
    DESCRIPTIONS,
    NAME_PREDICATES,
    OA,
    OBSERVATION,
    RDF,
    RDFS,
    START_DATE,
    Terms,
)

_BATCH = 5000
_NAME_CHARACTERS = 2000
_TEXT_CHARACTERS = 5000
_NAMES = 400
_MENTIONED = 100_000
_TYPE = f"{RDF}type"
_PARTS = {f"{RDF}subject": 0, f"{RDF}predicate": 1, f"{RDF}object": 2}
_DESCRIPTION = 2


class Numbers:
    """Small numbers for IRIs that come again and again."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __getitem__(self, iri: str) -> int:
        return self._numbers.setdefault(iri, len(self._numbers) + 1)

    def items(self) -> Iterator[tuple[int, str]]:
        """All of them, in the order of their numbers."""
        return ((number, iri) for iri, number in self._numbers.items())


class Batch:
    """Rows on their way to a table."""

    def __init__(self, connection: sqlite3.Connection, insertion: str) -> None:
        self._connection = connection
        self._insertion = insertion
        self._rows: list[tuple[Any, ...]] = []

    def add(self, *row: Any) -> None:
        """Add a row."""
        self._rows.append(row)
        if len(self._rows) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what there is."""
        self._connection.executemany(self._insertion, self._rows)
        self._rows.clear()


class _Subject:
    """What one graph says of one subject."""

    __slots__ = ("dates", "iri", "links", "names", "part", "started", "texts", "types")

    def __init__(self, iri: str) -> None:
        self.iri = iri
        self.names: list[tuple[str, str, int]] = []
        self.types: list[str] = []
        self.dates: list[str] = []
        self.started: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.part: list[Any] = [None, None, None, None]  # of a statement; and its article


class Gathering:
    """One pass over all quads of an edition into the tables of `stage`."""

    def __init__(
        self, database: Database, stage: sqlite3.Connection, terms: Terms, folder: Path
    ) -> None:
        """Files that are wanted for a while go to `folder`."""
        self._database = database
        self._terms = terms
        self.classes = Numbers()
        self.articles = Numbers()
        self.links = Links(folder)
        self._machinery = terms.machinery
        self._article_predicate = f"{terms.namespace}article"
        self._batches = {
            table: Batch(stage, f"INSERT OR IGNORE INTO stage.{table} VALUES ({places})")
            for table, places in (
                ("name", "?,?,?,?"),
                ("type", "?,?"),
                ("dated", "?,?"),
                ("mention", "?,?"),
                ("text", "?,?,?,?,?,?,?"),
            )
        }
        self._is_apart = lru_cache(maxsize=100_000)(self._asked_apart)

    def run(self) -> None:
        """Go through the unnamed graph, then through the others."""
        self._graph(DefaultGraph())
        for named_graph in self._database.named_graphs():
            self._graph(named_graph)
        for batch in self._batches.values():
            batch.flush()

    def text(self, *row: Any) -> None:
        """Add a text: kind, article, language, start, body, statement, place."""
        self._batches["text"].add(*row)

    def flush(self) -> None:
        """Write the texts that are on their way."""
        self._batches["text"].flush()

    def _graph(self, graph: NamedNode | BlankNode | DefaultGraph) -> None:
        derived = isinstance(graph, NamedNode) and graph.value in self._terms.derived_graphs
        stated = any(
            True
            for _ in self._database.quads_for_pattern(
                None, NamedNode(_TYPE), NamedNode(self._terms.statement), graph
            )
        )
        link = None if derived or stated else self._link
        mentioned: set[tuple[str, int]] = set()
        subject: _Subject | None = None
        # In the order of the index by graph, subject, predicate, object: subjects come whole.
        for quad in self._database.quads_for_pattern(None, None, None, graph):
            node = quad.subject
            if not isinstance(node, NamedNode):
                continue
            iri = node.value
            if subject is None or subject.iri != iri:
                if subject:
                    self._finish(subject, link, mentioned, derived)
                if len(mentioned) > _MENTIONED:
                    self._mention(mentioned)
                subject = _Subject(iri)
            self._take(subject, quad)
        if subject:
            self._finish(subject, link, mentioned, derived)
        self._mention(mentioned)

    def _mention(self, mentioned: set[tuple[str, int]]) -> None:
        for iri, article in mentioned:
            self._batches["mention"].add(iri, article)
        mentioned.clear()

    def _take(self, subject: _Subject, quad: Quad) -> None:
        predicate, value = quad.predicate.value, quad.object
        if isinstance(value, NamedNode):
            if predicate == _TYPE:
                subject.types.append(value.value)
            elif predicate == self._article_predicate:
                subject.part[3] = value.value
            elif predicate in _PARTS:
                subject.part[_PARTS[predicate]] = value.value
            else:
                subject.links.append((predicate, value.value))
        elif isinstance(value, Literal):
            rank = NAME_PREDICATES.get(predicate)
            if rank is not None:
                if len(subject.names) < _NAMES:
                    text = value.value[:_NAME_CHARACTERS]
                    subject.names.append((text, value.language or "", rank))
            elif predicate in DESCRIPTIONS:
                subject.texts.append((value.value[:_TEXT_CHARACTERS], value.language or ""))
            elif value.datatype.value in DATES:
                dates = subject.started if predicate == START_DATE else subject.dates
                dates.append(value.value)

    def _finish(
        self,
        subject: _Subject,
        link: Callable[[str, str, str], None] | None,
        mentioned: set[tuple[str, int]],
        derived: bool,
    ) -> None:
        first, second, third, article = subject.part
        if first and second and not derived:
            if third and not (self._is_apart(first) or self._is_apart(third)):
                if first != third and second != _TYPE:
                    self.links.add(first, second, third)
                if article:
                    mentioned.add((third, self.articles[article]))
            if article:
                mentioned.add((first, self.articles[article]))
        if any(kind in self._machinery or kind.startswith(OA) for kind in subject.types):
            return
        iri, batches = subject.iri, self._batches
        for name in subject.names:
            batches["name"].add(iri, *name)
        for kind in subject.types:
            batches["type"].add(iri, self.classes[kind])
        if dates := subject.started or subject.dates:
            batches["dated"].add(iri, min(dates))
        if not derived:
            for text, language in subject.texts:
                self.text(_DESCRIPTION, None, language, 0, text, None, iri)
        if link:
            for predicate, other in subject.links:
                link(iri, predicate, other)

    def _link(self, subject: str, predicate: str, other: str) -> None:
        if subject != other:
            self.links.add(subject, predicate, other)

    def _asked_apart(self, iri: str) -> bool:
        """Whether a fact's end is a figure or a term of a vocabulary, which networks leave out."""
        node = NamedNode(iri)
        patterns = (
            (NamedNode(_TYPE), NamedNode(OBSERVATION)),
            (NamedNode(f"{RDFS}isDefinedBy"), None),
        )
        return any(
            True
            for predicate, value in patterns
            for _ in self._database.quads_for_pattern(node, predicate, value)
        )
