"""No query reaches out to another endpoint."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, Store

from graph.engine import Query
from graph.errors import ServiceRefused
from graph.evaluation import Bounds, refuse_requests, run
from graph.sparql_text import services

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
        f'SELECT * WHERE {{ BIND("\\u0022 #" AS ?x) SERVICE {OUT} }}',
        f"SELECT * WHERE {{ BIND('\\U00000027 #' AS ?x) SERVICE {OUT} }}",
        f"SELECT * WHERE {{ ?s <http://e/\\u0061#> ?o . BIND('\\u0027 #' AS ?x) SERVICE {OUT} }}",
        f"PREFIX e: <http://e/> SELECT * WHERE {{ ?s e:a\\#b ?o . SERVICE {OUT} }}",
        f"PREFIX e: <http://e/> SELECT * WHERE {{ ?s e:it\\'s ?o . SERVICE {OUT} }}",
    ],
)
def test_a_query_that_asks_another_endpoint_is_refused(query: str) -> None:
    with pytest.raises(ServiceRefused):
        run(Store(), Query(query))


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
    refuse_requests("SERVICE", services(query), ())
    run(Store(), Query(query))


@pytest.mark.parametrize("form", ["SERVICE {}", "SERVICE SILENT {}", "BIND({} AS ?u) SERVICE ?u"])
def test_nothing_is_asked_of_an_endpoint_that_is_not_allowed(form: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        iri = f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
        query = Query(f"SELECT * {{ {form.format(f'<{iri}>')} {{ ?s ?p ?o }} }}")
        for allowed in ((), ("http://127.0.0.1:1/sparql",), (iri.removesuffix("/sparql"),)):
            with pytest.raises(ServiceRefused):
                run(Store(), query, Bounds(allowed_services=allowed))
        with pytest.raises(BlockingIOError):
            listener.accept()


# The engine refuses port 9 before it connects: an OSError says that it would have asked.
PATTERNS = [
    "?s ?p ?o .",
    r"OPTIONAL { ?s e:a\#b ?o }",
    r"OPTIONAL { ?s e:it\'s ?o }",
    "OPTIONAL { ?s <http://e/#> ?o }",
    r"OPTIONAL { ?s <http://e/\u0061#> ?o }",
    "BIND('#' AS ?x)",
    'BIND("\'" AS ?y)',
    r"BIND('\u0027 #' AS ?z)",
    r'BIND("\\" AS ?w)',
    'BIND("""a"b""" AS ?v)',
    "BIND('''#\n''' AS ?u)",
    "FILTER(1<2)",
    "# it's\n",
    '# "\n',
]
SCRAPS = ["\n", "#", "'", '"', r"\u0022", "<", ">", "{", "}", ")", "SERVICE", "FILTER(1<3#>\n"]


@settings(max_examples=800, deadline=None)
@given(
    st.lists(st.sampled_from(PATTERNS), max_size=5, unique=True),
    st.lists(st.sampled_from(SCRAPS), max_size=2),
    st.sampled_from([" ", "", "\n"]),
)
def test_whatever_the_engine_would_ask_is_refused(
    patterns: list[str], scraps: list[str], between: str
) -> None:
    body = between.join([*patterns, *scraps, "SERVICE <http://127.0.0.1:9/x> { ?a ?b ?c }"])
    query = f"PREFIX e: <http://e/> SELECT * WHERE {{ {body} \n}}"
    store = Store()
    store.add(Quad(NamedNode("http://e/a#b"), NamedNode("http://e/#"), NamedNode("http://e/s")))
    try:
        for _ in store.query(query):  # type: ignore[union-attr]
            pass
    except SyntaxError:
        return  # no query at all
    except OSError:
        with pytest.raises(ServiceRefused):
            run(store, Query(query))
