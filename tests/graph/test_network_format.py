"""Networks are written so that networkx and readers of tables have them back."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import networkx as nx
import pytest

from graph.errors import UnsupportedFormat
from graph.network_format import write_network

HOSTILE = [
    "<script>alert(1)</script>",
    "a\x00b\x01\x0b\x1f\ufffeend",
    "half \ud83d of a pair",
    "quote \" and ' & <![CDATA[ ]]> -->",
    "مرحبا \u202eRTL",
    "🐎🐎 " * 200,
    "line\nbreak\tand, comma\r\nagain",
    "=cmd|' /C calc'!A0",
    "",
]


def sample() -> nx.MultiDiGraph[str]:
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    network.add_node(
        "https://e.example/馬雲",
        label="馬雲",
        class_iri="https://schema.org/Person",
        kind="Person",
        camp="challenger",
        date="2014-05",
        number=4,
        x=1.5,
        y=-2.0,
    )
    network.add_node("https://e.example/b", label="釘釘", class_iri=None, kind="", camp=None)
    network.add_node("https://e.example/alone")
    for predicate in ("made", "owns"):
        network.add_edge(
            "https://e.example/馬雲",
            "https://e.example/b",
            key=f"https://e.example/{predicate}",
            predicate=f"https://e.example/{predicate}",
            label=predicate,
            modality="asserted",
            statements=["https://e.example/s1", "https://e.example/s2"],
            passages=["https://e.example/text#char=1,2"],
        )
    return network


def hostile() -> nx.MultiDiGraph[str]:
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for number, label in enumerate(HOSTILE):
        network.add_node(f"https://e.example/{number}", label=label, kind=label, camp=None)
        network.add_edge("https://e.example/0", f"https://e.example/{number}", label=label)
    return network


def read_back(whole: bytes, form: str) -> nx.MultiDiGraph[str]:
    read = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}[form]
    return nx.MultiDiGraph(read(io.BytesIO(whole)))


def tables_in(whole: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))
            for name in archive.namelist()
            if name.endswith(".csv")
        }


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_networkx_reads_labels_and_classes_back(form: str) -> None:
    found = read_back(write_network(sample(), form, "zh-Hant"), form)
    assert set(found) == set(sample())
    person = found.nodes["https://e.example/馬雲"]
    assert person["label"] == "馬雲"
    assert person["class"] == "https://schema.org/Person"
    assert person["iri"] == "https://e.example/馬雲"
    assert (person["camp"], person["date"], person["number"]) == ("challenger", "2014-05", 4)
    assert found.nodes["https://e.example/alone"]["label"] == "https://e.example/alone"
    edges = list(found.edges(data=True))
    assert len(edges) == 2
    assert {data["predicate"] for *_, data in edges} == {
        "https://e.example/made",
        "https://e.example/owns",
    }
    for *_, data in edges:
        assert data["statements"] == "https://e.example/s1 https://e.example/s2"
        assert data["passages"] == "https://e.example/text#char=1,2"
        assert data["modality"] == "asserted"


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_hostile_labels_become_neither_markup_nor_broken_xml(form: str) -> None:
    whole = write_network(hostile(), form, "en")
    assert b"<script" not in whole
    found = read_back(whole, form)
    assert found.number_of_nodes() == len(HOSTILE)
    assert found.nodes["https://e.example/0"]["label"] == HOSTILE[0]
    assert found.nodes["https://e.example/1"]["label"] == "a\ufffdb" + 4 * "\ufffd" + "end"
    assert found.nodes["https://e.example/5"]["label"] == HOSTILE[5]


def test_tables_keep_every_label_as_it_is() -> None:
    tables = tables_in(write_network(hostile(), "csv", "en"))
    labels = {each["iri"]: each["label"] for each in tables["nodes.csv"]}
    for number, label in enumerate(HOSTILE):
        if label and "\ud83d" not in label:
            assert labels[f"https://e.example/{number}"] == label
    assert len(tables["edges.csv"]) == len(HOSTILE)


def test_tables_follow_rfc_4180_and_are_described() -> None:
    whole = write_network(sample(), "csv", "zh-Hant")
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.namelist() == ["nodes.csv", "edges.csv", "csv-metadata.json"]
        nodes = archive.read("nodes.csv")
        described = json.loads(archive.read("csv-metadata.json"))
    assert nodes.endswith(b"\r\n")
    assert nodes.count(b"\n") == nodes.count(b"\r\n") == 4
    for table in described["tables"]:
        names = [column["name"] for column in table["tableSchema"]["columns"]]
        rows = tables_in(whole)[table["url"]]
        assert list(rows[0]) == names
        assert set(table["tableSchema"]["primaryKey"]) <= set(names)


@pytest.mark.parametrize("form", ["graphml", "gexf", "csv"])
def test_the_same_network_gives_the_same_bytes(form: str) -> None:
    other: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    other.add_nodes_from(reversed(list(sample().nodes(data=True))))
    other.add_edges_from(reversed(list(sample().edges(keys=True, data=True))))
    assert write_network(sample(), form, "en") == write_network(other, form, "en")


@pytest.mark.parametrize("form", ["graphml", "gexf", "csv"])
def test_an_empty_network_is_written_too(form: str) -> None:
    assert write_network(nx.MultiDiGraph(), form, "en")


def test_the_network_that_is_given_stays_as_it_is() -> None:
    network = sample()
    for form in ("graphml", "gexf", "csv"):
        write_network(network, form, "en")
    assert nx.utils.graphs_equal(network, sample())


def test_another_form_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedFormat, match="graphml"):
        write_network(sample(), "dot", "en")
