"""From an article's folder to quads: each fact with its statement, each statement cited.

Knows the knowledge model. Finds quotes in the text and names among the entities;
whatever does not fit becomes a `Problem`, all of them reported at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad

from graph.article import Article, Entry, Observation
from graph.errors import InvalidArticle, Problem, QuoteAmbiguous, QuoteNotFound
from graph.folder import suggest
from graph.mint import Mint
from graph.passage import Passage, locate, surroundings
from graph.script import ENGLISH, labels_in_all_scripts
from graph.value import DATE_TYPES, XSD, duration, number, partial_date, typed
from ontology import Property, Vocabulary

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]
Where = Sequence[str | int]

RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_WIKIDATA = "http://www.wikidata.org/entity/"
_MODALITIES = {
    "asserted": "Asserted",
    "attributed": "Attributed",
    "forecast": "Forecast",
    "disputed": "Disputed",
}
_UNITS = {
    "percent": "PERCENT",
    "number": "NUM",
    "minute": "MIN",
    "CNY": "CCY_CNY",
    "USD": "CCY_USD",
}


@dataclass(frozen=True)
class CitedFact:
    """A fact with the statement that cites it, where it was written and where it is said."""

    key: str
    triple: Triple
    statement: NamedNode
    entry: Entry
    asserted: bool


@dataclass(frozen=True)
class CompiledArticle:
    """What one article comes to.

    `quads` lie in the article's named graph. `types` gives each thing's class,
    `names` the IRI of each name that the folder uses.
    """

    article: Article
    quads: frozenset[Quad]
    facts: tuple[CitedFact, ...]
    types: Mapping[NamedNode, NamedNode]
    names: Mapping[str, NamedNode]


def compile_article(article: Article, vocabulary: Vocabulary) -> CompiledArticle:
    """Compile an article.

    Raises `InvalidArticle` with every mistake found.
    """
    return _Compiler(article, vocabulary).compile()


class _Compiler:
    def __init__(self, article: Article, vocabulary: Vocabulary) -> None:
        self.article = article
        self.vocabulary = vocabulary
        self.mint = Mint(vocabulary.base)
        self.graph_name = self.mint.named_graph(article.slug)
        self.node = self.mint.article(article.slug)
        self.quads: set[Quad] = set()
        self.problems: list[Problem] = []
        self.facts: list[CitedFact] = []
        self.statements: dict[str, NamedNode] = {}
        self.names: dict[str, NamedNode] = {}
        self.types: dict[NamedNode, NamedNode] = {}
        self.individuals = {
            iri.rpartition("#")[2]: NamedNode(iri)
            for iri in vocabulary.individuals
            if iri.startswith(vocabulary.namespace)
        }

    def compile(self) -> CompiledArticle:
        self._declare_names()
        self._describe_article()
        self._describe_entities()
        for index, entry in enumerate(self.article.entries):
            self._entry(index, entry)
        self._oddities()
        if self.problems:
            raise InvalidArticle(self.problems)
        return CompiledArticle(
            self.article, frozenset(self.quads), tuple(self.facts), self.types, self.names
        )

    # Terms and quads

    def _term(self, compact: str) -> NamedNode:
        prefix, _, local = compact.partition(":")
        return NamedNode(self.vocabulary.prefixes[prefix] + local)

    def _add(self, subject: NamedNode, predicate: str, obj: NamedNode | Literal) -> None:
        self.quads.add(Quad(subject, self._term(predicate), obj, self.graph_name))

    def _add_labels(self, subject: NamedNode, predicate: str, labels: Mapping[str, str]) -> None:
        for language, text in labels.items():
            self._add(subject, predicate, Literal(text, language=language))

    def _report(self, file: str, where: Where, message: str, mend: str = "") -> None:
        self.problems.append(self.article.documents[file].problem(where, message, mend))

    # Names

    def _declare_names(self) -> None:
        for name, entity in self.article.entities.items():
            class_iri = self.vocabulary.terms.get(entity.class_name)
            if class_iri is None or class_iri not in self.vocabulary.classes:
                known = [
                    t for t, i in self.vocabulary.terms.items() if i in self.vocabulary.classes
                ]
                mend = suggest(entity.class_name, known) or "See the ontology for the classes."
                self._report(
                    "entities", (name, "class"), f"Unknown class “{entity.class_name}”.", mend
                )
                continue
            node = self.mint.thing(name)
            self.names[name] = node
            self.types[node] = NamedNode(class_iri)
        for index, entry in enumerate(self.article.entries):
            for key in entry.observations:
                where = ("statements", index, "observations", key)
                if key in self.names:
                    self._report(
                        "statements", where, f"The key “{key}” stands twice.", "Rename one of them."
                    )
                node = self.mint.observation(self.article.slug, key)
                self.names[key] = node
                self.types[node] = self._term("schema:Observation")

    def _resolve(self, name: object, file: str, where: Where) -> NamedNode | None:
        """The IRI of a name, or a problem where it stands."""
        if isinstance(name, str):
            found = self.names.get(name) or self.individuals.get(name)
            if found:
                return found
            if name in self.article.entities:
                return None  # its class is unknown, and that has been said
        mend = suggest(name, [*self.names, *self.individuals]) or "Add it to entities.yaml."
        self._report(file, where, f"Nothing here is named “{name}”.", mend)
        return None

    def _class_of(self, node: NamedNode) -> str:
        declared = self.types.get(node)
        return declared.value if declared else self.vocabulary.individuals[node.value]

    # The article and its things

    def _describe_article(self) -> None:
        article, metadata = self.article, self.article.metadata
        self._add(self.node, "rdf:type", self._term("schema:NewsArticle"))
        self._add_labels(self.node, "schema:headline", metadata.title)
        self._add_labels(self.node, "skos:prefLabel", labels_in_all_scripts(metadata.title))
        self._add(self.node, "schema:inLanguage", Literal(metadata.language))
        self._add(
            self.node, "schema:articleBody", Literal(article.text, language=metadata.language)
        )
        self._add(self.node, "sm:length", typed(str(len(article.text)), "integer"))
        is_time = "T" in metadata.date or " " in metadata.date
        published = (
            typed(metadata.published.isoformat().replace("+00:00", "Z"), "dateTime")
            if is_time
            else typed(metadata.date, "date")
        )
        self._add(self.node, "schema:datePublished", published)
        for role in ("author", "publisher"):
            name = getattr(metadata, role)
            if name and (who := self._resolve(name, "article", (role,))):
                self._add(self.node, f"schema:{role}", who)
        if metadata.license:
            self._add(self.node, "dcterms:license", NamedNode(metadata.license))
        for language, text in article.texts.items():
            if language != metadata.language:
                translation = self.mint.text(article.slug, language)
                self._add(translation, "rdf:type", self._term("schema:NewsArticle"))
                self._add(translation, "schema:translationOfWork", self.node)
                self._add(translation, "schema:inLanguage", Literal(language))
                self._add(translation, "schema:articleBody", Literal(text, language=language))
                self._add(translation, "sm:length", typed(str(len(text)), "integer"))
                self._add_labels(translation, "skos:prefLabel", _only(metadata.title, language))
        if metadata.original:
            for span in metadata.original.byline or []:
                self._check_span("article", ("original", "byline"), span)
            original = self.mint.text(article.slug, "original")
            self._add(self.node, "schema:isBasedOn", original)
            self._add(original, "rdf:type", self._term("schema:DigitalDocument"))
            self._add(original, "sm:sha256", Literal(metadata.original.sha256))
            self._add(original, "sm:length", typed(str(metadata.original.length), "integer"))
            labels = {"zh-Hant": f"{article.slug} 原文", "en": f"Original of {article.slug}"}
            self._add_labels(original, "skos:prefLabel", labels)

    def _describe_entities(self) -> None:
        for name, entity in self.article.entities.items():
            if name not in self.names:
                continue
            node = self.names[name]
            self._add(node, "rdf:type", self.types[node])
            self._add_labels(node, "skos:prefLabel", labels_in_all_scripts(entity.label))
            for variant in dict.fromkeys([*entity.variants, *entity.misspellings]):
                language = self.article.metadata.language
                self._add(node, "skos:altLabel", Literal(variant, language=language))
            if entity.wikidata:
                self._add(node, "skos:exactMatch", NamedNode(_WIKIDATA + entity.wikidata))
            if entity.note:
                self._add_labels(node, "schema:description", entity.note)

    # Statements

    def _entry(self, index: int, entry: Entry) -> None:
        where: Where = ("statements", index)
        earlier = {other.key for other in self.article.entries[:index]}
        if entry.key in earlier:
            self._report(
                "statements", (*where, "key"), f"The key “{entry.key}” stands twice.", "Rename it."
            )
        evidence = self._evidence(where, entry)
        for position, name in enumerate(entry.implied):
            if node := self._resolve(name, "statements", (*where, "implied", position)):
                evidence.append(("sm:implied", node))
        if entry.by and (by := self._resolve(entry.by, "statements", (*where, "by"))):
            evidence.append(("prov:wasAttributedTo", by))
        for key, fact in entry.facts.items():
            place = (*where, "facts", key)
            if triple := self._fact(place, fact):
                self._state(place, key, triple, entry, evidence)
        for key, observation in entry.observations.items():
            self._observation((*where, "observations", key), key, observation, entry, evidence)

    def _evidence(self, where: Where, entry: Entry) -> list[tuple[str, NamedNode | Literal]]:
        """What all statements of an entry share: passages, paraphrase, modality."""
        evidence: list[tuple[str, NamedNode | Literal]] = [
            ("sm:article", self.node),
            ("sm:modality", self._term(f"sm:{_MODALITIES[entry.modality]}")),
        ]
        language = self.article.metadata.language
        quotes = {language: entry.quote}
        if passage := self._quote(where, "quote", entry.quote, language):
            evidence.append(("sm:passage", passage))
        if entry.quote_en is not None and language != ENGLISH:
            quotes[ENGLISH] = entry.quote_en
            if passage := self._quote(where, "quote_en", entry.quote_en, ENGLISH):
                evidence.append(("sm:translatedPassage", passage))
        for position, span in enumerate(entry.source or []):
            if passage := self._source((*where, "source", position), span):
                evidence.append(("sm:sourcePassage", passage))
        for tag, text in (entry.paraphrase or quotes).items():
            evidence.append(("sm:paraphrase", Literal(text, language=tag)))
        return evidence

    def _quote(self, where: Where, key: str, quote: str, language: str) -> NamedNode | None:
        text = self.article.texts.get(language)
        if text is None:
            file = f"text.{language}.md"
            self._report("statements", (*where, key), f"There is no {file}.", "Add that file.")
            return None
        try:
            passage = locate(quote, text)
        except QuoteNotFound as error:
            mend = "Copy it from the text, with its punctuation."
            self._report("statements", (*where, key), str(error), mend)
            return None
        except QuoteAmbiguous as error:
            mend = "Make it longer, so that it stands there once."
            self._report("statements", (*where, key), str(error), mend)
            return None
        if "\n\n" in quote:
            mend = "Quote within one paragraph."
            self._report("statements", (*where, key), "The quote runs over a paragraph.", mend)
        own = self.article.metadata.language
        source = self.node if language == own else self.mint.text(self.article.slug, language)
        node = self._passage(source, passage)
        prefix, suffix = surroundings(passage, text)
        selector = self.mint.selector(source, "quote", passage)
        self._add(node, "oa:hasSelector", selector)
        self._add(selector, "rdf:type", self._term("oa:TextQuoteSelector"))
        for name, part in (("exact", quote), ("prefix", prefix), ("suffix", suffix)):
            self._add(selector, f"oa:{name}", Literal(part))
        return node

    def _source(self, where: Where, span: Passage) -> NamedNode | None:
        original = self.article.metadata.original
        if original is None:
            mend = "Remove `source`, or describe the original in article.yaml."
            message = "A source span needs an original."
            self._report("statements", where, message, mend)
            return None
        if not self._check_span("statements", where, span):
            return None
        return self._passage(self.mint.text(self.article.slug, "original"), span)

    def _check_span(self, file: str, where: Where, span: Passage) -> bool:
        original = self.article.metadata.original
        if original is None or span.end <= original.length:
            return True
        message = f"The span ends at {span.end}, but the original has {original.length}."
        self._report(file, where, message, "Correct the span.")
        return False

    def _passage(self, source: NamedNode, passage: Passage) -> NamedNode:
        node = self.mint.passage(source, passage)
        selector = self.mint.selector(source, "position", passage)
        self._add(node, "rdf:type", self._term("sm:Passage"))
        self._add(node, "oa:hasSource", source)
        self._add(node, "oa:hasSelector", selector)
        self._add(selector, "rdf:type", self._term("oa:TextPositionSelector"))
        self._add(selector, "oa:start", typed(str(passage.start), "integer"))
        self._add(selector, "oa:end", typed(str(passage.end), "integer"))
        return node

    def _fact(self, where: Where, fact: Sequence[str | int | float]) -> Triple | None:
        subject = self._resolve(fact[0], "statements", (*where, 0))
        prop = self._property(fact[1], (*where, 1))
        if prop is None:
            return None
        if subject:
            self._check_kind(subject, str(fact[0]), prop.domain, "say", prop, (*where, 0))
        obj = self._object(fact[2], prop, (*where, 2))
        return (subject, NamedNode(prop.iri), obj) if subject and obj else None

    def _property(self, name: object, where: Where) -> Property | None:
        iri = self.vocabulary.terms.get(str(name))
        prop = self.vocabulary.properties.get(iri) if iri else None
        if prop and prop.citable:
            return prop
        citable = [
            self.vocabulary.short(p.iri) for p in self.vocabulary.properties.values() if p.citable
        ]
        mend = suggest(name, citable) or "See the ontology for the properties."
        message = f"“{name}” cannot be stated as a fact." if prop else f"Unknown property “{name}”."
        self._report("statements", where, message, mend)
        return None

    def _object(
        self, value: str | int | float, prop: Property, where: Where
    ) -> NamedNode | Literal | None:
        name = self.vocabulary.short(prop.iri)
        if prop.is_object_property:
            node = self._resolve(value, "statements", where)
            if node:
                self._check_kind(node, str(value), prop.range, "take", prop, where)
            return node
        try:
            return _literal(value, prop.range)
        except ValueError as error:
            message = f"“{value}” is no value for {name}: {error}."
            self._report("statements", where, message, _mend_of_literal(prop.range))
            return None

    def _check_kind(
        self,
        node: NamedNode,
        name: str,
        allowed: frozenset[str],
        verb: str,
        prop: Property,
        where: Where,
    ) -> None:
        anything = {self._term("schema:Thing").value, self._term("rdfs:Resource").value}
        if not allowed or allowed & anything:
            return
        class_iri = self._class_of(node)
        if not self.vocabulary.is_a(class_iri, allowed):
            wanted = " or ".join(sorted(self.vocabulary.short(iri) for iri in allowed))
            short, kind = self.vocabulary.short(prop.iri), self.vocabulary.short(class_iri)
            who = "is said of" if verb == "say" else "leads to"
            message = f"{name} is a {kind}, but {short} {who} a {wanted}."
            self._report("statements", where, message, "Use another property or correct the name.")

    def _state(
        self,
        where: Where,
        key: str,
        triple: Triple,
        entry: Entry,
        evidence: Iterable[tuple[str, NamedNode | Literal]],
    ) -> None:
        """Write a fact's statement and, when it is asserted, the fact."""
        if key in self.statements:
            self._report(
                "statements", where, f"The key “{key}” stands twice.", "Rename one of them."
            )
            return
        statement = self.mint.statement(self.article.slug, key)
        self.statements[key] = statement
        subject, predicate, obj = triple
        asserted = entry.modality == "asserted"
        if asserted:
            self.quads.add(Quad(subject, predicate, obj, self.graph_name))
        self._add(statement, "rdf:type", self._term("sm:Statement"))
        self._add(statement, "rdf:type", self._term("rdf:Statement"))
        self._add(statement, "rdf:subject", subject)
        self._add(statement, "rdf:predicate", predicate)
        self._add(statement, "rdf:object", obj)
        for name, value in evidence:
            self._add(statement, name, value)
        self.facts.append(CitedFact(key, triple, statement, entry, asserted))

    # Figures

    def _observation(
        self,
        where: Where,
        key: str,
        observation: Observation,
        entry: Entry,
        evidence: Sequence[tuple[str, NamedNode | Literal]],
    ) -> None:
        node = self.names[key]
        self._add(node, "rdf:type", self._term("schema:Observation"))
        self._label_observation(node, observation)
        if observation.modality is not None:
            prop = self.vocabulary.properties[self._term("sm:modality").value]
            if modality := self._object(observation.modality, prop, (*where, "modality")):
                self._add(node, "sm:modality", modality)
        parts: list[tuple[str, str, NamedNode | Literal | None]] = [
            ("value", "schema:value", _number(observation.value)),
            ("min", "schema:minValue", _number(observation.min)),
            ("max", "schema:maxValue", _number(observation.max)),
            ("unit", "qudt:hasUnit", self._unit(observation.unit, (*where, "unit"))),
            ("printed", "sm:printed", Literal(observation.printed)),
        ]
        names = {
            "about": ("schema:observationAbout", observation.about),
            "metric": ("schema:variableMeasured", observation.metric),
            "precision": ("sm:precision", observation.precision),
            "reportedBy": ("sm:reportedBy", observation.reported_by),
            "comparedWith": ("sm:comparedWith", observation.compared_with),
            "per": ("sm:per", observation.per),
            "shareOf": ("sm:shareOf", observation.share_of),
        }
        for part, (compact, name) in names.items():
            if name is not None:
                prop = self.vocabulary.properties[self._term(compact).value]
                parts.append((part, compact, self._object(name, prop, (*where, part))))
        literals = {
            "startDate": ("schema:startDate", observation.start_date),
            "endDate": ("schema:endDate", observation.end_date),
            "observationPeriod": ("schema:observationPeriod", observation.observation_period),
        }
        for part, (compact, text) in literals.items():
            if text is not None:
                prop = self.vocabulary.properties[self._term(compact).value]
                parts.append((part, compact, self._object(text, prop, (*where, part))))
        for part, compact, obj in parts:
            if obj is not None:
                triple = (node, self._term(compact), obj)
                self._state(where, f"{key}.{part}", triple, entry, evidence)

    def _unit(self, name: str, where: Where) -> NamedNode | None:
        if name in _UNITS:
            return self._term(f"unit:{_UNITS[name]}")
        mend = f"Use one of: {', '.join(_UNITS)}."
        self._report("statements", where, f"Unknown unit “{name}”.", mend)
        return None

    def _label_observation(self, node: NamedNode, observation: Observation) -> None:
        """Name a figure by what it is about, what it measures, and how it was printed."""
        entities = self.article.entities
        about, metric = entities.get(observation.about), entities.get(observation.metric)
        if about is None or metric is None:
            return
        of, what = labels_in_all_scripts(about.label), labels_in_all_scripts(metric.label)
        for language in sorted(of.keys() & what.keys()):
            text = f"{of[language]} · {what[language]} · {observation.printed}"
            self._add(node, "skos:prefLabel", Literal(text, language=language))

    # Oddities

    def _oddities(self) -> None:
        own = self.article.metadata.language
        for key, oddity in self.article.oddities.items():
            where: Where = ("oddities", key)
            node = self.mint.annotation(self.article.slug, key)
            self._add(node, "rdf:type", self._term("oa:Annotation"))
            self._add(node, "oa:motivatedBy", self._term("oa:questioning"))
            self._add_labels(node, "rdfs:comment", oddity.reason)
            targets: list[NamedNode | None] = [
                self._stated(name, (*where, "about", position))
                for position, name in enumerate(oddity.about)
            ]
            if oddity.quote is not None:
                targets.append(self._quote(where, "quote", oddity.quote, own))
            if oddity.quote_en is not None and own != ENGLISH:
                targets.append(self._quote(where, "quote_en", oddity.quote_en, ENGLISH))
            targets += [
                self._source((*where, "source", position), span)
                for position, span in enumerate(oddity.source or [])
            ]
            for target in targets:
                if target:
                    self._add(node, "oa:hasTarget", target)
            for index, (one, other) in enumerate(oddity.contradicts):
                place = (*where, "contradicts", index)
                pair = self._stated(one, place), self._stated(other, place)
                if pair[0] and pair[1]:
                    self._add(pair[0], "sm:contradicts", pair[1])
                    self._add(pair[1], "sm:contradicts", pair[0])

    def _stated(self, key: str, where: Where) -> NamedNode | None:
        """The statement of a fact's key; a figure's key means the statement of its value."""
        found = next(
            (
                self.statements[k]
                for k in (key, f"{key}.value", f"{key}.min")
                if k in self.statements
            ),
            None,
        )
        if found is None:
            mend = suggest(key, self.statements) or "Use the key of a fact or figure."
            self._report("statements", where, f"No statement has the key “{key}”.", mend)
        return found


def _only(labels: Mapping[str, str], language: str) -> dict[str, str]:
    return {language: labels[language]} if language in labels else {}


def _number(value: Decimal | None) -> Literal | None:
    return None if value is None else number(value)


def _literal(value: str | int | float, range_: frozenset[str]) -> Literal:
    """The literal of a value for a property with this range; `ValueError` when it does not fit."""
    if range_ <= DATE_TYPES:
        try:
            return partial_date(str(value))
        except ValueError as error:
            raise ValueError("no such date") from error
    if range_ == {f"{XSD}integer"}:
        if isinstance(value, str):
            raise ValueError("a whole number is wanted, and this is a text")
        if not isinstance(value, int):
            raise ValueError("a whole number is wanted")
        return typed(str(value), "integer")
    if range_ == {f"{XSD}decimal"}:
        if isinstance(value, str):
            raise ValueError("a number is wanted, and this is a text")
        return number(Decimal(str(value)))
    if range_ == {f"{XSD}duration"}:
        return duration(str(value))
    if not isinstance(value, str):
        raise ValueError("a text is wanted; put it in quotes")
    return Literal(re.sub(r"\s+", " ", value))


def _mend_of_literal(range_: frozenset[str]) -> str:
    if range_ <= DATE_TYPES:
        return "Write 2017, 2013-09 or 2014-12-10, and check the calendar."
    if range_ == {f"{XSD}duration"}:
        return "Write P3M for three months, P1Y for a year."
    if range_ <= {f"{XSD}integer", f"{XSD}decimal"}:
        return "Write a plain number, without quotes."
    return "Write it in quotes."
