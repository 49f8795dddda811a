"""The words of a dataset: its classes and predicates, how often it uses them, what they are called.

For whoever writes a query: names come in every language of the pages, since one may think of a
term in another than the one that is read. Works on anyone's RDF.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import rdflib
from pyoxigraph import Literal, NamedNode

from graph.engine import Engine, Solution, in_order
from graph.errors import QueryFailed
from graph.label import labels_of, nearest

LANGUAGES = ("zh-Hant", "zh-Hans", "en")
CLASS_LIMIT = 1000
PREDICATE_LIMIT = 2000
OBJECT_LIMIT = 100
# Where counting all takes too long, so many triples are looked at.
_SAMPLE = 200_000
_SAMPLE_OF_ONE = 20_000

_CLASSES = "?thing a ?term FILTER(ISIRI(?term))"
_PREDICATES = "?subject ?term ?object"
_COUNTED = """
SELECT ?term (COUNT(*) AS ?count) WHERE { %s }
GROUP BY ?term ORDER BY DESC(?count) ?term LIMIT %d
"""
_OF_CLASS = f"""
SELECT ?term (COUNT(DISTINCT ?thing) AS ?count) WHERE {{
  {{ SELECT ?thing WHERE {{ ?thing a $class }} LIMIT {_SAMPLE_OF_ONE} }}
  ?thing ?term ?value
}}
GROUP BY ?term ORDER BY DESC(?count) ?term LIMIT {PREDICATE_LIMIT}
"""
_OBJECTS = f"""
SELECT ?term (COUNT(*) AS ?count) WHERE {{
  {{ SELECT ?term WHERE {{ ?thing $predicate ?term FILTER(ISIRI(?term)) }}
    LIMIT {_SAMPLE_OF_ONE} }}
}}
GROUP BY ?term ORDER BY DESC(?count) ?term LIMIT {OBJECT_LIMIT}
"""
_DEFINITIONS = """
SELECT ?term ?rank ?text WHERE {
  VALUES ?term { %s }
  VALUES (?property ?rank) {
    (<http://www.w3.org/2004/02/skos/core#definition> 0)
    (<http://www.w3.org/2000/01/rdf-schema#comment> 1)
    (<http://purl.org/dc/terms/description> 2)
    (<https://schema.org/description> 3)
  }
  ?term ?property ?text FILTER(ISLITERAL(?text))
}
"""
_SYNONYMS = """
SELECT ?term ?text WHERE {
  VALUES ?term { %s }
  ?term <http://www.w3.org/2004/02/skos/core#altLabel> ?text FILTER(ISLITERAL(?text))
}
"""
_SYNONYM_LIMIT = 20
# Local names that need no escape (SPARQL 1.1, PN_LOCAL), narrower than the grammar.
_LOCAL = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff](?:[\w-]*[A-Za-z0-9_\u4e00-\u9fff])?")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_DEFINITION_LENGTH = 300
_WELL_KNOWN = {
    str(namespace): prefix
    for prefix, namespace in rdflib.Graph(bind_namespaces="rdflib").namespaces()
}


@dataclass(frozen=True)
class Term:
    """A term that the data use. `name` is how a query writes it; `count` how often it is used.

    `synonyms` are its other names (skos:altLabel), in any language.
    """

    iri: str
    name: str
    count: int
    labels: Mapping[str, str]
    definition: str | None = None
    synonyms: Sequence[str] = ()


@dataclass(frozen=True)
class Terms:
    """Terms, most used first, and the prefixes that their names need.

    `sampled` says that a part of the data was counted, since all would have taken too long.
    """

    prefixes: Mapping[str, str]
    classes: tuple[Term, ...] = ()
    predicates: tuple[Term, ...] = ()
    objects: tuple[Term, ...] = ()
    sampled: bool = field(default=False)


def terms_in_use(engine: Engine, prefixes: Mapping[str, str], language: str) -> Terms:
    """All classes and predicates that the data use, up to a bound."""
    classes, sampled = _counted(engine, _CLASSES, CLASS_LIMIT)
    predicates, also = _counted(engine, _PREDICATES, PREDICATE_LIMIT)
    known = prefixes_for([row["term"].value for row in (*classes, *predicates)], prefixes)
    return Terms(
        known,
        classes=_named(engine, classes, known, language),
        predicates=_named(engine, predicates, known, language),
        sampled=sampled or also,
    )


def terms_of_class(
    engine: Engine, class_iri: NamedNode, prefixes: Mapping[str, str], language: str
) -> Terms:
    """The predicates of a class's instances; of a large class, those of some of them."""
    rows = engine.select(_OF_CLASS, **{"class": class_iri})
    known = prefixes_for([row["term"].value for row in rows], prefixes)
    return Terms(known, predicates=_named(engine, rows, known, language))


def objects_of(
    engine: Engine, predicate: NamedNode, prefixes: Mapping[str, str], language: str
) -> Terms:
    """The things that a predicate most often has as its object."""
    rows = engine.select(_OBJECTS, predicate=predicate)
    known = prefixes_for([row["term"].value for row in rows], prefixes)
    return Terms(known, objects=_named(engine, rows, known, language))


def prefixed(iri: str, prefixes: Mapping[str, str]) -> str:
    """How a query writes an IRI: by the longest namespace that fits, else in full.

    >>> prefixed("http://e.example/a#B", {"e": "http://e.example/", "a": "http://e.example/a#"})
    'a:B'
    >>> prefixed("http://e.example/a/b", {"e": "http://e.example/"})
    '<http://e.example/a/b>'
    """
    for prefix, namespace in sorted(prefixes.items(), key=lambda pair: -len(pair[1])):
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"


def prefixes_for(iris: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    """`known`, and a prefix for each other namespace of these IRIs: the usual one, else its end.

    >>> prefixes_for(["http://xmlns.com/foaf/0.1/name", "http://e.example/tea#Leaf"], {})
    {'foaf': 'http://xmlns.com/foaf/0.1/', 'tea': 'http://e.example/tea#'}
    """
    found = dict(known)
    namespaces = set(found.values())
    for iri in iris:
        namespace = iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
        if not namespace or namespace in namespaces or not _LOCAL.fullmatch(iri, len(namespace)):
            continue
        words = [w for w in re.split(r"[/#]", namespace) if _WORD.fullmatch(w) and len(w) <= 20]
        name = _WELL_KNOWN.get(namespace) or (words[-1].lower() if words else "ns")
        choices = (name, *(f"{name}{number}" for number in range(2, 1000)))
        free = next((choice for choice in choices if choice and choice not in found), None)
        if free:
            found[free] = namespace
            namespaces.add(namespace)
    return found


def _counted(engine: Engine, pattern: str, limit: int) -> tuple[list[Solution], bool]:
    try:
        return engine.select(_COUNTED % (pattern, limit)), False
    except QueryFailed:
        sample = f"{{ SELECT ?term WHERE {{ {pattern} }} LIMIT {_SAMPLE} }}"
        return engine.select(_COUNTED % (sample, limit)), True


def _named(
    engine: Engine, rows: Sequence[Solution], prefixes: Mapping[str, str], language: str
) -> tuple[Term, ...]:
    counts = {row["term"].value: int(row["count"].value) for row in rows}
    labels = {tag: labels_of(engine, counts, tag) for tag in LANGUAGES}
    definitions = _definitions(engine, list(counts), language)
    synonyms = _synonyms(engine, list(counts))
    return tuple(
        Term(
            iri,
            prefixed(iri, prefixes),
            count,
            {tag: labels[tag][iri] for tag in LANGUAGES},
            definitions.get(iri),
            synonyms.get(iri, ()),
        )
        for iri, count in counts.items()
    )


def _synonyms(engine: Engine, iris: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    values = " ".join(str(NamedNode(iri)) for iri in iris)
    rows = engine.select(_SYNONYMS % values) if iris else []
    for row in in_order(rows, "text"):
        known, text = found[row["term"].value], row["text"].value[:_DEFINITION_LENGTH]
        if text not in known and len(known) < _SYNONYM_LIMIT:
            known.append(text)
    return found


def _definitions(engine: Engine, iris: Sequence[str], language: str) -> dict[str, str]:
    if not iris:
        return {}
    texts: dict[str, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    values = " ".join(str(NamedNode(iri)) for iri in iris)
    for row in engine.select(_DEFINITIONS % values):
        text = row["text"]
        if isinstance(text, Literal):
            texts[row["term"].value][int(row["rank"].value)][text.language or ""] = text.value
    found: dict[str, str] = {}
    for iri, by_rank in texts.items():
        words = nearest(by_rank[min(by_rank)], language) or ""
        short = words[: _DEFINITION_LENGTH - 1] + "…"
        found[iri] = words if len(words) <= _DEFINITION_LENGTH else short
    return found
