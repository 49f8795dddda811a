"""Measures of a network, and the program that takes those of a large one."""

from __future__ import annotations

import json
import subprocess
import sys

import networkx as nx
from pyoxigraph import Store

from graph.dataset import Dataset
from graph.network.first_view import sampled_links
from graph.network.loaded import read_links
from graph.network.measure import EXACT_NODES, leading, measures_of
from graph.network.timeline import precision_of
from graph.oxigraph import OxigraphEngine


def test_measures_tell_who_is_in_the_middle() -> None:
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for side in ("a", "b"):
        members = [f"{side}{number}" for number in range(4)]
        network.add_edges_from((s, o) for s in members for o in members if s < o)
    network.add_edges_from([("a0", "middle"), ("middle", "b0"), ("a0", "middle")])
    found = measures_of(network)
    assert found["degree"]["middle"] == 3, "each link counts"
    assert max(found["betweenness"], key=found["betweenness"].__getitem__) in {"middle", "a0", "b0"}
    assert found["community"]["a1"] == found["community"]["a2"] != found["community"]["b1"]
    assert abs(sum(found["pagerank"].values()) - 1) < 1e-6
    assert measures_of(network) == found
    assert measures_of(nx.MultiDiGraph())["degree"] == {}


def test_a_large_network_is_measured_in_a_process_of_its_own() -> None:
    count = EXACT_NODES + 500
    links = "".join(f"n{n}\thub\tp\nn{n}\tn{(n * 7) % count}\tq\n" for n in range(count))
    done = subprocess.run(
        [sys.executable, "-m", "graph.network.measure", "50"],
        input=links.encode(),
        capture_output=True,
        timeout=100,
        check=True,
    )
    found = json.loads(done.stdout)
    assert 50 <= len(found["degree"]) <= 150
    assert max(found["degree"], key=found["degree"].__getitem__) == "hub"
    assert {len(own) for own in found.values()} == {len(found["degree"])}


def test_only_the_leading_are_told_of_a_large_network() -> None:
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph((f"n{n}", f"n{n + 1}") for n in range(30))
    found = leading(measures_of(network), 3)
    assert 3 <= len(found["degree"]) <= 9


def test_dates_tell_how_precise_they_are() -> None:
    assert precision_of("1931") == ("1931", "year")
    assert precision_of("-0044-03-15") == ("-0044-03-15", "day")
    assert precision_of("2014-05-01Z") == ("2014-05-01", "day")
    assert precision_of("2014-05-01T10:00:00+08:00") == ("2014-05-01T10:00:00+08:00", "time")
    assert precision_of("spring 1931") is None


def test_a_sample_for_measures_holds_links_and_nothing_that_holds_them_together(
    fixtures_dataset: Dataset,
) -> None:
    database = Store()
    database.bulk_extend(fixtures_dataset.quads)
    engine = OxigraphEngine(database, "000001")
    sm = "https://shuangma.example/ontology#"
    triples, complete = sampled_links(engine, sm, stated=True)
    links = [link for link in read_links(engine, sm, stated=True)[0] if link.statements]
    assert complete and {(link.subject, link.predicate, link.object) for link in links} == set(
        triples
    )
    plain, _ = sampled_links(engine, sm, stated=False)
    assert set(plain) > {triple for triple in triples if triple in plain}
