"""What things are called, in anyone's RDF.

Labels come from SKOS, RDFS, schema.org, FOAF and Dublin Core, in that order;
a thing without any is called by the end of its IRI.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode

from graph.engine import Engine
from graph.script import simplified
from graph.standard_names import STANDARD_NAMES

LABEL_PREDICATES: tuple[str, ...] = (
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://www.w3.org/2000/01/rdf-schema#label",
    "https://schema.org/name",
    "http://schema.org/name",
    "http://xmlns.com/foaf/0.1/name",
    "http://purl.org/dc/terms/title",
    "http://purl.org/dc/elements/1.1/title",
)

DEFINITION_PREDICATES: tuple[str, ...] = (
    "http://www.w3.org/2004/02/skos/core#definition",
    "http://www.w3.org/2000/01/rdf-schema#comment",
    "http://purl.org/dc/terms/description",
)
_MOST_OF_DEFINITION = 600  # characters: more is an essay, which has a page of its own

_CHOICE: Mapping[str, Sequence[str]] = {
    "zh-hant": ("zh-hant", "zh-tw", "zh-hk", "zh", "zh-hans", "zh-cn", "en", ""),
    "zh-hans": ("zh-hans", "zh-cn", "zh", "zh-hant", "zh-tw", "en", ""),
    "en": ("en", "en-us", "en-gb", "", "zh-hant", "zh-hans", "zh"),
}

_TRADITIONAL = frozenset({"zh-hant", "zh-tw", "zh-hk"})

# Not VALUES for the predicates: Oxigraph would read all labels there are, to join them.
_QUERY = """
SELECT ?thing ?predicate ?label WHERE {
  VALUES ?thing { %s }
  ?thing ?predicate ?label .
  FILTER(?predicate IN (%s) && isLiteral(?label))
}
"""


def labels_of(engine: Engine, iris: Iterable[str], language: str) -> dict[str, str]:
    """A label for each IRI, in the language that is nearest to the one wanted."""
    wanted = sorted(set(iris))
    found = _texts_of(engine, wanted, LABEL_PREDICATES, language)
    return {iri: found.get(iri) or standard_name(iri, language) for iri in wanted}


def definitions_of(engine: Engine, iris: Iterable[str], language: str) -> dict[str, str]:
    """What terms of a vocabulary mean, where the dataset says so: SKOS, RDFS, Dublin Core."""
    found = _texts_of(engine, sorted(set(iris)), DEFINITION_PREDICATES, language)
    return {
        iri: text if len(text) <= _MOST_OF_DEFINITION else f"{text[: _MOST_OF_DEFINITION - 1]}…"
        for iri, text in found.items()
    }


def _texts_of(
    engine: Engine, iris: Sequence[str], predicates: Sequence[str], language: str
) -> dict[str, str]:
    if not iris:
        return {}
    found: dict[str, list[tuple[int, int, str]]] = {}
    things = " ".join(str(NamedNode(iri)) for iri in iris)
    named = ", ".join(f"<{iri}>" for iri in predicates)
    for solution in engine.select(_QUERY % (things, named)):
        text = solution["label"]
        assert isinstance(text, Literal)
        rank = predicates.index(solution["predicate"].value)
        tag = text.language or ""
        entry = (_distance(tag, language), rank, _folded(text.value, tag, language))
        found.setdefault(solution["thing"].value, []).append(entry)
    return {iri: min(entries)[2] for iri, entries in found.items()}


def standard_name(iri: str, language: str) -> str:
    """What a term of a standard is called, else the end of the IRI."""
    return nearest(STANDARD_NAMES.get(iri, {}), language) or name_from(iri)


def nearest(values: Mapping[str, str], language: str) -> str | None:
    """The text whose language is nearest to the one wanted; Traditional is folded to Simplified."""
    ranked = sorted((_distance(tag, language), tag) for tag in values)
    return _folded(values[ranked[0][1]], ranked[0][1], language) if ranked else None


def _folded(text: str, tag: str, language: str) -> str:
    wanted, given = language.lower(), tag.lower()
    return simplified(text) if wanted == "zh-hans" and given in _TRADITIONAL else text


def name_from(iri: str) -> str:
    """The end of an IRI, readable.

    >>> name_from("http://xmlns.com/foaf/0.1/knows")
    'knows'
    """
    parts = [part for part in re.split(r"[/#]", iri.rstrip("/#")) if part]
    return unquote(parts[-1]) if parts else iri


def _distance(tag: str, language: str) -> int:
    chain = _CHOICE.get(language.lower(), (language.lower(), "en", ""))
    tag = tag.lower()
    return chain.index(tag) if tag in chain else len(chain) + (tag == "zh-latn-pinyin")


def give_labels(value: Any, labels: Mapping[str, str]) -> None:
    """Give each `{"iri": …}` that has no label its own."""
    if isinstance(value, dict):
        iri = value.get("iri")
        if isinstance(iri, str) and "label" not in value and iri in labels:
            value["label"] = labels[iri]
        for item in value.values():
            give_labels(item, labels)
    elif isinstance(value, list):
        for item in value:
            give_labels(item, labels)


def called(names: Iterable[tuple[str, str, int]], language: str) -> str | None:
    """Of names (text, language tag, rank) the one nearest to the language, small ranks first."""
    ranked = [(_distance(tag, language), rank, _folded(t, tag, language)) for t, tag, rank in names]
    return min(ranked)[2] if ranked else None
