"""The index of an edition: what is found by which words, and how it is made and kept."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad
from pyoxigraph import Store as Database

from graph.index import IndexNotReady, IndexShelf, ThingIndex
from graph.index.building import build
from graph.index.folding import Reader, fold, without_tones, words
from graph.index.grams import END, inner, near, some_inner, tokens
from graph.index.schema import Terms
from graph.index.shelf import BUSY, GONE, hold_lock
from graph.index.texts import marks, tokens_of
from graph.network import read_network
from graph.network.asked import AskedLinks
from graph.network.link import Order, Wanted
from graph.store import Edition, EditionStore
from graph.writing import EditionWriter, Written
from tests.conftest import run

ID = "https://shuangma.example/id/"
NAMESPACE = "https://shuangma.example/ontology#"
TERMS = Terms("https://shuangma.example/", NAMESPACE)
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
E = "http://e.example/"

any_text = st.text(max_size=80)
DEFAULT = DefaultGraph()
DATE = NamedNode("http://www.w3.org/2001/XMLSchema#date")


def publish(store: EditionStore, quads: list[Quad]) -> Edition:
    def change(database: Database, current: Edition | None) -> Written:
        database.bulk_extend(quads)
        return Written()

    return EditionWriter(store).write(change, "load")


def label(thing: str, text: str, language: str | None = None) -> Quad:
    return Quad(NamedNode(E + thing), NamedNode(f"{RDFS}label"), Literal(text, language=language))


def link(one: str, predicate: str, other: str, graph: NamedNode | DefaultGraph = DEFAULT) -> Quad:
    named = predicate if ":" in predicate else E + predicate
    return Quad(NamedNode(E + one), NamedNode(named), NamedNode(E + other), graph)


def index_of(folder: Path, quads: list[Quad]) -> ThingIndex:
    store = EditionStore(folder / "store")
    edition = publish(store, quads)
    with store.open(edition.name) as opened:
        build(opened, TERMS, folder / "index.sqlite")
    return ThingIndex.open(folder / "index.sqlite", edition.made)


def make(store: Path, edition: str, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "graph.index", str(store), edition, *more],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the project's articles."""
    folder = tmp_path_factory.mktemp("story") / "store"
    assert run("build", "--store", folder).returncode == 0
    return folder


@pytest.fixture(scope="module")
def index(story: Path) -> ThingIndex:
    made = make(story, "000001")
    assert made.returncode == 0, made.stderr
    return ThingIndex.open(story / "index" / "000001.sqlite")


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[EditionStore]:
    yield EditionStore(tmp_path / "store")


# --- what is found ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("騰訊", "Tencent"),
        ("腾讯", "Tencent"),
        ("tengxun", "Tencent"),
        ("teng xun", "Tencent"),
        ("téngxùn", "Tencent"),
        ("teng2 xun4", "Tencent"),
        ("tx", "Tencent"),
        ("TENC", "Tencent"),
        ("Tencnet", "Tencent"),
        ("tencemt", "Tencent"),
        ("encent", "Tencent"),
        ("馬雲", "MaYun"),
        ("云", "MaYun"),
        ("my", "MaYun"),
        ("jack ma", "MaYun"),
        ("ma jack", "MaYun"),
        ("Ma Yun (Jack", "MaYun"),
        ("馬化藤", "MaHuateng"),
        ("huatneg", "MaHuateng"),
        ("丁丁", "DingTalk"),
        ("dingtlak", "DingTalk"),
        ("talk", "DingTalk"),
        ("釘", "DingTalk"),
        ("第四次", "Attempt4"),
        (f"{ID}Momo", "Momo"),
    ],
)
def test_a_thing_is_found_first_by(index: ThingIndex, text: str, thing: str) -> None:
    assert index.search(text, limit=1).things[0].iri == ID + thing


def test_what_is_called_so_comes_before_what_begins_so_and_what_has_it_within(
    index: ThingIndex,
) -> None:
    found = [thing.iri.removeprefix(ID) for thing in index.search("微信", limit=10).things]
    assert found[:2] == ["WeChat", "WeChatAndQQ"]
    assert found.index("WeChatAndQQ") < found.index("WeChatWork")


def test_nothing_is_found_for_what_nothing_is_called(index: ThingIndex) -> None:
    for text in (
        "",
        "  ",
        "龘" * 250,
        "z龘" * 200,
        "???",
        '"',
        "zzzzzz",
        "\0",
        "龘龘龘龘",
        "' OR 1=1 --",
        "*",
        "😀",
    ):
        assert index.search(text, limit=10).total == 0
        assert index.passages(text, limit=10).total == 0


def test_statements_passages_and_selectors_are_no_things(index: ThingIndex) -> None:
    for text in ("laiwang-developer", "char=", "selector", "quote"):
        assert all(
            "/statement/" not in thing.iri and "#char=" not in thing.iri
            for thing in index.search(text, limit=50).things
        )


def test_figures_are_found_when_they_are_asked_for(index: ThingIndex) -> None:
    without = index.search("騰訊", limit=100)
    figures = index.search("騰訊", limit=100, figures=True)
    assert figures.total > without.total
    assert all("/observation/" not in thing.iri for thing in without.things)


def test_classes_and_articles_are_counted_and_narrow_down(index: ThingIndex) -> None:
    every = index.search("m", limit=100, facets=True)
    assert sum(every.classes.values()) == every.total
    people = index.search("m", limit=100, class_iri="https://schema.org/Person")
    assert people.total == every.classes["https://schema.org/Person"] == 2
    article = "https://shuangma.example/article/ma-yun-social"
    told = index.search("m", limit=100, article=article)
    assert told.total == every.articles[article] < every.total
    assert index.search("m", limit=1, class_iri="http://nothing.example/").total == 0


def test_pages_follow_one_another(index: ThingIndex) -> None:
    whole = [thing.iri for thing in index.search("a", limit=100).things]
    parts = [t.iri for n in range(0, 100, 7) for t in index.search("a", limit=7, offset=n).things]
    assert parts == whole
    assert len(set(whole)) == len(whole) > 20


def test_passages_are_found_with_their_words_marked(index: ThingIndex) -> None:
    found = index.passages("腾讯", limit=50)
    assert found.total > 5
    for passage in found.passages:
        assert {passage.text[start:end] for start, end in passage.marks} == {"騰訊"}
    first = found.passages[0]
    assert first.article == "https://shuangma.example/article/ma-yun-social"
    assert first.statement and first.statement.startswith("https://shuangma.example/statement/")
    assert index.passages("Tencent third quarter", limit=5).total > 0
    assert index.passages("tencent zebra", limit=5).total == 0


def test_links_are_those_of_the_network(story: Path, index: ThingIndex) -> None:
    network = read_network(EditionStore(story).engine(), NAMESPACE)
    degrees = index.degrees(list(network))
    assert degrees == {node: network.degree(node) for node in network}


def test_things_are_put_in_order(index: ThingIndex) -> None:
    wanted = [ID + name for name in ("Momo", "DingTalk", "Tencent", "LaiwangLaunch")]
    by_links = index.ranked([*wanted, f"{E}unknown"], "degree", 10)
    assert by_links == [*(ID + n for n in ("DingTalk", "Tencent", "Momo")), *by_links[3:]]
    assert by_links[-1] == f"{E}unknown"
    assert index.ranked(wanted, "degree", 2) == by_links[:2]
    assert index.ranked(wanted, "date", 1) == [f"{ID}LaiwangLaunch"]
    assert len(index.ranked(wanted, "label", 10)) == 4


@pytest.mark.parametrize("order", ["degree", "date", "label"])
def test_a_hubs_first_neighbours_are_those_of_all_in_order(tmp_path: Path, order: Order) -> None:
    leaves = [f"leaf{number}" for number in range(1_700)]
    quads = [link(leaf, "touches", "hub") for leaf in leaves]
    quads += [label(leaf, f"{number * 7919 % 1_700:04} leaf") for number, leaf in enumerate(leaves)]
    quads += [
        Quad(NamedNode(E + leaf), NamedNode(f"{E}on"), Literal(f"2020-01-{day:02}", datatype=DATE))
        for leaf, day in zip(leaves[900:], cycle(range(28, 0, -1)), strict=False)
    ]
    quads += [link(other, "likes", leaf) for other, leaf in zip(leaves, leaves[5::9], strict=False)]
    index = index_of(tmp_path, quads)
    asked = AskedLinks(
        EditionStore(tmp_path / "store").engine(), NAMESPACE, ranking=index, stated=False
    )
    iris, known = [E + leaf for leaf in leaves], [E + leaf for leaf in leaves[1_690:]]
    first = asked.nearest(f"{E}hub", Wanted(limit=30, order=order), known)
    assert first.things == index.ranked(sorted(set(iris) - set(known)), order, 30)
    assert (first.order, first.total, first.remaining) == (order, 1_700, 1_660)
    after = asked.nearest(f"{E}hub", Wanted(limit=30, order=order), [*known, *first.things])
    assert after.things == index.ranked(sorted({*iris} - {*known, *first.things}), order, 30)


# --- anyone's RDF -----------------------------------------------------------------------


def test_every_subject_with_a_name_or_a_class_of_anyones_is_found(tmp_path: Path) -> None:
    quads = [
        label("a", "Alice", "en"),
        Quad(NamedNode(f"{E}b"), NamedNode("http://xmlns.com/foaf/0.1/name"), Literal("Bob")),
        link("BlueWhale", f"{RDF}type", "Animal"),
        link("a", "knows", "b"),
        link("a", "knows", "b2"),
        link("a", "knows", "b", NamedNode(f"{E}graph")),
        link("a", "knows", "a"),
    ]
    index = index_of(tmp_path, quads)
    for text, thing in (
        ("alice", "a"),
        ("bob", "b"),
        ("whale", "BlueWhale"),
        ("blue wh", "BlueWhale"),
    ):
        assert [found.iri for found in index.search(text, limit=5).things] == [E + thing]
    assert index.degrees([f"{E}a", f"{E}b", f"{E}b2"]) == {f"{E}a": 2, f"{E}b": 1}


def test_descriptions_are_searched_too(tmp_path: Path) -> None:
    comment = Quad(
        NamedNode(f"{E}a"), NamedNode(f"{RDFS}comment"), Literal("A bird of the HighSeas.")
    )
    (found,) = (
        index_of(tmp_path, [label("a", "Petrel"), comment]).passages("highs", limit=5).passages
    )
    assert (found.place, found.statement, found.marks) == (f"{E}a", None, [(14, 19)])


def test_an_empty_edition_has_an_index(tmp_path: Path) -> None:
    index = index_of(tmp_path, [])
    assert index.search("a", limit=5).total == index.passages("a", limit=5).total == 0
    assert index.ranked([f"{E}a"], "label", 5) == [f"{E}a"]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(any_text.filter(fold), min_size=1, max_size=30, unique_by=fold))
def test_every_thing_is_found_by_its_own_label(labels: list[str]) -> None:
    with TemporaryDirectory() as folder:
        index = index_of(Path(folder), [label(f"t{n}", text) for n, text in enumerate(labels)])
        for number, text in enumerate(labels):
            assume(":" not in text)
            assert f"{E}t{number}" in [t.iri for t in index.search(text, limit=100).things]


@settings(max_examples=300, deadline=None)
@given(any_text, any_text)
def test_folding_takes_anything_and_folds_once(text: str, more: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text.upper()) == fold(text.upper().lower()) or not text.isascii()
    assert "".join(words(text)) == "".join(words(text, humps=False))
    assert without_tones(text) is None or fold(text)
    tokens_of(text)
    spans = marks(text, more) or []
    assert all(0 <= start < end <= len(text) for start, end in spans)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("騰訊阿里QQab cd釘１é"), max_size=20), st.data())
def test_each_part_of_a_name_has_only_tokens_of_the_name(name: str, data: st.DataObject) -> None:
    form = fold(name)
    begin = data.draw(st.integers(0, len(form)))
    part = form[begin : data.draw(st.integers(begin, len(form)))]
    of_name = tokens([(form, {0})], Reader().forms(form))
    assert set(inner(part)) <= of_name
    assert set(some_inner(part)) <= of_name
    assert END not in form


@settings(max_examples=300, deadline=None)
@given(st.text("abcdexyz", min_size=5, max_size=12), st.data())
def test_names_that_are_one_slip_apart_have_a_token_in_common(
    name: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, 3))
    sign = data.draw(st.sampled_from("abcz"))
    for slipped in (
        name[:at] + name[at + 1 :],
        name[:at] + sign + name[at + 1 :],
        name[:at] + sign + name[at:],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    ):
        assert near(name) & near(slipped)


# --- how it is made -------------------------------------------------------------------


def test_an_index_is_made_by_one_process_at_a_time(scratch: EditionStore) -> None:
    edition = publish(scratch, [label("a", "Alice")])
    lock = hold_lock(scratch.folder / "index")
    assert lock is not None
    assert make(scratch.folder, edition.name).returncode == BUSY
    assert make(scratch.folder, "000099", "--folder", str(scratch.folder / "x")).returncode == GONE


def test_an_index_ends_with_its_edition_and_is_never_half_made(scratch: EditionStore) -> None:
    first = publish(scratch, [label("a", "Alice")])
    folder = scratch.folder / "index"
    assert make(scratch.folder, first.name).returncode == 0
    (folder / "000009.sqlite").write_bytes(b"of an edition that is gone")
    (folder / "000001.new").write_bytes(b"of a builder that died")
    second = publish(scratch, [label("b", "Bob")])
    assert make(scratch.folder, second.name).returncode == 0
    left = sorted(path.name for path in folder.iterdir())
    assert left == [f"{first.name}.sqlite", f"{second.name}.sqlite", "lock"]


def test_an_index_of_another_edition_or_version_is_refused(scratch: EditionStore) -> None:
    edition = publish(scratch, [label("a", "Alice")])
    path = scratch.folder / "index" / f"{edition.name}.sqlite"
    with pytest.raises(IndexNotReady):
        ThingIndex.open(path)
    make(scratch.folder, edition.name)
    with pytest.raises(IndexNotReady):
        ThingIndex.open(path, "2001-01-01T00:00:00Z")
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(IndexNotReady):
        ThingIndex.open(path)


def test_whoever_asks_first_waits_until_a_small_index_is_made(scratch: EditionStore) -> None:
    edition = publish(scratch, [label("a", "Alice")])
    shelf = IndexShelf(scratch, NAMESPACE)
    found: list[ThingIndex | None] = []
    asking = [
        threading.Thread(target=lambda: found.append(shelf.index(edition.name, 60)))
        for _ in range(4)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(60)
    assert len(found) == 4
    assert all(index is found[0] for index in found)
    assert found[0] is not None and found[0].search("alice", limit=1).total == 1


def test_an_index_lies_with_the_service_where_the_store_cannot_be_written(
    scratch: EditionStore, tmp_path: Path
) -> None:
    edition = publish(scratch, [label("a", "Alice")])
    (scratch.folder / "index").write_text("in the way, even of who may write anywhere")
    shelf = IndexShelf(scratch, NAMESPACE, tmp_path / "runtime")
    found = shelf.index(edition.name, 60)
    assert found is not None and found.search("alice", limit=1).total == 1
    assert (tmp_path / "runtime" / "index" / f"{edition.name}.sqlite").exists()
