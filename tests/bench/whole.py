"""Queries over all of the graph: analyses, answers of many solutions, exports."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.generator import BASE, Census
from tests.bench.query import TRIPLES, Turns

ROWS = 100_000
_WHOLE = 10_000_000
# Variables, pattern, what groups and orders, and how many solutions a page has at first.
# Rankings have few ties to break: some engines look up a name each time they compare two.
_ANALYSES = {
    "statements by predicate": (
        "?p (COUNT(*) AS ?n)",
        "?s rdf:predicate ?p",
        "GROUP BY ?p",
        1000,
    ),
    "predicates of companies": (
        "?p (COUNT(*) AS ?n)",
        "?s a sm:Company ; ?p ?o",
        "GROUP BY ?p",
        1000,
    ),
    "most invested in": (
        "?company (COUNT(?investment) AS ?n) (SUM(?amount) AS ?total)",
        "?investment sm:investee ?company ; schema:amount ?amount",
        "GROUP BY ?company ORDER BY DESC(?total) STR(?company)",
        20,
    ),
    "figures by metric": (
        "?metric (COUNT(*) AS ?n) (AVG(?value) AS ?mean) (MIN(?value) AS ?least) "
        "(MAX(?value) AS ?most)",
        "?figure schema:variableMeasured ?metric ; schema:value ?value",
        "GROUP BY ?metric",
        1000,
    ),
    "publishers and what they assert": (
        "?publisher ?modality (COUNT(*) AS ?n)",
        "?statement sm:modality ?modality ; sm:article ?article . "
        "?article schema:publisher ?publisher",
        "GROUP BY ?publisher ?modality",
        1000,
    ),
    "figures by metric and year": (
        "?metric ?year (COUNT(*) AS ?n) (MAX(?value) AS ?most)",
        "?figure schema:variableMeasured ?metric ; schema:value ?value ; schema:startDate ?date "
        "BIND(SUBSTR(STR(?date), 1, 4) AS ?year)",
        "GROUP BY ?metric ?year",
        1000,
    ),
    "money from market to market": (
        "?from ?to (SUM(?amount) AS ?total)",
        "?investment sm:investor ?a ; sm:investee ?b ; schema:amount ?amount . "
        "?a sm:activeIn ?from . ?b sm:activeIn ?to",
        "GROUP BY ?from ?to ORDER BY DESC(?total) STR(?from) STR(?to)",
        50,
    ),
    "developers by products": (
        "?name (COUNT(?product) AS ?n)",
        "?product sm:developer ?company . ?company skos:prefLabel ?name "
        "FILTER(LANGMATCHES(LANG(?name), 'en'))",
        "GROUP BY ?name ORDER BY DESC(?n) ?name",
        20,
    ),
    "most mentioned": (
        "?who (COUNT(?article) AS ?n)",
        "?article schema:mentions ?who",
        "GROUP BY ?who HAVING (COUNT(?article) > 5) ORDER BY DESC(?n) STR(?who)",
        20,
    ),
    "most mentioned together": (
        "?a ?b (COUNT(?article) AS ?n)",
        "?article schema:mentions ?a, ?b FILTER(?a != ?b)",
        "GROUP BY ?a ?b HAVING (COUNT(?article) > 1) ORDER BY DESC(?n) STR(?a) STR(?b)",
        20,
    ),
    "companies that a publisher writes on": (
        "?publisher (COUNT(DISTINCT ?company) AS ?n)",
        "?article schema:publisher ?publisher . ?statement sm:article ?article ; "
        "rdf:subject ?company . ?company a sm:Company",
        "GROUP BY ?publisher",
        1000,
    ),
    "companies that nobody invests in": (
        "(COUNT(?company) AS ?n)",
        "?company a sm:Company FILTER NOT EXISTS { ?investment sm:investee ?company }",
        "",
        1000,
    ),
    "passages by length": (
        "?length (COUNT(*) AS ?n)",
        "?selector oa:start ?start ; oa:end ?end BIND(?end - ?start AS ?length)",
        "GROUP BY ?length",
        1000,
    ),
    "graphs with the largest figures": (
        "?graph (MAX(?value) AS ?most) (COUNT(?statement) AS ?n)",
        "GRAPH ?graph { ?figure schema:value ?value . ?statement rdf:subject ?figure }",
        "GROUP BY ?graph ORDER BY DESC(?most) STR(?graph)",
        20,
    ),
}


def analytic(census: Census) -> Turns:
    """Group-bys, joins with aggregates and rankings, over all of the graph."""
    del census

    def ask(variables: str, where: str, group: str, size: int) -> Callable[[int], str]:
        return lambda n: f"SELECT {variables} WHERE {{ {where} }} {group} LIMIT {size + n}"

    return Turns("analytic", {name: ask(*parts) for name, parts in _ANALYSES.items()})


def rows(census: Census) -> Turns:
    """Answers of 100,000 solutions, where the graph has as many."""
    del census
    patterns = {
        "statements, term by term": "?s a rdf:Statement ; ?p ?o",
        "things with their names": "?s skos:prefLabel ?name ; ?p ?o",
        "quotations": "?s ?p ?o FILTER(?p IN (oa:exact, oa:prefix, oa:suffix, sm:paraphrase))",
    }

    def ask(where: str) -> Callable[[int], str]:
        return lambda n: f"SELECT * WHERE {{ {where} }} LIMIT {ROWS + n}"

    return Turns("rows", {name: ask(where) for name, where in patterns.items()}, cut=True)


def export(census: Census) -> Turns:
    """Whole named graphs, as triples."""
    del census

    def ask(name: str) -> Callable[[int], str]:
        where = f"GRAPH <{BASE}graph/{name}> {{ ?s ?p ?o }}"
        return lambda n: f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {where} }} LIMIT {_WHOLE + n}"

    names = ("companies", "people", "products", "edges")
    return Turns("export", {name: ask(name) for name in names}, accept=TRIPLES)
