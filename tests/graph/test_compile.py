"""What an article comes to, compared with what was written down by hand."""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, parse, serialize
from pyoxigraph import RdfFormat as Syntax
from rdflib import Graph
from rdflib.compare import graph_diff, isomorphic, to_isomorphic

from graph.article import read_article
from graph.compile import CompiledArticle, compile_article
from graph.dataset import Dataset, build_dataset
from ontology import Vocabulary, load

FIXTURES = Path(__file__).parent.parent / "articles"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SM = "https://shuangma.example/ontology#"
Compile = Callable[[str], CompiledArticle]


def rdflib_graph(quads: frozenset[Quad]) -> Graph:
    lines = serialize([quad.triple for quad in quads], format=Syntax.N_TRIPLES)
    return Graph().parse(data=lines, format="nt")


def terms(quads: frozenset[Quad] | tuple[Quad, ...]) -> set[object]:
    return {
        term
        for quad in quads
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
    }


def values(quads: Iterable[Quad], subject: str, predicate: str) -> set[Any]:
    return {q.object for q in quads if (q.subject.value, q.predicate.value) == (subject, predicate)}


def test_an_article_compiles_to_what_was_written_by_hand(compiled: Compile) -> None:
    text = (FIXTURES / "first-cup" / "expected.trig").read_text(encoding="utf-8")
    expected = rdflib_graph(frozenset(parse(text, format=Syntax.TRIG)))
    found = rdflib_graph(compiled("first-cup").quads)
    if not isomorphic(found, expected):
        _, only_found, only_expected = graph_diff(to_isomorphic(found), to_isomorphic(expected))
        pytest.fail(f"too much:\n{only_found.serialize()}\nmissing:\n{only_expected.serialize()}")


def test_all_quads_of_an_article_lie_in_its_named_graph(compiled: Compile) -> None:
    names = {quad.graph_name for quad in compiled("first-cup").quads}
    assert names == {NamedNode("https://shuangma.example/graph/first-cup")}


@pytest.mark.parametrize("slug", ["first-cup", "tea-house", "harbour-news", "hai-gang"])
def test_a_passage_stands_at_its_code_points(slug: str, compiled: Compile) -> None:
    article = compiled(slug)
    texts = {
        f"https://shuangma.example/article/{slug}"
        + ("" if language == article.article.metadata.language else f"/{language}"): text
        for language, text in article.article.texts.items()
    }
    oa = "http://www.w3.org/ns/oa#"
    exacts = {q.subject.value: q.object.value for q in article.quads
              if q.predicate.value == f"{oa}exact"}  # fmt: skip
    assert exacts
    for selector, exact in exacts.items():
        source, _, place = selector.partition("#quote=")
        start, end = map(int, place.split(","))
        text = texts[source]
        assert text[start:end] == exact
        (prefix,) = values(article.quads, selector, f"{oa}prefix")
        (suffix,) = values(article.quads, selector, f"{oa}suffix")
        assert text[max(0, start - 32) : start] == prefix.value
        assert text[end : end + 32] == suffix.value
        position = selector.replace("#quote=", "#position=")
        assert [v.value for v in values(article.quads, position, f"{oa}start")] == [str(start)]
        assert [v.value for v in values(article.quads, position, f"{oa}end")] == [str(end)]


@pytest.mark.parametrize("modality", ["attributed", "forecast", "disputed"])
def test_what_is_not_asserted_is_quoted_alone(
    modality: str, folder: Path, vocabulary: Vocabulary
) -> None:
    path = folder / "statements.yaml"
    text = path.read_text(encoding="utf-8").replace("modality: attributed", f"modality: {modality}")
    path.write_text(text, encoding="utf-8")
    article = compile_article(read_article(folder), vocabulary)
    (fact,) = [fact for fact in article.facts if fact.key == "rivals"]
    assert not fact.asserted
    assert fact.triple not in {(q.subject, q.predicate, q.object) for q in article.quads}
    statement = fact.statement.value
    assert values(article.quads, statement, f"{RDF}object") == {fact.triple[2]}
    assert values(article.quads, statement, f"{SM}modality") == {NamedNode(SM + modality.title())}
    assert values(article.quads, statement, "http://www.w3.org/ns/prov#wasAttributedTo") == {
        NamedNode("https://shuangma.example/id/Reporter")
    }


def test_nothing_is_inferred_from_what_is_not_asserted(
    folder: Path, vocabulary: Vocabulary
) -> None:
    rivals = "https://shuangma.example/ontology#competesWith"
    dataset = build_dataset([folder], vocabulary)
    assert not [i for i in dataset.inferences if i.triple[1].value == rivals]


def test_a_figure_from_to_keeps_its_bounds_period_and_qualifiers(compiled: Compile) -> None:
    quads = compiled("tea-house").quads
    figure = "https://shuangma.example/observation/tea-house/cups-hoped"
    found = defaultdict(set)
    for quad in quads:
        if quad.subject.value == figure:
            found[quad.predicate.value.rpartition("/")[2].rpartition("#")[2]].add(str(quad.object))
    xsd = "http://www.w3.org/2001/XMLSchema#"
    base = "https://shuangma.example"
    assert {name: one.pop() for name, one in found.items() if len(one) == 1} == {
        "type": "<https://schema.org/Observation>",
        "observationAbout": f"<{base}/id/TeaHouse>",
        "variableMeasured": f"<{base}/id/Cups>",
        "minValue": f'"1000"^^<{xsd}integer>',
        "maxValue": f'"2000"^^<{xsd}integer>',
        "hasUnit": "<http://qudt.org/vocab/unit/NUM>",
        "printed": '"一兩千杯"',
        "precision": f"<{base}/ontology#FromTo>",
        "modality": f"<{base}/ontology#Forecast>",
        "startDate": f'"2014-03"^^<{xsd}gYearMonth>',
        "endDate": f'"2014-05"^^<{xsd}gYearMonth>',
        "observationPeriod": f'"P1M"^^<{xsd}duration>',
        "comparedWith": f"<{base}/observation/tea-house/cups-sold>",
        "reportedBy": f"<{base}/id/TeaHouse>",
    }


def test_decimal_figures_and_large_ones_keep_their_digits(
    folder: Path, vocabulary: Vocabulary
) -> None:
    path = folder / "statements.yaml"
    original = path.read_text(encoding="utf-8")
    for written, kept, kind in [
        ("51.67", "51.67", "decimal"), ("97200000000", "97200000000", "integer"),
        ("22.0", "22", "integer"), ("0", "0", "integer"), ("-0.5", "-0.5", "decimal"),
        ("1e9", "1000000000", "integer"), ("1e-7", "0.0000001", "decimal"),
    ]:  # fmt: skip
        changed = original.replace("printed: 972杯", "printed: 許多杯")
        path.write_text(changed.replace("value: 972", f"value: {written}"), encoding="utf-8")
        quads = compile_article(read_article(folder), vocabulary).quads
        figure = "https://shuangma.example/observation/tea-house/cups-sold"
        (literal,) = values(quads, figure, "https://schema.org/value")
        assert (literal.value, literal.datatype.value.rpartition("#")[2]) == (kept, kind)


@pytest.mark.parametrize(
    ("written", "value", "kind"),
    [
        ("2020-02-08", "2020-02-08", "date"),
        ("2020-02-08T15:13:34+00:00", "2020-02-08T15:13:34Z", "dateTime"),
        ("2020-02-08T15:13:34Z", "2020-02-08T15:13:34Z", "dateTime"),
        ("2020-02-08 15:13", "2020-02-08T15:13:00", "dateTime"),
    ],
)
def test_a_date_of_publication_keeps_its_precision(
    written: str, value: str, kind: str, folder: Path, vocabulary: Vocabulary
) -> None:
    path = folder / "article.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("2021-03-04", written), "utf-8")
    quads = compile_article(read_article(folder), vocabulary).quads
    article = "https://shuangma.example/article/tea-house"
    (literal,) = values(quads, article, "https://schema.org/datePublished")
    assert (literal.value, literal.datatype.value.rpartition("#")[2]) == (value, kind)


def test_an_english_article_needs_no_chinese(compiled: Compile) -> None:
    languages = {term.language for term in terms(compiled("harbour-news").quads)
                 if isinstance(term, Literal) and term.language}  # fmt: skip
    assert languages == {"en"}


def test_a_simplified_article_gets_traditional_labels(compiled: Compile) -> None:
    quads = compiled("hai-gang").quads
    labels = values(quads, "https://shuangma.example/id/TeaHouse", f"{SKOS}prefLabel")
    assert {str(label) for label in labels} == {
        '"茶馆"@zh-hans',
        '"茶館"@zh-hant',
        '"chá guǎn"@zh-latn-pinyin',
    }


def test_another_base_leaves_no_canonical_iri(folder: Path) -> None:
    dataset = build_dataset([folder], load("http://localhost:8080/my/"))
    iris = {term.value for term in terms(dataset.quads) if isinstance(term, NamedNode)}
    assert not [iri for iri in iris if "shuangma.example" in iri]


@pytest.fixture(scope="module", params=["articles beside the tests", "the project's own article"])
def dataset(request: pytest.FixtureRequest) -> Dataset:
    name = "fixtures_dataset" if request.param.startswith("articles") else "real_dataset"
    found = request.getfixturevalue(name)
    assert isinstance(found, Dataset)
    return found


def test_no_blank_node_is_minted(dataset: Dataset) -> None:
    assert not [term for term in terms(dataset.quads) if isinstance(term, BlankNode)]


def test_every_iri_is_ascii(dataset: Dataset) -> None:
    iris = [term.value for term in terms(dataset.quads) if isinstance(term, NamedNode)]
    assert not [iri for iri in iris if not iri.isascii()]


def test_every_citable_triple_has_a_statement_and_every_statement_a_passage(
    dataset: Dataset, vocabulary: Vocabulary
) -> None:
    citable = {prop.iri for prop in vocabulary.properties.values() if prop.citable}
    for article in dataset.articles:
        parts: dict[str, dict[str, set[object]]] = defaultdict(lambda: defaultdict(set))
        for quad in article.quads:
            parts[quad.subject.value][quad.predicate.value].add(quad.object)
        statements = {
            iri: own
            for iri, own in parts.items()
            if NamedNode(f"{SM}Statement") in own[f"{RDF}type"]
        }
        stated = set()
        for iri, own in statements.items():
            (subject,), (predicate,), (obj,) = (
                own[f"{RDF}{name}"] for name in ("subject", "predicate", "object")
            )
            stated.add((subject, predicate, obj))
            assert own[f"{SM}passage"], iri
            assert own[f"{SM}article"] == {
                NamedNode(f"https://shuangma.example/article/{article.article.slug}")
            }
            for passage in own[f"{SM}passage"]:
                assert parts[passage.value]["http://www.w3.org/ns/oa#hasSelector"], passage  # type: ignore[attr-defined]
        facts = {
            (q.subject, q.predicate, q.object)
            for q in article.quads
            if q.predicate.value in citable
        }
        assert facts <= stated
        assert len(statements) == len(article.facts)


def test_no_label_is_both_preferred_and_a_variant(dataset: Dataset) -> None:
    # SKOS Reference, S13: prefLabel and altLabel are disjoint.
    labels: dict[str, set[object]] = defaultdict(set)
    for quad in dataset.quads:
        labels[quad.predicate.value].add((quad.subject, quad.object))
    assert not labels[f"{SKOS}prefLabel"] & labels[f"{SKOS}altLabel"]


def test_a_thing_has_one_preferred_label_a_language(dataset: Dataset) -> None:
    slots = {
        (quad.subject, quad.object.language, quad.object)
        for quad in dataset.quads
        if quad.predicate.value == f"{SKOS}prefLabel" and isinstance(quad.object, Literal)
    }
    assert len(slots) == len({(subject, language) for subject, language, _ in slots})


def test_articles_that_share_a_thing_merge_by_its_iri(fixtures_dataset: Dataset) -> None:
    wang = "https://shuangma.example/id/LaoWang"
    controls = [q for q in fixtures_dataset.quads
                if q.subject.value == wang and q.predicate.value == f"{SM}controls"]  # fmt: skip
    assert {quad.object.value for quad in controls} == {"https://shuangma.example/id/TeaHouse"}
    assert {quad.graph_name.value.rpartition("/")[2] for quad in controls} == {
        "hai-gang",
        "harbour-news",
        "tea-house",
    }
    citing = {
        q.subject.value
        for q in fixtures_dataset.quads
        if (q.predicate.value, q.object) == (f"{RDF}predicate", NamedNode(f"{SM}controls"))
    }
    assert citing == {
        f"https://shuangma.example/statement/{slug}/wang-controls"
        for slug in ("hai-gang", "harbour-news", "tea-house")
    }


def test_the_label_of_the_first_article_is_preferred_and_others_are_variants(
    fixtures_dataset: Dataset,
) -> None:
    wang = "https://shuangma.example/id/LaoWang"
    preferred = {str(v) for v in values(fixtures_dataset.quads, wang, f"{SKOS}prefLabel")}
    variants = {str(v) for v in values(fixtures_dataset.quads, wang, f"{SKOS}altLabel")}
    assert preferred == {
        '"Lao Wang"@en', '"老王"@zh-hant', '"老王"@zh-hans', '"lǎo wáng"@zh-latn-pinyin',
    }  # fmt: skip
    assert variants == {
        '"Mr Wang"@en', '"王老闆"@zh-hant', '"老汪"@zh-hans', '"老汪"@zh-hant',
        '"lǎo wāng"@zh-latn-pinyin',
    }  # fmt: skip


def test_the_order_of_the_folders_does_not_matter(vocabulary: Vocabulary, tmp_path: Path) -> None:
    folders = [FIXTURES / slug for slug in ("tea-house", "harbour-news", "hai-gang")]
    one = build_dataset(folders, vocabulary)
    other = build_dataset(folders[::-1], vocabulary)
    assert one.quads == other.quads
    moved = [Path(shutil.copytree(each, tmp_path / each.name)) for each in folders]
    assert build_dataset(moved, vocabulary).quads == one.quads
