"""Clients that others wrote, as they come from their registries, against a service."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.dom.minidom import Document

import pytest
import SPARQLWrapper as wrapper  # noqa: N813
from rdflib import Graph, Literal, Namespace, URIRef, Variable
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from tests.conftest import ROOT
from tests.server.scratch import BEARER, TOKEN, Scratch, serving

E = Namespace("http://e.example/")
ONE = URIRef("http://e.example/graph/one")
DATA = f"""
PREFIX e: <http://e.example/>
e:b e:n 2 .
<{ONE}> {{ e:a e:label "釘釘"@zh-hant , "DingTalk"@en ; e:knows e:b }}
"""
PREFIX = "PREFIX e: <http://e.example/> "
LABELS = PREFIX + "SELECT ?o WHERE { e:a e:label ?o } ORDER BY ?o"
BUILT = PREFIX + "CONSTRUCT { ?o e:of ?s } WHERE { ?s e:knows ?o }"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A service that clients may write to."""
    with serving(tmp_path_factory.mktemp("clients"), DATA) as running:
        yield running


# --- rdflib -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
def test_rdflib_asks_in_each_way(scratch: Scratch, method: str, form: str) -> None:
    store = SPARQLStore(f"{scratch.url}/sparql", method=method, returnFormat=form)
    graph = Graph(store)
    found = {str(row[Variable("o")]) for row in graph.query(LABELS).bindings}
    assert found == {"DingTalk", "釘釘"}
    if form in {"xml", "json"}:
        assert graph.query(PREFIX + "ASK { e:a e:knows e:b }").askAnswer
        assert (E.a, E.label, Literal("釘釘", lang="zh-hant")) in graph
        assert len(graph) == 4
        assert set(graph.objects(E.a, E.knows)) == {E.b}
        named = Graph(store, identifier=ONE)
        assert (E.b, E.n, None) not in named


def test_rdflib_builds_a_graph(scratch: Scratch) -> None:
    built = Graph(SPARQLStore(f"{scratch.url}/sparql")).query(BUILT)
    assert set(built) == {(E.b, E.of, E.a)}


def test_rdflib_writes(scratch: Scratch) -> None:
    store = SPARQLUpdateStore(
        f"{scratch.url}/sparql", f"{scratch.url}/update", headers=dict(BEARER), autocommit=True
    )
    graph = Graph(store, identifier=URIRef("http://e.example/graph/rdflib"))
    graph.add((E.x, E.label, Literal("釘釘", lang="zh-hant")))
    graph.add((E.x, E.label, Literal('"quoted"\n\\')))
    assert set(graph.objects(E.x, E.label)) == {
        Literal("釘釘", lang="zh-hant"),
        Literal('"quoted"\n\\'),
    }
    graph.update("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(LANG(?o) = 'zh-hant') }")
    assert len(graph) == 1
    graph.remove((E.x, None, None))
    assert len(graph) == 0
    assert scratch.count("<http://e.example/a> ?p ?o") == 3


def test_rdflib_lists_named_graphs(scratch: Scratch) -> None:
    store = SPARQLStore(f"{scratch.url}/sparql")
    assert ONE in set(store.contexts())


# --- SPARQLWrapper ----------------------------------------------------------------------------


def client(scratch: Scratch, query: str, form: str) -> wrapper.SPARQLWrapper:
    made = wrapper.SPARQLWrapper(f"{scratch.url}/sparql", f"{scratch.url}/update")
    made.setQuery(query)
    made.setReturnFormat(form)
    return made


def solutions(asking: wrapper.SPARQLWrapper) -> list[dict[str, Any]]:
    answer = asking.queryAndConvert()
    assert isinstance(answer, dict)
    return list(answer["results"]["bindings"])


@pytest.mark.parametrize("method", [wrapper.GET, wrapper.POST])
@pytest.mark.parametrize("direct", [wrapper.URLENCODED, wrapper.POSTDIRECTLY])
def test_sparqlwrapper_asks_in_each_way(scratch: Scratch, method: str, direct: str) -> None:
    asking = client(scratch, LABELS, wrapper.JSON)
    asking.setMethod(method)
    asking.setRequestMethod(direct if method == wrapper.POST else wrapper.URLENCODED)
    bindings = solutions(asking)
    assert [row["o"]["value"] for row in bindings] == ["DingTalk", "釘釘"]


def test_sparqlwrapper_reads_each_format_of_solutions(scratch: Scratch) -> None:
    assert isinstance(client(scratch, LABELS, wrapper.XML).queryAndConvert(), Document)
    for form in (wrapper.CSV, wrapper.TSV):
        assert "釘釘".encode() in client(scratch, LABELS, form).queryAndConvert()
    truth = client(scratch, PREFIX + "ASK { e:a e:knows e:b }", wrapper.JSON).queryAndConvert()
    assert isinstance(truth, dict)
    assert truth["boolean"] is True


# It reads RDF/XML and JSON-LD into what rdflib has deprecated.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("form", [wrapper.RDFXML, wrapper.TURTLE, wrapper.N3, wrapper.JSONLD])
@pytest.mark.parametrize("query", [BUILT, PREFIX + "DESCRIBE e:a"], ids=["CONSTRUCT", "DESCRIBE"])
def test_sparqlwrapper_reads_each_format_of_graphs(scratch: Scratch, form: str, query: str) -> None:
    found = client(scratch, query, form).queryAndConvert()
    if isinstance(found, bytes):
        found = Graph().parse(data=found, format="turtle")
    assert (E.b, E.of, E.a) in found or (E.a, E.knows, E.b) in found


def test_sparqlwrapper_names_graphs(scratch: Scratch) -> None:
    asking = client(scratch, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", wrapper.JSON)
    asking.addDefaultGraph(str(ONE))
    bindings = solutions(asking)
    assert bindings[0]["n"]["value"] == "3"


def test_sparqlwrapper_writes(scratch: Scratch) -> None:
    for update in ("INSERT DATA { e:wrapped e:p '釘' }", "DELETE WHERE { e:wrapped ?p ?o }"):
        writing = client(scratch, PREFIX + update, wrapper.JSON)
        writing.setMethod(wrapper.POST)
        with pytest.raises(wrapper.SPARQLExceptions.Unauthorized):
            writing.query()
        writing.addCustomHttpHeader("Authorization", BEARER["Authorization"])
        writing.query()
        assert scratch.count("<http://e.example/wrapped> ?p '釘'") == update.startswith("INSERT")


def test_sparqlwrapper_knows_a_broken_query(scratch: Scratch) -> None:
    with pytest.raises(wrapper.SPARQLExceptions.QueryBadFormed):
        client(scratch, "SELECT", wrapper.JSON).query()


# --- Comunica ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def node() -> str:
    """Node.js: the machine's, or the one that was installed beside Python."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    found = shutil.which("node", path=path)
    if found is None:
        pytest.skip("There is no Node.js here.")
    return found


def test_comunica_asks_and_writes(scratch: Scratch, node: str) -> None:
    script = ROOT / "tests" / "server" / "comunica.mjs"
    done = subprocess.run(
        [node, str(script), scratch.url, TOKEN],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {(each["value"], each["language"]) for each in told["labels"]} == {
        ("DingTalk", "en"),
        ("釘釘", "zh-hant"),
    }
    assert told["built"] == [[str(E.b), str(E.of), str(E.a)]]
    assert told["asked"] is True
    assert told["numbers"] == ["2"]
    assert told["written"] is True
    assert scratch.count("<http://e.example/new> ?p '釘'") == 1
