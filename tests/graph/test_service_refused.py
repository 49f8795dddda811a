"""No query reaches out to another endpoint."""

from __future__ import annotations

import pytest

from graph.engine import refuse_service
from graph.errors import ServiceRefused

OUT = "<http://127.0.0.1:1/sparql> { ?s ?p ?o }"


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * WHERE {{ SERVICE {OUT} }}",
        f"SELECT * WHERE {{ service silent {OUT} }}",
        f"SELECT * WHERE {{ SERVICE\n# a remark\n{OUT} }}",
        f"SELECT * WHERE {{ SERVICE{OUT} }}",
        f"SELECT * WHERE {{ SERVICE#x\n{OUT} }}",
        "PREFIX e: <http://127.0.0.1:1/> SELECT * WHERE { SERVICE e:sparql { ?s ?p ?o } }",
        "SELECT * WHERE { BIND(<http://127.0.0.1:1/> AS ?u) SERVICE ?u { ?s ?p ?o } }",
        "SELECT * WHERE { ?a ?b 'it''s' . SERVICE ?u { ?s ?p ?o } }",
        f'SELECT * WHERE {{ ?a ?b "x\\"" . SERVICE {OUT} # " }}',
        f"SELECT * WHERE {{ ?a ?b ?c .SERVICE {OUT} }}",
        f"SELECT * WHERE {{ ?a ?b 'c'@en.SERVICE {OUT} }}",
        f"SELECT * WHERE {{ ?a ?b 1.SERVICE {OUT} }}",
        f"SELECT * WHERE {{ \\u0053ERVICE {OUT} }}",
        f"SELECT * WHERE {{ {{}}SERVICE {OUT} }}",
    ],
)
def test_a_query_that_asks_another_endpoint_is_refused(query: str) -> None:
    with pytest.raises(ServiceRefused):
        refuse_service(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service WHERE { ?service ?p ?o }",
        "SELECT $service WHERE { $service ?p ?o }",
        "SELECT * WHERE { ?s ?p 'SERVICE <x>' }",
        'SELECT * WHERE { ?s ?p """SERVICE\n<x>""" }',
        "SELECT * WHERE { ?s ?p ?o } # SERVICE <x>",
        "PREFIX service: <http://e/> SELECT * WHERE { service:a service:service ?o }",
        "SELECT * WHERE { ?s <http://e/SERVICE> ?o }",
        "PREFIX s: <http://e/> SELECT * WHERE { ?s s:service ?o }",
        "PREFIX schema: <https://schema.org/> SELECT * WHERE { ?s a schema:Service . ?s ?p ?o }",
    ],
)
def test_the_word_elsewhere_is_allowed(query: str) -> None:
    refuse_service(query)
