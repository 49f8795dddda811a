"""The dataset: all articles together, what follows from them, and the ontology.

Deterministic: the same folders give the same quads in the same order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

import ontology
from graph.article import Article, read_article
from graph.compile import CitedFact, CompiledArticle, compile_article
from graph.errors import InvalidArticle, Problem
from graph.inference import Inference, Link, infer, quads_of
from graph.ontology_graph import ontology_quads
from ontology import Vocabulary


@dataclass(frozen=True)
class Dataset:
    """The quads, in order, with what they were made from."""

    quads: tuple[Quad, ...]
    articles: tuple[CompiledArticle, ...]
    inferences: tuple[Inference, ...]


def build_dataset(folders: Sequence[Path], vocabulary: Vocabulary) -> Dataset:
    """Compile the articles of these folders into one dataset.

    Raises `InvalidArticle` with the mistakes of all folders.
    """
    articles: list[Article] = []
    compiled: list[CompiledArticle] = []
    problems: list[Problem] = []
    by_name: dict[str, Path] = {}
    for folder in folders:
        if by_name.setdefault(folder.name, folder) != folder:
            message = f"{by_name[folder.name]} is called “{folder.name}” too."
            problems.append(Problem(folder, 0, 0, message, "Rename one of the two folders."))
        try:
            articles.append(read_article(folder))
        except InvalidArticle as error:
            problems.extend(error.problems)
    for article in articles:
        try:
            compiled.append(compile_article(article, vocabulary))
        except InvalidArticle as error:
            problems.extend(error.problems)
    if problems:
        raise InvalidArticle(problems)
    return combine(compiled, vocabulary)


def combine(compiled: Iterable[CompiledArticle], vocabulary: Vocabulary) -> Dataset:
    """Bring compiled articles together, in the order of their slugs, and infer."""
    articles = tuple(sorted(compiled, key=lambda each: each.article.slug))
    cited = [fact for article in articles for fact in article.facts]
    types = [pair for article in articles for pair in article.types.items()]
    inferences = tuple(infer(links(cited), types, vocabulary))
    quads: set[Quad] = set()
    for article in articles:
        quads |= article.quads
    quads = _one_preferred_label(quads, vocabulary)
    quads |= quads_of(inferences, vocabulary)
    quads |= ontology_quads(vocabulary)
    return Dataset(tuple(sorted(quads, key=order)), articles, inferences)


def links(facts: Iterable[CitedFact]) -> dict[Link, NamedNode]:
    """The asserted facts between things, each with the first statement that cites it."""
    found: dict[Link, NamedNode] = {}
    for fact in sorted(facts, key=lambda f: f.statement.value):
        subject, predicate, obj = fact.triple
        if fact.asserted and isinstance(obj, NamedNode):
            found.setdefault((subject, predicate, obj), fact.statement)
    return found


def order(quad: Quad) -> tuple[str, str, str, str]:
    """The sorting key of quads: graph, subject, predicate (types first), object."""
    predicate = quad.predicate.value
    is_type = predicate == "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    return (
        str(quad.graph_name),
        str(quad.subject),
        "" if is_type else predicate,
        str(quad.object),
    )


def fingerprint(folders: Sequence[Path], vocabulary: Vocabulary) -> str:
    """SHA-256 over all that a build reads: it changes when a rebuild is due."""
    digest = hashlib.sha256(vocabulary.base.encode())
    sources = [*sorted(ontology.FOLDER.glob("*.*")), *sorted(Path(__file__).parent.glob("*.py"))]
    for folder in folders:
        sources += sorted(p for p in folder.iterdir() if p.suffix in {".yaml", ".md"})
    for path in sources:
        if path.suffix in {".ttl", ".jsonld", ".py", ".yaml", ".md"}:
            digest.update(f"\0{path.parent.name}/{path.name}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _one_preferred_label(quads: set[Quad], vocabulary: Vocabulary) -> set[Quad]:
    """Where articles prefer different labels, the first keeps its own; others become variants.

    No label is both preferred and a variant (SKOS Reference, S13).
    """
    skos = vocabulary.prefixes["skos"]
    preferred, variant = NamedNode(f"{skos}prefLabel"), NamedNode(f"{skos}altLabel")
    chosen: dict[tuple[str, str | None], Literal] = {}
    kept: set[Quad] = set()
    labels: list[Quad] = []
    for quad in sorted(quads, key=order):
        obj = quad.object
        if quad.predicate not in {preferred, variant} or not isinstance(obj, Literal):
            kept.add(quad)
            continue
        labels.append(quad)
        if quad.predicate == preferred:
            chosen.setdefault((str(quad.subject), obj.language), obj)
    for quad in labels:
        obj = quad.object
        assert isinstance(obj, Literal)
        if chosen.get((str(quad.subject), obj.language)) != obj:
            kept.add(Quad(quad.subject, variant, obj, quad.graph_name))
        elif quad.predicate == preferred:
            kept.add(quad)
    return kept
