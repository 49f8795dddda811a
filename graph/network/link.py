"""Links between things: what statements say, and what other people's triples say plainly.

A statement links the thing it is about to the thing it names, quoted or asserted. In a
dataset with statements the rest of its triples is machinery, except where a thing that no
statement speaks of takes part: that is somebody else's data, loaded beside ours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pyoxigraph import NamedNode

from graph.engine import NTRIPLES, Engine, Query, Term, substitute
from graph.engine import Wanted as Forms
from graph.representation import Kind, format_named

Direction = Literal["out", "in"]
Order = Literal["degree", "date", "label", "iri"]
RankedBy = Literal["degree", "date", "label"]

PREFIXES = """
PREFIX sm: <%s>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <https://schema.org/>
"""

_TSV = format_named("tsv", Kind.SOLUTIONS)


@dataclass(frozen=True, slots=True)
class Link:
    """One link; `modality` is empty and `statements` none where it is a plain triple."""

    subject: str
    predicate: str
    object: str
    modality: str = ""
    statements: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other links, and puts links in order."""
        return self.subject, self.object, self.predicate

    @property
    def id(self) -> str:
        """Its name on the page: the IRIs of its triple."""
        return f"{self.subject} {self.predicate} {self.object}"


@dataclass(frozen=True)
class Around:
    """The neighbours of one thing by predicate and direction; not `complete` when cut off."""

    groups: Mapping[tuple[str, Direction], Sequence[str]]
    complete: bool = True

    def neighbours(
        self, predicate: str | None = None, direction: Direction | None = None
    ) -> list[str]:
        """Each neighbour once, of all groups or of some."""
        found: dict[str, None] = {}
        for (own, way), members in self.groups.items():
            if predicate in {None, own} and direction in {None, way}:
                found.update(dict.fromkeys(members))
        return list(found)


@dataclass(frozen=True)
class Steps:
    """Pairs of linked things; not `complete` when some had to be left out."""

    pairs: list[tuple[str, str]]
    complete: bool


@dataclass(frozen=True)
class Group:
    """Links of one thing by one predicate in one direction."""

    predicate: str
    direction: Direction
    count: int


@dataclass(frozen=True)
class Wanted:
    """Which neighbours of a thing are asked for: by what links, in which order, how many."""

    predicate: str | None = None
    direction: Direction | None = None
    order: Order = "degree"
    limit: int = 20


@dataclass(frozen=True)
class Nearest:
    """The first neighbours of a thing, besides some that are known.

    `total` counts all of the kind that was asked for, `remaining` those that are neither
    known nor among `things`; `order` is the one that could be had.
    """

    things: list[str]
    total: int
    remaining: int
    order: Order
    complete: bool


class Links(Protocol):
    """All links of one edition."""

    stated: bool
    """Whether statements make links here."""

    def around(self, iri: str) -> Around:
        """The neighbours of a thing. Raises `ResourceNotFound` for what nothing speaks of."""

    def groups(self, iri: str) -> tuple[list[Group], bool]:
        """The links of a thing by kind, and whether all were counted; errors as `around`."""

    def nearest(self, iri: str, wanted: Wanted, known: Collection[str]) -> Nearest:
        """The first neighbours that are not among `known`; errors as `around`."""

    def among(self, first: Collection[str], second: Collection[str]) -> list[Link]:
        """The links with one end in `first` and the other in either, in order."""

    def steps(self, iris: Collection[str], limit: int) -> Steps:
        """The links at these things, as pairs of one of them and its neighbour."""

    def bridges(self, first: Collection[str], second: Collection[str]) -> Steps | None:
        """The links between two sets; None where they are better found by `steps`."""

    def degrees(self, iris: Collection[str]) -> dict[str, int]:
        """How many links each has, where that is known."""

    def known(self, iris: Collection[str]) -> set[str]:
        """Those of which the dataset says something."""


class Ranking(Protocol):
    """What an index knows of things."""

    def degrees(self, iris: Sequence[str]) -> dict[str, int]:
        """How many links each has."""

    def ranked(self, iris: Sequence[str], order: RankedBy, limit: int) -> list[str]:
        """The first of these things in an order."""

    def leading(self, limit: int, order: RankedBy = "degree") -> list[str]:
        """The first of all things in an order: those with most links, say."""

    def count(self) -> int:
        """How many things there are."""


def rows(engine: Engine, query: str, **terms: Term) -> Iterator[list[str]]:
    """The solutions of a SELECT of IRIs alone; ten thousand of them in a few milliseconds.

    What is no IRI, or unbound, comes as an empty text.
    """
    answer = engine.answer(Query(substitute(query, terms)), Forms(_TSV, NTRIPLES))
    with answer.spool as spool:
        lines = spool.read().decode().split("\n")
    for line in lines[1:]:
        if line:
            yield [cell[1:-1] if cell[:1] == "<" else "" for cell in line.rstrip("\r").split("\t")]


def values(iris: Collection[str]) -> str:
    """IRIs as SPARQL has them. Raises `ValueError` for a text that is none."""
    return " ".join(str(NamedNode(iri)) for iri in iris)


STATED = """
SELECT ?statement ?s ?p ?o ?modality WHERE {
  %s
  ?statement a sm:Statement ; sm:modality ?modality %s .
  FILTER(isIRI(?statement) && isIRI(?s) && isIRI(?o) && ?s != ?o)
  FILTER NOT EXISTS { ?s a schema:Observation }
  FILTER NOT EXISTS { ?o a schema:Observation }
  FILTER NOT EXISTS { ?o rdfs:isDefinedBy ?ontology }
}
"""
SPOKEN = "?statement rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ."


def first_of(
    around: Around,
    wanted: Wanted,
    known: Collection[str],
    rank: Callable[[list[str]], tuple[list[str], Order]],
) -> Nearest:
    """The first neighbours, where all of them are at hand."""
    there = set(known)
    members = around.neighbours(wanted.predicate, wanted.direction)
    new = [each for each in members if each not in there]
    things, order = rank(new)
    return Nearest(things, len(members), len(new) - len(things), order, around.complete)


def grouped(around: Around) -> list[Group]:
    """The neighbours of a thing, counted."""
    return [
        Group(predicate, direction, len(members))
        for (predicate, direction), members in around.groups.items()
    ]


def stated_links(solutions: Iterator[list[str]]) -> list[Link]:
    """One link for all statements of one triple; its modality is that of the first of them."""
    found: dict[tuple[str, str, str], tuple[str, list[str]]] = {}
    for statement, s, p, o, modality in sorted(solutions):
        _, statements = found.setdefault((s, o, p), (modality, []))
        if statement not in statements:
            statements.append(statement)
    return [
        Link(s, p, o, modality, tuple(statements))
        for (s, o, p), (modality, statements) in sorted(found.items())
    ]


# The triples by which statements, passages, figures and notes hold together.
MACHINERY = """(
  rdf:type, rdf:subject, rdf:predicate, rdf:object, rdfs:isDefinedBy, skos:exactMatch,
  oa:hasTarget, oa:hasSource, oa:hasSelector, prov:wasAttributedTo,
  sm:article, sm:passage, sm:translatedPassage, sm:sourcePassage, sm:modality, sm:rule,
  sm:axiom, sm:premise, sm:implied, sm:contradicts,
  schema:observationAbout, schema:variableMeasured, schema:mentions,
  rdf:first, rdf:rest, rdfs:subClassOf, rdfs:subPropertyOf, rdfs:domain, rdfs:range,
  <http://purl.org/dc/terms/license>, schema:domainIncludes,
  schema:rangeIncludes
)"""
RECORDS = """(
  sm:Statement, sm:Inference, sm:Passage, oa:Annotation, oa:TextPositionSelector,
  oa:TextQuoteSelector, schema:Observation, schema:NewsArticle, schema:DigitalDocument,
  <http://www.w3.org/2002/07/owl#Ontology>
)"""
