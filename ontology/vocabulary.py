"""Loads the ontology, its shapes and its JSON-LD context for one base IRI.

Knows the files beside it and what they declare of classes and properties.
Knows nothing of articles, stores or HTTP.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

CANONICAL_BASE = "https://shuangma.example/"
FOLDER = Path(__file__).parent
# RFC 3986, section 3: scheme, authority and path, without query and fragment.
_BASE = re.compile(
    r"https?://[A-Za-z0-9.:\[\]_~-]+/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*(?<=/)"
)
_SCHEMA = Namespace("https://schema.org/")


@dataclass(frozen=True)
class Property:
    """A property as the ontology declares it; classes and datatypes are IRIs.

    `domain` and `range` hold the alternatives that a subject or object may be of.
    `chains` are the property chains that amount to this property (OWL 2, 9.2.1).
    """

    iri: str
    is_object_property: bool
    domain: frozenset[str]
    range: frozenset[str]
    citable: bool
    superproperties: tuple[str, ...]
    inverses: tuple[str, ...]
    symmetric: bool
    transitive: bool
    chains: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Vocabulary:
    """The ontology at one base IRI.

    `prefixes` maps prefix to namespace; `terms` maps the short names of the
    JSON-LD context to IRIs. Both come from `context.jsonld` alone.
    """

    base: str
    context: Mapping[str, Any]
    prefixes: Mapping[str, str]
    terms: Mapping[str, str]
    ontology: Graph
    shapes: Graph

    @property
    def namespace(self) -> str:
        """The namespace of our own terms."""
        return self.prefixes["sm"]

    @cached_property
    def properties(self) -> dict[str, Property]:
        """Each declared property by its IRI, in the order of IRIs."""
        kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
        iris = {s for kind in kinds for s in self.ontology.subjects(RDF.type, kind)}
        return {str(iri): self._property(iri) for iri in sorted(iris, key=str)}

    @cached_property
    def classes(self) -> frozenset[str]:
        """The IRIs of all declared classes."""
        return frozenset(str(s) for s in self.ontology.subjects(RDF.type, OWL.Class))

    @cached_property
    def individuals(self) -> dict[str, str]:
        """The class of each thing that the ontology itself names: outcomes, units, rules."""
        found: dict[str, str] = {}
        for subject, kind in self.ontology.subject_objects(RDF.type):
            if str(kind) in self.classes:
                found[str(subject)] = str(kind)
        return dict(sorted(found.items()))

    @cached_property
    def units(self) -> dict[str, str]:
        """The IRI of each unit by its notation: `CNY`, `percent`."""
        unit = URIRef(self.prefixes["qudt"] + "Unit")
        found = {
            str(self.ontology.value(iri, SKOS.notation)): str(iri)
            for iri in self.ontology.subjects(RDF.type, unit)
        }
        return dict(sorted(found.items()))

    @cached_property
    def _ancestors(self) -> dict[str, frozenset[str]]:
        return {
            iri: frozenset(
                str(c) for c in self.ontology.transitive_objects(URIRef(iri), RDFS.subClassOf)
            )
            for iri in self.classes
        }

    def superclasses(self, class_iri: str) -> frozenset[str]:
        """`class_iri` and all classes above it."""
        return self._ancestors.get(class_iri, frozenset({class_iri}))

    def direct_superclasses(self, class_iri: str) -> tuple[str, ...]:
        """The classes directly above `class_iri`, in the order of IRIs."""
        parents = self.ontology.objects(URIRef(class_iri), RDFS.subClassOf)
        return tuple(sorted(str(parent) for parent in parents))

    def is_a(self, class_iri: str, wanted: Iterable[str]) -> bool:
        """Whether `class_iri` is, or lies below, one of `wanted`."""
        return not self.superclasses(class_iri).isdisjoint(wanted)

    def short(self, iri: str) -> str:
        """The short name of an IRI in the context, else the IRI itself."""
        return self._short_names.get(iri, iri)

    @cached_property
    def _short_names(self) -> dict[str, str]:
        return {iri: name for name, iri in reversed(list(self.terms.items()))}

    def label(self, iri: str, language: str) -> str | None:
        """The label that the ontology gives `iri` in `language`, if any."""
        for predicate in (RDFS.label, SKOS.prefLabel):
            for value in self.ontology.objects(URIRef(iri), predicate):
                if isinstance(value, Literal) and str(value.language).lower() == language.lower():
                    return str(value)
        return None

    def _property(self, iri: Node) -> Property:
        graph = self.ontology

        def iris(*predicates: URIRef) -> frozenset[str]:
            return frozenset(str(o) for p in predicates for o in graph.objects(iri, p))

        inverses = iris(OWL.inverseOf) | {str(s) for s in graph.subjects(OWL.inverseOf, iri)}
        chains = tuple(
            tuple(str(step) for step in Collection(graph, head))
            for head in graph.objects(iri, OWL.propertyChainAxiom)
            if isinstance(head, BNode)
        )
        citable = graph.value(iri, URIRef(self.namespace + "citable"))
        return Property(
            iri=str(iri),
            is_object_property=(iri, RDF.type, OWL.ObjectProperty) in graph,
            domain=iris(RDFS.domain, _SCHEMA.domainIncludes),
            range=iris(RDFS.range, _SCHEMA.rangeIncludes),
            citable=isinstance(citable, Literal) and bool(citable.value),
            superproperties=tuple(sorted(iris(RDFS.subPropertyOf))),
            inverses=tuple(sorted(inverses)),
            symmetric=(iri, RDF.type, OWL.SymmetricProperty) in graph,
            transitive=(iri, RDF.type, OWL.TransitiveProperty) in graph,
            chains=tuple(sorted(chains)),
        )


def load(base: str = CANONICAL_BASE) -> Vocabulary:
    """Read the ontology, shapes and context, with `base` in place of the canonical one.

    Raises `ValueError` when `base` is not an absolute IRI in ASCII that ends in a slash.
    """
    if not _BASE.fullmatch(base):
        raise ValueError(f"The base {base!r} is not an absolute IRI in ASCII that ends in '/'.")

    def text(name: str) -> str:
        return (FOLDER / name).read_text(encoding="utf-8").replace(CANONICAL_BASE, base)

    context: dict[str, Any] = json.loads(text("context.jsonld"))["@context"]
    prefixes = {
        name: value
        for name, value in context.items()
        if isinstance(value, str) and value.endswith(("/", "#"))
    }
    terms: dict[str, str] = {}
    for name, value in context.items():
        compact = value.get("@id") if isinstance(value, dict) else value
        if name in prefixes or not isinstance(compact, str) or compact.startswith("@"):
            continue
        prefix, _, local = compact.partition(":")
        terms[name] = prefixes[prefix] + local
    return Vocabulary(
        base=base,
        context=context,
        prefixes=prefixes,
        terms=terms,
        ontology=Graph().parse(data=text("shuangma.ttl"), format="turtle"),
        shapes=Graph().parse(data=text("shapes.ttl"), format="turtle"),
    )
