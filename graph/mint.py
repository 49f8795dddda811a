"""The IRIs that the dataset mints, below one base.

Knows their forms and nothing of what they name. ASCII, stable from build to build.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyoxigraph import NamedNode

from graph.passage import Passage

_READABLE = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Mint:
    """Makes IRIs below `base`, which ends in a slash."""

    base: str

    def thing(self, name: str) -> NamedNode:
        """A thing, an event or an attempt."""
        return NamedNode(f"{self.base}id/{name}")

    def article(self, slug: str) -> NamedNode:
        """An article."""
        return NamedNode(f"{self.base}article/{slug}")

    def text(self, slug: str, part: str) -> NamedNode:
        """A translation of an article (by its language), or its `original`."""
        return NamedNode(f"{self.base}article/{slug}/{part}")

    def passage(self, source: NamedNode, passage: Passage) -> NamedNode:
        """A passage of a text (RFC 5147)."""
        return NamedNode(f"{source.value}#{passage.fragment}")

    def selector(self, source: NamedNode, kind: str, passage: Passage) -> NamedNode:
        """A selector of a passage; `kind` is `position` or `quote`."""
        return NamedNode(f"{source.value}#{kind}={passage.start},{passage.end}")

    def statement(self, slug: str, key: str) -> NamedNode:
        """A statement of an article."""
        return NamedNode(f"{self.base}statement/{slug}/{key}")

    def observation(self, slug: str, key: str) -> NamedNode:
        """A figure of an article."""
        return NamedNode(f"{self.base}observation/{slug}/{key}")

    def annotation(self, slug: str, key: str) -> NamedNode:
        """A note on an article: what is odd about it."""
        return NamedNode(f"{self.base}annotation/{slug}/{key}")

    def inference(self, subject: str, predicate: str, obj: str) -> NamedNode:
        """What a rule infers, named by its triple: `statement/inferred/QQ.belongsTo.Tencent`."""
        key = ".".join(self._local(iri) for iri in (subject, predicate, obj))
        return NamedNode(f"{self.base}statement/inferred/{key}")

    def named_graph(self, slug: str) -> NamedNode:
        """The named graph that holds what one article states, or `inferred`, or `ontology`."""
        return NamedNode(f"{self.base}graph/{slug}")

    def _local(self, iri: str) -> str:
        """A name of `iri` that differs from that of every other IRI."""
        if iri.startswith(f"{self.base}id/"):
            name = iri.removeprefix(f"{self.base}id/")
        elif iri.startswith(f"{self.base}ontology#"):
            name = iri.removeprefix(f"{self.base}ontology#")
        else:
            name = iri.removeprefix(self.base).removeprefix("https://").removeprefix("http://")
            name = re.sub(r"[^A-Za-z0-9_-]+", "-", name)
        return name if _READABLE.fullmatch(name) else re.sub(r"[^A-Za-z0-9_-]+", "-", name)
