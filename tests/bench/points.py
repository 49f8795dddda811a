"""Point queries: what is asked of one thing, some thousand times a second."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.generator import (
    BASE,
    DAYS,
    FIGURES_PER_ARTICLE,
    STATEMENTS_PER_ARTICLE,
    Census,
    day,
    thing,
)
from tests.bench.query import PAGE, Query, Scattered, Turns

REPEATED = 20


def point(census: Census) -> Turns:
    """What is asked of one thing, over all things, statements, figures and articles."""
    statements = census.articles * STATEMENTS_PER_ARTICLE
    figures = census.articles * FIGURES_PER_ARTICLE

    def subject(number: int) -> str:
        """A thing, a statement, an observation or an article."""
        if number < census.things:
            return thing(census, number)
        number -= census.things
        if number < statements:
            return _statement(number)
        number -= statements
        if number < figures:
            article, figure = divmod(number, FIGURES_PER_ARTICLE)
            return f"{BASE}observation/news-{article}/{figure}"
        return f"{BASE}article/news-{number - figures}"

    subjects = Scattered(census.things + statements + figures + census.articles)
    things = Scattered(census.things)
    companies = Scattered(census.companies)
    cited = Scattered(statements)

    def facts(n: int) -> str:
        number, turn = subjects[n]
        return f"SELECT ?p ?o WHERE {{ <{subject(number)}> ?p ?o }} LIMIT {PAGE * 100 + turn}"

    def label(n: int) -> str:
        number, turn = things[n]
        return (
            f"SELECT ?label WHERE {{ <{thing(census, number)}> skos:prefLabel ?label "
            f'FILTER(LANGMATCHES(LANG(?label), "zh-hant")) }} LIMIT {PAGE + turn}'
        )

    def between(n: int) -> str:
        number, turn = things[n]
        other = f"id:Hub{turn % census.hubs}"
        return (
            f"SELECT ?p WHERE {{ <{thing(census, number)}> ?p {other} }} "
            f"LIMIT {PAGE + turn // census.hubs}"
        )

    def figures_since(n: int) -> str:
        number, turn = companies[n]
        since = day((number * 11 + turn) % DAYS)
        return (
            "SELECT ?metric ?value ?date WHERE { "
            f"?figure schema:observationAbout id:Company{number} ; "
            "schema:variableMeasured ?metric ; schema:value ?value ; schema:startDate ?date "
            f'FILTER(?date >= "{since}"^^xsd:date) }}'
        )

    def says_who(n: int) -> str:
        number, turn = cited[n]
        return (
            "SELECT ?headline ?date ?quote WHERE { "
            f"<{_statement(number)}> sm:article ?article ; sm:passage ?passage . "
            "?article schema:headline ?headline ; schema:datePublished ?date . "
            f"?passage oa:hasSelector ?selector . ?selector oa:exact ?quote }} LIMIT {PAGE + turn}"
        )

    def products(n: int) -> str:
        number, turn = companies[n]
        return (
            "SELECT ?product ?name WHERE { "
            f"?product sm:developer id:Company{number} ; skos:prefLabel ?name "
            f'FILTER(LANGMATCHES(LANG(?name), "en")) }} LIMIT {PAGE * 10 + turn}'
        )

    return Turns(
        "fresh",
        {
            "facts": facts,
            "label": label,
            "link to a hub": between,
            "figures since a day": figures_since,
            "says who": says_who,
            "products": products,
        },
    )


def repeated(census: Census) -> Turns:
    """Twenty point queries, which are asked over and over."""
    chosen = [next(point(census).queries(number * 1009)) for number in range(REPEATED)]

    def always(query: Query) -> Callable[[int], str]:
        return lambda n: query.body

    return Turns(
        "repeated", {f"{place} {query.name}": always(query) for place, query in enumerate(chosen)}
    )


def _statement(number: int) -> str:
    article, statement = divmod(number, STATEMENTS_PER_ARTICLE)
    return f"{BASE}statement/news-{article}/{statement}"
