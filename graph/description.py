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
from graph.evidence import Evidence
from graph.label import LABEL_PREDICATES, give_labels, labels_of, nearest
from graph.value import display_text, format_number

JSON = dict[str, Any]

INCOMING_LIMIT = 200
OUTGOING_LIMIT = 1000

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SCHEMA = "https://schema.org/"
_NAME_PREDICATES = (*LABEL_PREDICATES, f"{_SKOS}altLabel")
_APART = {  # shown in their own place, or part of the machinery
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

_TRIPLES = """
SELECT ?s ?p ?o WHERE {
  { SELECT DISTINCT ?s ?p ?o WHERE { BIND($this AS ?s) ?s ?p ?o } LIMIT %d }
  UNION
  { SELECT DISTINCT ?s ?p ?o WHERE { BIND($this AS ?o) ?s ?p ?o } LIMIT %d }
}
"""

_FIGURES = """
PREFIX schema: <https://schema.org/>
SELECT ?figure WHERE { ?figure schema:observationAbout $this } ORDER BY ?figure LIMIT 500
"""

_FIGURE = """
SELECT ?p ?o WHERE { $figure ?p ?o }
"""


def describe(
    engine: Engine, iri: str, namespace: str, language: str, evidence: Evidence | None = None
) -> JSON:
    """Describe a thing, with names and labels in the language nearest to the one wanted.

    Descriptions that share `evidence` read each statement once.
    Raises `ResourceNotFound` when no triple has the IRI as subject or object.
    """
    evidence = evidence or Evidence(engine, namespace, language)
    return _Description(engine, iri, namespace, language, evidence).build()


class _Description:
    def __init__(
        self, engine: Engine, iri: str, namespace: str, language: str, evidence: Evidence
    ) -> None:
        self.engine = engine
        self.iri = iri
        self.node = NamedNode(iri)
        self.language = language
        self.namespace = namespace
        self.evidence = evidence
        self.iris: set[str] = {iri}

    def build(self) -> JSON:
        triples = self.engine.select(_TRIPLES % (OUTGOING_LIMIT, INCOMING_LIMIT), this=self.node)
        if not triples:
            raise ResourceNotFound(self.iri)
        outgoing = [t for t in triples if t["s"] == self.node]
        facts = self._facts(triples)
        figures = self._figures()
        shown = {s for fact in facts for s in fact["statements"]}
        shown |= {fact["inferred"]["iri"] for fact in facts if fact["inferred"]}
        shown |= {s for figure in figures for s in figure["statements"]}
        is_statement = any(t["p"].value == f"{_RDF}subject" for t in outgoing)
        statements = self.evidence.statements(shown | ({self.iri} if is_statement else set()))
        classes = [t["o"].value for t in outgoing if t["p"].value == f"{_RDF}type"]
        own_class = self._most_specific(classes)
        if own_class:
            self.iris.add(own_class)
        labels = labels_of(self.engine, self.iris | self.evidence.iris, self.language)
        result: JSON = {
            "iri": self.iri,
            "label": labels[self.iri],
            "class": {"iri": own_class, "label": labels[own_class]} if own_class else None,
            "description": self._description(outgoing),
            "names": _names(outgoing),
            "links": [
                {"iri": t["o"].value, "label": t["o"].value.rpartition("/")[2]}
                for t in outgoing
                if t["p"].value == f"{_SKOS}exactMatch"
            ],
            "facts": facts,
            "figures": figures,
            "statements": statements,
        }
        give_labels(result, labels)
        self.evidence.label(statements, labels)
        if is_statement:
            result["label"] = statements[self.iri]["text"]
        return result

    # Facts

    def _facts(self, triples: Iterable[Solution]) -> list[JSON]:
        plain: dict[tuple[Term, Term, Term], None] = {}
        for t in triples:
            is_fact = t["p"].value not in _APART and not isinstance(t["s"], BlankNode)
            if is_fact and not self._is_machinery(t):
                plain[t["s"], t["p"], t["o"]] = None
        cited = self.evidence.of_thing(self.node)
        keys = dict.fromkeys([*plain, *(k for k in cited if k[1].value not in _APART)])
        facts = []
        for s, p, o in keys:
            statements = cited.get((s, p, o), [])
            inferred = next((each for each in statements if each.rule), None)
            stated = [each for each in statements if not each.rule]
            asserted = (s, p, o) in plain
            modality = stated[0].modality if stated else None
            facts.append(
                {
                    "subject": self._term(s),
                    "predicate": self._term(p),
                    "object": self._term(o),
                    "direction": "out" if s == self.node else "in",
                    "asserted": asserted,
                    "modality": self._term(NamedNode(modality)) if modality else None,
                    "statements": [each.iri for each in stated],
                    "inferred": {"iri": inferred.iri} if inferred and not stated else None,
                }
            )
        facts.sort(key=_fact_order)
        return facts

    def _is_machinery(self, triple: Solution) -> bool:
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

    def _term(self, term: Term) -> JSON:
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

    def _most_specific(self, classes: Iterable[str]) -> str | None:
        """The class that no other class of the thing lies below."""
        found = sorted(set(classes))
        if len(found) > 1:
            values = " ".join(f"<{iri}>" for iri in found)
            above = self.engine.select(
                "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
                f"SELECT DISTINCT ?c WHERE {{ VALUES ?d {{ {values} }} ?d rdfs:subClassOf ?c }}"
            )
            general = {solution["c"].value for solution in above}
            found = [iri for iri in found if iri not in general] or found
        ours = [iri for iri in found if iri.startswith(self.namespace)]
        return next(iter(ours or found), None)

    def _description(self, outgoing: Iterable[Solution]) -> str | None:
        values = {
            t["o"].language or "": t["o"].value
            for t in outgoing
            if t["p"].value == f"{_SCHEMA}description" and isinstance(t["o"], Literal)
        }
        return nearest(values, self.language)

    # Figures

    def _figures(self) -> list[JSON]:
        found = self.engine.select(_FIGURES, this=self.node)
        return [self._figure(solution["figure"]) for solution in found]

    def _figure(self, figure: Term) -> JSON:
        values: dict[str, Term] = {
            t["p"].value.rpartition("/")[2].rpartition("#")[2]: t["o"]
            for t in self.engine.select(_FIGURE, figure=figure)
        }

        def term(name: str) -> JSON | None:
            return self._term(values[name]) if name in values else None

        def number(name: str) -> str | None:
            return format_number(values[name].value) if name in values else None

        low, high, value = number("minValue"), number("maxValue"), number("value")
        start, end = values.get("startDate"), values.get("endDate")
        period = " – ".join(dict.fromkeys(d.value for d in (start, end) if d is not None))
        self.iris.add(figure.value)
        cited = self.evidence.of_thing(figure)
        return {
            "iri": figure.value,
            "metric": term("variableMeasured"),
            "about": term("observationAbout"),
            "text": values["printed"].value if "printed" in values else (value or ""),
            "number": value if value is not None else f"{low}–{high}",
            "unit": term("hasUnit") if not _counts_only(values.get("hasUnit")) else None,
            "precision": term("precision"),
            "modality": term("modality"),
            "period": period or None,
            "rate": values["observationPeriod"].value if "observationPeriod" in values else None,
            "reportedBy": term("reportedBy"),
            "per": term("per"),
            "shareOf": term("shareOf"),
            "comparedWith": term("comparedWith"),
            "statements": sorted(
                {
                    each.iri
                    for key, group in cited.items()
                    if key[0] == figure
                    for each in group
                    if not each.rule
                }
            ),
        }


def _counts_only(unit: Term | None) -> bool:
    """Whether the unit says no more than that something is counted: `unit:NUM`."""
    return unit is not None and unit.value.endswith("/unit/NUM")


def _names(outgoing: Iterable[Solution]) -> list[JSON]:
    names = []
    for t in outgoing:
        if t["p"].value in _NAME_PREDICATES and isinstance(t["o"], Literal):
            preferred = not t["p"].value.endswith("altLabel")
            names.append(
                {"language": t["o"].language or "", "text": t["o"].value, "preferred": preferred}
            )
    return sorted(names, key=lambda n: (not n["preferred"], n["language"], n["text"]))


def _fact_order(fact: Mapping[str, Any]) -> tuple[bool, str, str, str]:
    return (
        fact["inferred"] is not None,
        (fact["direction"] == "in" and "1") or "0",
        fact["predicate"]["iri"],
        str(fact["object"].get("iri", fact["object"].get("value"))) + str(fact["subject"]),
    )
