"""What the network page asks: who is around a thing or a hub, and how many of each kind."""

from __future__ import annotations

from tests.bench.generator import DAYS, Census, day
from tests.bench.query import PAGE, Scattered, Turns

_SEASON_DAYS = 90


def exploration(census: Census) -> Turns:
    """Neighbourhoods, counts and rankings around one thing: 1 to 50 ms each."""
    leading = Scattered(census.companies // 50)
    companies, people = Scattered(census.companies), Scattered(census.people)
    products, hubs = Scattered(census.products), Scattered(census.hubs)

    def counted(n: int, terms: Scattered, kind: str, pattern: str) -> str:
        number, turn = terms[n]
        where = pattern.format(term=f"id:{kind}{number}")
        return f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ {where} }} GROUP BY ?p LIMIT {PAGE + turn}"

    def around(n: int, terms: Scattered, kind: str, size: int = PAGE * 100) -> str:
        number, turn = terms[n]
        return (
            "SELECT DISTINCT ?p ?who ?name WHERE { "
            f"{{ id:{kind}{number} ?p ?who }} UNION {{ ?who ?p id:{kind}{number} }} "
            "?who skos:prefLabel ?name FILTER(LANGMATCHES(LANG(?name), 'zh-hant')) "
            f"}} LIMIT {size + turn}"
        )

    def season_of_hub(n: int) -> str:
        number, turn = hubs[n]
        begin = turn * 31 % (DAYS - _SEASON_DAYS)
        return (
            "SELECT ?who ?name ?date WHERE { "
            f"?who sm:serves id:Hub{number} ; schema:foundingDate ?date ; skos:prefLabel ?name "
            f'FILTER(?date >= "{day(begin)}"^^xsd:date && '
            f'?date < "{day(begin + _SEASON_DAYS)}"^^xsd:date) '
            "FILTER(LANGMATCHES(LANG(?name), 'zh-hant')) "
            f"}} LIMIT {PAGE * 100 + turn}"
        )

    def kinds_of_neighbours(n: int) -> str:
        number, turn = companies[n]
        return (
            "SELECT ?kind (COUNT(DISTINCT ?who) AS ?n) WHERE { "
            f"?who ?p id:Company{number} . ?who a ?kind }} GROUP BY ?kind LIMIT {PAGE + turn}"
        )

    def two_steps_away(n: int) -> str:
        number, turn = leading[n]
        return (
            "SELECT ?other (COUNT(DISTINCT ?between) AS ?n) WHERE { "
            f"id:Company{number} ?p ?between . ?between ?q ?other . ?other a sm:Company "
            f"}} GROUP BY ?other LIMIT {PAGE * 100 + turn}"
        )

    def figures_over_time(n: int) -> str:
        number, turn = leading[n]
        return (
            "SELECT ?date ?metric ?value WHERE { "
            f"?figure schema:observationAbout id:Company{number} ; schema:startDate ?date ; "
            "schema:variableMeasured ?metric ; schema:value ?value "
            f"}} ORDER BY ?date ?value STR(?metric) LIMIT {PAGE * 10 + turn}"
        )

    def cited_by_article(n: int) -> str:
        number, turn = leading[n]
        return (
            "SELECT ?article ?headline (COUNT(?statement) AS ?n) WHERE { "
            f"?statement rdf:subject id:Company{number} ; sm:article ?article . "
            "?article schema:headline ?headline FILTER(LANGMATCHES(LANG(?headline), 'en')) "
            f"}} GROUP BY ?article ?headline LIMIT {PAGE * 100 + turn}"
        )

    def mentioned_with(n: int) -> str:
        number, turn = leading[n]
        return (
            "SELECT ?other (COUNT(?article) AS ?n) WHERE { "
            f"?article schema:mentions id:Company{number}, ?other "
            f"FILTER(?other != id:Company{number}) "
            f"}} GROUP BY ?other ORDER BY DESC(?n) STR(?other) LIMIT {25 + turn}"
        )

    return Turns(
        "exploration",
        {
            "edges of a hub": lambda n: counted(n, hubs, "Hub", "?s ?p {term}"),
            "edges of a leading company": lambda n: counted(n, leading, "Company", "?s ?p {term}"),
            "facts of a company": lambda n: counted(n, companies, "Company", "{term} ?p ?o"),
            "around a leading company": lambda n: around(n, leading, "Company", PAGE * 1000),
            "around a company": lambda n: around(n, companies, "Company"),
            "around a person": lambda n: around(n, people, "Person"),
            "around a product": lambda n: around(n, products, "Product"),
            "a season around a hub": season_of_hub,
            "kinds of neighbours": kinds_of_neighbours,
            "two steps away": two_steps_away,
            "figures over time": figures_over_time,
            "cited, by article": cited_by_article,
            "mentioned with": mentioned_with,
        },
    )
