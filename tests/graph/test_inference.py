"""Each rule on the smallest vocabulary that needs it, and all of them on the project's article."""

import owlrl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode
from rdflib import RDF as RDF_NS
from rdflib import Graph, URIRef

from graph.dataset import Dataset, links
from graph.entailment import check_entailment
from graph.inference import Inference, Link, infer, quads_of
from ontology import Vocabulary

BASE = "https://example.org/"
SM = f"{BASE}ontology#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PREFIXES = f"""
@prefix sm: <{SM}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def vocabulary_of(turtle: str) -> Vocabulary:
    prefixes = {"sm": SM, "id": f"{BASE}id/", "rdf": RDF}
    return Vocabulary(BASE, {}, prefixes, {}, Graph().parse(data=PREFIXES + turtle), Graph())


def thing(name: str) -> NamedNode:
    return NamedNode(f"{BASE}id/{name}")


def link(written: str) -> Link:
    subject, predicate, obj = written.split()
    return thing(subject), NamedNode(SM + predicate), thing(obj)


def statement(written: str) -> NamedNode:
    return NamedNode(f"{BASE}statement/{written.replace(' ', '.')}")


def drawn(turtle: str, *written: str) -> dict[str, tuple[str, str, list[str]]]:
    """Each inferred triple with its rule, axiom and premises, all in short."""
    facts = {link(each): statement(each) for each in written}
    found = {}
    for inference in infer(facts, (), vocabulary_of(turtle)):
        premises = [short(premise) for premise in inference.premises]
        found[short(inference.triple)] = (inference.rule, short(inference.axiom), premises)
    return found


def short(term: NamedNode | Link) -> str:
    if isinstance(term, NamedNode):
        return term.value.removeprefix(SM).removeprefix(f"{BASE}id/").removeprefix(BASE)
    return " ".join(short(each) for each in term)


TRANSITIVE = "sm:in a owl:ObjectProperty , owl:TransitiveProperty ."
SYMMETRIC = "sm:near a owl:ObjectProperty , owl:SymmetricProperty ."
RULES = {
    "subproperty": (
        "sm:owns a owl:ObjectProperty ; rdfs:subPropertyOf sm:has . sm:has a owl:ObjectProperty .",
        ["A owns B"],
        {"A has B": ("SubpropertyRule", "owns", ["statement/A.owns.B"])},
    ),
    "inverse": (
        "sm:has a owl:ObjectProperty ; owl:inverseOf sm:of . sm:of a owl:ObjectProperty .",
        ["A has B"],
        {"B of A": ("InverseRule", "has", ["statement/A.has.B"])},
    ),
    "inverse, the other way": (
        "sm:has a owl:ObjectProperty ; owl:inverseOf sm:of . sm:of a owl:ObjectProperty .",
        ["B of A"],
        {"A has B": ("InverseRule", "of", ["statement/B.of.A"])},
    ),
    "symmetric": (
        SYMMETRIC,
        ["A near B"],
        {"B near A": ("SymmetricRule", "near", ["statement/A.near.B"])},
    ),
    "transitive": (
        TRANSITIVE,
        ["A in B", "B in C"],
        {"A in C": ("TransitiveRule", "in", ["statement/A.in.B", "statement/B.in.C"])},
    ),
    "chain": (
        "sm:uncle a owl:ObjectProperty ; owl:propertyChainAxiom ( sm:parent sm:brother ) ."
        " sm:parent a owl:ObjectProperty . sm:brother a owl:ObjectProperty .",
        ["A parent B", "B brother C"],
        {"A uncle C": ("ChainRule", "uncle", ["statement/A.parent.B", "statement/B.brother.C"])},
    ),
    "chain of three": (
        "sm:far a owl:ObjectProperty ; owl:propertyChainAxiom ( sm:a sm:b sm:c ) ."
        " sm:a a owl:ObjectProperty . sm:b a owl:ObjectProperty . sm:c a owl:ObjectProperty .",
        ["A a B", "C c D", "B b C"],
        {
            "A far D": (
                "ChainRule",
                "far",
                ["statement/A.a.B", "statement/B.b.C", "statement/C.c.D"],
            )
        },
    ),
    "an inference as premise": (
        "sm:owner a owl:ObjectProperty ; rdfs:subPropertyOf sm:in . " + TRANSITIVE,
        ["A owner B", "B in C"],
        {
            "A in B": ("SubpropertyRule", "owner", ["statement/A.owner.B"]),
            "A in C": ("TransitiveRule", "in", ["A in B", "statement/B.in.C"]),
        },
    ),
    "a fact is not inferred": (SYMMETRIC, ["A near B", "B near A"], {}),
    "a transitive cycle makes no link to itself": (
        TRANSITIVE,
        ["A in B", "B in A"],
        {},
    ),
    "a link to itself": (TRANSITIVE + SYMMETRIC, ["A in A", "A near A"], {}),
    "an undeclared property": (TRANSITIVE, ["A out B", "B out C"], {}),
}


@pytest.mark.parametrize(("turtle", "written", "expected"), RULES.values(), ids=RULES)
def test_a_rule_draws_what_it_should_and_keeps_its_premises(
    turtle: str, written: list[str], expected: dict[str, tuple[str, str, list[str]]]
) -> None:
    assert drawn(turtle, *written) == expected


@pytest.mark.parametrize("length", [3, 4, 7])
def test_a_transitive_ring_is_closed_and_ends(length: int) -> None:
    names = "ABCDEFG"[:length]
    ring = [f"{a} in {b}" for a, b in zip(names, names[1:] + names[0], strict=True)]
    assert len(drawn(TRANSITIVE, *ring)) == length * (length - 2)


def test_subclasses_are_climbed_to_the_top_and_a_cycle_ends() -> None:
    vocabulary = vocabulary_of(
        "sm:A a owl:Class ; rdfs:subClassOf sm:B . sm:B a owl:Class ; rdfs:subClassOf sm:C , sm:D ."
        " sm:C a owl:Class ; rdfs:subClassOf sm:A . sm:D a owl:Class ."
    )
    found = infer({}, [(thing("x"), NamedNode(f"{SM}A"))], vocabulary)
    assert {(short(i.triple), i.rule, short(i.axiom), i.premises) for i in found} == {
        (f"x {RDF}type B", "SubclassRule", "A", ()),
        (f"x {RDF}type C", "SubclassRule", "B", ()),
        (f"x {RDF}type D", "SubclassRule", "B", ()),
    }


def test_inferences_that_would_share_a_name_are_told_apart() -> None:
    vocabulary = vocabulary_of(SYMMETRIC)
    one, other = NamedNode("https://a.example/x-y"), NamedNode("https://a.example/x/y")
    near, end = NamedNode(f"{SM}near"), thing("End")
    inferences = [
        Inference((each, near, end), "SymmetricRule", near, (statement("A near B"),))
        for each in (one, other)
    ]
    quads = quads_of(inferences, vocabulary)
    nodes = {quad.subject for quad in quads if quad.predicate.value == f"{RDF}subject"}
    assert len(nodes) == 2
    assert len([q for q in quads if q.predicate.value == f"{RDF}subject"]) == 2


NAMES = st.sampled_from("ABCD")
VERBS = st.sampled_from(["in", "near", "owns", "has", "of", "both"])
EVERYTHING = (
    TRANSITIVE
    + SYMMETRIC
    + "sm:owns a owl:ObjectProperty ; rdfs:subPropertyOf sm:has ."
    + "sm:has a owl:ObjectProperty ; owl:inverseOf sm:of . sm:of a owl:ObjectProperty ."
    + "sm:both a owl:ObjectProperty ;"
    + " owl:propertyChainAxiom ( sm:in sm:near ) , ( sm:of sm:both ) ."
)


@settings(deadline=None, max_examples=60)
@given(facts=st.sets(st.tuples(NAMES, VERBS, NAMES), max_size=7))
def test_any_facts_reach_a_fixed_point_that_is_sound(facts: set[tuple[str, str, str]]) -> None:
    vocabulary = vocabulary_of(EVERYTHING)
    given_facts = {link(" ".join(f)): statement(" ".join(f)) for f in sorted(facts)}
    first = infer(given_facts, (), vocabulary)
    drawn_triples = {inference.triple for inference in first}
    assert len(drawn_triples) == len(first)
    assert not drawn_triples & given_facts.keys()
    seen: set[Link] = set()
    for inference in first:
        assert all(
            premise in seen if isinstance(premise, tuple) else premise in given_facts.values()
            for premise in inference.premises
        )
        seen.add(inference.triple)
    again = infer({**given_facts, **{i.triple: statement("x") for i in first}}, (), vocabulary)
    assert again == []
    backwards = dict(reversed(given_facts.items()))
    assert infer(backwards, (), vocabulary) == first


def test_all_that_the_rules_draw_together_is_entailed() -> None:
    vocabulary = vocabulary_of(EVERYTHING)
    written = ["A in B", "B in C", "C near D", "C owns A", "D has B", "B both A", "A in A"]
    facts = {link(each): statement(each) for each in written}
    found = infer(facts, (), vocabulary)
    assert {inference.rule for inference in found} == {
        "SubpropertyRule",
        "InverseRule",
        "SymmetricRule",
        "TransitiveRule",
        "ChainRule",
    }
    assert check_entailment(facts, (), found, vocabulary).unfounded == ()


def test_the_project_is_consistent_and_all_it_infers_is_entailed(
    real_dataset: Dataset, vocabulary: Vocabulary
) -> None:
    facts = [f for article in real_dataset.articles for f in article.facts if f.asserted]
    types = [pair for article in real_dataset.articles for pair in article.types.items()]
    graph = Graph()
    for triple in vocabulary.ontology:
        graph.add(triple)
    lines = [" ".join(map(str, fact.triple)) + " ." for fact in facts]
    lines += [f"{node} <{RDF}type> {kind} ." for node, kind in types]
    graph.parse(data="\n".join(lines), format="nt")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    errors = "http://www.daml.org/2002/03/agents/agent-ont#"
    assert not list(graph.subjects(RDF_NS.type, URIRef(f"{errors}ErrorMessage")))
    assert not list(graph.subject_objects(URIRef(f"{errors}error")))
    assert len(real_dataset.inferences) > 100
    missing = [
        inference
        for inference in real_dataset.inferences
        if tuple(URIRef(term.value) for term in inference.triple) not in graph
    ]
    assert not missing


def test_the_check_of_entailment_finds_a_contradiction_and_what_does_not_follow() -> None:
    vocabulary = vocabulary_of(
        "sm:in a owl:ObjectProperty ; owl:propertyDisjointWith sm:near . " + SYMMETRIC
    )
    facts = [link("A in B"), link("A near B")]
    false = Inference(link("A in C"), "SymmetricRule", NamedNode(f"{SM}in"), ())
    report = check_entailment(facts, (), [false], vocabulary)
    assert report.contradictions
    assert report.unfounded == (link("A in C"),)


def test_each_inference_of_the_project_names_rule_axiom_and_premises(
    real_dataset: Dataset, vocabulary: Vocabulary
) -> None:
    inferred = NamedNode("https://shuangma.example/graph/inferred")
    statements = {fact.statement for a in real_dataset.articles for fact in a.facts}
    own = {q.subject for q in real_dataset.quads if q.graph_name == inferred}
    sm = vocabulary.namespace
    for quad in real_dataset.quads:
        if quad.graph_name != inferred:
            continue
        if quad.predicate.value == f"{sm}premise":
            assert quad.object in statements or quad.object in own
        if quad.predicate.value == f"{sm}rule":
            assert quad.object.value in vocabulary.individuals  # type: ignore[union-attr]
        if quad.predicate.value == f"{sm}axiom":
            known = {*vocabulary.properties, *vocabulary.classes}
            assert quad.object.value in known  # type: ignore[union-attr]


def test_only_asserted_facts_between_things_are_linked(real_dataset: Dataset) -> None:
    facts = [fact for article in real_dataset.articles for fact in article.facts]
    found = links(facts)
    assert all(isinstance(obj, NamedNode) for _, _, obj in found)
    asserted = {fact.triple for fact in facts if fact.asserted}
    assert found.keys() <= asserted
