"""The evidence of facts: statements, passages, who judges, what is odd.

Finds the statements that speak of a thing, and reads each one in full.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from graph.engine import Engine, Solution, Term, in_order
from graph.label import give_labels, labels_of, nearest
from graph.reading import language_tag
from graph.value import display_text

JSON = dict[str, Any]
Key = tuple[Term, Term, Term]

_PREFIXES = """
PREFIX sm: <%s>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <https://schema.org/>
"""

STATEMENTS_READ = 2000
"""How many statements of one thing are read at most, on either side."""

_OF_THING = """
SELECT ?statement ?s ?p ?o ?modality ?rule WHERE {
  { SELECT ?statement ?s ?p ?o WHERE {
      ?statement rdf:subject $this ; rdf:predicate ?p ; rdf:object ?o . BIND($this AS ?s)
      FILTER(isIRI(?statement))
    } LIMIT %(limit)d }
  UNION
  { SELECT ?statement ?s ?p ?o WHERE {
      ?statement rdf:object $this ; rdf:subject ?s ; rdf:predicate ?p . BIND($this AS ?o)
      FILTER(isIRI(?statement))
    } LIMIT %(limit)d }
  OPTIONAL { ?statement sm:modality ?modality }
  OPTIONAL { ?statement sm:rule ?rule }
}
"""

_OF_SUBJECTS = """
SELECT ?statement ?s ?p ?o ?modality ?rule WHERE {
  VALUES ?s { %s }
  ?statement rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o .
  FILTER(isIRI(?statement))
  OPTIONAL { ?statement sm:modality ?modality }
  OPTIONAL { ?statement sm:rule ?rule }
}
"""

_STATEMENTS = """
SELECT ?statement ?property ?value WHERE {
  VALUES ?statement { %s }
  ?statement ?property ?value .
}
"""

_CITED = """
SELECT ?statement ?role ?passage WHERE {
  VALUES ?statement { %s }
  ?statement ?role ?passage .
  FILTER(?role IN (sm:passage, sm:translatedPassage, sm:sourcePassage))
}
"""

_SELECTED = """
SELECT ?passage ?source ?property ?value WHERE {
  VALUES ?passage { %s }
  ?passage oa:hasSource ?source ; oa:hasSelector ?selector .
  ?selector ?property ?value .
  FILTER(?property IN (oa:start, oa:end, oa:exact))
}
"""

_LANGUAGES = """
SELECT ?source ?language WHERE { VALUES ?source { %s } ?source schema:inLanguage ?language }
"""

_ODDITIES = """
SELECT ?statement ?note ?reason WHERE {
  VALUES ?statement { %s }
  ?note a oa:Annotation ; oa:hasTarget ?statement ; rdfs:comment ?reason .
}
"""


@dataclass(frozen=True)
class StatementOf:
    """A statement that speaks of a thing; `rule` when it is an inference."""

    iri: str
    modality: str | None
    rule: str | None


class Evidence:
    """Reads statements; `iris` collects the IRIs whose labels a reader will want."""

    def __init__(self, engine: Engine, namespace: str, language: str) -> None:
        """Read from `engine`, where our own terms lie in `namespace`."""
        self._engine = engine
        self._prefixes = _PREFIXES % namespace
        self._namespace = namespace
        self._language = language
        self._known: dict[str, JSON] = {}
        self._labels: dict[str, str] = {}
        self.iris: set[str] = set()

    def of_thing(self, node: Term) -> dict[Key, list[StatementOf]]:
        """The statements with `node` as subject or object, by the triple they state."""
        query = self._prefixes + _OF_THING % {"limit": STATEMENTS_READ}
        return self._by_triple(self._engine.select(query, this=node))

    def of_subjects(self, nodes: Iterable[NamedNode]) -> dict[Key, list[StatementOf]]:
        """The statements with one of `nodes` as subject, by the triple they state."""
        wanted = sorted(node.value for node in nodes)
        return self._by_triple(self._rows(_OF_SUBJECTS, wanted) if wanted else [])

    def _by_triple(self, rows: Iterable[Solution]) -> dict[Key, list[StatementOf]]:
        found: dict[Key, list[StatementOf]] = defaultdict(list)
        for row in in_order(rows, "statement"):
            modality, rule = row.get("modality"), row.get("rule")
            found[row["s"], row["p"], row["o"]].append(
                StatementOf(
                    row["statement"].value,
                    modality.value if isinstance(modality, NamedNode) else None,
                    rule.value if rule is not None else None,
                )
            )
        return found

    def statements(self, iris: Iterable[str]) -> dict[str, JSON]:
        """The statements in full, with those that they rest on or contradict."""
        wanted, found = set(iris), dict[str, JSON]()
        while pending := sorted(wanted - found.keys()):
            self._known.update(self._read([iri for iri in pending if iri not in self._known]))
            for iri in pending:
                found[iri] = self._known[iri]
                wanted.update(found[iri]["premises"], found[iri]["contradicts"])
        return dict(sorted(found.items()))

    def labels(self, iris: Iterable[str] = ()) -> Mapping[str, str]:
        """What `iris` and all that it collected are called; each is read once."""
        unknown = (self.iris | set(iris)) - self._labels.keys()
        if unknown:
            self._labels |= labels_of(self._engine, unknown, self._language)
        return self._labels

    def label(self, statements: dict[str, JSON], labels: Mapping[str, str]) -> None:
        """Name the terms of statements, and give each one line that reads as it says."""
        give_labels(statements, labels)
        for statement in statements.values():
            parts = [statement.get(name) for name in ("subject", "predicate", "object")]
            told = (part.get("label") or part["text"] for part in parts if part)
            statement["text"] = " ".join(told) or statement["iri"]

    def _rows(self, query: str, iris: list[str]) -> list[Solution]:
        values = " ".join(str(NamedNode(iri)) for iri in iris)
        return self._engine.select(self._prefixes + query % values)

    def _read(self, iris: list[str]) -> dict[str, JSON]:
        if not iris:
            return {}
        found = {iri: self._empty(iri) for iri in iris}
        paraphrases: dict[str, dict[str, str]] = defaultdict(dict)
        parts: dict[str, dict[str, Term]] = defaultdict(dict)
        for row in in_order(self._rows(_STATEMENTS, iris), "statement", "property", "value"):
            statement = found[row["statement"].value]
            name = row["property"].value.removeprefix(self._namespace)
            name = name.rpartition("#")[2] or name
            value = row["value"]
            if name == "paraphrase" and isinstance(value, Literal):
                paraphrases[statement["iri"]][value.language or ""] = value.value
            elif name in {"subject", "predicate", "object"}:
                parts[statement["iri"]][name] = value
            elif name in {"implied", "axiom"}:
                statement[name].append(self._thing(value))
            elif name in {"contradicts", "premise"} and isinstance(value, NamedNode):
                statement["premises" if name == "premise" else name].append(value.value)
            elif name == "wasAttributedTo":
                statement["by"] = self._thing(value)
            elif name == "article" and isinstance(value, NamedNode):
                statement["article"] = value.value.rpartition("/")[2]
                self.iris.add(value.value)
                statement["articleIri"] = value.value
            elif name in {"modality", "rule"}:
                statement[name] = self._thing(value)
        for iri, texts in paraphrases.items():
            found[iri]["paraphrase"] = nearest(texts, self._language)
        for iri, statement in found.items():
            for name, term in parts[iri].items():
                statement[name] = self._part(term)
        self._add_passages(found, iris)
        self._add_oddities(found, iris)
        return found

    def _add_passages(self, found: dict[str, JSON], iris: list[str]) -> None:
        cited = self._rows(_CITED, iris)
        places = self._places({row["passage"].value for row in cited})
        for row in cited:
            statement, place = found[row["statement"].value], places.get(row["passage"].value)
            if place is None or not {"start", "end"} <= place.keys():
                continue  # no selector that tells positions
            if row["role"].value.endswith("sourcePassage"):
                span = {"start": place["start"], "end": place["end"]}
                statement["original"].append(span)
            else:
                statement["passages"].append(place)
        for statement in found.values():
            statement["original"].sort(key=lambda span: (span["start"], span["end"]))
            statement["passages"].sort(key=lambda place: (place["source"], place["start"]))

    def _places(self, passages: set[str]) -> dict[str, JSON]:
        """Where each passage stands: text, language, positions and words."""
        places: dict[str, JSON] = {}
        for row in self._rows(_SELECTED, sorted(passages)):
            place = places.setdefault(
                row["passage"].value,
                {"source": row["source"].value, "language": None, "exact": None},
            )
            name, value = row["property"].value.rpartition("#")[2], row["value"].value
            if name == "exact" or value.isdecimal():
                place[name] = value if name == "exact" else int(value)
        sources = sorted({place["source"] for place in places.values()})
        languages = {
            row["source"].value: language_tag(row["language"].value)
            for row in self._rows(_LANGUAGES, sources)
        }
        for place in places.values():
            place["language"] = languages.get(place["source"])
        return places

    def _add_oddities(self, found: dict[str, JSON], iris: list[str]) -> None:
        reasons: dict[str, dict[str, str]] = defaultdict(dict)
        for row in in_order(self._rows(_ODDITIES, iris), "note"):
            reason = row["reason"]
            if isinstance(reason, Literal):
                texts = reasons[row["statement"].value]
                tag = reason.language or ""
                texts[tag] = f"{texts[tag]} {reason.value}" if tag in texts else reason.value
        for iri, texts in reasons.items():
            text = nearest(texts, self._language)
            found[iri]["oddities"] = [text] if text else []

    def _empty(self, iri: str) -> JSON:
        return {
            "iri": iri,
            "paraphrase": None,
            "article": None,
            "modality": None,
            "by": None,
            "rule": None,
            "axiom": [],
            "premises": [],
            "passages": [],
            "original": [],
            "implied": [],
            "contradicts": [],
            "oddities": [],
        }

    def _thing(self, term: Term) -> JSON:
        if not isinstance(term, NamedNode):
            return {"type": "blank", "label": str(term), "text": str(term)}
        self.iris.add(term.value)
        return {"iri": term.value}

    def _part(self, term: Term) -> JSON:
        if isinstance(term, Literal):
            return {"type": "literal", "value": term.value, "text": display_text(term)}
        if isinstance(term, BlankNode):
            return {"type": "blank", "value": str(term), "text": str(term)}
        return {"type": "iri", **self._thing(term)}
