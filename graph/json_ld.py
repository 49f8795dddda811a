"""Compacts RDF into JSON-LD 1.1 by a context, losing nothing and always in the same order.

Knows the part of the context language that ours uses: prefixes, terms, `@type`
coercion, language maps and sets. rdflib's serialiser is passed over: it drops empty
texts, rewrites numbers and orders by hash.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_STRING = "http://www.w3.org/2001/XMLSchema#string"


@dataclass(frozen=True)
class _Term:
    name: str
    coercion: str | None
    containers: frozenset[str]


class Compactor:
    """Writes quads and triples that come in the order in which they shall stand."""

    def __init__(self, context: Mapping[str, Any], prefixes: Mapping[str, str]) -> None:
        """Use the terms of `context`; its keyword aliases are `iri` and `type`, or none."""
        self._context = dict(context)
        self._prefixes = sorted(prefixes.items(), key=lambda item: -len(item[1]))
        self._id = "iri" if context.get("iri") == "@id" else "@id"
        self._type = "type" if context.get("type") == "@type" else "@type"
        self._terms: dict[str, list[_Term]] = defaultdict(list)
        for name, value in context.items():
            definition = value if isinstance(value, Mapping) else {"@id": value}
            compact = definition.get("@id")
            if name in prefixes or not isinstance(compact, str) or compact.startswith("@"):
                continue
            coercion, container = definition.get("@type"), definition.get("@container", [])
            self._terms[self._expand(compact, prefixes)].append(
                _Term(
                    name,
                    self._expand(coercion, prefixes) if coercion else None,
                    frozenset([container] if isinstance(container, str) else container),
                )
            )

    def triples(self, triples: Iterable[Triple]) -> bytes:
        """One graph as a JSON-LD document."""
        return self._document(self._nodes(triples))

    def quads(self, quads: Iterable[Quad]) -> bytes:
        """A dataset as a JSON-LD document; quads of one graph follow each other."""
        items: list[dict[str, Any]] = []
        for name, own in groupby(quads, key=lambda quad: quad.graph_name):
            nodes = self._nodes(quad.triple for quad in own)
            if isinstance(name, DefaultGraph):
                items += nodes
            else:
                items.append({self._id: self._iri(name), "@graph": nodes})
        return self._document(items)

    @property
    def identifier(self) -> str:
        """The keyword that bears a node's IRI: `@id`, or what the context calls it."""
        return self._id

    def nodes(self, triples: Iterable[Triple]) -> list[dict[str, Any]]:
        """The nodes of one graph, compact, in the order of their first triples."""
        return self._nodes(triples)

    def compact(self, iri: str) -> str:
        """An IRI as nodes are called and referred to."""
        return self._compact(iri)

    def references(self, predicate: str) -> tuple[str | None, str]:
        """The names under which a node refers to others by a predicate.

        The first holds plain IRIs, if the context has such a term; the second objects.
        """
        terms = self._terms.get(predicate, ())
        plain = next((term.name for term in terms if term.coercion == "@id"), None)
        return plain, self._compact(predicate)

    def _document(self, nodes: list[dict[str, Any]]) -> bytes:
        document = {"@context": self._context, "@graph": nodes}
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    def _nodes(self, triples: Iterable[Triple]) -> list[dict[str, Any]]:
        nodes: dict[str, dict[str, Any]] = {}
        for triple in triples:
            iri = self._iri(triple.subject)
            self._add(nodes.setdefault(iri, {self._id: iri}), triple.predicate.value, triple.object)
        return list(nodes.values())

    def _add(self, node: dict[str, Any], predicate: str, value: Any) -> None:
        if predicate == f"{_RDF}type" and not isinstance(value, Literal):
            _append(node, self._type, self._symbol(value), always_list=False)
            return
        language = value.language if isinstance(value, Literal) else None
        kind = "@id" if not isinstance(value, Literal) else value.datatype.value
        for term in self._terms.get(predicate, ()):
            if language and "@language" in term.containers:
                texts = node.setdefault(term.name, {})
                _append(texts, language, value.value, always_list="@set" in term.containers)
                return
            if term.coercion == kind and not language:
                shown = self._iri(value) if kind == "@id" else value.value
                _append(node, term.name, shown, always_list="@set" in term.containers)
                return
            if term.coercion is None and not term.containers:
                _append(node, term.name, self._value(value), always_list=False)
                return
        _append(node, self._compact(predicate), self._value(value), always_list=False)

    def _value(self, value: Any) -> Any:
        if not isinstance(value, Literal):
            return {self._id: self._iri(value)}
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if value.datatype.value == _STRING:
            return value.value
        return {"@value": value.value, self._type: self._symbol(value.datatype)}

    def _symbol(self, value: NamedNode | BlankNode) -> str:
        """A class or datatype: by its term where it has a plain one."""
        if isinstance(value, NamedNode):
            for term in self._terms.get(value.value, ()):
                if term.coercion is None and not term.containers:
                    return term.name
        return self._iri(value)

    def _iri(self, value: Any) -> str:
        return self._compact(value.value) if isinstance(value, NamedNode) else str(value)

    def _compact(self, iri: str) -> str:
        for prefix, namespace in self._prefixes:
            local = iri.removeprefix(namespace)
            # What begins with // would be read as an IRI with an authority (JSON-LD 1.1 API, 5.2).
            if local != iri and not local.startswith("//"):
                return f"{prefix}:{local}"
        return iri

    @staticmethod
    def _expand(compact: str, prefixes: Mapping[str, str]) -> str:
        prefix, _, local = compact.partition(":")
        return prefixes[prefix] + local if prefix in prefixes else compact


def _append(holder: dict[str, Any], key: str, value: Any, *, always_list: bool) -> None:
    if key not in holder:
        holder[key] = [value] if always_list else value
    elif isinstance(holder[key], list):
        holder[key].append(value)
    else:
        holder[key] = [holder[key], value]
