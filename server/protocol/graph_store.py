"""The Graph Store Protocol: which graph a request means, and what it brings.

SPARQL 1.1 Graph Store HTTP Protocol: indirect identification (4.2) at `/store?graph=` and
`/store?default`, direct (4.1) at `/store/…`, and the whole dataset at `/store`.
"""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO

from pyoxigraph import DefaultGraph, NamedNode
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from graph.change import GraphName
from graph.errors import InvalidQuery, UnsupportedFormat
from graph.readers.wire import MAX_DESCRIPTORS
from graph.representation import Format, Kind, format_named, formats_of
from graph.spool import Spool, SpoolWriter
from server.backend import Body
from server.protocol.message import HttpProblem, Request

PATH = "/store"
_PART = 1 << 20
_MULTIPART = "multipart/form-data"
_MOST_PARTS = 100
_FIELD_BYTES = 1 << 20  # of a part that is no file, which is kept in memory
_ANY_HEADER = zlib.MAX_WBITS | 32  # gzip's or zlib's


@dataclass(frozen=True)
class Target:
    """The graph that a request means; no name is the whole dataset."""

    name: GraphName | None

    @property
    def is_named(self) -> bool:
        """Whether it is a graph that may be there or not."""
        return isinstance(self.name, NamedNode)


def target_of(request: Request) -> Target:
    """The graph that a request means. Raises `InvalidQuery` when it does not say so clearly."""
    parameters = request.url_parameters
    graphs, default = parameters.all("graph"), "default" in parameters
    if len(graphs) > 1 or (graphs and default):
        raise InvalidQuery("Name one graph: ?graph=IRI or ?default.")
    if request.path.rstrip("/") != PATH:
        if graphs or default:
            raise InvalidQuery(f"Name the graph by its own address, or by {PATH}?graph=.")
        return Target(_named(request.origin + (request.raw_path or request.path)))
    if default:
        return Target(DefaultGraph())
    return Target(_named(graphs[0]) if graphs else None)


def _named(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise InvalidQuery(f"“{iri}” is no absolute IRI. Write ?graph=https://…") from error


@contextmanager
def uploads_of(request: Request, target: Target, size_limit_bytes: int) -> Iterator[list[Body]]:
    """The RDF that a request brings, each part in a file of its own.

    Raises `HttpProblem` 415 for a media type that is not read here, 413 for what is too
    large when it is unpacked.
    """
    base = target.name.value if isinstance(target.name, NamedNode) else None
    base = base or request.origin + request.path
    descriptors: list[int] = []
    try:
        with _unpacked(request, size_limit_bytes) as spool:
            if request.media_type == _MULTIPART:
                bodies = [
                    Body(_descriptor(part.stream, descriptors), form, base)
                    for part in _parts(request, spool)
                    for form in [_format(part.mimetype, target)]
                ]
            else:
                form = _format(request.media_type, target)
                with _reading(spool) as file:
                    bodies = [Body(_descriptor(file, descriptors), form, base)]
        yield bodies
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _format(media_type: str, target: Target) -> Format:
    kinds = [Kind.GRAPH] if target.name is not None else [Kind.GRAPH, Kind.DATASET]
    readable = formats_of(*kinds)
    form: Format | None = None
    for kind in reversed(kinds):  # JSON-LD to the whole dataset may name graphs
        with suppress(UnsupportedFormat):
            form = form or format_named(media_type or "?", kind)
    if form is None or media_type not in {t for each in readable for t in each.media_types}:
        known = ", ".join(dict.fromkeys(each.media_type for each in readable))
        asked = f"“{media_type}” is not read here" if media_type else "There is no Content-Type"
        raise HttpProblem(415, f"{asked}. Send one of: {known}.", Accept_Post=known)
    return form


def _parts(request: Request, spool: Spool) -> list[FileStorage]:
    _, options = parse_options_header(request.headers["content-type"])
    with _reading(spool) as file:
        parser = FormDataParser(
            stream_factory=lambda *_, **__: tempfile.TemporaryFile(),  # noqa: SIM115
            max_form_memory_size=_FIELD_BYTES,
            silent=False,
            max_form_parts=_MOST_PARTS,
        )
        try:
            _, _, files = parser.parse(file, _MULTIPART, spool.size, options)
        except RequestEntityTooLarge as error:
            raise HttpProblem(
                413,
                f"Send at most {_MOST_PARTS} files in one request, each with a filename.",
            ) from error
        except ValueError as error:
            raise InvalidQuery(f"The parts of the body cannot be told apart: {error}.") from error
    found = [part for _, part in files.items(multi=True)]
    if len(found) > MAX_DESCRIPTORS:
        raise InvalidQuery(f"There are more than {MAX_DESCRIPTORS} files. Send fewer at once.")
    if not found:
        raise InvalidQuery("There is no file among the parts of the body.")
    return found


@contextmanager
def _reading(spool: Spool) -> Iterator[IO[bytes]]:
    if spool.descriptor is None:
        with tempfile.TemporaryFile() as file:
            file.write(spool.read())
            file.seek(0)
            yield file
    else:
        with os.fdopen(os.dup(spool.descriptor), "rb") as file:
            file.seek(0)
            yield file


def _descriptor(file: IO[bytes], descriptors: list[int]) -> int:
    file.flush()
    file.seek(0)
    descriptors.append(os.dup(file.fileno()))
    return descriptors[-1]


@contextmanager
def _unpacked(request: Request, size_limit_bytes: int) -> Iterator[Spool]:
    """The body without its Content-Encoding, still bounded (RFC 9110, 8.4)."""
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        with request.body as spool:
            yield spool
        return
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise HttpProblem(415, f"“{encoding}” is not unpacked here. Send gzip.")
    sink, unpacker = SpoolWriter(size_limit_bytes), zlib.decompressobj(_ANY_HEADER)
    size = 0
    try:
        with request.body as packed, _reading(packed) as file:
            while part := file.read(_PART):
                while part:
                    if unpacker.eof:  # another member (RFC 1952, 2.2)
                        unpacker = zlib.decompressobj(_ANY_HEADER)
                    found = unpacker.decompress(part, _PART)
                    size += len(found)
                    if size > size_limit_bytes:
                        raise too_large(size_limit_bytes, "SHUANGMA_UPLOAD_SIZE_BYTES")
                    sink.write(found)
                    part = unpacker.unconsumed_tail or unpacker.unused_data
        if not unpacker.eof:
            raise InvalidQuery("The body is not whole: its compressed data end too early.")
        unpacked = sink.finish()
    except zlib.error as error:
        raise InvalidQuery(f"The body is not {encoding}: {error}.") from error
    finally:
        sink.discard()
    with unpacked:
        yield unpacked


def too_large(limit_bytes: int, setting: str) -> HttpProblem:
    """What a request gets that is larger than it may be."""
    return HttpProblem(
        413, f"The request is larger than {limit_bytes:,} bytes, the most taken here ({setting})."
    )
