"""Checks an article's statements against a copy of the original that it retells.

Finds: spans that cross a sentence; names and numbers that a span should hold and does
not; numerals and names of the original that no span covers; numerals that no cited
literal equals.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from graph.article import Article, Entity, Entry
from graph.compile import CitedFact, CompiledArticle
from graph.errors import OriginalMismatch, Problem
from graph.folder import read_text
from graph.numeral import Numeral, numerals
from graph.passage import Passage, sentences
from graph.value import XSD
from ontology import Vocabulary

# What the original names in words of its own; events, attempts and circumstances are named by us.
_NAMED = ("sm:Actor", "schema:Audience", "sm:Market")
_COUNTED = {
    f"{XSD}{name}" for name in ("integer", "decimal", "gYear", "gYearMonth", "date", "duration")
}


@dataclass(frozen=True)
class OriginalReport:
    """What the check found; `problems` is empty when all is well."""

    problems: tuple[Problem, ...]
    spans: int
    numerals: int
    names: int


def check_original(compiled: CompiledArticle, path: Path, vocabulary: Vocabulary) -> OriginalReport:
    """Check an article against the original at `path`.

    Raises `OriginalMismatch` when the file is not the one that article.yaml describes.
    """
    return _Check(compiled, original_text(compiled.article, path), vocabulary).run()


def original_text(article: Article, path: Path) -> str:
    """The text of the original at `path`.

    Raises `OriginalMismatch` when the file is not the one that article.yaml describes.
    """
    original = article.metadata.original
    if original is None:
        raise OriginalMismatch(f"The article “{article.slug}” describes no original.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise OriginalMismatch(f"{path} cannot be read: {error.strerror}.") from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != original.sha256:
        raise OriginalMismatch(
            f"{path} is not the original of “{article.slug}”: its SHA-256 is {digest}, "
            f"not {original.sha256}."
        )
    text = read_text(path)
    if len(text) != original.length:
        raise OriginalMismatch(
            f"{path} has {len(text)} code points, but article.yaml says {original.length}."
        )
    return text


class _Check:
    def __init__(self, compiled: CompiledArticle, text: str, vocabulary: Vocabulary) -> None:
        self.compiled = compiled
        self.article = compiled.article
        self.text = text
        self.vocabulary = vocabulary
        self.numerals = numerals(text, self.article.metadata.published.date())
        self.sentences = sentences(text)
        self.iri_names = {iri: name for name, iri in compiled.names.items()}
        named = []
        for compact in _NAMED:
            prefix, _, local = compact.partition(":")
            named.append(vocabulary.prefixes[prefix] + local)
        self.named = {
            name: entity
            for name, entity in self.article.entities.items()
            if vocabulary.is_a(vocabulary.terms[entity.class_name], named)
        }
        self.problems: list[Problem] = []

    def run(self) -> OriginalReport:
        by_entry: dict[str, list[CitedFact]] = {}
        for fact in self.compiled.facts:
            by_entry.setdefault(fact.entry.key, []).append(fact)
        for index, entry in enumerate(self.article.entries):
            facts = by_entry.get(entry.key, [])
            self._spans(("statements", index), entry.source or [])
            if entry.source:
                self._names(("statements", index), entry, facts)
                self._values(("statements", index), entry, facts)
        for key, oddity in self.article.oddities.items():
            self._spans(("oddities", key), oddity.source or [])
        self._variants()
        self._numerals_covered(by_entry)
        names = self._names_covered()
        spans = {span for entry in self.article.entries for span in entry.source or []}
        return OriginalReport(
            tuple(sorted(set(self.problems))), len(spans), len(self.numerals), names
        )

    def _report(self, file: str, where: tuple[str | int, ...], message: str, mend: str) -> None:
        self.problems.append(self.article.documents[file].problem(where, message, mend))

    # What each span should hold

    def _spans(self, where: tuple[str | int, ...], spans: Iterable[Passage]) -> None:
        for span in spans:
            if not any(span.within(sentence) for sentence in self.sentences):
                message = f"The span {[span.start, span.end]} is not within one sentence."
                self._report("statements", (*where, "source"), message, "Narrow or split it.")

    def _names(self, where: tuple[str | int, ...], entry: Entry, facts: list[CitedFact]) -> None:
        used = set()
        for fact in facts:
            for term in (fact.triple[0], fact.triple[2]):
                name = self.iri_names.get(term) if isinstance(term, NamedNode) else None
                if name in self.named:
                    used.add(name)
        for name in sorted(used):
            present = self._says(entry, self.named[name])
            if not present and name not in entry.implied:
                message = f"The span of “{entry.key}” does not name {name}."
                mend = "Widen the span, or list the name under `implied`."
                self._report("statements", (*where, "source"), message, mend)
        for name in entry.implied:
            if name in self.named and self._says(entry, self.named[name]):
                message = f"The span of “{entry.key}” does name {name}, so it is not implied."
                self._report("statements", (*where, "implied"), message, "Remove it.")

    def _says(self, entry: Entry, entity: Entity) -> bool:
        parts = [self.text[span.start : span.end] for span in entry.source or []]
        return any(form in part for form in surface_forms(entity) for part in parts)

    def _values(self, where: tuple[str | int, ...], entry: Entry, facts: list[CitedFact]) -> None:
        spans = entry.source or []
        inside = [n for n in self.numerals if any(n.passage.within(span) for span in spans)]
        held = {literal for numeral in inside for literal in numeral.literals}
        for fact in facts:
            value = fact.triple[2]
            if (
                isinstance(value, Literal)
                and value.datatype.value in _COUNTED
                and value.value not in held
            ):
                message = f"The span of “{entry.key}” holds no numeral that equals {value.value}."
                mend = "Correct the value or the span."
                self._report("statements", (*where, "source"), message, mend)
        for key, observation in entry.observations.items():
            if not any(observation.printed in self.text[s.start : s.end] for s in spans):
                message = f"The span of “{entry.key}” does not print “{observation.printed}”."
                place = (*where, "observations", key, "printed")
                self._report("statements", place, message, "Copy the figure as it is printed.")

    def _variants(self) -> None:
        for name, entity in self.article.entities.items():
            for field in ("variants", "misspellings"):
                for form in getattr(entity, field):
                    if form not in self.text:
                        message = f"The original nowhere says “{form}”."
                        self._report("entities", (name, field), message, "Remove the form.")

    # What the original says that no span holds

    def _numerals_covered(self, by_entry: dict[str, list[CitedFact]]) -> None:
        literals = {
            key: {f.triple[2].value for f in facts if isinstance(f.triple[2], Literal)}
            for key, facts in by_entry.items()
        }
        for numeral in self.numerals:
            covering = [
                entry
                for entry in self.article.entries
                if any(numeral.passage.within(span) for span in entry.source or [])
            ]
            if self._in_byline(numeral):
                continue
            place = [numeral.passage.start, numeral.passage.end]
            if not covering:
                message = f"No span covers the numeral “{numeral.text}” at {place}."
                self._report("statements", (), message, "State what it counts.")
            elif not numeral.optional and not any(
                literals.get(entry.key, set()) & numeral.literals for entry in covering
            ):
                message = f"No literal equals the numeral “{numeral.text}” at {place}."
                self._report("statements", (), message, "State what it counts.")

    def _in_byline(self, numeral: Numeral) -> bool:
        """Whether article.yaml gives this numeral: the time of publication."""
        metadata = self.article.metadata
        byline = metadata.original.byline if metadata.original else None
        said = {metadata.date, metadata.published.isoformat()}
        return any(numeral.passage.within(span) for span in byline or []) and bool(
            said & numeral.literals
        )

    def _names_covered(self) -> int:
        metadata = self.article.metadata
        spans = [span for entry in self.article.entries for span in entry.source or []]
        spans += (metadata.original.byline or []) if metadata.original else []
        count = 0
        for name, entity in self.named.items():
            for passage in self._occurrences(entity):
                count += 1
                if not any(passage.within(span) for span in spans):
                    form = self.text[passage.start : passage.end]
                    place = [passage.start, passage.end]
                    message = f"No span covers “{form}” ({name}) at {place}."
                    self._report("statements", (), message, "State what is said of it there.")
        return count

    def _occurrences(self, entity: Entity) -> Iterator[Passage]:
        for form in surface_forms(entity):
            start = self.text.find(form)
            while start >= 0:
                yield Passage(start, start + len(form))
                start = self.text.find(form, start + 1)


def surface_forms(entity: Entity) -> list[str]:
    """The forms under which a text may name a thing, the longest first."""
    forms = {*entity.label.values(), *entity.variants, *entity.misspellings}
    return sorted(forms, key=lambda form: (-len(form), form))
