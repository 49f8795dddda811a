"""The dataset conforms to the shapes, and what is taken away from it is missed."""

from collections.abc import Callable, Iterable

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graph.dataset import Dataset
from graph.validation import check_step, validate_shapes
from ontology import Vocabulary

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
BASE = "https://shuangma.example/"
SM = f"{BASE}ontology#"
SCHEMA = "https://schema.org/"
STATEMENT = NamedNode(f"{BASE}statement/tea-house/opening-launched")
FIGURE = NamedNode(f"{BASE}observation/tea-house/cups-sold")
RANGE = NamedNode(f"{BASE}observation/tea-house/cups-hoped")


def without(subject: NamedNode, predicate: str) -> Callable[[Iterable[Quad]], set[Quad]]:
    return lambda quads: {
        q for q in quads if not (q.subject == subject and q.predicate.value == predicate)
    }


def adding(
    subject: NamedNode, predicate: str, obj: NamedNode | Literal
) -> Callable[[Iterable[Quad]], set[Quad]]:
    return lambda quads: {*quads, Quad(subject, NamedNode(predicate), obj)}


MUTATIONS = {
    "no passage": (without(STATEMENT, f"{SM}passage"), "cites a passage"),
    "no subject": (without(STATEMENT, f"{RDF}subject"), "one subject"),
    "no predicate": (without(STATEMENT, f"{RDF}predicate"), "one predicate"),
    "no object": (without(STATEMENT, f"{RDF}object"), "one object"),
    "two objects": (adding(STATEMENT, f"{RDF}object", FIGURE), "one object"),
    "no article": (without(STATEMENT, f"{SM}article"), "one article"),
    "no modality": (without(STATEMENT, f"{SM}modality"), "one modality"),
    "no paraphrase": (without(STATEMENT, f"{SM}paraphrase"), "paraphrase"),
    "uncitable": (adding(STATEMENT, f"{RDF}predicate", NamedNode(f"{SM}article")), "predicate"),
    "no value": (without(FIGURE, f"{SCHEMA}value"), ""),
    "value and range": (adding(RANGE, f"{SCHEMA}value", Literal(7)), ""),
    "no unit": (without(FIGURE, "http://qudt.org/schema/qudt/hasUnit"), "one unit"),
    "no metric": (without(FIGURE, f"{SCHEMA}variableMeasured"), "one metric"),
    "two labels": (
        adding(
            NamedNode(f"{BASE}id/TeaHouse"),
            "http://www.w3.org/2004/02/skos/core#prefLabel",
            Literal("Tearoom", language="en"),
        ),
        "preferred label",
    ),
}


@pytest.fixture(scope="module")
def quads(fixtures_dataset: Dataset) -> set[Quad]:
    """What the mutations touch, with the ontology that it needs."""
    kept = ("graph/tea-house", "graph/ontology")
    return {q for q in fixtures_dataset.quads if q.graph_name.value.endswith(kept)}


def test_the_project_conforms_and_keeps_in_step(
    real_dataset: Dataset, vocabulary: Vocabulary
) -> None:
    assert validate_shapes(real_dataset.quads, vocabulary) == []
    report = check_step(real_dataset.quads, vocabulary)
    assert report.in_step
    assert report.quoted_but_asserted == ()
    assert report.statements > 500


def test_the_articles_beside_the_tests_conform(
    fixtures_dataset: Dataset, vocabulary: Vocabulary
) -> None:
    assert validate_shapes(fixtures_dataset.quads, vocabulary) == []


@pytest.mark.parametrize(("mutate", "message"), MUTATIONS.values(), ids=MUTATIONS)
def test_a_mutation_breaks_a_shape(
    mutate: Callable[[Iterable[Quad]], set[Quad]],
    message: str,
    quads: set[Quad],
    vocabulary: Vocabulary,
) -> None:
    changed = mutate(quads)
    assert changed != quads
    found = validate_shapes(changed, vocabulary)
    assert found
    assert message in " ".join(found)


def test_a_fact_without_statement_and_a_statement_without_fact_are_missed(
    quads: set[Quad], vocabulary: Vocabulary
) -> None:
    fact = next(q for q in quads if q.predicate.value == f"{SM}launched")
    report = check_step(quads - {fact}, vocabulary)
    assert not report.in_step
    assert [line for line in report.asserted_without_fact if f"{SM}launched" in line]
    more = Quad(fact.object, NamedNode(f"{SM}competesWith"), fact.object, fact.graph_name)  # type: ignore[arg-type]
    report = check_step({*quads, more}, vocabulary)
    assert not report.in_step
    assert [line for line in report.facts_without_statement if f"{SM}competesWith" in line]
