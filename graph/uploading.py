"""Puts RDF files into a database: which format, which graph, how a mistake is told."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast
from xml.parsers import expat

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store, parse

from graph.change import GraphName, Upload
from graph.errors import InvalidRdf, UnsupportedFormat, UpdateFailed
from graph.representation import Format, Kind, format_named, formats_of, rdf_format

_BULK_BYTES = 8 * 1024 * 1024
_ENTITY_CHARACTERS = 8 * 1024 * 1024  # as many as Expat lets by unasked
_UNPACK: dict[str, Callable[[IO[bytes]], object]] = {
    ".gz": lambda packed: gzip.GzipFile(fileobj=packed),
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
_NAMES = {"owl": "rdfxml", "xml": "rdfxml", "json": "jsonld", "n3": "turtle"}


def format_of(path: Path) -> Format:
    """The format that a file's name says, compressed or not.

    Raises `UnsupportedFormat`.

    >>> format_of(Path("news.nq.gz")).name
    'nquads'
    """
    plain = path.with_suffix("") if path.suffix.lower() in _UNPACK else path
    suffix = plain.suffix.removeprefix(".").lower()
    try:
        return format_named(_NAMES.get(suffix, suffix or "?"), Kind.DATASET, Kind.GRAPH)
    except UnsupportedFormat as error:
        known = [form.suffix for form in formats_of(Kind.GRAPH, Kind.DATASET)]
        raise UnsupportedFormat(f"{path.name}", known) from error


def put(
    database: Store,
    uploads: Sequence[Upload],
    name: GraphName | None,
    *,
    replace: bool = False,
    watch: Callable[[int], None] | None = None,
) -> bool:
    """Add uploads to a graph, or with `replace` make them its content.

    Without a name, each quad goes where it says, and triples into the default graph.
    `watch` is told how many bytes were read. Tells whether a named graph was made. Blank
    nodes of two uploads stay apart. Raises `InvalidRdf`; the database is then half
    written, and its writer lets go of it.
    """
    created = isinstance(name, NamedNode) and not database.contains_named_graph(name)
    if replace and name is not None:
        database.clear_graph(name)
    for upload in uploads:
        _put_one(database, upload, name, watch)
    if isinstance(name, NamedNode):
        database.add_graph(name)
    return created


def _put_one(
    database: Store, upload: Upload, name: GraphName | None, watch: Callable[[int], None] | None
) -> None:
    if name is not None and upload.form.kind is Kind.DATASET:
        known = [form.name for form in formats_of(Kind.GRAPH)]
        raise UnsupportedFormat(f"{upload.form.name} for one graph", known)
    graph: NamedNode | BlankNode | DefaultGraph | None = name
    try:
        if upload.form.name == "rdfxml":
            with _opened(upload.path) as file:
                _check_xml(file, upload.form)
        large = upload.path.stat().st_size > _BULK_BYTES
        with _opened(upload.path) as file:
            if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:  # some editors write one
                file.seek(0)
            if name is not None and upload.form.name == "jsonld":  # it may name other graphs
                source = parse(
                    file,
                    rdf_format(upload.form),
                    base_iri=upload.base,
                    without_named_graphs=True,
                    rename_blank_nodes=True,
                )
                database.bulk_extend(Quad(t.subject, t.predicate, t.object, name) for t in source)
                return
            load = database.bulk_load if large else database.load
            load(
                input=cast("IO[bytes]", _Watched(file, watch)) if watch else file,
                format=rdf_format(upload.form),
                base_iri=upload.base,
                to_graph=graph,
            )
    except SyntaxError as error:
        raise invalid_rdf(str(error), upload.form) from error
    except (EOFError, gzip.BadGzipFile, lzma.LZMAError, zlib.error) as error:
        raise InvalidRdf(f"{upload.path.name} is not whole: {error}") from error
    except ValueError as error:
        raise InvalidRdf(str(error)) from error
    except OSError as error:
        if str(error) == "Invalid data stream":  # what bz2 says of it
            raise InvalidRdf(f"{upload.path.name} is not whole: {error}") from error
        raise UpdateFailed(f"{upload.path.name} could not be read or stored: {error}") from error


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """A file's bytes, unpacked where its name says that they are packed."""
    unpack = _UNPACK.get(path.suffix.lower())
    with path.open("rb") as file:
        yield cast("IO[bytes]", unpack(file)) if unpack else file


_REFERENCE = re.compile("&([^#;]+);")


def _check_xml(file: IO[bytes], form: Format) -> None:
    """Refuse what is no XML, with its place, and XML whose entities outgrow it (XML 1.0, 4.4).

    The RDF parser tells no place, and writes out each entity that is declared: ten lines of
    them stand for gigabytes. Of those that are used, Expat refuses what outgrows the text.
    Raises `InvalidRdf`.
    """
    parser = expat.ParserCreate("UTF-8")  # as the RDF parser reads it, whatever it declares
    sizes: dict[str, int] = {}
    total = 0

    def declare(name: str, _is_parameter: bool, value: str | None, *_: object) -> None:
        nonlocal total
        inner = _REFERENCE.findall(value or "")
        sizes[name] = len(value or "") + sum(sizes.get(each, 0) for each in inner)
        total += sizes[name]
        if total > _ENTITY_CHARACTERS:
            told = f"Its entities stand for more than {_ENTITY_CHARACTERS:,} characters."
            raise InvalidRdf(told, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)

    parser.EntityDeclHandler = declare
    try:
        parser.ParseFile(file)
    except expat.ExpatError as error:
        told = f"This is no {form.label}: {expat.ErrorString(error.code)}."
        raise InvalidRdf(told, error.lineno, error.offset + 1) from error


class _Watched(io.RawIOBase):
    """A file that tells how far it was read."""

    def __init__(self, file: IO[bytes], watch: Callable[[int], None]) -> None:
        self._file = file
        self._watch = watch
        self._count = 0

    def read(self, size: int = -1) -> bytes:
        part = self._file.read(size)
        self._count += len(part)
        self._watch(self._count)
        return part

    def readable(self) -> bool:
        return True


_PLACE = re.compile(r" at line (\d+) (?:between columns (\d+) and \d+|column (\d+))")


def invalid_rdf(message: str, form: Format) -> InvalidRdf:
    """The parser's message with its place taken out of the prose."""
    place = _PLACE.search(message)
    told = re.sub(r"^Parser error: |\s*\(line \d+\)$", "", _PLACE.sub("", message)).strip()
    line = int(place[1]) if place else None
    column = int(place[2] or place[3]) if place else None
    if form.name.startswith("jsonld") and "LoadDocumentCallback" in message:
        told = "Its @context is on another host, and none is fetched here. Put it into the document"
    return InvalidRdf(f"This is no {form.label}: {told.rstrip('.')}.", line, column)
