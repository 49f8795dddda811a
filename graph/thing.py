"""All that a page tells of one thing, whatever it is and however much is linked to it.

The facts in groups, a hub's counted and cut; its figures, dated surroundings and neighbours;
of a class its instances, of a property its uses, of a graph what it holds, of a document its
passages. Works on anyone's RDF.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pyoxigraph import BlankNode, NamedNode

from graph.dates import dated_things
from graph.description import APART, Description, classes_of, links_of, names_of
from graph.engine import Engine, Solution, Term
from graph.errors import ResourceNotFound
from graph.evidence import Evidence, Key, StatementOf
from graph.figure import figures_about, read_figures
from graph.holdings import Holdings
from graph.label import give_labels, name_from
from graph.links import (
    Direction,
    LinkCount,
    count_links,
    first_links,
    other_ends,
    page_of_links,
)
from graph.precedence import precedence
from graph.surroundings import surroundings

JSON = dict[str, Any]

EACH = {"out": 40, "in": 10}
"""How many facts of one predicate a page shows; the rest is paged."""

PAGE_LENGTH = 50
_WHOLE_OUT = 1000
_WHOLE_IN = 400
_GROUPS = 40
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SCHEMA = "https://schema.org/"
_SHOWN_AS_EVIDENCE = (
    *("passage", "translatedPassage", "sourcePassage", "paraphrase", "modality", "implied"),
    *("premise", "rule"),
)
_MEASURED = f"{_SCHEMA}variableMeasured"

_OUTGOING = f"SELECT DISTINCT ?p ?o WHERE {{ $this ?p ?o }} LIMIT {_WHOLE_OUT + 1}"

_OF_BLANK = """
SELECT ?p ?b ?q ?v WHERE { $this ?p ?b . FILTER(isBlank(?b)) ?b ?q ?v } LIMIT 400
"""

_IN_BLANK = """
SELECT ?b ?q ?v WHERE {
  $this ?p ?a . FILTER(isBlank(?a)) ?a ?r ?b . FILTER(isBlank(?b)) ?b ?q ?v
} LIMIT 400
"""


def describe_thing(engine: Engine, iri: str, namespace: str, language: str) -> JSON:
    """What a page tells of an IRI. Raises `ResourceNotFound` when nothing here speaks of it."""
    return _Thing(engine, iri, namespace, language, Evidence(engine, namespace, language)).tell()


def describe_links(
    engine: Engine,
    iri: str,
    namespace: str,
    language: str,
    *,
    predicate: str,
    direction: Direction,
    offset: int,
) -> JSON:
    """A page of the facts of one predicate, with their evidence.

    Raises `ResourceNotFound` when there are none.
    """
    evidence = Evidence(engine, namespace, language)
    thing = _Thing(engine, iri, namespace, language, evidence)
    return thing.tell_links(NamedNode(predicate), direction, offset)


class _Thing(Description):
    def tell(self) -> JSON:
        outgoing = self._outgoing()
        is_statement = any(t["p"].value == f"{_RDF}subject" for t in outgoing)
        counts = {each.predicate: each for each in count_links(self.engine, self.node, "in")}
        held = Holdings(self.engine, self.node, self.term)
        graph, uses = (None, None) if is_statement else (held.graph(), held.uses())
        if not (outgoing or counts or graph or uses):
            raise ResourceNotFound(self.iri)
        facts, groups = self._groups(outgoing, counts)
        description = self.description(outgoing)
        _leave_out(groups["out"], description)
        if is_statement:  # what its evidence shows is not told twice
            untold = {f"{self.namespace}{name}" for name in _SHOWN_AS_EVIDENCE}
            groups["out"] = [g for g in groups["out"] if g["predicate"]["iri"] not in untold]
        role, figures = self._figures_of(counts)
        own = self._own_figure(outgoing)
        shown = self._statements_of([*groups["out"], *groups["in"]], figures, own)
        statements = self.evidence.statements(shown | ({self.iri} if is_statement else set()))
        own_class = self.most_specific(classes_of(outgoing))
        self.iris |= {own_class} if own_class else set()
        near = [] if is_statement else [self.node, *_named(other_ends(facts, self.node))]
        events = dated_things(self.engine, near)
        self.iris |= {name for event in events for name in (event["iri"], event["predicate"])}
        result: JSON = {
            "iri": self.iri,
            "class": {"iri": own_class} if own_class else None,
            "description": description,
            "names": names_of(outgoing),
            "links": links_of(outgoing),
            "groups": groups,
            "figures": figures if role else [],
            "figureRole": role,
            "figure": own,
            "statements": statements,
            "events": events,
            "instances": held.instances(counts),
            "uses": uses,
            "graph": graph,
            "passages": held.passages() if self._has_passages_only(outgoing, counts) else [],
        }
        around = surroundings(self.engine, self.node, [] if is_statement else facts)
        self.iris |= around.iris
        labels = self.evidence.labels(self.iris)
        give_labels(result, labels)
        for event in events:
            event["predicateLabel"] = labels[event["predicate"]]
        self.evidence.label(statements, labels)
        result["label"] = statements[self.iri]["text"] if is_statement else labels[self.iri]
        result["isStatement"] = is_statement
        result["network"] = around.placed(labels)
        _order(groups, self.namespace)
        return result

    def tell_links(self, predicate: NamedNode, direction: Direction, offset: int) -> JSON:
        counted = {c.predicate: c for c in count_links(self.engine, self.node, direction)}
        known = counted.get(predicate.value, LinkCount(predicate.value, 0))
        triples = page_of_links(
            self.engine,
            self.node,
            predicate,
            direction,
            offset=offset,
            limit=PAGE_LENGTH + 1,
            count=known.count,
        )
        if not triples:
            raise ResourceNotFound(self.iri)
        has_more = len(triples) > PAGE_LENGTH
        keys = [(t["s"], t["p"], t["o"]) for t in triples[:PAGE_LENGTH]]
        subjects = {s for s, _, _ in keys if isinstance(s, NamedNode)}
        every = self.evidence.of_subjects(subjects)
        cited = {key: every[key] for key in keys if key in every}
        plain = self._plain(keys)
        facts = [self._fact(key, cited.get(key, []), key in plain) for key in keys]
        shown = {s for fact in facts for s in _cited_by(fact)}
        statements = self.evidence.statements(shown)
        self.iris.add(predicate.value)
        result: JSON = {
            "iri": self.iri,
            "predicate": {"iri": predicate.value},
            "direction": direction,
            "offset": offset,
            "count": max(known.count, offset + len(keys)),
            "exact": known.is_exact,
            "more": has_more,
            "facts": facts,
            "statements": statements,
        }
        labels = self.evidence.labels(self.iris)
        give_labels(result, labels)
        self.evidence.label(statements, labels)
        return {"label": labels[self.iri], **result}

    # Facts in groups

    def _outgoing(self) -> list[Solution]:
        return [{**row, "s": self.node} for row in self.engine.select(_OUTGOING, this=self.node)]

    def _groups(
        self, outgoing: list[Solution], counts: Mapping[str, LinkCount]
    ) -> tuple[list[Solution], dict[str, list[JSON]]]:
        """The triples that were read, and the facts among them in groups."""
        hidden = {p for p in counts if self._is_hidden(p)}
        listed = [each for p, each in counts.items() if p not in hidden]
        known = dict(counts)
        is_small = sum(each.count for each in listed) <= _WHOLE_IN and len(listed) <= _GROUPS
        whole_out = len(outgoing) <= _WHOLE_OUT
        wanted = [each.predicate for each in listed[:_GROUPS]]
        limit = _WHOLE_IN if is_small else EACH["in"]
        incoming = first_links(self.engine, self.node, wanted, "in", limit)
        cited = self.evidence.of_thing(self.node)
        if not whole_out:
            known_out = {c.predicate: c for c in count_links(self.engine, self.node, "out")}
            ours = [p for p in known_out if p not in APART][:_GROUPS]
            apart = [t for t in outgoing if t["p"].value in APART]
            outgoing = apart + first_links(self.engine, self.node, ours, "out", EACH["out"])
        else:
            known_out = {}
        if not (is_small and whole_out):
            keys = {(t["s"], t["p"], t["o"]) for t in [*outgoing, *incoming]}
            others = {t["s"] for t in incoming if isinstance(t["s"], NamedNode)}
            cited = dict(cited) | dict(self.evidence.of_subjects(others))
            cited = {key: group for key, group in cited.items() if key in keys}
        triples = [*outgoing, *incoming]
        facts = self.facts(triples, self._of_this(cited))
        self._tell_blank_nodes(facts)
        groups: dict[str, list[JSON]] = {"out": [], "in": []}
        by_predicate: dict[tuple[str, str], list[JSON]] = {}
        for fact in facts:
            by_predicate.setdefault((fact["direction"], fact["predicate"]["iri"]), []).append(fact)
        for (direction, predicate), own in by_predicate.items():
            counted = (known if direction == "in" else known_out).get(predicate)
            cut = not (is_small if direction == "in" else whole_out)
            groups[direction].append(
                {
                    "predicate": {"iri": predicate},
                    "direction": direction,
                    "count": counted.count if counted and cut else len(own),
                    "exact": counted.is_exact if counted and cut else True,
                    "facts": own,
                }
            )
        shown = [t for t in triples if t["p"].value not in APART and not self.is_machinery(t)]
        return shown, groups

    def _is_hidden(self, predicate: str) -> bool:
        probe: Solution = {"s": NamedNode("urn:any"), "p": NamedNode(predicate), "o": self.node}
        return predicate in APART or predicate == _MEASURED or self.is_machinery(probe)

    def _of_this(self, cited: Mapping[Key, list[StatementOf]]) -> dict[Key, list[StatementOf]]:
        return {
            key: group
            for key, group in cited.items()
            if self.node in (key[0], key[2]) and not (key[0] != self.node and self._apart(key))
        }

    def _apart(self, key: Key) -> bool:
        return self._is_hidden(key[1].value)

    def _fact(self, key: Key, statements: list[StatementOf], asserted: bool) -> JSON:
        triple: Solution = {"s": key[0], "p": key[1], "o": key[2]}
        shown = self.facts([triple] if asserted else [], {key: statements})
        if shown:
            return shown[0]
        s, p, o = (self.term(term) for term in key)  # a label, a type: no fact, shown all the same
        return {
            "subject": s,
            "predicate": p,
            "object": o,
            "direction": "out" if key[0] == self.node else "in",
            "asserted": True,
            "modality": None,
            "statements": [],
            "inferred": None,
        }

    def _plain(self, keys: Iterable[Key]) -> set[Key]:
        """Those that stand as triples, not only as statements that quote them."""
        asked = [key for key in keys if not any(isinstance(t, BlankNode) for t in key)]
        values = " ".join(f"({' '.join(map(str, key))})" for key in asked)
        found = self.engine.select(
            f"SELECT DISTINCT ?s ?p ?o WHERE {{ VALUES (?s ?p ?o) {{ {values} }} ?s ?p ?o }}"
        )
        plain = {(row["s"], row["p"], row["o"]) for row in found}
        return plain | {key for key in keys if key not in asked}

    def _statements_of(
        self, groups: Iterable[JSON], figures: Iterable[JSON], own: JSON | None
    ) -> set[str]:
        """The statements that the page shows in full."""
        found: set[str] = set()
        for group in groups:
            group["facts"].sort(key=lambda fact: (not fact["asserted"], bool(fact["inferred"])))
            for fact in group["facts"][: EACH[group["direction"]]]:
                found.update(_cited_by(fact))
        for figure in [*figures, *([own] if own else [])]:
            found.update(figure["statements"])
        return found

    # What blank nodes stand for

    def _tell_blank_nodes(self, facts: Iterable[JSON]) -> None:
        """Say what an unnamed thing is by what is said of it, two steps deep."""
        blank = [fact["object"] for fact in facts if fact["object"]["type"] == "blank"]
        if not blank:
            return
        inner: dict[str, list[JSON]] = {}
        for row in self.engine.select(_IN_BLANK, this=self.node):
            inner.setdefault(str(row["b"]), []).append(self._property(row, {}))
        told: dict[str, list[JSON]] = {}
        for row in self.engine.select(_OF_BLANK, this=self.node):
            told.setdefault(str(row["b"]), []).append(self._property(row, inner))
        for term in blank:
            term["properties"] = told.get(term["value"], [])

    def _property(self, row: Solution, inner: Mapping[str, list[JSON]]) -> JSON:
        value = self.term(row["v"])
        if value["type"] == "blank":
            value["properties"] = inner.get(value["value"], [])
        return {"predicate": self.term(row["q"]), "object": value}

    # Figures

    def _figures_of(self, counts: Mapping[str, LinkCount]) -> tuple[str | None, list[JSON]]:
        """The figures about it, or, where it is what was measured, those that measure it."""
        for role in (f"{_SCHEMA}observationAbout", _MEASURED):
            if role in counts:
                found = figures_about(self.engine, self.node, role)
                return name_from(role), read_figures(self.engine, found, self.evidence, self.term)
        return None, []

    def _has_passages_only(
        self, outgoing: Iterable[Solution], counts: Mapping[str, LinkCount]
    ) -> bool:
        """Whether it is a document whose text is not here; a text that is shows its passages."""
        has_text = any(t["p"].value == f"{_SCHEMA}articleBody" for t in outgoing)
        return not has_text and "http://www.w3.org/ns/oa#hasSource" in counts

    def _own_figure(self, outgoing: Iterable[Solution]) -> JSON | None:
        if f"{_SCHEMA}Observation" not in classes_of(outgoing):
            return None
        return read_figures(self.engine, [self.node], self.evidence, self.term)[0]


def _leave_out(groups: list[JSON], told: str | None) -> None:
    """Leave out a fact that says no more than what stands at the head of the page."""
    if told is None:
        return
    for group in groups:
        if len(group["facts"]) == 1 and group["facts"][0]["object"].get("value") == told:
            groups.remove(group)
            return


def _cited_by(fact: JSON) -> list[str]:
    return [*fact["statements"], *([fact["inferred"]["iri"]] if fact["inferred"] else [])]


def _named(terms: Iterable[Term]) -> list[NamedNode]:
    return [term for term in terms if isinstance(term, NamedNode)]


def _order(groups: dict[str, list[JSON]], namespace: str) -> None:
    """What is stated before what is inferred, what one wants first before the rest.

    Of others' links the most frequent come first.
    """

    def name(end: JSON) -> str:
        return str(end.get("label") or end.get("text") or "")

    for direction, own in groups.items():
        end = "object" if direction == "out" else "subject"
        for group in own:
            group["facts"].sort(
                key=lambda fact, end=end: (
                    not fact["asserted"],
                    bool(fact["inferred"]),
                    name(fact[end]),
                )
            )
            group["shown"] = group["facts"][: EACH[direction]]
            group["inferred"] = all(fact["inferred"] for fact in group["facts"])
    places = precedence([group["predicate"]["iri"] for group in groups["out"]], namespace)
    groups["out"].sort(
        key=lambda g: (
            g["inferred"],
            places.get(g["predicate"]["iri"], 0),
            name(g["predicate"]),
        )
    )
    groups["in"].sort(key=lambda g: (g["inferred"], -g["count"], name(g["predicate"])))
