"""Large data are written natively: the same quads all the same, whatever graphs they stand in."""

from __future__ import annotations

import io

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, parse

from graph import export, linking, tree
from graph.errors import NotRepresentable, TooLargeForFormat
from graph.export import Setting, write_whole
from graph.oxigraph import OxigraphEngine
from graph.representation import VIEWS, Kind, Writer, format_named, formats_of, rdf_format
from ontology import Vocabulary

P = NamedNode("http://e.example/p")


def node(name: object) -> NamedNode:
    return NamedNode(f"http://e.example/{name}")


def sample(graphs: int = 3) -> Store:
    """Links in some graphs and the unnamed one, a triple that two graphs hold, a blank node."""
    store = Store()
    for n in range(200):
        name = node(f"g{n % graphs}") if n % 4 else DefaultGraph()
        store.add(Quad(node(n), P, node(n + 1), name))
    store.add(Quad(node(1), P, node(2), node("g0")))
    store.add(Quad(BlankNode("b"), P, Literal("text", language="en"), node("g1")))
    return store


def write(store: Store, name: str, vocabulary: Vocabulary) -> bytes:
    kinds = {each.kind for each in (*VIEWS, *formats_of(Kind.GRAPH, Kind.DATASET))}
    writer = Writer(vocabulary.prefixes, vocabulary.context)
    setting = Setting(writer, vocabulary.namespace, vocabulary.base, "en", "000001")
    whole = io.BytesIO()
    engine = OxigraphEngine(store, "000001", writer)
    write_whole(store, engine, format_named(name, *kinds), setting, whole)
    return whole.getvalue()


@pytest.mark.parametrize("graphs", [3, 80])
@pytest.mark.parametrize("form", [f.name for f in formats_of(Kind.GRAPH, Kind.DATASET)])
def test_large_data_are_written_whole(
    form: str, graphs: int, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "ORDERED_QUADS", 10)
    store = sample(graphs)
    kind = format_named(form, Kind.GRAPH, Kind.DATASET)
    read = list(parse(write(store, form, vocabulary), format=rdf_format(kind)))
    blank = BlankNode("b")
    found = {_same_blank(quad, blank, kind.kind is Kind.DATASET) for quad in read}
    assert found == {_same_blank(quad, blank, kind.kind is Kind.DATASET) for quad in store}


def _same_blank(quad: Quad, blank: BlankNode, named: bool) -> Quad:
    subject = blank if isinstance(quad.subject, BlankNode) else quad.subject
    name = quad.graph_name if named else DefaultGraph()
    return Quad(subject, quad.predicate, quad.object, name)


def test_turtle_1_2_is_the_same_in_order_and_as_it_comes(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sample()
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    for part, value in (("subject", node(1)), ("predicate", P), ("object", node(2))):
        for name in ("g0", "g1"):
            store.add(Quad(node("st"), NamedNode(rdf + part), value, node(name)))
    store.remove(next(store.quads_for_pattern(BlankNode("b"), None, None, None)))
    ordered = set(parse(write(store, "turtle12", vocabulary), format=RdfFormat.TURTLE))
    monkeypatch.setattr(export, "ORDERED_QUADS", 10)
    assert set(parse(write(store, "turtle12", vocabulary), format=RdfFormat.TURTLE)) == ordered
    assert len(ordered) == 200 + 1


def test_what_is_held_in_memory_is_bounded(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "LINK_LIMIT", 100)
    monkeypatch.setattr(export, "TREE_TRIPLES", 100)
    for form in ("graphml", "gexf", "tables", "tree"):
        with pytest.raises(TooLargeForFormat, match="more than 100"):
            write(sample(), form, vocabulary)


def test_without_statements_there_are_no_nanopublications(vocabulary: Vocabulary) -> None:
    with pytest.raises(NotRepresentable, match="no statements"):
        write(sample(), "nanopublications", vocabulary)


def test_a_tree_of_cycles_loses_nothing(vocabulary: Vocabulary) -> None:
    """Articles that state each other, selectors that select each other, in anyone's RDF."""
    sm, oa = vocabulary.namespace, "http://www.w3.org/ns/oa#"
    lines = [
        (node("a"), f"{sm}article", node("b")),
        (node("b"), f"{sm}article", node("a")),
        (node("c"), f"{sm}article", node("c")),
        (node("s"), f"{sm}article", node("a")),
        (node("t"), f"{sm}article", node("a")),
        (node("t"), f"{sm}article", node("b")),
        (node("s"), f"{sm}passage", node("p")),
        (node("t"), f"{sm}passage", node("p")),
        (node("p"), f"{oa}hasSelector", node("q")),
        (node("q"), f"{oa}hasSelector", node("p")),
        (node("x"), f"{oa}hasSelector", node("x")),
    ]
    quads = {Quad(s, NamedNode(p), o, DefaultGraph()) for s, p, o in lines}
    quads.add(Quad(node("s"), NamedNode(f"{sm}passage"), Literal("http://e.example/p")))
    writer = Writer(vocabulary.prefixes, vocabulary.context)
    ordered = writer.in_order([quad.triple for quad in quads])
    written = tree.write_tree(ordered, vocabulary.context, vocabulary.prefixes)
    assert set(parse(written, format=RdfFormat.JSON_LD)) == quads
