"""The terms of the vocabulary as its page tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, VANN, Graph, Literal, URIRef
from rdflib.term import Node

from graph.label import name_from, nearest, standard_name
from ontology import Vocabulary

JSON = dict[str, Any]

_ENTRY = re.compile(r"(?P<version>[0-9][^,，]*)[,，]\s*(?P<date>[0-9-]+)[:：]\s*(?P<told>.*)", re.S)


class Terms:
    """Reads the terms of a vocabulary from its graph, in one language."""

    def __init__(self, vocabulary: Vocabulary, graph: Graph, language: str) -> None:
        """`graph` is the ontology as it stands in the dataset."""
        self._vocabulary = vocabulary
        self._graph = graph
        self._language = language
        self._ids = self._anchors()

    def anchor(self, iri: str) -> str | None:
        """The fragment of the page at which a term stands."""
        return self._ids.get(iri)

    def label(self, iri: str) -> str:
        """What a term is called."""
        return self._vocabulary.label(iri, self._language) or standard_name(iri, self._language)

    def told(self, iris: Iterable[str]) -> list[JSON]:
        """Terms in full, our own first."""
        namespace = self._vocabulary.namespace
        return [
            self.term(iri)
            for iri in sorted(iris, key=lambda iri: (not iri.startswith(namespace), iri))
        ]

    def term(self, iri: str) -> JSON:
        """One term in full."""
        vocabulary, node = self._vocabulary, URIRef(iri)
        prop = vocabulary.properties.get(iri)
        labels = self._texts(node, RDFS.label)
        if prop:
            above = list(prop.superproperties)
        elif iri in vocabulary.classes:
            above = list(vocabulary.direct_superclasses(iri))
        else:
            above = sorted(str(o) for o in self._graph.objects(node, RDF.type))
        short = vocabulary.short(iri)
        return {
            "iri": iri,
            "id": self._ids.get(iri) or name_from(iri),
            "name": short if short != iri else name_from(iri),
            "label": nearest(labels, self._language) or name_from(iri),
            "labels": dict(sorted(labels.items())),
            "synonyms": self._all(node, SKOS.altLabel),
            "definition": nearest(self._texts(node, SKOS.definition), self._language),
            "example": nearest(self._texts(node, SKOS.example), self._language),
            "superterms": self._links(above),
            "subterms": self._links(self._subjects(node, RDFS.subClassOf, RDFS.subPropertyOf)),
            "domain": self._links(sorted(prop.domain)) if prop else [],
            "range": self._links(sorted(prop.range)) if prop else [],
            "said_of_it": self._links(self._properties_with("domain", iri)),
            "values_of": self._links(self._properties_with("range", iri)),
            "inverses": self._links(prop.inverses) if prop else [],
            "traits": [
                name
                for name, holds in (
                    ("symmetric", prop and prop.symmetric),
                    ("transitive", prop and prop.transitive),
                    ("citable", prop and prop.citable),
                )
                if holds
            ],
            "chains": [self._chain(head) for head in self._chains(node)],
            "members": self._links(
                other for other, kind in vocabulary.individuals.items() if kind == iri
            ),
        }

    def header(self) -> JSON:
        """What the vocabulary says of itself."""
        node = next(self._graph.subjects(RDF.type, OWL.Ontology))

        def value(predicate: URIRef) -> str | None:
            found = self._graph.value(node, predicate)
            return str(found) if found is not None else None

        history = [
            entry.groupdict()
            for text in self._all(node, SKOS.historyNote)
            if (entry := _ENTRY.fullmatch(text))
        ]
        return {
            "iri": str(node),
            "title": nearest(self._texts(node, DCTERMS.title), self._language),
            "description": nearest(self._texts(node, DCTERMS.description), self._language),
            "version": value(OWL.versionInfo),
            "created": value(DCTERMS.created),
            "license": value(DCTERMS.license),
            "prefix": value(VANN.preferredNamespacePrefix),
            "namespace": value(VANN.preferredNamespaceUri),
            "history": sorted(history, key=lambda entry: entry["version"], reverse=True),
        }

    def annotations(self) -> list[str]:
        """The properties that speak of terms alone."""
        return self._subjects_of(OWL.AnnotationProperty)

    def _subjects_of(self, kind: URIRef) -> list[str]:
        return sorted(str(s) for s in self._graph.subjects(RDF.type, kind))

    def _anchors(self) -> dict[str, str]:
        """Our terms by their fragments, others by prefix and name, so that none collide."""
        vocabulary = self._vocabulary
        prefixes = sorted(vocabulary.prefixes.items(), key=lambda item: -len(item[1]))
        found: dict[str, str] = {}
        terms = {*vocabulary.classes, *vocabulary.properties, *vocabulary.individuals}
        for iri in terms | set(self.annotations()):
            if iri.startswith(vocabulary.namespace):
                found[iri] = iri.removeprefix(vocabulary.namespace)
                continue
            prefix = next((name for name, space in prefixes if iri.startswith(space)), "other")
            found[iri] = f"{prefix}-{name_from(iri)}"
        return found

    def _links(self, iris: Iterable[str]) -> list[JSON]:
        return [{"iri": iri, "label": self.label(iri), "id": self._ids.get(iri)} for iri in iris]

    def _subjects(self, node: URIRef, *predicates: URIRef) -> list[str]:
        return sorted({str(s) for p in predicates for s in self._graph.subjects(p, node)})

    def _properties_with(self, end: str, iri: str) -> list[str]:
        properties = self._vocabulary.properties.values()
        return sorted(prop.iri for prop in properties if iri in getattr(prop, end))

    def _chains(self, node: URIRef) -> list[Node]:
        return list(self._graph.objects(node, OWL.propertyChainAxiom))

    def _chain(self, head: Node) -> list[JSON]:
        """The steps of a chain; each list cell has a name, which is an anchor of the page."""
        steps: list[JSON] = []
        cell: Node | None = head
        while cell is not None and cell != RDF.nil and len(steps) < 20:
            step = str(self._graph.value(cell, RDF.first))
            steps.append({**self._links([step])[0], "anchor": str(cell).partition("#")[2]})
            cell = self._graph.value(cell, RDF.rest)
        return steps

    def _texts(self, node: Node, predicate: URIRef) -> dict[str, str]:
        return {
            value.language or "": str(value)
            for value in self._graph.objects(node, predicate)
            if isinstance(value, Literal)
        }

    def _all(self, node: Node, predicate: URIRef) -> list[str]:
        """All texts of a predicate in the nearest language that it has."""
        by_language: dict[str, list[str]] = {}
        for value in self._graph.objects(node, predicate):
            if isinstance(value, Literal):
                by_language.setdefault(value.language or "", []).append(str(value))
        chosen = nearest({tag: tag for tag in by_language}, self._language)
        return by_language.get(chosen, []) if chosen is not None else []
