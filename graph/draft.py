"""An article on its way to quads: what is written so far, its names, its mistakes.

Knows how a triple, a name and a problem are noted; not what an article says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyoxigraph import Literal, NamedNode, Quad

from graph.article import Article
from graph.errors import Problem
from graph.folder import suggest
from graph.mint import Mint
from ontology import Vocabulary

Where = Sequence[str | int]


class Draft:
    """The quads, names and problems of one article while it is compiled."""

    def __init__(self, article: Article, vocabulary: Vocabulary) -> None:
        self.article = article
        self.vocabulary = vocabulary
        self.mint = Mint(vocabulary.base)
        self.graph_name = self.mint.named_graph(article.slug)
        self.node = self.mint.article(article.slug)
        self.quads: set[Quad] = set()
        self.problems: list[Problem] = []
        self.names: dict[str, NamedNode] = {}
        self.types: dict[NamedNode, NamedNode] = {}
        self.individuals = {
            iri.rpartition("#")[2]: NamedNode(iri)
            for iri in vocabulary.individuals
            if iri.startswith(vocabulary.namespace)
        }

    def term(self, compact: str) -> NamedNode:
        """The IRI of a compact name such as `sm:passage`."""
        prefix, _, local = compact.partition(":")
        return NamedNode(self.vocabulary.prefixes[prefix] + local)

    def add(self, subject: NamedNode, predicate: str, obj: NamedNode | Literal) -> None:
        """Write a triple into the article's named graph."""
        self.quads.add(Quad(subject, self.term(predicate), obj, self.graph_name))

    def add_labels(self, subject: NamedNode, predicate: str, labels: Mapping[str, str]) -> None:
        """Write a text in each of its languages."""
        for language, text in labels.items():
            self.add(subject, predicate, Literal(text, language=language))

    def report(self, file: str, where: Where, message: str, mend: str = "") -> None:
        """Note a mistake at a place in one of the folder's files."""
        self.problems.append(self.article.documents[file].problem(where, message, mend))

    def declare_names(self) -> None:
        """Give each entity and figure its IRI and class."""
        for name, entity in self.article.entities.items():
            class_iri = self.vocabulary.terms.get(entity.class_name)
            if class_iri is None or class_iri not in self.vocabulary.classes:
                known = [
                    t for t, i in self.vocabulary.terms.items() if i in self.vocabulary.classes
                ]
                mend = suggest(entity.class_name, known) or "See the ontology for the classes."
                self.report(
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
                    self.report(
                        "statements", where, f"The key “{key}” stands twice.", "Rename one of them."
                    )
                node = self.mint.observation(self.article.slug, key)
                self.names[key] = node
                self.types[node] = self.term("schema:Observation")

    def resolve(self, name: object, file: str, where: Where) -> NamedNode | None:
        """The IRI of a name, or a problem where it stands."""
        if isinstance(name, str):
            found = self.names.get(name) or self.individuals.get(name)
            if found:
                return found
            if name in self.article.entities:
                return None  # its class is unknown, and that has been said
        mend = suggest(name, [*self.names, *self.individuals]) or "Add it to entities.yaml."
        self.report(file, where, f"Nothing here is named “{name}”.", mend)
        return None

    def class_of(self, node: NamedNode) -> str:
        """The class that the folder or the ontology gives a thing."""
        declared = self.types.get(node)
        return declared.value if declared else self.vocabulary.individuals[node.value]
