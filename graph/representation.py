"""The formats that answers and data are written in: one table, and its writers.

Names, aliases, media types and suffixes come from here alone. Knows RDF and
SPARQL result serialisation; knows nothing of HTTP negotiation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from typing import Any

from pyoxigraph import NamedNode, Quad, QueryResultsFormat, RdfFormat, Triple, serialize

from graph.errors import UnsupportedFormat
from graph.json_ld import Compactor


class Kind(Enum):
    """What a format can hold."""

    SOLUTIONS = "solutions"
    GRAPH = "graph"
    DATASET = "dataset"
    EVIDENCE = "evidence"
    NETWORK = "network"
    TABLES = "tables"


@dataclass(frozen=True)
class Format:
    """One format: its name and aliases, its suffix, its media types preferred first."""

    name: str
    kind: Kind
    suffix: str
    media_types: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    label: str = ""

    @property
    def media_type(self) -> str:
        """The media type that an answer bears."""
        return self.media_types[0]

    @property
    def content_type(self) -> str:
        """The media type with its charset where it is a text type."""
        text = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if text else self.media_type

    def is_named(self, name: str) -> bool:
        """Whether `name` means this format."""
        return name.lower() in {self.name, self.suffix, *self.aliases, *self.media_types}


FORMATS: tuple[Format, ...] = (
    Format(
        "json",
        Kind.SOLUTIONS,
        "srj",
        ("application/sparql-results+json", "application/json"),
        ("sparql-json",),
        "JSON",
    ),
    Format(
        "xml",
        Kind.SOLUTIONS,
        "srx",
        ("application/sparql-results+xml", "application/xml", "text/xml"),
        ("sparql-xml",),
        "XML",
    ),
    Format("csv", Kind.SOLUTIONS, "csv", ("text/csv",), (), "CSV"),
    Format("tsv", Kind.SOLUTIONS, "tsv", ("text/tab-separated-values",), (), "TSV"),
    Format(
        "turtle",
        Kind.GRAPH,
        "ttl",
        ("text/turtle", "application/x-turtle"),
        ("n3",),
        "Turtle",
    ),
    Format(
        "jsonld",
        Kind.GRAPH,
        "jsonld",
        ("application/ld+json", "application/json"),
        ("json-ld", "json"),
        "JSON-LD",
    ),
    Format(
        "ntriples",
        Kind.GRAPH,
        "nt",
        ("application/n-triples", "text/plain"),
        ("n-triples",),
        "N-Triples",
    ),
    Format(
        "rdfxml",
        Kind.GRAPH,
        "rdf",
        ("application/rdf+xml", "application/xml", "text/xml"),
        ("rdf/xml", "rdf+xml", "rdf-xml", "xml"),
        "RDF/XML",
    ),
    Format("trig", Kind.DATASET, "trig", ("application/trig",), (), "TriG"),
    Format(
        "nquads",
        Kind.DATASET,
        "nq",
        ("application/n-quads",),
        ("n-quads",),
        "N-Quads",
    ),
    Format(
        "jsonld-dataset",
        Kind.DATASET,
        "dataset.jsonld",
        ("application/ld+json",),
        ("json-ld-dataset",),
        "JSON-LD",
    ),
)

# What is not a serialisation but a view: it says part of the data in another way.
VIEWS: tuple[Format, ...] = (
    Format(
        "turtle12",
        Kind.EVIDENCE,
        "rdf12.ttl",
        ("text/turtle;version=1.2",),
        ("rdf12", "turtle-1.2"),
        "Turtle 1.2",
    ),
    Format(
        "nanopublications",
        Kind.EVIDENCE,
        "nanopub.trig",
        ("application/trig",),
        ("nanopub",),
        "Nanopublications",
    ),
    Format(
        "tree",
        Kind.EVIDENCE,
        "tree.jsonld",
        ("application/ld+json",),
        ("jsonld-tree", "framed"),
        "JSON-LD tree",
    ),
    Format("graphml", Kind.NETWORK, "graphml", ("application/graphml+xml",), (), "GraphML"),
    Format("gexf", Kind.NETWORK, "gexf", ("application/gexf+xml",), (), "GEXF"),
    Format(
        "tables",
        Kind.TABLES,
        "csv.zip",
        ("application/zip",),
        ("csv", "csvw", "zip"),
        "CSV",
    ),
)

_SOLUTION_FORMATS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_RDF_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
    "jsonld": RdfFormat.JSON_LD,
    "jsonld-dataset": RdfFormat.JSON_LD,
    "turtle12": RdfFormat.TURTLE,
    "nanopublications": RdfFormat.TRIG,
}
_WITH_PREFIXES = frozenset({"turtle", "trig", "rdfxml", "turtle12", "nanopublications"})
# A subject's last line: literals hold no raw line break, so none can look like it.
_SUBJECT_END = re.compile(rb" \.\n(?=[^\s@])")


def formats_of(*kinds: Kind) -> tuple[Format, ...]:
    """The formats of these kinds, in the table's order: the server's order of preference."""
    return tuple(each for each in (*FORMATS, *VIEWS) if each.kind in kinds)


@lru_cache(maxsize=1024)
def format_named(name: str, *kinds: Kind) -> Format:
    """The format that `name` (a name, alias, suffix or media type) means.

    Raises `UnsupportedFormat` when none of these kinds is called so.
    """
    known = formats_of(*kinds)
    for each in known:
        if each.is_named(name):
            return each
    raise UnsupportedFormat(name, [each.name for each in known])


def solution_format(form: Format) -> QueryResultsFormat:
    """The engine's own writer of a solutions format."""
    return _SOLUTION_FORMATS[form.name]


def rdf_format(form: Format) -> RdfFormat:
    """The engine's own parser and writer of a graph or dataset format."""
    return _RDF_FORMATS[form.name]


@dataclass(frozen=True)
class Writer:
    """Writes RDF with one dataset's prefixes and JSON-LD context."""

    prefixes: Mapping[str, str]
    context: Mapping[str, Any]

    @cached_property
    def _compactor(self) -> Compactor:
        return Compactor(self.context, self.prefixes)

    def write_triples(self, triples: Iterable[Triple], form: Format) -> bytes:
        """Write one graph in the order of its terms, without repeating a triple."""
        ordered = self.in_order(triples)
        if form.name == "jsonld":
            return self._compactor.triples(ordered)
        return self._native(ordered, form)

    @staticmethod
    def in_order(triples: Iterable[Triple]) -> list[Triple]:
        """Triples in the order of their terms, each once."""
        return sorted(set(triples), key=_triple_order)

    def write_quads(self, quads: Iterable[Quad], form: Format) -> bytes:
        """Write a dataset with its named graphs, in the order of their terms."""
        ordered = sorted(set(quads), key=_quad_order)
        if form.name == "jsonld-dataset":
            return self._compactor.quads(ordered)
        return self._native(ordered, form)

    def prefixes_for(self, form: Format) -> dict[str, str] | None:
        """The prefixes, for a format that has such."""
        return dict(self.prefixes) if form.name in _WITH_PREFIXES else None

    def _native(self, terms: list[Triple] | list[Quad], form: Format) -> bytes:
        native = _RDF_FORMATS[form.name]
        written = serialize(terms, format=native, prefixes=self.prefixes_for(form))
        assert written is not None
        return _SUBJECT_END.sub(b" .\n\n", written) if native is RdfFormat.TURTLE else written


def union(quads: Iterable[Quad]) -> list[Triple]:
    """All quads as one graph, each triple once."""
    return list({q.triple for q in quads})


def _triple_order(triple: Triple) -> tuple[str, str, str]:
    return str(triple.subject), _predicate_order(triple.predicate), str(triple.object)


def _quad_order(quad: Quad) -> tuple[str, str, str, str]:
    return str(quad.graph_name), *_triple_order(quad.triple)


def _predicate_order(predicate: NamedNode) -> str:
    """Types come first, as `a` does in Turtle written by hand."""
    is_type = predicate.value == "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    return "" if is_type else predicate.value
