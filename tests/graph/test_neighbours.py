"""What things are linked to: held in memory or asked of the engine, it is the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Store

from graph.dataset import Dataset
from graph.engine import Engine
from graph.errors import ResourceNotFound
from graph.network import open_links, picture, read_network
from graph.network.asked import AskedLinks
from graph.network.link import Links, Order, Ranking, Wanted
from graph.network.loaded import LoadedLinks, read_links
from graph.network.neighbours import connecting, groups_of, neighbours_of
from graph.network.path import LONGEST, find_paths
from graph.network.thing import Catalogue
from graph.network.view import places_along, places_of, view_of
from graph.oxigraph import OxigraphEngine

BASE = "https://shuangma.example/"
SM = f"{BASE}ontology#"
ID = f"{BASE}id/"
EX = "http://example.org/"
_NT, _TURTLE = RdfFormat.N_TRIPLES, RdfFormat.TURTLE

MIXED = f"""
@prefix : <{EX}> .
@prefix id: <{ID}> .
:museum :near id:LaoWang , :river ; a :Place ; :name "museum" .
:river :flowsInto :sea .
id:LaoWang :visited :museum ; a :Visitor .
"""


def engine_over(database: Store) -> OxigraphEngine:
    return OxigraphEngine(database, "000001")


def foreign(triples: list[tuple[str, str, str]]) -> OxigraphEngine:
    database = Store()
    lines = "".join(f"<{EX}{s}> <{EX}{p}> <{EX}{o}> .\n" for s, p, o in triples)
    database.load(lines.encode(), format=_NT)
    return engine_over(database)


def both(engine: Engine, *, stated: bool) -> tuple[LoadedLinks, AskedLinks]:
    links, complete = read_links(engine, SM, stated=stated)
    assert complete
    loaded = LoadedLinks(engine, SM, links, stated=stated)
    return loaded, AskedLinks(engine, SM, links, stated=stated)


@pytest.fixture(scope="module")
def real(real_dataset: Dataset) -> OxigraphEngine:
    database = Store()
    database.bulk_extend(real_dataset.quads)
    return engine_over(database)


@pytest.fixture(scope="module")
def mixed(fixtures_dataset: Dataset) -> OxigraphEngine:
    """Articles with statements, and somebody else's data beside them."""
    database = Store()
    database.bulk_extend(fixtures_dataset.quads)
    database.load(MIXED.encode(), format=_TURTLE)
    return engine_over(database)


@pytest.fixture
def star() -> OxigraphEngine:
    """A hub of 3,000 leaves, some of which have links of their own."""
    spokes = [(f"leaf{number}", "touches", "hub") for number in range(3000)]
    spokes += [(f"leaf{number}", "knows", f"leaf{number + 1}") for number in range(40)]
    spokes += [("hub", "type", "Kind"), ("leaf7", "admires", "hub")]
    return foreign(spokes)


class Counted(Ranking):
    """An index of things, as far as links need one."""

    def __init__(self, links: LoadedLinks) -> None:
        self._links = links

    def degrees(self, iris: Sequence[str]) -> dict[str, int]:
        return self._links.degrees(iris)

    def leading(self, limit: int, order: Order = "degree") -> list[str]:
        return self.ranked(list(self._links.network), order, limit)

    def ranked(self, iris: Sequence[str], order: Order, limit: int) -> list[str]:
        degrees = self._links.degrees(iris)
        return sorted(iris, key=lambda iri: (-degrees[iri], iri))[:limit]

    def count(self) -> int:
        return len(self._links.network)


def told(links: Links, iri: str) -> dict[tuple[str, str], list[str]]:
    return {key: sorted(members) for key, members in links.around(iri).groups.items()}


@pytest.mark.parametrize("dataset", ["real", "mixed"])
def test_asked_links_are_those_held_in_memory(dataset: str, request: pytest.FixtureRequest) -> None:
    engine: OxigraphEngine = request.getfixturevalue(dataset)
    loaded, asked = both(engine, stated=True)
    for iri in sorted(loaded.network)[::3]:
        assert told(asked, iri) == told(loaded, iri)
        fresh = AskedLinks(engine, SM, stated=True)
        assert sorted(fresh.groups(iri)[0], key=str) == sorted(loaded.groups(iri)[0], key=str)
    everything = set(loaded.network)
    assert asked.among(everything, ()) == loaded.among(everything, ()) == loaded.all()
    some = sorted(everything)[::3]
    assert asked.among(some, everything) == loaded.among(some, everything)
    for iri in some[:20]:
        assert set(asked.steps([iri], 1000).pairs) == set(loaded.steps([iri], 1000).pairs)


def test_links_are_what_statements_say_and_nothing_of_what_holds_them_together(
    real: OxigraphEngine,
) -> None:
    links = open_links(real, SM)
    assert isinstance(links, LoadedLinks)
    assert all(link.statements for link in links.all())
    network = read_network(real, SM)
    assert {link.key for link in links.all()} == set(network.edges(keys=True))
    for iri, degree in network.degree():
        groups, complete = groups_of(links, iri)
        assert sum(group.count for group in groups) == degree and complete
    assert {link.modality for link in links.all()} > {f"{SM}Asserted"}, "quoted ones too"


def test_foreign_data_beside_ours_are_linked_to_it_both_ways(mixed: OxigraphEngine) -> None:
    links = open_links(mixed, SM)
    assert told(links, f"{EX}museum") == {
        (f"{EX}near", "out"): [f"{EX}river", f"{ID}LaoWang"],
        (f"{EX}visited", "in"): [f"{ID}LaoWang"],
    }
    assert (f"{EX}visited", "out") in links.around(f"{ID}LaoWang").groups
    assert (f"{SM}controls", "out") in links.around(f"{ID}LaoWang").groups


def test_a_hub_is_counted_and_its_first_neighbours_come_in_the_order_of_the_index(
    star: OxigraphEngine,
) -> None:
    loaded, asked = both(star, stated=False)
    asked.ranking = Counted(loaded)
    hub = f"{EX}hub"
    assert {(g.predicate, g.direction, g.count) for g in asked.groups(hub)[0]} == {
        (f"{EX}touches", "in", 3000),
        (f"{EX}type", "out", 1),
        (f"{EX}admires", "in", 1),
    }
    wanted = Wanted(limit=20)
    first, links = neighbours_of(asked, hub, wanted, ())
    same, same_links = neighbours_of(loaded, hub, wanted, ())
    assert (first.order, first.total, first.remaining) == ("degree", 3001, 2981)
    assert first.things == same.things and links == same_links
    second, _ = neighbours_of(asked, hub, wanted, first.things)
    assert not set(second.things) & set(first.things)
    assert second.remaining == 2961
    only, _ = neighbours_of(asked, hub, Wanted(f"{EX}admires", "in"), ())
    assert only.things == [f"{EX}leaf7"] and only.total == 1 and only.remaining == 0


def test_neighbours_that_come_late_in_an_order_are_found_without_naming_all_of_a_hub() -> None:
    spokes = [(f"leaf{number}", "touches", "hub") for number in range(3000)]
    spokes += [(f"first{n}", "knows", f"first{(n + 1) % 1200}") for n in range(1200)]
    loaded, asked = both(foreign(spokes), stated=False)
    asked.ranking = Counted(loaded)
    hub, wanted = f"{EX}hub", Wanted(limit=20)
    leading = asked.ranking.leading(1201)
    assert leading[0] == hub
    assert not any("leaf" in each for each in leading)
    found = asked.nearest(hub, wanted, ())
    assert found == loaded.nearest(hub, wanted, ()) and len(found.things) == 20
    assert not asked._kept, "all links of the hub were read"


def test_without_an_index_a_hub_says_by_which_order_it_goes(star: OxigraphEngine) -> None:
    asked = AskedLinks(star, SM, stated=False)
    found = asked.nearest(f"{EX}hub", Wanted(limit=5), ())
    assert found.order == "iri" and found.things == sorted(found.things)
    few = asked.nearest(f"{EX}leaf3", Wanted(limit=5), ())
    assert few.order == "label" and few.total == 3


def test_paging_by_exclusion_comes_to_an_end(real: OxigraphEngine) -> None:
    loaded, asked = both(real, stated=True)
    for links in (loaded, asked):
        seen: list[str] = []
        while True:
            found = links.nearest(f"{ID}AlibabaGroup", Wanted(limit=7, order="label"), seen)
            seen += found.things
            if not found.remaining:
                break
        assert sorted(seen) == sorted(loaded.around(f"{ID}AlibabaGroup").neighbours())


def test_what_nothing_speaks_of_is_not_found(star: OxigraphEngine) -> None:
    for links in both(star, stated=False):
        with pytest.raises(ResourceNotFound):
            links.around(f"{EX}nobody")
        with pytest.raises(ResourceNotFound):
            links.groups(f"{EX}nobody")
        assert links.known([f"{EX}hub", f"{EX}nobody"]) == {f"{EX}hub"}


def paths_by_networkx(triples: list[tuple[str, str, str]], a: str, b: str) -> list[list[str]]:
    network = nx.Graph((s, o) for s, _, o in triples if s != o)
    if a not in network or b not in network:
        return []
    found = nx.all_simple_paths(network, a, b, cutoff=LONGEST)
    return sorted(found, key=lambda path: (len(path), path))


NAMES = st.sampled_from("abcdefgh")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(NAMES, st.sampled_from("pq"), NAMES), min_size=1, max_size=14))
def test_paths_are_those_of_networkx_the_shortest_first(
    triples: list[tuple[str, str, str]],
) -> None:
    engine = foreign([*triples, ("a", "p", "a"), ("h", "p", "h")])
    expected = [[f"{EX}{name}" for name in path] for path in paths_by_networkx(triples, "a", "h")]
    for links in both(engine, stated=False):
        found = find_paths(links, f"{EX}a", f"{EX}h", limit=3, offset=0)
        assert [list(path.things) for path in found.paths] == expected[:3]
        assert found.more == (len(expected) > 3)
        rest = find_paths(links, f"{EX}a", f"{EX}h", limit=20, offset=3)
        assert [list(path.things) for path in rest.paths] == expected[3:23]


def test_each_step_of_a_path_bears_its_statements(real: OxigraphEngine) -> None:
    found = find_paths(open_links(real, SM), f"{ID}Momo", f"{ID}Tencent", limit=3, offset=0)
    lengths = [len(path.things) for path in found.paths]
    assert lengths == sorted(lengths) and found.more
    for path in found.paths:
        for (a, b), step in zip(pairwise(path.things), path.steps, strict=True):
            assert step and all({link.subject, link.object} == {a, b} for link in step)
            assert all(link.statements for link in step)


def test_a_hub_at_each_end_is_no_obstacle(star: OxigraphEngine) -> None:
    asked = AskedLinks(star, SM, stated=False)
    found = find_paths(asked, f"{EX}leaf1", f"{EX}leaf2999", limit=2, offset=0)
    assert list(found.paths[0].things) == [f"{EX}leaf1", f"{EX}hub", f"{EX}leaf2999"]
    assert not found.truncated


def test_what_connects_things_is_linked_to_two_or_more(real: OxigraphEngine) -> None:
    loaded, asked = both(real, stated=True)
    iris = [f"{ID}Momo", f"{ID}Tencent", f"{ID}DingTalk"]
    one, other = (connecting(links, iris, 50) for links in (loaded, asked))
    assert set(one.linked) == set(other.linked) and one.total == len(one.linked) > 0
    for iri, ends in one.linked.items():
        assert len(ends) > 1 and iri not in iris
        assert all(iri in loaded.around(end).neighbours() for end in ends)


def test_a_view_is_exactly_the_things_asked_for_with_all_their_links(
    real: OxigraphEngine,
) -> None:
    links, catalogue = open_links(real, SM), Catalogue(real, SM)
    iris = [f"{ID}DingTalk", f"{ID}AlibabaGroup", f"{ID}NoSuch", f"{ID}DingTalk"]
    view = view_of(links, iris)
    assert view.things == iris[:2] and view.missing == [f"{ID}NoSuch"]
    assert view.links and all({e.subject, e.object} == set(iris[:2]) for e in view.links)
    held = {f"{ID}DingTalk": (12.5, -7.0), f"{ID}Elsewhere": (0.0, 0.0)}
    found = places_of(catalogue, view.things, view.links, held, "en")
    assert found[f"{ID}DingTalk"] == (12.5, -7.0) and list(found) == view.things
    line = places_along(catalogue, [[f"{ID}Momo", f"{ID}Attempt4", f"{ID}Tencent"]], "en")
    assert [x for x, _ in line.values()] == sorted(x for x, _ in line.values())


def test_the_first_view_of_a_large_network_is_small_and_says_so() -> None:
    triples = [(f"t{n}", "p", f"t{(n * 7 + 1) % 900}") for n in range(900)]
    triples += [(f"t{n}", "q", "t0") for n in range(900)]
    engine = foreign(triples)
    drawn = picture(engine, read_network(engine, SM), "en")
    assert len(drawn["nodes"]) == 60
    assert drawn["total"] == {"things": 900, "shown": 60, "atLeast": False}
    assert f"{EX}t0" in {node["id"] for node in drawn["nodes"]}
    ranks = {node["id"]: node["degree"] for node in drawn["nodes"]}
    assert ranks[f"{EX}t0"] > 900, "the degree in all, not among what is drawn"


HOSTILE = f"""
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix : <{EX}> .
:script rdfs:label "<script>alert(1)</script>" ; :to :long , :rtl , :emoji , :none , [ ] , "x" .
:long rdfs:label "{"長" * 500}" . :rtl rdfs:label "\u202eשלום" . :emoji rdfs:label "🐎🐎" .
:script a [ ] , :Kind . :none :date "not a date" .
"""


@pytest.mark.parametrize("make", [LoadedLinks, AskedLinks])
def test_hostile_labels_and_blank_nodes_do_no_harm(
    make: Callable[..., Links],
) -> None:
    database = Store()
    database.load(HOSTILE.encode(), format=_TURTLE)
    engine = engine_over(database)
    links = make(engine, SM, read_links(engine, SM, stated=False)[0], stated=False)
    found, edges = neighbours_of(links, f"{EX}script", Wanted(order="label"), ())
    assert set(found.things) == {f"{EX}{name}" for name in ("long", "rtl", "emoji", "none")}
    assert len(edges) == 4 and found.total == 4
    labels = {n["id"]: n["label"] for n in picture(engine, read_network(engine, SM), "en")["nodes"]}
    assert labels[f"{EX}script"] == "<script>alert(1)</script>"
    assert len(labels[f"{EX}long"]) == 32


def test_paths_between_two_hubs_are_found_through_what_links_their_neighbours() -> None:
    triples = [(f"{hub}{number}", "in", hub) for hub in "ab" for number in range(1200)]
    triples += [
        ("a7", "knows", "b9"),
        ("b11", "knows", "a3"),
        ("a3", "knows", "x"),
        ("x", "p", "b9"),
    ]
    engine = foreign(triples)
    loaded, asked = both(engine, stated=False)
    assert asked.bridges([f"{EX}a"], [f"{EX}b"]) is None, "narrow ones are walked"
    for links in (loaded, asked):
        found = find_paths(links, f"{EX}a", f"{EX}b", limit=5, offset=0)
        assert [[iri.removeprefix(EX) for iri in path.things] for path in found.paths] == [
            ["a", "a3", "b11", "b"],
            ["a", "a7", "b9", "b"],
            ["a", "a3", "x", "b9", "b"],
            ["a", "a7", "b9", "x", "a3", "b11", "b"],
        ]
        assert not found.more
