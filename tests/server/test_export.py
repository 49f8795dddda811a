"""What is taken away is what was there: each format reads back, parts go on, files are named."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import networkx as nx
import pytest
import rdflib
from pyoxigraph import (
    Dataset,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)
from rdflib.compare import isomorphic

from graph.representation import VIEWS
from tests.conftest import run
from tests.server.http import Answer, request
from tests.server.scratch import serving

BASE = "https://shuangma.example/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
NP = "http://www.nanopub.org/nschema#"
NATIVE = {
    "turtle": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "xml": RdfFormat.RDF_XML,
    "json-ld": RdfFormat.JSON_LD,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
}
GRAPHS = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "rdf": "xml", "tree.jsonld": "json-ld"}
DATASETS = {"nq": "nquads", "trig": "trig", "dataset.jsonld": "json-ld"}
FOREIGN = """
@prefix e: <http://e.example/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
e:ada a foaf:Person ; foaf:name "<script>alert(1)</script>" ; foaf:knows e:bob , [ foaf:name "x" ] .
e:bob a foaf:Person ; foaf:name "\\u202eBob, \\"Bob\\"" .
e:nameless foaf:knows e:ada .
e:said a rdf:Statement ; rdf:subject e:ada ; rdf:predicate foaf:knows ; rdf:object e:bob .
e:half a rdf:Statement ; rdf:subject e:ada ; rdf:predicate foaf:knows .
"""


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service over RDF that knows nothing of our ontology."""
    with serving(tmp_path_factory.mktemp("foreign"), FOREIGN, tokens=False) as running:
        yield running.url


def get(url: str, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return request("GET", url, headers=named)


def whole(service: str, suffix: str) -> bytes:
    answer = get(f"{service}/export/dataset.{suffix}")
    assert answer.status == 200, answer.body[:500]
    return answer.body


def quads_of(body: bytes, form: str) -> set[Quad]:
    return set(parse(body, format=NATIVE[form]))


@pytest.fixture(scope="module")
def original(service: str) -> set[Quad]:
    return quads_of(whole(service, "nq"), "nquads")


@pytest.mark.parametrize(("suffix", "form"), DATASETS.items(), ids=DATASETS)
def test_a_format_of_datasets_reads_back_to_the_same_quads(
    service: str, original: set[Quad], suffix: str, form: str
) -> None:
    body = whole(service, suffix)
    assert quads_of(body, form) == original
    read = rdflib.Dataset()
    read.parse(io.BytesIO(body), format=form)
    found = {(s, p, o, g) for s, p, o, g in read.quads() if not isinstance(s, rdflib.BNode)}
    named = Counter(str(g) for *_, g in found)
    assert named == Counter(q.graph_name.value for q in original)  # type: ignore[union-attr]


@pytest.mark.parametrize(("suffix", "form"), GRAPHS.items(), ids=GRAPHS)
def test_a_format_of_graphs_reads_back_to_the_same_triples(
    service: str, original: set[Quad], suffix: str, form: str
) -> None:
    body = whole(service, suffix)
    triples = {quad.triple for quad in original}
    assert {quad.triple for quad in quads_of(body, form)} == triples
    read = rdflib.Graph()
    read.parse(io.BytesIO(body), format=form)
    assert len(read) == len(triples)


def test_turtle_1_2_makes_each_statement_the_reifier_of_its_triple(
    service: str, original: set[Quad]
) -> None:
    triples = {quad.triple for quad in original}
    found = {q.triple for q in parse(whole(service, "rdf12.ttl"), format=RdfFormat.TURTLE)}
    reified = {t.subject: t.object for t in found if t.predicate.value == f"{RDF}reifies"}
    subjects = {t.subject: t.object for t in triples if t.predicate.value == f"{RDF}subject"}
    assert set(reified) == set(subjects)
    for statement, fact in reified.items():
        assert isinstance(fact, Triple)
        assert fact.subject == subjects[statement]
        assert Triple(statement, NamedNode(f"{RDF}object"), fact.object) in triples
    parts = {f"{RDF}{name}" for name in ("subject", "predicate", "object")}
    assert not [t for t in found if t.predicate.value in parts]
    assert {t for t in found if t.predicate.value != f"{RDF}reifies"} < triples


def invalid_nanopublications(quads: set[Quad]) -> list[str]:
    """What is amiss by the guidelines' criteria (working draft, "Well-formed Nanopublications").

    The package `nanopub` 2.0.1 called all of ours valid too, when they were made.
    """
    by_graph: dict[object, list[Quad]] = {}
    for quad in quads:
        by_graph.setdefault(quad.graph_name, []).append(quad)
    wrong, placed = [], set()
    for quad in [q for q in quads if q.object == NamedNode(f"{NP}Nanopublication")]:
        nanopub, head = quad.subject, quad.graph_name
        parts = []
        for name in ("hasAssertion", "hasProvenance", "hasPublicationInfo"):
            found = [q.object for q in by_graph[head] if q.predicate.value == NP + name]
            if len(found) != 1:
                wrong.append(f"{nanopub} {name}: {len(found)}")
            parts += found
        names = [nanopub, head, *parts]
        if len(set(names)) != 5 or not all(isinstance(name, NamedNode) for name in names):
            wrong.append(f"{nanopub}: its parts are not five IRIs")
        if len(by_graph[head]) != 4 or not all(by_graph.get(part) for part in parts):
            wrong.append(f"{nanopub}: a part is empty")
            continue
        assertion, provenance, info = parts
        if not any(assertion in (q.subject, q.object) for q in by_graph[provenance]):
            wrong.append(f"{nanopub}: its provenance is of something else")
        if not any(nanopub in (q.subject, q.object) for q in by_graph[info]):
            wrong.append(f"{nanopub}: it is not described")
        placed |= {head, *parts}
    return wrong + [f"{name}: in no nanopublication" for name in set(by_graph) - placed]


def test_nanopublications_are_well_formed_and_say_each_fact(
    service: str, original: set[Quad]
) -> None:
    quads = quads_of(whole(service, "nanopub.trig"), "trig")
    assert invalid_nanopublications(quads) == []
    statements = {q.subject for q in original if q.predicate.value == f"{RDF}subject"}
    heads = [q for q in quads if q.object == NamedNode(f"{NP}Nanopublication")]
    assert len(heads) == len(statements)
    licensed = [q for q in quads if q.predicate.value == "http://purl.org/dc/terms/license"]
    assert licensed
    exact = [q for q in quads if q.predicate.value == "http://www.w3.org/ns/oa#exact"]
    assert exact


def test_a_broken_nanopublication_would_be_seen(service: str) -> None:
    quads = quads_of(whole(service, "nanopub.trig"), "trig")
    lost = next(q for q in quads if q.predicate.value == f"{NP}hasProvenance")
    assert invalid_nanopublications(quads - {lost})


def test_the_tree_has_articles_with_statements_with_passages(service: str) -> None:
    document = json.loads(whole(service, "tree.jsonld"))
    article = document["@graph"][0]
    assert article["iri"] == f"{BASE}article/ma-yun-social"
    statement = next(s for s in article["statements"] if isinstance(s.get("passage"), dict))
    selectors = statement["passage"]["hasSelector"]
    assert any("exact" in each for each in selectors)


@pytest.mark.parametrize("suffix", ["graphml", "gexf", "en.graphml"])
@pytest.mark.parametrize("of", ["dataset", "article/ma-yun-social", "id/DingTalk"])
def test_networkx_opens_networks_with_labels_and_classes(
    service: str, suffix: str, of: str
) -> None:
    if suffix.startswith("en.") and of != "dataset":
        suffix = suffix.removeprefix("en.") + "?lang=en"
    answer = get(f"{service}/export/{of}.{suffix}", Accept_Language="zh-Hant")
    assert answer.status == 200
    read = nx.read_gexf if "gexf" in suffix else nx.read_graphml
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph(read(io.BytesIO(answer.body)))
    thing = network.nodes[f"{BASE}id/DingTalk"]
    assert thing["label"] == ("DingTalk" if "en" in suffix else "釘釘")
    assert thing["class"] == "https://schema.org/SoftwareApplication"
    assert all(data["label"] and data["predicate"] for *_, data in network.edges(data=True))
    assert any("statement/" in data.get("statements", "") for *_, data in network.edges(data=True))


def test_tables_hold_nodes_edges_and_figures_as_described(service: str) -> None:
    with zipfile.ZipFile(io.BytesIO(whole(service, "csv.zip"))) as archive:
        described = json.loads(archive.read("csv-metadata.json"))
        assert described["@context"][0] == "http://www.w3.org/ns/csvw"
        tables = {}
        for table in described["tables"]:
            text = archive.read(table["url"]).decode()
            rows = list(csv.DictReader(io.StringIO(text, newline="")))
            columns = table["tableSchema"]["columns"]
            assert list(rows[0]) == [column["name"] for column in columns]
            tables[table["url"]] = rows
            for column in columns:
                if column.get("required"):
                    assert all(row[column["name"]] for row in rows)
    nodes = {row["iri"] for row in tables["nodes.csv"]}
    assert {row["source"] for row in tables["edges.csv"]} <= nodes
    live = next(r for r in tables["observations.csv"] if r["iri"].endswith("momo-live-revenue"))
    assert (live["value"], live["unit"]) == ("3300000000", "http://qudt.org/vocab/unit/CCY_CNY")


def test_a_file_is_named_by_edition_and_is_resumed(service: str) -> None:
    url = f"{service}/export/dataset.nq"
    answer = get(url)
    etag, edition = answer.headers["ETag"], answer.headers["Shuangma-Edition"]
    assert f'"dataset-{edition}.nq"' in answer.headers["Content-Disposition"]
    assert answer.headers["Accept-Ranges"] == "bytes"
    size = len(answer.body)
    cut = size // 3
    rest = get(url, Range=f"bytes={cut}-", If_Range=etag)
    assert rest.status == 206
    assert rest.headers["Content-Range"] == f"bytes {cut}-{size - 1}/{size}"
    assert answer.body[:cut] + rest.body == answer.body
    last = get(url, Range="bytes=-10")
    assert (last.status, last.body) == (206, answer.body[-10:])
    one = get(url, Range="bytes=5-5")
    assert (one.status, one.body) == (206, answer.body[5:6])
    assert get(url, If_None_Match=etag).status == 304
    kept = get(f"{url}?edition={edition}")
    assert (kept.status, kept.headers["ETag"]) == (200, etag)


def test_a_range_that_is_not_there_or_not_of_this_file_is_told_apart(service: str) -> None:
    url = f"{service}/export/dataset.nq"
    size = int(request("HEAD", url).headers["Content-Length"])
    beyond = get(url, Range=f"bytes={size}-")
    assert beyond.status == 416
    assert beyond.headers["Content-Range"] == f"bytes */{size}"
    assert beyond.problem["status"] == 416
    for whole_again in (
        get(url, Range="bytes=0-9", If_Range='"another"'),
        get(url, Range="bytes=0-9,20-29"),
        get(url, Range="bytes=9-0"),
        get(url, Range="lines=0-9"),
    ):
        assert (whole_again.status, len(whole_again.body)) == (200, size)


def test_a_packed_file_unpacks_to_the_plain_one(service: str) -> None:
    plain = whole(service, "nq")
    packed = get(f"{service}/export/dataset.nq.gz")
    assert packed.headers["Content-Type"] == "application/gzip"
    assert packed.headers["Content-Disposition"].endswith('.nq.gz"')
    assert "Content-Encoding" not in packed.headers
    assert gzip.decompress(packed.body) == plain
    negotiated = get(f"{service}/export/dataset.nq", Accept_Encoding="gzip")
    assert negotiated.headers["Content-Encoding"] == "gzip"
    assert negotiated.headers["Vary"] == "Accept-Encoding"
    assert negotiated.headers["ETag"] != get(f"{service}/export/dataset.nq").headers["ETag"]
    assert gzip.decompress(negotiated.body) == plain


def test_many_who_ask_at_once_get_the_same_file(service: str) -> None:
    with ThreadPoolExecutor(8) as crowd:
        bodies = list(crowd.map(lambda _: whole(service, "zh-Hans.gexf"), range(8)))
    assert len(set(bodies)) == 1


def test_what_is_no_file_is_told(service: str) -> None:
    assert get(f"{service}/export/dataset.docx").status == 404
    assert get(f"{service}/export/dataset.csv.zip.gz").status == 404
    assert get(f"{service}/export/dataset.nq?edition=999999").status == 404
    assert get(f"{service}/export/id/Nobody.ttl").status == 404
    assert get(f"{service}/export/resource.ttl?iri=nothing").status == 400
    assert request("POST", f"{service}/export/dataset.nq", b"").status == 405


@pytest.mark.parametrize("form", VIEWS, ids=lambda form: form.name)
@pytest.mark.parametrize("of", ["article/ma-yun-social", "id/DingTalk"])
def test_each_view_is_made_of_an_article_and_of_a_thing(
    service: str, of: str, form: object
) -> None:
    suffix = form.suffix  # type: ignore[attr-defined]
    answer = get(f"{service}/export/{of}.{suffix}")
    assert answer.status == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    part = get(f"{service}/export/{of}.{suffix}", Range="bytes=10-19")
    assert (part.status, part.body) == (206, answer.body[10:20])
    if suffix == "nanopub.trig":
        assert invalid_nanopublications(quads_of(answer.body, "trig")) == []


def test_a_thing_comes_with_its_statements_and_their_passages(service: str) -> None:
    body = get(f"{service}/export/resource.nt?iri={quote(BASE)}id/DingTalk").body
    assert body == get(f"{service}/export/id/DingTalk.nt").body
    predicates = Counter(q.predicate.value for q in parse(body, format=RdfFormat.N_TRIPLES))
    assert predicates[f"{RDF}subject"]
    assert predicates["http://www.w3.org/ns/oa#exact"]


def test_an_answer_is_taken_away_in_the_form_that_fits_it(service: str) -> None:
    construct = quote("CONSTRUCT { ?s <http://e.example/p> ?o } WHERE { ?s a ?o } LIMIT 20")
    network = get(f"{service}/export/query.graphml?query={construct}")
    assert nx.read_graphml(io.BytesIO(network.body)).number_of_edges() == 20
    turtle = get(f"{service}/export/query.ttl?query={construct}")
    assert len(list(parse(turtle.body, format=RdfFormat.TURTLE))) == 20
    select = quote("SELECT ?s WHERE { ?s ?p ?o } LIMIT 3")
    rows = get(f"{service}/export/query.csv?query={select}")
    assert rows.headers["Content-Type"].startswith("text/csv")
    assert rows.body.count(b"\r\n") == 4
    assert get(f"{service}/export/query.ttl?query={select}").status == 400
    assert get(f"{service}/export/query.csv").status == 400
    assert get(f"{service}/export/query.csv?query=nonsense").problem["line"] == 1


def test_the_catalogue_names_licence_citation_edition_and_each_file(service: str) -> None:
    dcat, dcterms = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
    whole(service, "nq")
    body = get(f"{service}/.well-known/void?format=nt").body
    triples = Dataset(parse(body, format=RdfFormat.N_TRIPLES))

    def objects(subject: NamedNode, name: str) -> list[str]:
        found = triples.quads_for_subject(subject)
        return [q.object.value for q in found if q.predicate.value == name]  # type: ignore[union-attr]

    dataset = NamedNode(f"{service}/.well-known/void#dataset")
    assert objects(dataset, f"{dcterms}license") == ["https://creativecommons.org/licenses/by/4.0/"]
    edition = objects(dataset, f"{dcat}version")[0]
    assert all(edition in text for text in objects(dataset, f"{dcterms}bibliographicCitation"))
    files = [NamedNode(iri) for iri in objects(dataset, f"{dcat}distribution")]
    assert len(files) == 13
    for file in files:
        (url,) = objects(file, f"{dcat}downloadURL")
        (media_type,) = objects(file, f"{dcat}mediaType")
        if url.endswith((".nq", ".ttl", ".csv.zip")):
            head = request("HEAD", url)
            assert head.status == 200, url
            assert media_type.endswith(head.headers.get_content_type())
    nquads = NamedNode(f"{service}/.well-known/void#nquads")
    assert objects(nquads, f"{dcat}byteSize") == [str(len(whole(service, "nq")))]


def test_the_page_of_downloads_describes_the_dataset(service: str) -> None:
    page = get(f"{service}/export?lang=en", Accept="text/html").body.decode()
    start_, end = '<script type="application/ld+json">', "</script>"
    document = json.loads(page.partition(start_)[2].partition(end)[0])
    assert document["@type"] == "Dataset"
    assert document["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert document["version"] in document["citation"]
    assert len(document["distribution"]) == 13


@pytest.mark.parametrize(("suffix", "form"), {**GRAPHS, **DATASETS}.items(), ids=str)
def test_the_rdf_of_others_reads_back(foreign: str, suffix: str, form: str) -> None:
    expected = rdflib.Graph()
    expected.parse(data=FOREIGN, format="turtle")
    body = whole(foreign, suffix)
    read = rdflib.Dataset(default_union=True)
    read.parse(io.BytesIO(body), format=form)
    found = rdflib.Graph()
    for s, p, o, _ in read.quads():
        found.add((s, p, o))
    assert isomorphic(found, expected)
    assert len(quads_of(body, form)) == len(expected)


def test_the_rdf_of_others_is_seen_in_each_way(foreign: str) -> None:
    turtle = {q.triple for q in parse(whole(foreign, "rdf12.ttl"), format=RdfFormat.TURTLE)}
    reified = [t for t in turtle if t.predicate.value == f"{RDF}reifies"]
    assert [t.subject for t in reified] == [NamedNode("http://e.example/said")]
    half = [t for t in turtle if t.subject == NamedNode("http://e.example/half")]
    assert len(half) == 3
    assert invalid_nanopublications(quads_of(whole(foreign, "nanopub.trig"), "trig")) == []
    for suffix, read in (("graphml", nx.read_graphml), ("gexf", nx.read_gexf)):
        network: nx.MultiDiGraph[str] = nx.MultiDiGraph(read(io.BytesIO(whole(foreign, suffix))))
        assert network.nodes["http://e.example/ada"]["label"] == "<script>alert(1)</script>"
        assert network.nodes["http://e.example/nameless"]["label"] == "nameless"
        assert network.number_of_edges() == 3
        said = [d for *_, d in network.edges(data=True) if d.get("statements")]
        assert [d["statements"] for d in said] == ["http://e.example/said"]
    assert zipfile.ZipFile(io.BytesIO(whole(foreign, "csv.zip"))).testzip() is None
    page = get(f"{foreign}/export", Accept="text/html").body.decode()
    assert "<script>alert" not in page
    assert "creativecommons" not in page


def test_what_xml_cannot_hold_is_refused_as_rdf_xml_and_kept_elsewhere(tmp_path: Path) -> None:
    source, store = tmp_path / "bell.nt", tmp_path / "store"
    source.write_text('<http://e.example/a> <http://e.example/b> "\\u0007" .\n', "utf-8")
    assert run("load", source, "--store", store).returncode == 0
    refused = run("export", "--store", store, "--format", "rdfxml")
    assert refused.returncode == 1
    assert "RDF/XML" in refused.stderr
    kept = run("export", "--store", store, "--format", "ntriples")
    assert "\\u0007" in kept.stdout or "\x07" in kept.stdout
    assert run("export", "--store", store, "--format", "graphml").returncode == 0
