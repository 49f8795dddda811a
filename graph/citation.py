"""Finds the passages that an entry cites and writes them with their selectors.

Web Annotation Data Model, 4.2.4 (quotes) and 4.2.5 (positions).
"""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from graph.article import Entry
from graph.draft import Draft, Where
from graph.errors import QuoteAmbiguous, QuoteNotFound
from graph.passage import Passage, locate, surroundings
from graph.script import ENGLISH
from graph.value import typed

_MODALITIES = {
    "asserted": "Asserted",
    "attributed": "Attributed",
    "forecast": "Forecast",
    "disputed": "Disputed",
}


class Citations:
    """Writes passages into a draft."""

    def __init__(self, draft: Draft) -> None:
        """Cite the texts of the draft's article."""
        self.draft = draft
        self.article = draft.article

    def evidence(self, where: Where, entry: Entry) -> list[tuple[str, NamedNode | Literal]]:
        """What all statements of an entry share: passages, paraphrase, modality."""
        evidence: list[tuple[str, NamedNode | Literal]] = [
            ("sm:article", self.draft.node),
            ("sm:modality", self.draft.term(f"sm:{_MODALITIES[entry.modality]}")),
        ]
        language = self.article.metadata.language
        quotes = {language: entry.quote}
        if passage := self.quote(where, "quote", entry.quote, language):
            evidence.append(("sm:passage", passage))
        if entry.quote_en is not None and language != ENGLISH:
            quotes[ENGLISH] = entry.quote_en
            if passage := self.quote(where, "quote_en", entry.quote_en, ENGLISH):
                evidence.append(("sm:translatedPassage", passage))
        for position, span in enumerate(entry.source or []):
            if passage := self.source((*where, "source", position), span):
                evidence.append(("sm:sourcePassage", passage))
        for tag, text in (entry.paraphrase or quotes).items():
            evidence.append(("sm:paraphrase", Literal(text, language=tag)))
        return evidence

    def quote(self, where: Where, key: str, quote: str, language: str) -> NamedNode | None:
        """The passage of a quote in the text of a language, or a problem where it stands."""
        text = self.article.texts.get(language)
        if text is None:
            file = f"text.{language}.md"
            self.draft.report("statements", (*where, key), f"There is no {file}.", "Add that file.")
            return None
        try:
            passage = locate(quote, text)
        except QuoteNotFound as error:
            mend = "Copy it from the text, with its punctuation."
            self.draft.report("statements", (*where, key), str(error), mend)
            return None
        except QuoteAmbiguous as error:
            mend = "Make it longer, so that it stands there once."
            self.draft.report("statements", (*where, key), str(error), mend)
            return None
        if "\n\n" in quote:
            mend = "Quote within one paragraph."
            self.draft.report("statements", (*where, key), "The quote runs over a paragraph.", mend)
        own = self.article.metadata.language
        source = (
            self.draft.node
            if language == own
            else self.draft.mint.text(self.article.slug, language)
        )
        node = self.passage(source, passage)
        prefix, suffix = surroundings(passage, text)
        selector = self.draft.mint.selector(source, "quote", passage)
        self.draft.add(node, "oa:hasSelector", selector)
        self.draft.add(selector, "rdf:type", self.draft.term("oa:TextQuoteSelector"))
        for name, part in (("exact", quote), ("prefix", prefix), ("suffix", suffix)):
            self.draft.add(selector, f"oa:{name}", Literal(part))
        return node

    def source(self, where: Where, span: Passage) -> NamedNode | None:
        """The passage of a span in the original, or a problem where it stands."""
        original = self.article.metadata.original
        if original is None:
            mend = "Remove `source`, or describe the original in article.yaml."
            message = "A source span needs an original."
            self.draft.report("statements", where, message, mend)
            return None
        if not self.check_span("statements", where, span):
            return None
        return self.passage(self.draft.mint.text(self.article.slug, "original"), span)

    def check_span(self, file: str, where: Where, span: Passage) -> bool:
        """Whether a span lies within the original; a problem where it does not."""
        original = self.article.metadata.original
        if original is None or span.end <= original.length:
            return True
        message = f"The span ends at {span.end}, but the original has {original.length}."
        self.draft.report(file, where, message, "Correct the span.")
        return False

    def passage(self, source: NamedNode, passage: Passage) -> NamedNode:
        """Write a passage with its position."""
        node = self.draft.mint.passage(source, passage)
        selector = self.draft.mint.selector(source, "position", passage)
        self.draft.add(node, "rdf:type", self.draft.term("sm:Passage"))
        self.draft.add(node, "oa:hasSource", source)
        self.draft.add(node, "oa:hasSelector", selector)
        self.draft.add(selector, "rdf:type", self.draft.term("oa:TextPositionSelector"))
        self.draft.add(selector, "oa:start", typed(str(passage.start), "integer"))
        self.draft.add(selector, "oa:end", typed(str(passage.end), "integer"))
        return node
