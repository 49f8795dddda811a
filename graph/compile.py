"""From an article's folder to quads: each fact with its statement, each statement cited.

Knows the knowledge model. Finds quotes in the text and names among the entities;
whatever does not fit becomes a `Problem`, all of them reported at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad

from graph.article import Article, Entry, Observation
from graph.citation import Citations
from graph.draft import Draft, Where
from graph.errors import InvalidArticle
from graph.folder import suggest
from graph.numeral import numerals
from graph.script import ENGLISH, labels_in_all_scripts
from graph.value import literal_for, mend_of_literal, number, typed
from ontology import Property, Vocabulary

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]

RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_WIKIDATA = "http://www.wikidata.org/entity/"


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
        self.draft = Draft(article, vocabulary)
        self.citations = Citations(self.draft)
        self.mint = self.draft.mint
        self.node = self.draft.node
        self.facts: list[CitedFact] = []
        self.statements: dict[str, NamedNode] = {}

    def compile(self) -> CompiledArticle:
        self.draft.declare_names()
        self._describe_article()
        self._describe_entities()
        for index, entry in enumerate(self.article.entries):
            self._entry(index, entry)
        self._oddities()
        if self.draft.problems:
            raise InvalidArticle(self.draft.problems)
        return CompiledArticle(
            self.article,
            frozenset(self.draft.quads),
            tuple(self.facts),
            self.draft.types,
            self.draft.names,
        )

    # The article and its things

    def _describe_article(self) -> None:
        article, metadata = self.article, self.article.metadata
        self.draft.add(self.node, "rdf:type", self.draft.term("schema:NewsArticle"))
        self.draft.add_labels(self.node, "schema:headline", metadata.title)
        self.draft.add_labels(self.node, "skos:prefLabel", labels_in_all_scripts(metadata.title))
        self.draft.add(self.node, "schema:inLanguage", Literal(metadata.language))
        self.draft.add(
            self.node, "schema:articleBody", Literal(article.text, language=metadata.language)
        )
        self.draft.add(self.node, "sm:length", typed(str(len(article.text)), "integer"))
        is_time = "T" in metadata.date or " " in metadata.date
        published = (
            typed(metadata.published.isoformat().replace("+00:00", "Z"), "dateTime")
            if is_time
            else typed(metadata.date, "date")
        )
        self.draft.add(self.node, "schema:datePublished", published)
        for role in ("author", "publisher"):
            name = getattr(metadata, role)
            if name and (who := self.draft.resolve(name, "article", (role,))):
                self.draft.add(self.node, f"schema:{role}", who)
        if metadata.license:
            self.draft.add(self.node, "dcterms:license", NamedNode(metadata.license))
        for language, text in article.texts.items():
            if language != metadata.language:
                translation = self.mint.text(article.slug, language)
                self.draft.add(translation, "rdf:type", self.draft.term("schema:NewsArticle"))
                self.draft.add(translation, "schema:translationOfWork", self.node)
                self.draft.add(translation, "schema:inLanguage", Literal(language))
                self.draft.add(translation, "schema:articleBody", Literal(text, language=language))
                self.draft.add(translation, "sm:length", typed(str(len(text)), "integer"))
                self.draft.add_labels(
                    translation, "skos:prefLabel", _only(metadata.title, language)
                )
        if metadata.original:
            for span in metadata.original.byline or []:
                self.citations.check_span("article", ("original", "byline"), span)
            original = self.mint.text(article.slug, "original")
            self.draft.add(self.node, "schema:isBasedOn", original)
            self.draft.add(original, "rdf:type", self.draft.term("schema:DigitalDocument"))
            self.draft.add(original, "sm:sha256", Literal(metadata.original.sha256))
            self.draft.add(original, "sm:length", typed(str(metadata.original.length), "integer"))
            labels = {"zh-Hant": f"{article.slug} 原文", "en": f"Original of {article.slug}"}
            self.draft.add_labels(original, "skos:prefLabel", labels)

    def _describe_entities(self) -> None:
        for name, entity in self.article.entities.items():
            if name not in self.draft.names:
                continue
            node = self.draft.names[name]
            self.draft.add(node, "rdf:type", self.draft.types[node])
            self.draft.add_labels(node, "skos:prefLabel", labels_in_all_scripts(entity.label))
            for variant in dict.fromkeys([*entity.variants, *entity.misspellings]):
                language = self.article.metadata.language
                self.draft.add(node, "skos:altLabel", Literal(variant, language=language))
            if entity.wikidata:
                self.draft.add(node, "skos:exactMatch", NamedNode(_WIKIDATA + entity.wikidata))
            if entity.note:
                self.draft.add_labels(node, "schema:description", entity.note)

    # Statements

    def _entry(self, index: int, entry: Entry) -> None:
        where: Where = ("statements", index)
        earlier = {other.key for other in self.article.entries[:index]}
        if entry.key in earlier:
            self.draft.report(
                "statements", (*where, "key"), f"The key “{entry.key}” stands twice.", "Rename it."
            )
        evidence = self.citations.evidence(where, entry)
        for position, name in enumerate(entry.implied):
            if node := self.draft.resolve(name, "statements", (*where, "implied", position)):
                evidence.append(("sm:implied", node))
        if entry.by and (by := self.draft.resolve(entry.by, "statements", (*where, "by"))):
            evidence.append(("prov:wasAttributedTo", by))
        for key, fact in entry.facts.items():
            place = (*where, "facts", key)
            if triple := self._fact(place, fact):
                self._state(place, key, triple, entry, evidence)
        for key, observation in entry.observations.items():
            self._observation((*where, "observations", key), key, observation, entry, evidence)

    def _fact(self, where: Where, fact: Sequence[str | int | float]) -> Triple | None:
        subject = self.draft.resolve(fact[0], "statements", (*where, 0))
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
        self.draft.report("statements", where, message, mend)
        return None

    def _object(
        self, value: str | int | float, prop: Property, where: Where
    ) -> NamedNode | Literal | None:
        name = self.vocabulary.short(prop.iri)
        if prop.is_object_property:
            node = self.draft.resolve(value, "statements", where)
            if node:
                self._check_kind(node, str(value), prop.range, "take", prop, where)
            return node
        try:
            return literal_for(value, prop.range)
        except ValueError as error:
            message = f"“{value}” is no value for {name}: {error}."
            self.draft.report("statements", where, message, mend_of_literal(prop.range))
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
        anything = {self.draft.term("schema:Thing").value, self.draft.term("rdfs:Resource").value}
        if not allowed or allowed & anything:
            return
        class_iri = self.draft.class_of(node)
        if not self.vocabulary.is_a(class_iri, allowed):
            wanted = " or ".join(sorted(self.vocabulary.short(iri) for iri in allowed))
            short, kind = self.vocabulary.short(prop.iri), self.vocabulary.short(class_iri)
            who = "is said of" if verb == "say" else "leads to"
            message = f"{name} is a {kind}, but {short} {who} a {wanted}."
            self.draft.report(
                "statements", where, message, "Use another property or correct the name."
            )

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
            self.draft.report(
                "statements", where, f"The key “{key}” stands twice.", "Rename one of them."
            )
            return
        statement = self.mint.statement(self.article.slug, key)
        self.statements[key] = statement
        subject, predicate, obj = triple
        asserted = entry.modality == "asserted"
        if asserted:
            self.draft.quads.add(Quad(subject, predicate, obj, self.draft.graph_name))
        self.draft.add(statement, "rdf:type", self.draft.term("sm:Statement"))
        self.draft.add(statement, "rdf:type", self.draft.term("rdf:Statement"))
        self.draft.add(statement, "rdf:subject", subject)
        self.draft.add(statement, "rdf:predicate", predicate)
        self.draft.add(statement, "rdf:object", obj)
        for name, value in evidence:
            self.draft.add(statement, name, value)
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
        node = self.draft.names[key]
        self.draft.add(node, "rdf:type", self.draft.term("schema:Observation"))
        self._label_observation(node, observation)
        if observation.modality is not None:
            prop = self.vocabulary.properties[self.draft.term("sm:modality").value]
            if modality := self._object(observation.modality, prop, (*where, "modality")):
                self.draft.add(node, "sm:modality", modality)
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
                prop = self.vocabulary.properties[self.draft.term(compact).value]
                parts.append((part, compact, self._object(name, prop, (*where, part))))
        literals = {
            "startDate": ("schema:startDate", observation.start_date),
            "endDate": ("schema:endDate", observation.end_date),
            "observationPeriod": ("schema:observationPeriod", observation.observation_period),
        }
        for part, (compact, text) in literals.items():
            if text is not None:
                prop = self.vocabulary.properties[self.draft.term(compact).value]
                parts.append((part, compact, self._object(text, prop, (*where, part))))
        self._check_printed(observation, (*where, "printed"))
        for part, compact, obj in parts:
            if obj is not None:
                triple = (node, self.draft.term(compact), obj)
                self._state(where, f"{key}.{part}", triple, entry, evidence)

    def _check_printed(self, observation: Observation, where: Where) -> None:
        """A figure's numbers are those that it prints: 249億 is not 249.

        Only where numerals can be read: in Chinese and English.
        """
        if self.article.metadata.language.partition("-")[0] not in {"zh", "en"}:
            return
        published = self.article.metadata.published.date()
        read = {n for each in numerals(observation.printed, published) for n in each.literals}
        given = [
            number(value).value
            for value in (observation.value, observation.min, observation.max)
            if value is not None
        ]
        wrong = [value for value in given if read and value not in read]
        if wrong:
            message = f"“{observation.printed}” reads {' and '.join(sorted(read))}, not {wrong[0]}."
            mend = "Give the value in base units, and the figure as it is printed."
            self.draft.report("statements", where, message, mend)

    def _unit(self, name: str, where: Where) -> NamedNode | None:
        units = self.vocabulary.units
        if name in units:
            return NamedNode(units[name])
        mend = suggest(name, units) or f"Use one of: {', '.join(units)}."
        self.draft.report("statements", where, f"Unknown unit “{name}”.", mend)
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
            self.draft.add(node, "skos:prefLabel", Literal(text, language=language))

    # Oddities

    def _oddities(self) -> None:
        own = self.article.metadata.language
        for key, oddity in self.article.oddities.items():
            where: Where = ("oddities", key)
            node = self.mint.annotation(self.article.slug, key)
            self.draft.add(node, "rdf:type", self.draft.term("oa:Annotation"))
            self.draft.add(node, "oa:motivatedBy", self.draft.term("oa:questioning"))
            self.draft.add_labels(node, "rdfs:comment", oddity.reason)
            targets: list[NamedNode | None] = [
                self._stated(name, (*where, "about", position))
                for position, name in enumerate(oddity.about)
            ]
            if oddity.quote is not None:
                targets.append(self.citations.quote(where, "quote", oddity.quote, own))
            if oddity.quote_en is not None and own != ENGLISH:
                targets.append(self.citations.quote(where, "quote_en", oddity.quote_en, ENGLISH))
            targets += [
                self.citations.source((*where, "source", position), span)
                for position, span in enumerate(oddity.source or [])
            ]
            for target in targets:
                if target:
                    self.draft.add(node, "oa:hasTarget", target)
            for index, (one, other) in enumerate(oddity.contradicts):
                place = (*where, "contradicts", index)
                pair = self._stated(one, place), self._stated(other, place)
                if pair[0] and pair[1]:
                    self.draft.add(pair[0], "sm:contradicts", pair[1])
                    self.draft.add(pair[1], "sm:contradicts", pair[0])

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
            self.draft.report("statements", where, f"No statement has the key “{key}”.", mend)
        return found


def _only(labels: Mapping[str, str], language: str) -> dict[str, str]:
    return {language: labels[language]} if language in labels else {}


def _number(value: Decimal | None) -> Literal | None:
    return None if value is None else number(value)
