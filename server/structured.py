"""What search engines read in a page: schema.org in JSON-LD, as a block of data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graph.reading import Reading
from server.state import state

JSON = dict[str, Any]

_SCHEMA = "https://schema.org/"


def of_thing(thing: Mapping[str, Any]) -> JSON:
    """A thing as schema.org tells it."""
    told: JSON = {
        "@context": _SCHEMA,
        "@id": thing["iri"],
        "@type": _type_of(thing),
        "name": thing["label"],
    }
    other = sorted({n["text"] for n in thing["names"]} - {thing["label"]})
    if other:
        told["alternateName"] = other
    if thing["description"]:
        told["description"] = thing["description"]
    same = [link["iri"] for link in thing["links"] if _is_address(link["iri"])]
    if same:
        told["sameAs"] = same
    own = thing["statements"].get(thing["iri"]) if thing["isStatement"] else None
    if own:
        told["text"] = own["paraphrase"] or own["text"]
        if own.get("articleIri"):
            told["appearance"] = {"@type": "NewsArticle", "@id": own["articleIri"]}
    figure = thing["figure"]
    if figure:
        told |= _of_figure(figure)
    return told


def of_article(article: Reading, language: str) -> JSON:
    """An article as schema.org tells it."""
    told: JSON = {
        "@context": _SCHEMA,
        "@id": article.iri,
        "@type": "NewsArticle",
        "headline": article.title,
        "inLanguage": language,
        "datePublished": (article.date or "")[:10],
        "author": {"@type": "Person", "name": article.author} if article.author else None,
        "license": article.license,
    }
    return {name: value for name, value in told.items() if value}


def _of_figure(figure: Mapping[str, Any]) -> JSON:
    told = {
        "value": figure["value"],
        "minValue": figure["low"],
        "maxValue": figure["high"],
        "startDate": figure["start"],
        "endDate": figure["end"],
    }
    for name, term in (("observationAbout", "about"), ("variableMeasured", "metric")):
        if figure[term] and "iri" in figure[term]:
            told[name] = {"@id": figure[term]["iri"], "name": figure[term]["label"]}
    return {name: value for name, value in told.items() if value is not None}


def _type_of(thing: Mapping[str, Any]) -> str:
    if thing["isStatement"]:
        return "Claim"
    if thing["instances"] or thing["uses"]:
        return "DefinedTerm"
    vocabulary = state().vocabulary
    iri = thing["class"]["iri"] if thing["class"] else ""
    known = _local(iri) or _first_local(sorted(vocabulary.superclasses(iri) - {iri}))
    return known or "Thing"


def _first_local(iris: Iterable[str]) -> str | None:
    return next((name for iri in iris if (name := _local(iri))), None)


def _local(iri: str) -> str | None:
    for namespace in (_SCHEMA, "http://schema.org/"):
        if iri.startswith(namespace) and iri.removeprefix(namespace).isalnum():
            return iri.removeprefix(namespace)
    return None


def _is_address(iri: str) -> bool:
    return iri.startswith(("http://", "https://"))
