"""Validates the dataset: SHACL shapes, and that facts and statements keep in step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, RdfFormat, serialize
from pyshacl import validate
from rdflib import SH, Graph

from ontology import Vocabulary


@dataclass(frozen=True)
class StepReport:
    """How facts and statements keep in step."""

    statements: int
    statements_with_passage: int
    facts: int
    facts_without_statement: tuple[str, ...]
    asserted_without_fact: tuple[str, ...]
    quoted_but_asserted: tuple[str, ...]

    @property
    def in_step(self) -> bool:
        """Whether every fact has a statement and every statement a passage."""
        apart = self.facts_without_statement or self.asserted_without_fact
        return not apart and self.statements == self.statements_with_passage


def validate_shapes(quads: Iterable[Quad], vocabulary: Vocabulary) -> list[str]:
    """The violations of the SHACL shapes, one line each; none when the dataset conforms."""
    lines = serialize([quad.triple for quad in quads], format=RdfFormat.N_TRIPLES)
    data = Graph().parse(data=lines, format="nt")
    _, report, _ = validate(data, shacl_graph=vocabulary.shapes, inference="none", advanced=False)
    assert isinstance(report, Graph)
    found = []
    for result in report.objects(predicate=SH.result):
        focus = report.value(result, SH.focusNode)
        message = report.value(result, SH.resultMessage)
        found.append(f"<{focus}>: {message}")
    return sorted(found)


def check_step(quads: Iterable[Quad], vocabulary: Vocabulary) -> StepReport:
    """Compare facts with statements, outside `graph/inferred`."""
    rdf, sm = vocabulary.prefixes["rdf"], vocabulary.namespace
    citable = {iri for iri, prop in vocabulary.properties.items() if prop.citable}
    inferred = NamedNode(f"{vocabulary.base}graph/inferred")
    facts: set[tuple[str, str, str]] = set()
    nodes: dict[str, dict[str, str]] = {}
    for quad in quads:
        if quad.graph_name == inferred:
            continue
        subject, predicate, obj = str(quad.subject), quad.predicate.value, str(quad.object)
        if predicate in citable:
            facts.add((subject, predicate, obj))
        nodes.setdefault(subject, {})[predicate] = obj
    statements = {node: values for node, values in nodes.items() if f"{rdf}subject" in values}
    stated: dict[tuple[str, str, str], set[str]] = {}
    for values in statements.values():
        key = (
            values[f"{rdf}subject"],
            values.get(f"{rdf}predicate", "").strip("<>"),
            values.get(f"{rdf}object", ""),
        )
        stated.setdefault(key, set()).add(values.get(f"{sm}modality", ""))
    asserted = f"<{sm}Asserted>"
    return StepReport(
        statements=len(statements),
        statements_with_passage=sum(f"{sm}passage" in values for values in statements.values()),
        facts=len(facts),
        facts_without_statement=tuple(sorted(map(_line, facts - stated.keys()))),
        asserted_without_fact=tuple(
            sorted(_line(k) for k, m in stated.items() if asserted in m and k not in facts)
        ),
        quoted_but_asserted=tuple(
            sorted(_line(k) for k, m in stated.items() if asserted not in m and k in facts)
        ),
    )


def _line(triple: tuple[str, str, str]) -> str:
    return f"{triple[0]} <{triple[1]}> {triple[2]}"
