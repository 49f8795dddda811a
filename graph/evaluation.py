"""Evaluates SPARQL queries on an Oxigraph database that is open in this process.

An answer is whole or it is an error: it is written into a spool before any of it is
handed out. Serialising is native; only small graphs are read back to be put in order.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.parsers import expat

from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    Store,
    Triple,
    parse,
    serialize,
)

from graph.engine import Answer, Query, Wanted
from graph.errors import (
    InvalidQuery,
    NotRepresentable,
    QueryFailed,
    ServiceRefused,
    ShuangmaError,
)
from graph.representation import Format, Kind, Writer, formats_of, rdf_format, solution_format
from graph.sparql_text import names_its_dataset, services, undeclared_prefix
from graph.spool import Spool, SpoolWriter

_PRETTY_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Bounds:
    """What one answer may be, where a large one is spooled, and what relative IRIs stand on."""

    base: str | None = None
    answer_bytes: int = 1 << 40
    spool_folder: str | None = None
    allowed_services: tuple[str, ...] = ()
    confined: bool = False  # this process has no network: nobody need look for SERVICE


NO_BOUNDS = Bounds()


def evaluate(
    database: Store, query: Query, wanted: Wanted, writer: Writer, bounds: Bounds = NO_BOUNDS
) -> Answer:
    """Answer a query in the format that is wanted of its kind.

    Raises `InvalidQuery`, `ServiceRefused`, `AnswerTooLarge`, `QueryFailed`, and what
    `wanted` holds for a kind that the client cannot take.
    """
    result = run(database, query, bounds)
    sink = SpoolWriter(bounds.answer_bytes, bounds.spool_folder)
    try:
        if isinstance(result, QueryTriples):
            form = wanted.form(Kind.GRAPH)
            return Answer(form, _write_graph(result, form, writer, sink, bounds))
        form = wanted.form(Kind.SOLUTIONS)
        if isinstance(result, QueryBoolean):
            return Answer(form, Spool(_boolean(result, form)))
        result.serialize(sink.file, solution_format(form))
        return Answer(form, _well_formed(sink.finish(), form))
    except (OSError, RuntimeError) as error:
        raise _failure(error, query.text, bounds) from error
    finally:
        sink.discard()


def run(
    database: Store, query: Query, bounds: Bounds = NO_BOUNDS
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Start a query. Raises `InvalidQuery`, `ServiceRefused` and `QueryFailed`."""
    text = query.text
    if not bounds.confined or hides_failure(text):
        refuse_requests("SERVICE", services(text), bounds.allowed_services)
    try:
        if query.dataset is not None:
            return database.query(
                text,
                base_iri=bounds.base,
                default_graph=list(query.dataset.default),
                named_graphs=list(query.dataset.named),
            )
        # Reading the text costs as much as a small query: only where FROM can be in it.
        may_name = "from" in text.lower() or "\\u" in text
        union = query.union and not (may_name and names_its_dataset(text))
        return database.query(text, base_iri=bounds.base, use_default_graph_as_union=union)
    except SyntaxError as error:
        raise invalid_query(str(error), text) from error
    except (ValueError, OSError, RuntimeError) as error:
        raise _failure(error, text, bounds) from error


_SWALLOWS = re.compile(r"\b(exists|minus)\b|\\u", re.IGNORECASE)
_SILENT = re.compile(r"service\s*silent", re.IGNORECASE)


def hides_failure(text: str) -> bool:
    """Whether a SERVICE that fails may pass for one that finds nothing, or something."""
    may_ask = "service" in text.lower() or "\\u" in text
    return bool(may_ask and _SWALLOWS.search(text) and not _SILENT.search(text))


def refuse_requests(word: str, asked: Iterable[str | None], allowed: Sequence[str]) -> None:
    """Raise `ServiceRefused` for the first address that is not allowed, or not known."""
    for iri in asked:
        if iri is None or iri not in allowed:
            raise ServiceRefused(word, iri)


def dump(
    database: Store,
    form: Format,
    writer: Writer,
    bounds: Bounds = NO_BOUNDS,
    named_graph: NamedNode | DefaultGraph | None = None,
) -> Spool:
    """All quads, or one graph's triples, in a format.

    A format that holds one graph gets the union of all graphs when none is named.
    Raises `AnswerTooLarge` and `QueryFailed`.
    """
    sink = SpoolWriter(bounds.answer_bytes, bounds.spool_folder)
    try:
        if form.kind is Kind.GRAPH and named_graph is None:
            union = Query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
            result = run(database, union)
            assert isinstance(result, QueryTriples)
            return _write_graph(result, form, writer, sink, bounds)
        prefixes = writer.prefixes_for(form)
        if named_graph is None:
            database.dump(sink.file, rdf_format(form), prefixes=prefixes)
        else:
            database.dump(
                sink.file,
                rdf_format(form),
                from_graph=named_graph,
                prefixes=prefixes,
            )
        return _in_order(sink.finish(), form, writer)
    except OSError as error:
        raise QueryFailed(f"The data could not be written: {error}") from error
    finally:
        sink.discard()


def _write_graph(
    result: QueryTriples, form: Format, writer: Writer, sink: SpoolWriter, bounds: Bounds
) -> Spool:
    prefixes = writer.prefixes_for(form)
    try:
        if prefixes is None:
            result.serialize(sink.file, rdf_format(form))
        else:
            serialize(result, sink.file, rdf_format(form), prefixes=prefixes)
    except (OSError, RuntimeError, ValueError) as error:
        if "RDF 1.2" in str(error):  # a triple term
            raise _unfit(form) from error
        raise
    return _in_order(sink.finish(), form, writer)


def _well_formed(spool: Spool, form: Format) -> Spool:
    """The spool; raises `NotRepresentable` when it is XML and something has no place in XML."""
    if form.name in {"xml", "rdfxml"}:
        checker = expat.ParserCreate(namespace_separator=" ")
        try:
            if spool.descriptor is None:
                checker.Parse(spool.read(), True)
            else:
                with io.FileIO(os.dup(spool.descriptor)) as file:
                    file.seek(0)
                    checker.ParseFile(file)
        except expat.ExpatError as error:
            spool.close()
            raise _unfit(form) from error
    return spool


def _in_order(spool: Spool, form: Format, writer: Writer) -> Spool:
    """A small graph in the order of its terms, each triple once, as people like to read it."""
    _well_formed(spool, form)
    if spool.size > _PRETTY_BYTES:
        return spool
    with spool:
        quads: list[Quad] = list(parse(spool.read(), rdf_format(form), without_named_graphs=False))
    if form.kind is Kind.DATASET:
        return Spool(writer.write_quads(quads, form))
    triples: list[Triple] = [quad.triple for quad in quads]
    return _well_formed(Spool(writer.write_triples(triples, form)), form)


def _unfit(form: Format) -> NotRepresentable:
    known = [each.name for each in formats_of(form.kind) if each is not form]
    return NotRepresentable(f"{form.label} for this answer", known)


def _boolean(result: QueryBoolean, form: Format) -> bytes:
    native: QueryResultsFormat = solution_format(form)
    if form.name in {"csv", "tsv"}:  # the formats have none; every engine writes the word
        return b"true" if result else b"false"
    written = result.serialize(format=native)
    assert written is not None
    return written


def _failure(error: Exception, text: str, bounds: Bounds) -> ShuangmaError:
    if isinstance(error, RuntimeError):  # a function that the engine does not know, say
        return InvalidQuery(f"{error}.")
    if bounds.confined and isinstance(error, OSError) and services(text):
        return ServiceRefused()
    return QueryFailed(f"The query could not be answered: {error}")


_PLACE = re.compile(r"error at (\d+):(\d+): ?", re.IGNORECASE)


def invalid_query(message: str, text: str) -> InvalidQuery:
    """The engine's message with its place taken out of the prose."""
    place = _PLACE.search(message)
    line, column = (int(place[1]), int(place[2])) if place else (None, None)
    unknown = undeclared_prefix(text) if "Prefix not found" in message else None
    if unknown is not None:
        told = f"The prefix “{unknown}:” is not declared."
        return InvalidQuery(f"{told} Put PREFIX {unknown}: <…> before the query.", line, column)
    return InvalidQuery(_PLACE.sub("", message).strip(), line, column)
