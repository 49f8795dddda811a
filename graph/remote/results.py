"""Checks what another engine answers, and converts what it cannot write itself.

A small answer is read through, so that nonsense is seen before it is handed on; of a
large one that needs no conversion the end is looked at, where an engine that fails
midway writes its error.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from pyoxigraph import (
    Quad,
    QueryBoolean,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
    serialize,
)

from graph.engine import JSON
from graph.errors import QueryFailed
from graph.remote.refusal import nonsense
from graph.representation import Format, Kind, Writer, formats_of, rdf_format, solution_format
from graph.spool import Spool, SpoolWriter

SMALL_BYTES = 1024 * 1024
_END_BYTES = 4096
_ENDS = {
    "json": re.compile(rb"\}\s*\Z"),
    "xml": re.compile(rb"</(?:[\w.-]+:)?sparql\s*>\s*\Z"),
    "turtle": re.compile(rb"[.>]\s*\Z"),
    "ntriples": re.compile(rb"\.\s*\Z"),
    "rdfxml": re.compile(rb"(?:</(?:[\w.-]+:)?RDF\s*>|<(?:[\w.-]+:)?RDF\b[^<]*/>)\s*\Z"),
    "jsonld": re.compile(rb"[\]}]\s*\Z"),
}
# Parsers take truncated XML for whole where the cut is between two elements.
_MUST_END = {"xml", "rdfxml"}
# Virtuoso labels blank nodes so, which none may be called. Raw quotes and angle brackets
# stand in no literal of these formats.
_LABELS = (
    (b'"bnode", "value": "nodeID://', b'"bnode", "value": "'),
    (b"<bnode>nodeID://", b"<bnode>"),
)


def with_valid_labels(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Solutions in JSON or XML with the labels of Virtuoso's blank nodes made valid.

    >>> b"".join(with_valid_labels([b"<bnode>node", b"ID://b1</bnode>"]))
    b'<bnode>b1</bnode>'
    """
    kept = max(len(wrong) for wrong, _ in _LABELS) - 1
    rest = b""
    for part in parts:
        rest += part
        for wrong, right in _LABELS:
            rest = rest.replace(wrong, right)
        yield rest[:-kept]
        rest = rest[-kept:]
    yield rest


def form_of(media_type: str, kind: Kind, asked: Format) -> Format | None:
    """The format of an answer by its media type: as asked where that may be."""
    if not media_type or media_type in asked.media_types:
        return asked
    return next((each for each in formats_of(kind) if media_type in each.media_types), None)


class Conversion:
    """What is done with the answers of one engine before they are handed on."""

    def __init__(self, address: str, writer: Writer) -> None:
        """`address` is the engine's, for errors; `writer` knows prefixes and context."""
        self._address = address
        self._writer = writer

    def solutions(self, spool: Spool, form: Format, wanted: Format, sink: SpoolWriter) -> Spool:
        """Solutions or a truth value, in the format that is wanted; takes over the spool."""
        if form == wanted:
            return self._checked(spool, form)
        with self._reading(spool, sink, form) as file:
            result = parse_query_results(file, solution_format(form))
            if isinstance(result, QueryBoolean):
                return Spool(_boolean(result, wanted))
            result.serialize(sink, solution_format(wanted))  # type: ignore[arg-type]
            return sink.finish()

    def graph(
        self, spool: Spool, form: Format, wanted: Format, sink: SpoolWriter, *, is_plain: bool
    ) -> Spool:
        """A graph in the format that is wanted; takes over the spool.

        A small one comes in the order of its terms, as from the store. What `is_plain`
        text may be Turtle, of which N-Triples are a part.
        """
        is_small = spool.size <= SMALL_BYTES
        if form == wanted and not is_small and not is_plain:
            return self._checked(spool, form)
        native = RdfFormat.TURTLE if is_plain else rdf_format(form)
        with self._reading(spool, sink, form) as file:
            # Old engines hold bad IRIs, which are no fault of the format.
            triples = (quad.triple for quad in parse(file, native, lenient=True))
            if is_small:
                return Spool(self._writer.write_triples(triples, wanted))
            return self._written(triples, wanted, sink)

    def dataset(self, spool: Spool, wanted: Format, sink: SpoolWriter) -> Spool:
        """Solutions `?g ?s ?p ?o` in JSON, as a dataset; takes over the spool."""
        is_small = spool.size <= SMALL_BYTES
        with self._reading(spool, sink, JSON) as file:
            result = parse_query_results(file, solution_format(JSON))
            if not isinstance(result, QuerySolutions):
                raise ValueError("a truth value in the place of solutions.")
            if is_small:
                return Spool(self._writer.write_quads(_quads(result), wanted))
            return self._written(_quads(result), wanted, sink)

    def _written(
        self, terms: Iterable[Triple] | Iterable[Quad], wanted: Format, sink: SpoolWriter
    ) -> Spool:
        prefixes = self._writer.prefixes_for(wanted)
        serialize(terms, sink, rdf_format(wanted), prefixes=prefixes)  # type: ignore[arg-type]
        return sink.finish()

    def _checked(self, spool: Spool, form: Format) -> Spool:
        """The spool itself, if it holds what it says. Raises `EngineUnavailable`."""
        try:
            if spool.size > SMALL_BYTES or form.name in _MUST_END:
                _check_end(spool, form)
            if spool.size <= SMALL_BYTES and form.name in _CHECKS:
                _CHECKS[form.name](spool.read())
        except (ValueError, SyntaxError, csv.Error) as error:
            spool.close()
            raise nonsense(self._address, str(error)) from error
        return spool

    @contextmanager
    def _reading(self, spool: Spool, sink: SpoolWriter, form: Format) -> Iterator[IO[bytes]]:
        try:
            with spool, opened(spool) as file:
                if form.name in _MUST_END:
                    _check_end(spool, form)
                yield file
        except (SyntaxError, ValueError, TypeError, KeyError) as error:
            raise nonsense(self._address, str(error)) from error
        except OSError as error:
            raise QueryFailed(f"The answer could not be kept: {error}") from error
        finally:
            sink.discard()


def opened(spool: Spool) -> IO[bytes]:
    """A spool as a file, from its beginning."""
    if spool.descriptor is None:
        return io.BytesIO(spool.read())
    file = os.fdopen(os.dup(spool.descriptor), "rb")
    file.seek(0)
    return file


def _quads(solutions: QuerySolutions) -> Iterator[Quad]:
    for solution in solutions:
        terms = [solution[name] for name in ("s", "p", "o", "g")]
        yield Quad(*(term for term in terms if term is not None))


def _boolean(result: QueryBoolean, form: Format) -> bytes:
    if form.name in {"csv", "tsv"}:  # the formats have none; engines differ
        return b"true" if result else b"false"
    written = result.serialize(format=solution_format(form))
    assert written is not None
    return written


def _check_json(body: bytes) -> None:
    told = json.loads(body)
    is_answer = isinstance(told, dict) and isinstance(told.get("head"), dict)
    if is_answer and isinstance(told.get("boolean"), bool):
        return
    results = told.get("results") if is_answer else None
    if not isinstance(results, dict) or not isinstance(results.get("bindings"), list):
        raise ValueError("JSON without solutions.")


def _check_parsed(form: Format) -> Callable[[bytes], None]:
    def check(body: bytes) -> None:
        result = parse_query_results(body, solution_format(form))
        if isinstance(result, QuerySolutions):
            for _ in result:
                pass

    return check


def _check_csv(body: bytes) -> None:
    lines = csv.reader(io.StringIO(body.decode("utf-8"), newline=""), strict=True)
    width = len(next(lines, []))
    for fields in lines:
        # Of a single unbound variable nothing is written.
        if len(fields) != width and not (width == 1 and not fields):
            raise ValueError(f"line {lines.line_num} has {len(fields)} fields instead of {width}.")


_CHECKS: dict[str, Callable[[bytes], None]] = {"json": _check_json, "csv": _check_csv} | {
    form.name: _check_parsed(form)
    for form in formats_of(Kind.SOLUTIONS)
    if form.name in {"xml", "tsv"}
}


def _check_end(spool: Spool, form: Format) -> None:
    wanted = _ENDS.get(form.name)
    with opened(spool) as file:
        file.seek(max(0, spool.size - _END_BYTES))
        end = file.read()
    if wanted is not None and not wanted.search(end):
        raise ValueError(f"it ends with “{end.decode(errors='replace').rstrip()[-40:]}”.")
