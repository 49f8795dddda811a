"""The example questions: answered as a reader of the article would, and from its statements.

`questions/*.yaml` holds the answers, worked out by hand; `depends` lists the statements
each of which, taken away, changes the answer.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from pyoxigraph import NamedNode, Quad, QueryResultsFormat, QuerySolutions, Store
from ruamel.yaml import YAML

from graph.article import read_article
from graph.compile import CompiledArticle, compile_article
from graph.dataset import Dataset, combine, links
from graph.inference import infer, quads_of
from graph.question import Question, read_questions
from ontology import CANONICAL_BASE, Vocabulary, load

ROOT = Path(__file__).parents[1]
QUERIES = ROOT / "data" / "queries"
ANSWERS = ROOT / "tests" / "questions"
FOLDER = ROOT / "data" / "articles" / "ma-yun-social"
SOLUTIONS_JSON = "application/sparql-results+json"
LENGTH_OF_ORIGINAL = 2045
NUMERIC = {"integer", "decimal", "double", "float"}
PREFIXES = {
    "annotation": f"{CANONICAL_BASE}annotation/{FOLDER.name}/",
    "id": f"{CANONICAL_BASE}id/",
    "inferred": f"{CANONICAL_BASE}statement/inferred/",
    "observation": f"{CANONICAL_BASE}observation/{FOLDER.name}/",
    "qudt": "http://qudt.org/schema/qudt/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "https://schema.org/",
    "sm": f"{CANONICAL_BASE}ontology#",
    "statement": f"{CANONICAL_BASE}statement/{FOLDER.name}/",
    "unit": "http://qudt.org/vocab/unit/",
    "wd": "http://www.wikidata.org/entity/",
}

Cell = tuple[str, str] | Decimal | bool | None
Row = tuple[Cell, ...]

names = sorted(path.stem for path in QUERIES.glob("*.rq"))
every_question = pytest.mark.parametrize("name", names)


@dataclass(frozen=True)
class Expected:
    """A question's answer by hand: `rows` in the order of `columns`, `spans` where it is read."""

    ordered: bool
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    spans: tuple[tuple[int, int], ...]
    depends: tuple[str, ...]
    inferred: bool

    def agrees_with(self, rows: Sequence[Row]) -> bool:
        """Whether an engine's rows are these, in this order where order matters."""
        if self.ordered:
            return tuple(rows) == self.rows
        return Counter(rows) == Counter(self.rows)


@cache
def expected_of(name: str) -> Expected:
    written: dict[str, Any] = YAML(typ="safe").load((ANSWERS / f"{name}.yaml").read_text("utf-8"))
    columns = tuple(written["columns"])
    for row in written["rows"]:
        assert row.keys() == {*columns, "source"}, f"{name}: {row}"
    return Expected(
        ordered=written["ordered"],
        columns=columns,
        rows=tuple(tuple(_written(row[column]) for column in columns) for row in written["rows"]),
        spans=tuple(tuple(span) for row in written["rows"] for span in row["source"]),
        depends=tuple(written["depends"]),
        inferred=written["inferred"],
    )


def _written(value: str | int | float | bool | None) -> Cell:
    """A cell as the YAML has it: IRIs by prefix, numbers, text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _to_two_places(str(value))
    prefix, colon, local = value.partition(":")
    return ("iri", PREFIXES[prefix] + local) if colon and prefix in PREFIXES else ("text", value)


def _bound(binding: Mapping[str, str] | None) -> Cell:
    """A cell as SPARQL 1.1 Query Results JSON has it (section 3.2.2)."""
    if binding is None:
        return None
    datatype = binding.get("datatype", "").rpartition("#")[2]
    if datatype in NUMERIC:
        return _to_two_places(binding["value"])
    if datatype == "boolean":
        return binding["value"] in {"true", "1"}
    return ("iri" if binding["type"] == "uri" else "text", binding["value"])


def _to_two_places(number: str) -> Decimal:
    return Decimal(number).quantize(Decimal("0.01"), ROUND_HALF_UP)


def rows_of(body: bytes, columns: Sequence[str]) -> list[Row]:
    answer = json.loads(body)
    assert set(columns) <= set(answer["head"]["vars"])
    return [
        tuple(_bound(solution.get(column)) for column in columns)
        for solution in answer["results"]["bindings"]
    ]


def ask(store: Store, question: Question, columns: Sequence[str]) -> list[Row]:
    solutions = store.query(question.query, use_default_graph_as_union=True)
    assert isinstance(solutions, QuerySolutions)
    body = solutions.serialize(format=QueryResultsFormat.JSON)
    assert body is not None
    return rows_of(body, columns)


class Edited:
    """A dataset in memory from which one statement at a time can be taken.

    What a deletion removes and adds is kept by key, since many questions share keys.
    """

    def __init__(self, compiled: CompiledArticle, vocabulary: Vocabulary) -> None:
        self.compiled = compiled
        self.vocabulary = vocabulary
        self.dataset = combine([compiled], vocabulary)
        self.store = store_of(self.dataset)
        self.inferred = quads_of(self.dataset.inferences, vocabulary)
        self._changes: dict[str, tuple[set[Quad], set[Quad]]] = {}

    def reduced(self, key: str) -> CompiledArticle:
        """The article without one statement, and without its fact unless another states it."""
        compiled = self.compiled
        (fact,) = (each for each in compiled.facts if each.key == key)
        others = tuple(each for each in compiled.facts if each is not fact)
        gone = {q for q in compiled.quads if fact.statement in (q.subject, q.object)}
        if not any(other.asserted and other.triple == fact.triple for other in others):
            gone |= {q for q in compiled.quads if (q.subject, q.predicate, q.object) == fact.triple}
        return replace(compiled, quads=compiled.quads - gone, facts=others)

    @contextmanager
    def without(self, key: str) -> Iterator[Store]:
        """The store while the statement is gone; it is put back afterwards."""
        if key not in self._changes:
            self._changes[key] = self._change(key)
        removed, added = self._changes[key]
        self._replace(removed, added)
        try:
            yield self.store
        finally:
            self._replace(added, removed)

    def _replace(self, old: set[Quad], new: set[Quad]) -> None:
        for quad in old:
            self.store.remove(quad)
        self.store.extend(new)

    def _change(self, key: str) -> tuple[set[Quad], set[Quad]]:
        """As `combine` does, but without reading the ontology anew."""
        reduced = self.reduced(key)
        inferences = infer(links(reduced.facts), list(reduced.types.items()), self.vocabulary)
        inferred = quads_of(inferences, self.vocabulary)
        removed = {*(self.compiled.quads - reduced.quads), *(self.inferred - inferred)}
        return removed, inferred - self.inferred


def store_of(dataset: Dataset) -> Store:
    store = Store()
    store.extend(dataset.quads)
    return store


@pytest.fixture(scope="module")
def questions() -> dict[str, Question]:
    return {question.name: question for question in read_questions(QUERIES)}


@pytest.fixture(scope="module")
def edited() -> Edited:
    vocabulary = load()
    return Edited(compile_article(read_article(FOLDER), vocabulary), vocabulary)


@pytest.fixture(scope="module")
def without_inferred(edited: Edited) -> Store:
    store = store_of(edited.dataset)
    store.remove_graph(NamedNode(f"{CANONICAL_BASE}graph/inferred"))
    return store


@pytest.fixture(scope="module")
def cited_spans(edited: Edited) -> set[tuple[int, int]]:
    """Where the original is cited by a statement, or by a note on what is odd in it."""
    query = """
        PREFIX oa: <http://www.w3.org/ns/oa#>
        PREFIX schema: <https://schema.org/>
        PREFIX sm: <https://shuangma.example/ontology#>
        SELECT DISTINCT ?start ?end WHERE {
          ?original a schema:DigitalDocument .
          ?citing sm:sourcePassage|oa:hasTarget ?passage .
          ?passage oa:hasSource ?original ;
                   oa:hasSelector [ oa:start ?start ; oa:end ?end ] .
        }"""
    solutions = edited.store.query(query, use_default_graph_as_union=True)
    assert isinstance(solutions, QuerySolutions)
    return {(int(s["start"].value), int(s["end"].value)) for s in solutions}


def test_there_are_at_least_34_questions_and_each_has_an_answer() -> None:
    assert len(names) >= 34
    assert names == sorted(path.stem for path in ANSWERS.glob("*.yaml"))


def test_at_least_six_questions_need_inferred_facts() -> None:
    assert sum(expected_of(name).inferred for name in names) >= 6


@every_question
def test_question_has_a_title_and_a_description_in_both_languages(
    name: str, questions: dict[str, Question]
) -> None:
    for texts in (questions[name].titles, questions[name].descriptions):
        assert {"en", "zh-hant"} <= texts.keys()
        assert all(texts.values())


@every_question
def test_service_gives_the_answer_worked_out_by_hand(
    name: str, service: str, questions: dict[str, Question]
) -> None:
    expected = expected_of(name)
    url = f"{service}/sparql?{urlencode({'query': questions[name].query})}"
    with urlopen(Request(url, headers={"Accept": SOLUTIONS_JSON})) as response:
        assert response.headers.get_content_type() == SOLUTIONS_JSON
        rows = rows_of(response.read(), expected.columns)
    if expected.ordered:
        assert rows == list(expected.rows)
    else:
        assert Counter(rows) == Counter(expected.rows)


@every_question
def test_english_readers_get_the_same_answer_with_english_passages(
    name: str, edited: Edited, questions: dict[str, Question]
) -> None:
    question = questions[name]
    translated = replace(question, query=question.query_by("translatedPassage"))
    columns = expected_of(name).columns
    told = [column for column in columns if column != "words"]
    assert set(ask(edited.store, translated, told)) == set(ask(edited.store, question, told))
    if translated != question:
        words = {row[0] for row in ask(edited.store, translated, ["words"])}
        assert words
        assert not any("\u4e00" <= letter <= "\u9fff" for text in words for letter in str(text))


@every_question
def test_each_row_is_read_in_a_passage_that_the_dataset_cites(
    name: str, cited_spans: set[tuple[int, int]]
) -> None:
    for start, end in expected_of(name).spans:
        assert 0 <= start < end <= LENGTH_OF_ORIGINAL
        assert any(first <= start and end <= last for first, last in cited_spans), (start, end)


@every_question
def test_deleting_a_statement_it_depends_on_changes_the_answer(
    name: str, edited: Edited, questions: dict[str, Question]
) -> None:
    expected, question = expected_of(name), questions[name]
    assert expected.agrees_with(ask(edited.store, question, expected.columns))
    idle = []
    for key in expected.depends:
        with edited.without(key) as store:
            if expected.agrees_with(ask(store, question, expected.columns)):
                idle.append(key)
    assert not idle


@pytest.mark.parametrize(
    "key", ["dingtalk-developer", "wechat-belongs-to-tencent", "momo-revenue.value"]
)
def test_deleting_a_statement_leaves_what_a_fresh_build_would_give(
    key: str, edited: Edited
) -> None:
    fresh = combine([edited.reduced(key)], edited.vocabulary)
    with edited.without(key) as store:
        assert set(store) == set(store_of(fresh))
    assert set(edited.store) == set(store_of(edited.dataset))


@every_question
def test_question_needs_the_inferred_facts_exactly_when_it_says_so(
    name: str, questions: dict[str, Question], without_inferred: Store
) -> None:
    expected = expected_of(name)
    rows = ask(without_inferred, questions[name], expected.columns)
    assert expected.agrees_with(rows) is not expected.inferred
