"""Each statement as a nanopublication: the triple, where it is from, who published it and when.

Nanopublication guidelines (https://nanopub.net/guidelines/working_draft/): four named graphs,
the head, the assertion, its provenance and the publication's own description. The provenance
carries the passages with their words, so that each nanopublication can be read alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from pyoxigraph import Store as Database

from graph.reified import STATEMENT, TYPE, Subject, is_part, statements_in

NP = "http://www.nanopub.org/nschema#"
_PROV = "http://www.w3.org/ns/prov#"
_DCTERMS = "http://purl.org/dc/terms/"
_OA = "http://www.w3.org/ns/oa#"
_DATE_TIME = NamedNode("http://www.w3.org/2001/XMLSchema#dateTime")
_DERIVED = NamedNode(f"{_PROV}wasDerivedFrom")
_ATTRIBUTED = NamedNode(f"{_PROV}wasAttributedTo")
_SELECTOR = NamedNode(f"{_OA}hasSelector")
_LICENSE = NamedNode(f"{_DCTERMS}license")
_SOURCES = ("article", "passage", "translatedPassage", "sourcePassage", "premise")


@dataclass(frozen=True)
class Publication:
    """What all nanopublications of an edition share. `made` is an `xsd:dateTime`."""

    namespace: str
    publisher: str
    made: str
    license: str | None = None


def nanopublications(database: Database, publication: Publication) -> Iterator[Quad]:
    """The quads of all statements' nanopublications, one after the other."""
    for statement, fact in statements_in(database):
        yield from _nanopublication(database, statement, fact, publication)


def parts_of(statement: Subject) -> tuple[NamedNode, ...]:
    """The IRIs of a statement's nanopublication, and of its head, assertion, provenance, info.

    They are the statement's own with a fragment, so that they are answered where it is.
    """
    if isinstance(statement, BlankNode):
        stem = f"{uuid.uuid5(uuid.NAMESPACE_OID, statement.value).urn}#"
    else:
        stem = statement.value + ("/" if "#" in statement.value else "#")
    names = ("nanopub", "head", "assertion", "provenance", "pubinfo")
    return tuple(NamedNode(stem + name) for name in names)


def _nanopublication(
    database: Database, statement: Subject, fact: Triple, publication: Publication
) -> Iterator[Quad]:
    nanopub, head, assertion, provenance, info = parts_of(statement)
    yield Quad(nanopub, TYPE, NamedNode(f"{NP}Nanopublication"), head)
    yield Quad(nanopub, NamedNode(f"{NP}hasAssertion"), assertion, head)
    yield Quad(nanopub, NamedNode(f"{NP}hasProvenance"), provenance, head)
    yield Quad(nanopub, NamedNode(f"{NP}hasPublicationInfo"), info, head)
    yield Quad(fact.subject, fact.predicate, fact.object, assertion)
    told = [
        q.triple for q in database.quads_for_pattern(statement, None, None, None) if not is_part(q)
    ]
    said = set(_provenance(database, statement, assertion, told, publication))
    first = [str(assertion), str(statement)]
    for triple in sorted(said, key=lambda t: (str(t.subject) not in first, str(t))):
        yield Quad(triple.subject, triple.predicate, triple.object, provenance)
    yield from _information(database, nanopub, statement, told, info, publication)


def _provenance(
    database: Database,
    statement: Subject,
    assertion: NamedNode,
    told: list[Triple],
    publication: Publication,
) -> Iterator[Triple]:
    yield Triple(assertion, _DERIVED, statement)
    sources = {publication.namespace + name for name in _SOURCES}
    for triple in told:
        if triple.predicate.value in sources and not isinstance(triple.object, Literal | Triple):
            yield Triple(assertion, _DERIVED, triple.object)
        elif triple.predicate == _ATTRIBUTED:
            yield Triple(assertion, _ATTRIBUTED, triple.object)
        yield triple
        yield from _passage(database, triple.object)


def _passage(database: Database, node: object) -> Iterator[Triple]:
    """What is said of a passage and of its selectors (Web Annotation Data Model, 4.2)."""
    if isinstance(node, Literal | Triple):
        return
    said = list(database.quads_for_pattern(node, None, None, None))  # type: ignore[arg-type]
    selectors = [q.object for q in said if q.predicate == _SELECTOR]
    if selectors:
        yield from (quad.triple for quad in said)
    for selector in selectors:
        if not isinstance(selector, Literal | Triple):
            about = database.quads_for_pattern(selector, None, None, None)
            yield from (quad.triple for quad in about)


def _information(
    database: Database,
    nanopub: NamedNode,
    statement: Subject,
    told: list[Triple],
    info: NamedNode,
    publication: Publication,
) -> Iterator[Quad]:
    publisher = NamedNode(publication.publisher)
    yield Quad(nanopub, NamedNode(f"{_DCTERMS}creator"), publisher, info)
    if publication.made:
        made = Literal(publication.made, datatype=_DATE_TIME)
        yield Quad(nanopub, NamedNode(f"{_DCTERMS}created"), made, info)
    yield Quad(nanopub, _DERIVED, statement, info)
    kinds = database.quads_for_pattern(statement, TYPE, None, None)
    for kind in sorted({str(q.object) for q in kinds if q.object != STATEMENT}):
        if kind.startswith("<"):
            yield Quad(nanopub, NamedNode(f"{_DCTERMS}type"), NamedNode(kind[1:-1]), info)
    licenses = set(_licenses(database, told, publication))
    for license_ in sorted(licenses):
        yield Quad(nanopub, _LICENSE, NamedNode(license_), info)


def _licenses(
    database: Database, told: Iterable[Triple], publication: Publication
) -> Iterator[str]:
    """The licence of the article that a statement is from, else that of all."""
    found = False
    for triple in told:
        if triple.predicate.value == f"{publication.namespace}article" and isinstance(
            triple.object, NamedNode
        ):
            for quad in database.quads_for_pattern(triple.object, _LICENSE, None, None):
                if isinstance(quad.object, NamedNode):
                    found = True
                    yield quad.object.value
    if not found and publication.license:
        yield publication.license
