"""All that the dataset says of one thing, each fact with its evidence.

Works on anyone's RDF: without statements a fact simply has none. The result is
plain data, ready to be written as JSON or read by a template.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from graph.engine import Engine, Solution, Term
from graph.errors import ResourceNotFound
from graph.evidence import Evidence, Key, StatementOf
from graph.figure import figures_about, read_figures
from graph.label import LABEL_PREDICATES, definitions_of, give_labels, nearest
from graph.precedence import precedence
from graph.value import display_text

JSON = dict[str, Any]

INCOMING_LIMIT = 200
OUTGOING_LIMIT = 1000

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SCHEMA = "https://schema.org/"
_NAME_PREDICATES = (*LABEL_PREDICATES, f"{_SKOS}altLabel")
APART = {  # shown in their own place, or part of the machinery
    *_NAME_PREDICATES,
    f"{_RDF}type",
    f"{_RDF}subject",
    f"{_RDF}predicate",
    f"{_RDF}object",
    f"{_SKOS}exactMatch",
    f"{_SCHEMA}description",
    f"{_SCHEMA}observationAbout",
    f"{_SCHEMA}articleBody",
}

_DESCRIPTIONS = (
    f"{_SCHEMA}description",
    f"{_SKOS}definition",
    "http://schema.org/description",
    "http://purl.org/dc/terms/description",
    "http://purl.org/dc/elements/1.1/description",
    "http://dbpedia.org/ontology/abstract",
    "http://www.w3.org/2000/01/rdf-schema#comment",
)

_TRIPLES = """
SELECT ?s ?p ?o WHERE {
  { SELECT DISTINCT ?s ?p ?o WHERE { BIND($this AS ?s) ?s ?p ?o } LIMIT %d }
  UNION
  { SELECT DISTINCT ?s ?p ?o WHERE { BIND($this AS ?o) ?s ?p ?o } LIMIT %d }
}
"""


def describe(
    engine: Engine, iri: str, namespace: str, language: str, evidence: Evidence | None = None
) -> JSON:
    """Describe a thing, with names and labels in the language nearest to the one wanted.

    Descriptions that share `evidence` read each statement once.
    Raises `ResourceNotFound` when no triple has the IRI as subject or object.
    """
    evidence = evidence or Evidence(engine, namespace, language)
    return Description(engine, iri, namespace, language, evidence).build()


class Description:
    """What is read of one thing; `iris` collects the IRIs whose labels a reader will want."""

    def __init__(
        self, engine: Engine, iri: str, namespace: str, language: str, evidence: Evidence
    ) -> None:
        """Read from `engine`, where our own terms lie in `namespace`."""
        self.engine = engine
        self.iri = iri
        self.node = NamedNode(iri)
        self.language = language
        self.namespace = namespace
        self.evidence = evidence
        self.iris: set[str] = {iri}

    def build(self) -> JSON:
        """All of it, as plain data. Raises `ResourceNotFound`."""
        triples = self.engine.select(_TRIPLES % (OUTGOING_LIMIT, INCOMING_LIMIT), this=self.node)
        if not triples:
            raise ResourceNotFound(self.iri)
        outgoing = [t for t in triples if t["s"] == self.node]
        facts = self.facts(triples, self.evidence.of_thing(self.node))
        figures = self.figures()
        shown = {s for fact in facts for s in fact["statements"]}
        shown |= {fact["inferred"]["iri"] for fact in facts if fact["inferred"]}
        shown |= {s for figure in figures for s in figure["statements"]}
        is_statement = any(t["p"].value == f"{_RDF}subject" for t in outgoing)
        statements = self.evidence.statements(shown | ({self.iri} if is_statement else set()))
        own_class = self.most_specific(classes_of(outgoing))
        if own_class:
            self.iris.add(own_class)
        labels = self.evidence.labels(self.iris)
        result: JSON = {
            "iri": self.iri,
            "label": labels[self.iri],
            "class": {"iri": own_class, "label": labels[own_class]} if own_class else None,
            "description": self.description(outgoing),
            "names": names_of(outgoing),
            "links": links_of(outgoing),
            "facts": facts,
            "figures": figures,
            "statements": statements,
            "definitions": self._definitions(facts, figures, own_class),
        }
        give_labels(result, labels)
        self.evidence.label(statements, labels)
        if is_statement:
            result["label"] = statements[self.iri]["text"]
        return result

    def _definitions(
        self, facts: Iterable[JSON], figures: Iterable[JSON], own_class: str | None
    ) -> dict[str, str]:
        """What the words of the vocabulary mean that a reader of the facts meets."""
        terms = {fact["predicate"]["iri"] for fact in facts} | ({own_class} if own_class else set())
        terms |= {
            figure["metric"]["iri"] for figure in figures if "iri" in (figure["metric"] or ())
        }
        return definitions_of(self.engine, terms, self.language)

    # Facts

    def facts(
        self, triples: Iterable[Solution], cited: Mapping[Key, list[StatementOf]]
    ) -> list[JSON]:
        """The facts among these triples, and those that are quoted only, with their statements."""
        plain: dict[tuple[Term, Term, Term], None] = {}
        for t in triples:
            is_fact = t["p"].value not in APART and not isinstance(t["s"], BlankNode)
            if is_fact and not self.is_machinery(t):
                plain[t["s"], t["p"], t["o"]] = None
        keys = dict.fromkeys([*plain, *(k for k in cited if k[1].value not in APART)])
        facts: list[JSON] = []
        for s, p, o in keys:
            statements = cited.get((s, p, o), [])
            inferred = next((each for each in statements if each.rule), None)
            stated = [each for each in statements if not each.rule]
            asserted = (s, p, o) in plain
            modality = stated[0].modality if stated else None
            facts.append(
                {
                    "subject": self.term(s),
                    "predicate": self.term(p),
                    "object": self.term(o),
                    "direction": "out" if s == self.node else "in",
                    "asserted": asserted,
                    "modality": self.term(NamedNode(modality)) if modality else None,
                    "statements": [each.iri for each in stated],
                    "inferred": {"iri": inferred.iri} if inferred and not stated else None,
                }
            )
        out = {fact["predicate"]["iri"] for fact in facts if fact["direction"] == "out"}
        places = precedence(out, self.namespace)
        facts.sort(key=lambda fact: _fact_order(fact, places))
        return facts

    def is_machinery(self, triple: Solution) -> bool:
        """Links from a statement, passage or note to what it speaks of are not facts of it."""
        if triple["s"] == self.node:
            return False
        own = triple["p"].value.removeprefix(self.namespace)
        return own in {
            "implied",
            "premise",
            "axiom",
            "article",
            "modality",
            "rule",
            "contradicts",
        } or triple["p"].value in {
            "http://www.w3.org/ns/oa#hasTarget",
            "http://www.w3.org/ns/oa#hasSource",
            "http://www.w3.org/ns/prov#wasAttributedTo",
        }

    def term(self, term: Term) -> JSON:
        """A term as plain data; its label comes later."""
        if isinstance(term, Literal):
            return {
                "type": "literal",
                "value": term.value,
                "text": display_text(term),
                "language": term.language,
                "datatype": term.datatype.value,
            }
        if isinstance(term, NamedNode):
            self.iris.add(term.value)
            return {"type": "iri", "iri": term.value}
        return {"type": "blank", "value": str(term), "text": str(term)}

    def figures(self) -> list[JSON]:
        """The figures about it, in full."""
        found = figures_about(self.engine, self.node, f"{_SCHEMA}observationAbout")
        return read_figures(self.engine, found, self.evidence, self.term)

    def most_specific(self, classes: Iterable[str]) -> str | None:
        """The class that no other class of the thing lies below."""
        found = sorted(set(classes))
        if len(found) > 1:
            values = " ".join(str(NamedNode(iri)) for iri in found)
            above = self.engine.select(
                "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
                f"SELECT DISTINCT ?c WHERE {{ VALUES ?d {{ {values} }} ?d rdfs:subClassOf ?c }}"
            )
            general = {solution["c"].value for solution in above}
            found = [iri for iri in found if iri not in general] or found
        ours = [iri for iri in found if iri.startswith(self.namespace)]
        return next(iter(ours or found), None)

    def description(self, outgoing: Iterable[Solution]) -> str | None:
        """What it is, in the nearest language."""
        for predicate in _DESCRIPTIONS:
            values = {
                t["o"].language or "": t["o"].value
                for t in outgoing
                if t["p"].value == predicate and isinstance(t["o"], Literal)
            }
            if values:
                return nearest(values, self.language)
        return None


def classes_of(outgoing: Iterable[Solution]) -> list[str]:
    """The classes that have names, among those that a thing's triples give it."""
    kinds = [t["o"] for t in outgoing if t["p"].value == f"{_RDF}type"]
    return sorted({kind.value for kind in kinds if isinstance(kind, NamedNode)})


def links_of(outgoing: Iterable[Solution]) -> list[JSON]:
    """Where others describe the same thing."""
    return [
        {"iri": t["o"].value, "label": t["o"].value.rpartition("/")[2]}
        for t in outgoing
        if t["p"].value == f"{_SKOS}exactMatch" and isinstance(t["o"], NamedNode)
    ]


def names_of(outgoing: Iterable[Solution]) -> list[JSON]:
    """All names, preferred ones first."""
    names = []
    for t in outgoing:
        if t["p"].value in _NAME_PREDICATES and isinstance(t["o"], Literal):
            preferred = not t["p"].value.endswith("altLabel")
            names.append(
                {"language": t["o"].language or "", "text": t["o"].value, "preferred": preferred}
            )
    return sorted(names, key=lambda n: (not n["preferred"], n["language"], n["text"]))


def _fact_order(
    fact: Mapping[str, Any], places: Mapping[str, int]
) -> tuple[bool, bool, int, str, str]:
    is_incoming = fact["direction"] == "in"
    return (
        fact["inferred"] is not None,
        is_incoming,
        0 if is_incoming else places.get(fact["predicate"]["iri"], 0),
        fact["predicate"]["iri"],
        str(fact["object"].get("iri", fact["object"].get("value"))) + str(fact["subject"]),
    )
