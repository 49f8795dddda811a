"""A view to take away: its triples with their evidence, the query that yields them, its network."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from graph.engine import Engine
from graph.label import LABEL_PREDICATES
from graph.network.drawing import modality_name
from graph.network.link import PREFIXES, Link, rows, values
from graph.network.thing import Catalogue

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_CHUNK = 500
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_IRI = re.compile(r"<([^<>\s]*)>")
_EVIDENCE = "sm:passage|sm:translatedPassage|sm:sourcePassage"
_PASSAGES = """
SELECT ?statement ?passage WHERE {
  VALUES ?statement { %s } ?statement sm:passage|sm:translatedPassage ?passage
}
"""


@dataclass(frozen=True)
class Taken:
    """The things and links of a view."""

    things: Sequence[str]
    links: Sequence[Link]

    @property
    def statements(self) -> list[str]:
        """The statements that say its links."""
        return sorted({statement for link in self.links for statement in link.statements})


def query_of(taken: Taken, namespace: str, prefixes: Mapping[str, str]) -> str:
    """The CONSTRUCT that yields a view: facts that stand, names and classes, and the evidence."""
    return _query(taken, namespace, prefixes, "CONSTRUCT { ?s ?p ?o }", "?s ?p ?o")


def triples_of_view(engine: Engine, taken: Taken, namespace: str) -> list[Triple]:
    """The triples that `query_of` yields."""
    return list(set(engine.construct(query_of(taken, namespace, {}))))


def quads_of_view(engine: Engine, taken: Taken, namespace: str) -> list[Quad]:
    """The same triples in the graphs that hold them."""
    query = _query(taken, namespace, {}, "SELECT ?g ?s ?p ?o", "GRAPH ?g { ?s ?p ?o }")
    found: set[Quad] = set()
    for row in engine.select(query):
        subject, predicate, name = row["s"], row["p"], row["g"]
        assert isinstance(predicate, NamedNode)
        assert not isinstance(subject, Literal) and not isinstance(name, Literal)
        found.add(Quad(subject, predicate, row["o"], name))
    named = {quad.triple for quad in found}
    unnamed = (triple for triple in triples_of_view(engine, taken, namespace))
    found.update(
        Quad(triple.subject, triple.predicate, triple.object, DefaultGraph())
        for triple in unnamed
        if triple not in named and not _has_blank(triple)
    )
    return list(found)


def _has_blank(triple: Triple) -> bool:
    """Blank nodes have other names in each answer: such a triple cannot be found again."""
    return isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)


def _query(
    taken: Taken, namespace: str, prefixes: Mapping[str, str], head: str, pattern: str
) -> str:
    known = {"sm": namespace, "oa": "http://www.w3.org/ns/oa#"} | dict(prefixes)
    facts = [f"({values(link.id.split(' '))})" for link in taken.links]
    named = [_TYPE, *LABEL_PREDICATES]
    things, statements = [f"<{iri}>" for iri in taken.things], values(taken.statements).split(" ")
    parts = [
        f"VALUES (?s ?p ?o) {{{_lines(facts)}}}\n    {pattern}",
        f"VALUES ?s {{{_lines(things)}}}\n    VALUES ?p {{ {values(named)} }}\n    {pattern}",
    ]
    if taken.statements:
        listed = _lines(statements)
        parts += [
            f"VALUES ?s {{{listed}}}\n    {pattern}",
            f"VALUES ?statement {{{listed}}}\n    ?statement {_EVIDENCE} ?s .\n    {pattern}",
            f"VALUES ?statement {{{listed}}}\n    ?statement {_EVIDENCE} ?passage .\n"
            f"    ?passage oa:hasSelector ?s .\n    {pattern}",
        ]
    body = "\n  UNION\n".join(f"  {{\n    {part}\n  }}" for part in parts)
    return _shortened(f"{head} WHERE {{\n{body}\n}}\n", known)


def _lines(items: Collection[str]) -> str:
    return "".join(f"\n      {item}" for item in items) + "\n    "


def _shortened(query: str, prefixes: Mapping[str, str]) -> str:
    """IRIs by their prefixes where they can be; the prefixes that are used stand first."""
    used = {"sm", "oa"} & {name for name in prefixes if f"{name}:" in query}
    longest = sorted(prefixes.items(), key=lambda item: -len(item[1]))

    def short(match: re.Match[str]) -> str:
        for name, start in longest:
            local = match[1].removeprefix(start)
            if local != match[1] and _LOCAL.fullmatch(local):
                used.add(name)
                return f"{name}:{local}"
        return match[0]

    text = _IRI.sub(short, query)
    return "".join(f"PREFIX {name}: <{prefixes[name]}>\n" for name in sorted(used)) + text


def network_of_view(
    engine: Engine, taken: Taken, catalogue: Catalogue, namespace: str, language: str
) -> nx.MultiDiGraph[str]:
    """A view as a networkx graph that `graph.network_format` writes."""
    things = catalogue.things(taken.things)
    labels = catalogue.labels({*taken.things, *(link.predicate for link in taken.links)}, language)
    passages: dict[str, list[str]] = defaultdict(list)
    for statement, passage in _passages(engine, namespace, taken.statements):
        passages[statement].append(passage)
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for iri in taken.things:
        thing = things[iri]
        told = {
            "label": labels[iri],
            "class": thing.class_iri,
            "kind": thing.kind,
            "camp": thing.camp,
            "date": thing.date,
            "number": thing.number,
        }
        network.add_node(iri, **{name: value for name, value in told.items() if value is not None})
    for link in taken.links:
        network.add_edge(
            link.subject,
            link.object,
            key=link.predicate,
            predicate=link.predicate,
            label=labels[link.predicate],
            modality=modality_name(link),
            statements=list(link.statements),
            passages=sorted({each for s in link.statements for each in passages[s]}),
        )
    return network


def _passages(engine: Engine, namespace: str, statements: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(statements), _CHUNK):
        listed = values(statements[start : start + _CHUNK])
        yield from rows(engine, PREFIXES % namespace + _PASSAGES % listed)
