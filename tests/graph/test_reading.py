"""What pages show: a thing with its evidence, an article with its passages, a network."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graph.dataset import Dataset
from graph.description import describe
from graph.errors import ArticleNotFound, ResourceNotFound
from graph.export import description_of
from graph.label import labels_of, name_from, nearest
from graph.network import picture, read_network
from graph.overlap import label_box
from graph.oxigraph import OxigraphEngine
from graph.reading import article_iris, read
from graph.store import EditionStore
from graph.writing import EditionWriter, publish

BASE = "https://shuangma.example/"
SM = f"{BASE}ontology#"
COMMENT = "http://www.w3.org/2000/01/rdf-schema#comment"


def opened(dataset: Dataset, folder: Path) -> OxigraphEngine:
    store = EditionStore(folder)
    publish(EditionWriter(store), dataset.quads, fingerprint="", base=BASE)
    return store.engine()


@pytest.fixture(scope="module")
def engine(fixtures_dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> OxigraphEngine:
    return opened(fixtures_dataset, tmp_path_factory.mktemp("fixtures") / "store")


@pytest.fixture(scope="module")
def real_engine(real_dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> OxigraphEngine:
    return opened(real_dataset, tmp_path_factory.mktemp("real") / "store")


def test_a_thing_is_described_with_the_statements_of_all_articles(engine: OxigraphEngine) -> None:
    found = describe(engine, f"{BASE}id/LaoWang", SM, "en")
    assert found["label"] == "Lao Wang"
    assert found["class"]["label"] == "Person"
    (controls,) = [f for f in found["facts"] if f["predicate"]["iri"] == f"{SM}controls"]
    assert controls["asserted"]
    assert [iri.rpartition("/statement/")[2] for iri in controls["statements"]] == [
        "hai-gang/wang-controls",
        "harbour-news/wang-controls",
        "tea-house/wang-controls",
    ]


@pytest.mark.parametrize(
    ("language", "meaning"),
    [
        ("en", "This person owns or directs an organization or platform."),
        ("zh-Hant", "這個人擁有或主導某個組織、平台。"),
        ("zh-Hans", "这个人拥有或主导某个组织、平台。"),
    ],
)
def test_words_of_the_vocabulary_are_defined_in_the_readers_language(
    engine: OxigraphEngine, language: str, meaning: str
) -> None:
    found = describe(engine, f"{BASE}id/LaoWang", SM, language)
    assert found["definitions"][f"{SM}controls"] == meaning
    known = {fact["predicate"]["iri"] for fact in found["facts"]} | {found["class"]["iri"]}
    assert found["definitions"].keys() <= known


def test_a_definition_that_is_an_essay_is_cut(tmp_path: Path) -> None:
    told = "A very long word. " * 100
    quads = [
        Quad(NamedNode("http://a.example/s"), NamedNode("http://a.example/p"), Literal("o")),
        Quad(NamedNode("http://a.example/p"), NamedNode(COMMENT), Literal(told)),
    ]
    store = EditionStore(tmp_path / "store")
    publish(EditionWriter(store), quads, fingerprint="1", base=BASE)
    found = describe(store.engine(), "http://a.example/s", SM, "en")
    (meaning,) = found["definitions"].values()
    assert len(meaning) == 600
    assert meaning.endswith("…")


def test_what_nothing_speaks_of_is_not_described(engine: OxigraphEngine) -> None:
    with pytest.raises(ResourceNotFound, match="NoSuch"):
        describe(engine, f"{BASE}id/NoSuch", SM, "en")
    with pytest.raises(ArticleNotFound, match="no-such"):
        read(engine, f"{BASE}article/no-such", SM, "en")


def test_an_export_of_a_thing_has_its_statements_and_their_passages(
    engine: OxigraphEngine,
) -> None:
    triples = description_of(engine, f"{BASE}id/LaoWang", SM)
    subjects = {triple.subject.value for triple in triples}  # type: ignore[union-attr]
    assert f"{BASE}statement/harbour-news/wang-controls" in subjects
    assert f"{BASE}article/tea-house#char=9,25" in subjects


@pytest.mark.parametrize("slug", ["first-cup", "hai-gang", "harbour-news", "tea-house"])
def test_an_article_is_read_with_its_passages_in_place(slug: str, engine: OxigraphEngine) -> None:
    iri = f"{BASE}article/{slug}"
    assert iri in article_iris(engine)
    reading = read(engine, iri, SM, "en")
    for text in reading.texts:
        for passage, statements in reading.cited[text.iri].items():
            assert statements
            assert any(passage.within(block.passage) for block in text.blocks)


def test_the_nearest_label_is_chosen(engine: OxigraphEngine) -> None:
    iri = f"{BASE}id/TeaHouse"
    found = {language: labels_of(engine, [iri], language)[iri] for language in ("en", "zh-Hans")}
    assert found == {"en": "Tea house", "zh-Hans": "茶馆"}
    assert nearest({"fr": "thé", "zh-latn-pinyin": "chá"}, "en") == "thé"
    assert nearest({}, "en") is None
    assert name_from("http://a.example/%E8%8C%B6/") == "茶"
    assert name_from("/") == "/"


def test_the_picture_is_the_same_each_time_and_no_two_labels_overlap(
    real_engine: OxigraphEngine,
) -> None:
    one = picture(real_engine, read_network(real_engine, SM), "zh-Hant")
    other = picture(real_engine, read_network(real_engine, SM), "zh-Hant")
    assert one == other
    assert len(one["nodes"]) > 50
    boxes = [(n["x"], n["y"], *label_box(n["label"])) for n in one["nodes"] if n["shown"]]
    for index, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[:index]:
            apart_x = abs(x - other_x) >= (width + other_width) / 2
            apart_y = abs(y - other_y) >= (height + other_height) / 2
            assert apart_x or apart_y
