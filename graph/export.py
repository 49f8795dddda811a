"""What is taken away: everything, one article, one thing with its evidence, in each format.

Serialisations of large data are native and leave memory flat; small data come in the order
of their terms. What is a view (`graph.representation.VIEWS`) is made from a database, be it
an edition's or one in memory.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any, cast
from xml.parsers import expat

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple, serialize
from pyoxigraph import Store as Database

from graph.csv_archive import write_archive
from graph.engine import Engine
from graph.errors import (
    InvalidIri,
    NotRepresentable,
    ResourceNotFound,
    TooLargeForFormat,
    UnsupportedFormat,
)
from graph.nanopublication import Publication, nanopublications
from graph.observation import observation_table
from graph.reified import with_reifiers
from graph.representation import Format, Kind, Writer, formats_of, rdf_format
from graph.tree import write_tree

# Up to here data are put in the order of their terms, as people like to read them.
ORDERED_QUADS = 100_000
TREE_TRIPLES = 300_000
DESCRIBED_TRIPLES = 200_000
_MANY_GRAPHS = 64

_PREFIXES = """
PREFIX sm: <%s>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX schema: <https://schema.org/>
"""

# Concise bounded description (W3C member submission), with the statements that cite
# its facts, the passages they cite, and the figures about the thing.
_STATED = (
    "CONSTRUCT {{ ?st ?p ?o }} WHERE {{ ?st rdf:{end} $this ; ?p ?o }}",
    "CONSTRUCT {{ ?passage ?p ?o . ?selector ?q ?x }} WHERE {{ ?st rdf:{end} $this ; "
    "sm:passage|sm:translatedPassage|sm:sourcePassage ?passage . "
    "?passage ?p ?o ; oa:hasSelector ?selector . ?selector ?q ?x }}",
)
_WITHIN = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH $this { ?s ?p ?o } }"
_DESCRIPTION = (
    "CONSTRUCT { $this ?p ?o } WHERE { $this ?p ?o }",
    "CONSTRUCT { ?s ?p $this } WHERE { ?st rdf:object $this ; a sm:Statement ; rdf:subject ?s ; "
    "rdf:predicate ?p . ?s ?p $this }",
    *(query.format(end=end) for query in _STATED for end in ("subject", "object")),
    "CONSTRUCT { ?figure ?p ?o } WHERE { ?figure schema:observationAbout $this ; ?p ?o }",
)


@dataclass(frozen=True)
class Setting:
    """What an export says beside the data: its words, its language, whose edition it is of.

    `made` is the edition's `xsd:dateTime`; `license` the IRI of the data's licence, if known.
    """

    writer: Writer
    namespace: str
    base: str
    language: str
    edition: str
    made: str = ""
    license: str | None = None


class _WellFormed:
    """A file of XML that is read as it is written: RDF may say what XML has no place for."""

    def __init__(self, file: IO[bytes], form: Format) -> None:
        self._file, self._form = file, form
        self._parser = expat.ParserCreate(namespace_separator=" ")

    def write(self, part: bytes) -> int:
        self._parse(part, last=False)
        return self._file.write(part)

    def flush(self) -> None:
        self._file.flush()

    def finish(self) -> None:
        self._parse(b"", last=True)

    def _parse(self, part: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(part, last)
        except expat.ExpatError as error:
            known = [each.name for each in formats_of(Kind.GRAPH) if each is not self._form]
            raise NotRepresentable(f"{self._form.label} for these data", known) from error


def everything(engine: Engine) -> list[Quad]:
    """All quads."""
    return engine.quads()


def named_graph(engine: Engine, iri: str) -> list[Quad]:
    """The quads of one named graph."""
    return engine.quads(NamedNode(iri))


def triples_of(quads: Iterable[Quad]) -> list[Triple]:
    """Quads as one graph, without their graphs' names."""
    return [quad.triple for quad in quads]


def description_of(engine: Engine, iri: str, namespace: str) -> list[Triple]:
    """A thing's triples, the statements on its facts, their passages, and its figures.

    Of a named graph, all its triples. Raises `TooLargeForFormat` when there are too many.
    """
    node, prefixes = NamedNode(iri), _PREFIXES % namespace
    limit = f" LIMIT {DESCRIBED_TRIPLES + 1}"
    within = engine.construct(_WITHIN + limit, this=node)
    found: set[Triple] = set()
    for some in (
        [within]
        if within
        else (engine.construct(prefixes + query + limit, this=node) for query in _DESCRIPTION)
    ):
        found.update(some)
        if len(found) > DESCRIBED_TRIPLES:
            raise TooLargeForFormat("triples", DESCRIBED_TRIPLES)
    return list(found)


def write_part(engine: Engine, iri: str, form: Format, setting: Setting, file: IO[bytes]) -> None:
    """Write one named graph, or one thing with its evidence, in a format.

    Raises `ResourceNotFound` when nothing is said of it, `UnsupportedFormat` for a format of
    datasets of a thing that is no graph.
    """
    try:
        node = NamedNode(iri)
    except ValueError as error:
        raise InvalidIri(iri) from error
    quads = named_graph(engine, iri)
    if not quads:
        if form.kind is Kind.DATASET:
            raise UnsupportedFormat(form.name, [each.name for each in formats_of(Kind.GRAPH)])
        triples = description_of(engine, iri, setting.namespace)
        quads = [Quad(t.subject, t.predicate, t.object, node) for t in triples]
    if not quads:
        raise ResourceNotFound(iri)
    if form.kind in {Kind.GRAPH, Kind.DATASET}:
        file.write(written(quads, form, setting))
    else:
        file.write(view_of(quads, engine, form, setting))


def database_of(quads: Iterable[Quad]) -> Database:
    """A database in memory that holds some quads."""
    database = Database()
    database.extend(quads)
    return database


def write_whole(
    database: Database, engine: Engine, form: Format, setting: Setting, file: IO[bytes]
) -> None:
    """Write all of a database in a format; `engine` asks the same data what things are called.

    Raises `TooLargeForFormat` for a format that is held in memory, `NotRepresentable` for
    what a format has no place for, `OSError` when the disk is full.
    """
    if form.kind in {Kind.EVIDENCE, Kind.NETWORK, Kind.TABLES}:
        _write_view(database, engine, form, setting, file)
        return
    checked = _WellFormed(file, form) if form.name == "rdfxml" else None
    sink = cast("IO[bytes]", checked or file)
    first = list(islice(database, ORDERED_QUADS + 1))
    if len(first) <= ORDERED_QUADS:
        sink.write(written(first, form, setting))
    else:
        del first
        _write_natively(database, form, setting.writer, sink)
    if checked:
        checked.finish()


def written(quads: Iterable[Quad], form: Format, setting: Setting) -> bytes:
    """Some quads, in the order of their terms; a format of one graph gets their union."""
    quads = list(quads)
    if form.kind is Kind.DATASET:
        return setting.writer.write_quads(quads, form)
    if form.kind is Kind.GRAPH:
        return setting.writer.write_triples(triples_of(quads), form)
    raise ValueError(f"{form.name} is a view, not a serialisation.")


def view_of(quads: Iterable[Quad], engine: Engine, form: Format, setting: Setting) -> bytes:
    """A view of some quads; `engine` knows what the things in them are called."""
    whole = io.BytesIO()
    _write_view(database_of(quads), engine, form, setting, whole)
    return whole.getvalue()


def _write_natively(database: Database, form: Format, writer: Writer, file: IO[bytes]) -> None:
    """Without holding the data: in the engine's order, by its own serialisers.

    The union of graphs may say a triple more than once, which one graph holds once all the same.
    """
    native, prefixes = rdf_format(form), writer.prefixes_for(form)
    if form.kind is Kind.DATASET:
        database.dump(file, native, prefixes=prefixes)
        return
    graphs = list(islice(database.named_graphs(), _MANY_GRAPHS + 1))
    if form.name in {"ntriples", "turtle"} and len(graphs) <= _MANY_GRAPHS:
        # One after the other they are one document: prefixes may be declared again.
        for name in (DefaultGraph(), *graphs):
            database.dump(file, native, from_graph=name, prefixes=prefixes)
        return
    triples = (quad.triple for quad in database)
    serialize(triples, file, native, prefixes=prefixes)


def _write_view(
    database: Database, engine: Engine, form: Format, setting: Setting, file: IO[bytes]
) -> None:
    writer = setting.writer
    match form.name:
        case "turtle12":
            _write_some(with_reifiers(database), form, writer, file)
        case "nanopublications":
            publication = Publication(
                setting.namespace, setting.base, setting.made, setting.license
            )
            quads = nanopublications(database, publication)
            first = list(islice(quads, 1))
            if not first:
                raise _nothing(form, "statements")
            prefixes = writer.prefixes_for(form)
            prefixes = (prefixes or {}) | {"np": "http://www.nanopub.org/nschema#"}
            serialize(chain(first, quads), file, rdf_format(form), prefixes=prefixes)
        case "tree":
            triples = list(islice(_triples(database), TREE_TRIPLES + 1))
            if len(triples) > TREE_TRIPLES:
                raise TooLargeForFormat("triples", TREE_TRIPLES)
            ordered = writer.in_order(triples)
            file.write(write_tree(ordered, writer.context, writer.prefixes))
        case "tables":
            from graph.linking import linked
            from graph.network_format import network_tables

            network = linked(_triples(database), engine, setting.namespace, setting.language)
            tables = (
                *network_tables(network),
                observation_table(_triples(database), setting.namespace),
            )
            file.write(write_archive(tables, setting.language, _about(setting)))
        case _:
            # networkx takes a fifth of a second to load, which no other format needs.
            from graph.linking import linked
            from graph.network_format import write_network

            network = linked(_triples(database), engine, setting.namespace, setting.language)
            file.write(write_network(network, form.name, setting.language))


def _triples(database: Database) -> Iterator[Triple]:
    return (quad.triple for quad in database)


def _write_some(triples: Iterator[Triple], form: Format, writer: Writer, file: IO[bytes]) -> None:
    """In order when there are few, else as they come."""
    first = list(islice(triples, ORDERED_QUADS + 1))
    if len(first) <= ORDERED_QUADS:
        file.write(writer.write_triples(first, form))
        return
    prefixes = writer.prefixes_for(form)
    serialize(chain(first, triples), file, rdf_format(form), prefixes=prefixes)


def _about(setting: Setting) -> dict[str, Any]:
    """What the description of tables says of where they are from (Dublin Core)."""
    told: dict[str, Any] = {"dc:identifier": f"edition {setting.edition}"}
    if setting.made:
        told["dc:modified"] = {"@value": setting.made, "@type": "xsd:dateTime"}
    if setting.license:
        told["dc:license"] = {"@id": setting.license}
    return told


def _nothing(form: Format, what: str) -> NotRepresentable:
    known = [each.name for each in formats_of(Kind.GRAPH, Kind.DATASET)]
    return NotRepresentable(f"{form.label}, since there are no {what}", known)
