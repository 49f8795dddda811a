"""An article as it is read: its text in blocks, its passages and what each says."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode

from graph.engine import Engine, in_order
from graph.errors import ArticleNotFound
from graph.label import labels_of, nearest
from graph.passage import Block, Passage, blocks

_SCHEMA = "PREFIX schema: <https://schema.org/> PREFIX dcterms: <http://purl.org/dc/terms/> "
_OURS = (
    "PREFIX sm: <{namespace}> PREFIX oa: <http://www.w3.org/ns/oa#> "
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)


@dataclass(frozen=True)
class Text:
    """One text of an article: its IRI, language and content, in code points."""

    iri: str
    language: str
    content: str

    @property
    def blocks(self) -> list[Block]:
        """The headings and paragraphs."""
        return blocks(self.content)


@dataclass(frozen=True)
class Reading:
    """An article to be read. `cited` maps passages of each text to statements."""

    iri: str
    slug: str
    title: str
    author: str | None
    date: str | None
    license: str | None
    texts: tuple[Text, ...]
    original: tuple[str, int] | None
    cited: dict[str, dict[Passage, list[str]]] = field(default_factory=dict)

    def text(self, language: str | None) -> Text:
        """The text in a language, else the article's own."""
        return next((t for t in self.texts if t.language == language), self.texts[0])

    def uncited(self, text: Text) -> list[Block]:
        """The paragraphs in which no statement has a passage."""
        passages = self.cited.get(text.iri, {})
        return [
            block
            for block in text.blocks
            if block.level == 0 and not any(passage.within(block.passage) for passage in passages)
        ]


def article_iris(engine: Engine) -> list[str]:
    """The IRIs of all articles that have a text, in order."""
    found = engine.select(
        _SCHEMA + "SELECT DISTINCT ?a WHERE { ?a a schema:NewsArticle ; schema:articleBody ?t . "
        "FILTER NOT EXISTS { ?a schema:translationOfWork ?other } } ORDER BY ?a"
    )
    return [solution["a"].value for solution in found]


def passage_property(engine: Engine, language: str) -> str:
    """By which property a statement leads to its passage in a reader's language: its local name.

    English readers are led to translations where every article has one; else, and for all
    others, it is the passage of the article's own text.
    """
    if language != "en":
        return "passage"
    found = engine.select(
        _SCHEMA + "SELECT DISTINCT ?a WHERE "
        "{ ?text schema:translationOfWork ?a ; schema:inLanguage 'en' }"
    )
    articles = set(article_iris(engine))
    translated = {solution["a"].value for solution in found}
    return "translatedPassage" if articles and articles <= translated else "passage"


def read(engine: Engine, iri: str, namespace: str, language: str) -> Reading:
    """Read an article with its passages; titles and names in `language`.

    Raises `ArticleNotFound` when the dataset has no text at `iri`.
    """
    node = NamedNode(iri)
    texts = _texts(engine, node)
    if not texts:
        slug = iri.rpartition("/")[2]
        raise ArticleNotFound(f"There is no article “{slug}” here.")
    about = engine.select(
        _SCHEMA + "SELECT * WHERE { OPTIONAL { $a schema:author ?author } "
        "OPTIONAL { $a schema:datePublished ?date } OPTIONAL { $a dcterms:license ?license } }",
        a=node,
    )[0]
    titles = {
        title.language or "": title.value
        for solution in engine.select(
            _SCHEMA + "SELECT ?title WHERE { $a schema:headline ?title }", a=node
        )
        if isinstance(title := solution["title"], Literal)
    }
    author = about["author"].value if "author" in about else None
    named = labels_of(engine, [author] if author else [], language)
    return Reading(
        iri=iri,
        slug=iri.rpartition("/")[2],
        title=nearest(titles, language) or iri,
        author=named[author] if author else None,
        date=about["date"].value if "date" in about else None,
        license=about["license"].value if "license" in about else None,
        texts=tuple(texts),
        original=_original(engine, node, namespace),
        cited={text.iri: _passages(engine, text.iri, namespace) for text in texts},
    )


def _texts(engine: Engine, node: NamedNode) -> list[Text]:
    query = (
        _SCHEMA + "SELECT ?text ?content WHERE { "
        "{ BIND($a AS ?text) $a schema:articleBody ?content } UNION "
        "{ ?text schema:translationOfWork $a ; schema:articleBody ?content } }"
    )
    found = []
    for solution in engine.select(query, a=node):
        content = solution["content"]
        assert isinstance(content, Literal)
        iri = solution["text"].value if "text" in solution else node.value
        found.append(Text(iri, language_tag(content.language or ""), content.value))
    return sorted(found, key=lambda text: (text.iri != node.value, text.iri))


def language_tag(language: str) -> str:
    """The usual case of a language tag, which engines lower (RFC 5646, 2.1.1).

    >>> language_tag("zh-hant")
    'zh-Hant'
    """
    first, *rest = language.split("-")
    parts = [p.title() if len(p) == 4 else p.upper() if len(p) == 2 else p for p in rest]
    return "-".join([first, *parts])


def _original(engine: Engine, node: NamedNode, namespace: str) -> tuple[str, int] | None:
    found = engine.select(
        _SCHEMA + _OURS.format(namespace=namespace) + "SELECT ?sha ?length WHERE "
        "{ $a schema:isBasedOn ?o . ?o sm:sha256 ?sha ; sm:length ?length }",
        a=node,
    )
    return (found[0]["sha"].value, int(found[0]["length"].value)) if found else None


def _passages(engine: Engine, source: str, namespace: str) -> dict[Passage, list[str]]:
    query = (
        _OURS.format(namespace=namespace)
        + """SELECT ?statement ?start ?end WHERE {
          ?passage oa:hasSource $source ; oa:hasSelector ?selector .
          ?selector a oa:TextPositionSelector ; oa:start ?start ; oa:end ?end .
          ?statement sm:passage|sm:translatedPassage ?passage . }"""
    )
    found: dict[Passage, list[str]] = defaultdict(list)
    for solution in engine.select(query, source=NamedNode(source)):
        passage = Passage(int(solution["start"].value), int(solution["end"].value))
        found[passage].append(solution["statement"].value)
    return {passage: sorted(found[passage]) for passage in sorted(found)}


def passage_names(engine: Engine, source: str) -> list[str]:
    """The fragments that name passages of a text, such as `char=12,34`, cited or not."""
    found = engine.select(
        "SELECT DISTINCT ?passage WHERE { ?passage <http://www.w3.org/ns/oa#hasSource> $text "
        "FILTER(isIRI(?passage)) } LIMIT 10000",
        text=NamedNode(source),
    )
    names = (row["passage"].value.partition("#")[2] for row in found)
    return sorted(name for name in names if name.startswith("char="))


def oddities_of(engine: Engine, iri: str, namespace: str, language: str) -> list[dict[str, Any]]:
    """What is odd about an article: the reason, and the statements and passages it is about."""
    query = (
        _OURS.format(namespace=namespace)
        + """SELECT ?note ?reason ?target WHERE {
          ?note a oa:Annotation ; rdfs:comment ?reason ; oa:hasTarget ?target .
          FILTER(STRSTARTS(STR(?note), $prefix)) }"""
    )
    prefix = Literal(iri.replace("/article/", "/annotation/") + "/")
    reasons: dict[str, dict[str, str]] = defaultdict(dict)
    targets: dict[str, dict[str, None]] = defaultdict(dict)
    for row in in_order(engine.select(query, prefix=prefix), "note", "target"):
        reason = row["reason"]
        assert isinstance(reason, Literal)
        reasons[row["note"].value][reason.language or ""] = reason.value
        targets[row["note"].value][row["target"].value] = None
    return [
        {
            "iri": note,
            "text": nearest(texts, language),
            "targets": [{"iri": target} for target in targets[note] if "#" not in target],
            "passages": [target for target in targets[note] if "#" in target],
        }
        for note, texts in reasons.items()
    ]
