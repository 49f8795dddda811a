"""What a service keeps of its editions' networks."""

from __future__ import annotations

from pyoxigraph import RdfFormat, Store

from graph.network.asked import AskedLinks
from graph.network.thing import Catalogue
from graph.oxigraph import OxigraphEngine
from server.networks import Networks, OpenNetwork

SM = "https://shuangma.example/ontology#"
EX = "http://example.org/"


def star(leaves: int) -> OxigraphEngine:
    database = Store()
    lines = "".join(f"<{EX}leaf{n}> <{EX}touches> <{EX}hub> .\n" for n in range(leaves))
    database.load(lines.encode(), format=RdfFormat.N_TRIPLES)
    return OxigraphEngine(database, "000001")


def test_a_large_network_is_measured_meanwhile_and_then_told() -> None:
    engine = star(40)
    links = AskedLinks(engine, SM, stated=False)
    kept = OpenNetwork(engine, SM, links, Catalogue(engine, SM))
    found = kept.measured(None, patience_s=100)
    assert found is not None and (found.things, found.links, found.complete) == (41, 40, True)
    assert set(found.measures["degree"]) == {f"{EX}hub", *(f"{EX}leaf{n}" for n in range(40))}
    assert found.measures["degree"][f"{EX}hub"] == 40
    assert kept.measured(None) is found


def test_the_first_view_is_drawn_once() -> None:
    engine = star(5)
    networks = Networks()
    networks.prepare(engine, SM, None, None, "en")
    kept = networks.of(engine, SM, None)
    document, settled = kept.picture(None, "en")
    assert settled and len(document["nodes"]) == 6
    assert kept.picture(None, "en")[0] is document
    assert kept.picture(None, "zh-Hant")[0] is not document
    assert networks.of(engine, SM, None) is kept
