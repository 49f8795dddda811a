"""Every format gives back what was written, by any reader."""

import io
import json
from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)
from rdflib import Dataset as RdflibDataset
from rdflib import Graph

from graph.dataset import Dataset
from graph.engine import substitute
from graph.errors import UnsupportedFormat
from graph.representation import (
    FORMATS,
    Format,
    Kind,
    Writer,
    format_named,
    formats_of,
    solution_format,
    union,
)

SYNTAXES = {
    "turtle": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD, "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML, "trig": RdfFormat.TRIG, "nquads": RdfFormat.N_QUADS,
    "jsonld-dataset": RdfFormat.JSON_LD,
}  # fmt: skip
RDFLIB = {
    "turtle": "turtle", "jsonld": "json-ld", "ntriples": "nt", "rdfxml": "xml", "trig": "trig",
    "nquads": "nquads", "jsonld-dataset": "json-ld",
}  # fmt: skip
GRAPHS = [pytest.param(form, id=form.name) for form in formats_of(Kind.GRAPH)]
DATASETS = [pytest.param(form, id=form.name) for form in formats_of(Kind.DATASET)]


def read(body: bytes, form: Format) -> set[Quad]:
    """Read with pyoxigraph."""
    return set(parse(io.BytesIO(body), format=SYNTAXES[form.name]))


def plain(quads: Iterable[Quad]) -> set[Quad]:
    """Quads without their graphs' names."""
    return {Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads}


def lines_of(triples: Iterable[Triple]) -> set[str]:
    """Triples as rdflib understands them, which rewrites some numbers and dates."""
    lines = serialize(list(triples), format=RdfFormat.N_TRIPLES)
    return n3(Graph().parse(data=lines, format="nt"))


def n3(graph: Graph) -> set[str]:
    return {" ".join(term.n3() for term in triple).lower() for triple in graph}


@pytest.mark.parametrize("form", GRAPHS)
def test_a_graph_format_gives_back_the_whole_dataset(
    form: Format, real_dataset: Dataset, writer: Writer
) -> None:
    triples = union(real_dataset.quads)
    body = writer.write_triples(triples, form)
    assert plain(read(body, form)) == plain(real_dataset.quads)
    graph = Graph().parse(data=body, format=RDFLIB[form.name])
    assert n3(graph) == lines_of(triples)


@pytest.mark.parametrize("form", DATASETS)
def test_a_dataset_format_gives_back_every_named_graph(
    form: Format, real_dataset: Dataset, writer: Writer
) -> None:
    body = writer.write_quads(real_dataset.quads, form)
    assert read(body, form) == set(real_dataset.quads)


@pytest.mark.parametrize("form", DATASETS)
def test_rdflib_reads_every_named_graph(
    form: Format, fixtures_dataset: Dataset, writer: Writer
) -> None:
    body = writer.write_quads(fixtures_dataset.quads, form)
    found = RdflibDataset()
    found.parse(data=body, format=RDFLIB[form.name])
    counts: dict[str, int] = {}
    for quad in fixtures_dataset.quads:
        counts[quad.graph_name.value] = counts.get(quad.graph_name.value, 0) + 1
    assert {str(g.identifier): len(g) for g in found.graphs() if len(g)} == counts


def test_json_ld_uses_the_short_names_of_the_context(
    fixtures_dataset: Dataset, writer: Writer
) -> None:
    body = writer.write_triples(union(fixtures_dataset.quads), format_named("jsonld", Kind.GRAPH))
    document = json.loads(body)
    nodes = {node["iri"]: node for node in document["@graph"]}
    assert nodes["id:LaoWang"]["controls"] == "id:TeaHouse"
    assert nodes["id:LaoWang"]["type"] == ["Person", "Actor"]
    assert nodes["id:LaoWang"]["prefLabel"]["en"] == "Lao Wang"
    assert nodes["id:LaoWang"]["altLabel"]["en"] == ["Mr Wang"]
    assert list(nodes) == [node["iri"] for node in document["@graph"]]


def test_turtle_separates_subjects_by_a_blank_line_and_no_literal_is_touched(
    writer: Writer,
) -> None:
    subject, predicate = NamedNode("http://a.example/s"), NamedNode("http://a.example/p")
    literal = Literal('" .\n<http://a.example/x> a <http://a.example/y> .\nz')
    triples = [Triple(subject, predicate, literal), Triple(predicate, predicate, subject)]
    body = writer.write_triples(triples, format_named("turtle", Kind.GRAPH))
    assert body.count(b" .\n\n<") == 2  # one after the prefixes, one after the first subject
    assert {quad.triple for quad in parse(body, format=RdfFormat.TURTLE)} == set(triples)


IRIS = st.builds(
    lambda space, local: NamedNode(space + local),
    st.sampled_from([
        "http://a.example/", "https://schema.org/", "https://shuangma.example/ontology#",
        "https://shuangma.example/id/", "http://www.w3.org/2004/02/skos/core#", "urn:x:",
    ]),
    st.sampled_from(["x", "name", "label", "prefLabel", "altLabel", "rank", "a/b", "//c", "9"])
    | st.text("abz09-._~é馬𠮷", min_size=1, max_size=6),
)  # fmt: skip
XML_TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\ufffe\uffff", min_codepoint=0x20)
    | st.sampled_from("\t\n\r\"'\\<>&@^")
)
ANY_TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("\t\n\r\"'\\<>&@^\0\x7f"))
DATATYPES = st.sampled_from(
    ["string", "integer", "decimal", "double", "boolean", "date", "gYear", "duration", "dateTime"]
).map(lambda name: NamedNode(f"http://www.w3.org/2001/XMLSchema#{name}"))
# The engine keeps numbers, dates and truth values by value: 01 comes back as 1.
OPAQUE = st.just(NamedNode("http://www.w3.org/2001/XMLSchema#string")) | IRIS
LEXICAL = st.sampled_from(["01", "1.10", "true", "1", "P12M", "INF", "2020", "0", "", "-0", "x"])


def literals(
    texts: st.SearchStrategy[str], datatypes: st.SearchStrategy[NamedNode] = DATATYPES | IRIS
) -> st.SearchStrategy[Literal]:
    return st.one_of(
        st.builds(Literal, texts),
        st.builds(lambda t, tag: Literal(t, language=tag), texts,
                  st.sampled_from(["en", "zh-hant", "zh-latn-pinyin", "de-at"])),
        st.builds(lambda t, kind: Literal(t, datatype=kind), texts | LEXICAL, datatypes),
    )  # fmt: skip


def triples(texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[Triple]]:
    subjects = IRIS | st.sampled_from([BlankNode("b1"), BlankNode("b2")])
    return st.lists(st.builds(Triple, subjects, IRIS, literals(texts) | subjects), max_size=6)


def as_pattern(quads: Iterable[Quad | Triple]) -> set[str]:
    """Quads with blank nodes by one name: enough to see whether a term was changed."""
    found = set()
    for quad in quads:
        parts = [quad.subject, quad.predicate, quad.object]
        if isinstance(quad, Quad):
            parts.append(quad.graph_name)
        found.add(" ".join("_:" if isinstance(p, BlankNode) else str(p) for p in parts))
    return found


@pytest.mark.parametrize("form", [p for p in GRAPHS if p.id != "rdfxml"])
@settings(deadline=None, max_examples=80)
@given(written=triples(ANY_TEXTS))
@example(written=[
    Triple(NamedNode("http://a.example/s"), NamedNode("https://schema.org/value"), Literal(value))
    for value in ("", "a", "0")
])  # fmt: skip
def test_any_triple_comes_back_as_it_was(
    form: Format, written: list[Triple], writer: Writer
) -> None:
    body = writer.write_triples(written, form)
    found = [quad.triple for quad in read(body, form)]
    assert as_pattern(found) == as_pattern(written)


@pytest.mark.parametrize("form", DATASETS)
@settings(deadline=None, max_examples=50)
@given(written=triples(ANY_TEXTS), names=st.lists(IRIS, min_size=6, max_size=6))
def test_any_quad_comes_back_as_it_was(
    form: Format, written: list[Triple], names: list[NamedNode], writer: Writer
) -> None:
    quads = [
        Quad(s, p, o, DefaultGraph() if index % 3 == 0 else name)
        for index, ((s, p, o), name) in enumerate(zip(written, names, strict=False))
    ]
    assert as_pattern(read(writer.write_quads(quads, form), form)) == as_pattern(quads)


@settings(deadline=None, max_examples=80)
@given(literal=literals(XML_TEXTS))
def test_any_literal_that_xml_can_hold_comes_back_from_rdf_xml(
    literal: Literal, writer: Writer
) -> None:
    form = format_named("rdfxml", Kind.GRAPH)
    node = NamedNode("http://a.example/s")
    body = writer.write_triples([Triple(node, NamedNode("http://a.example/p"), literal)], form)
    assert [quad.object for quad in read(body, form)] == [literal]


@settings(deadline=None, max_examples=150)
@given(literal=literals(ANY_TEXTS, OPAQUE), iri=IRIS)
def test_a_term_put_into_a_query_stays_one_term(
    literal: Literal, iri: NamedNode, fixtures_store: object
) -> None:
    query = substitute(
        "SELECT (?a AS ?x) (?b AS ?y) WHERE { VALUES (?a ?b) { ($it $its) } }",
        {"it": literal, "its": iri},
    )
    (solution,) = fixtures_store.query(query)  # type: ignore[attr-defined]
    assert (solution["x"], solution["y"]) == (literal, iri)


@pytest.fixture(scope="module")
def fixtures_store() -> object:
    from pyoxigraph import Store

    return Store()


@pytest.mark.parametrize(
    "attack",
    [
        '" } INSERT DATA { <a:a> <a:b> <a:c> } #',
        "' ) } #",
        "\\",
        '\\" ) } #',
        "\\u0022 ) } #",
        "$its",
    ],
)
def test_no_text_ends_its_token(attack: str, fixtures_store: object) -> None:
    query = substitute("SELECT (?a AS ?x) WHERE { VALUES ?a { $it } }", {"it": Literal(attack)})
    (solution,) = fixtures_store.query(query)  # type: ignore[attr-defined]
    assert solution["x"] == Literal(attack)


def test_only_whole_names_are_substituted_and_only_once() -> None:
    terms = {"a": Literal("$ab"), "ab": NamedNode("http://a.example/x")}
    assert substitute("$a $ab $abc ?a", terms) == '"$ab" <http://a.example/x> $abc ?a'


@pytest.mark.parametrize("form", [pytest.param(form, id=form.name) for form in FORMATS])
def test_a_format_is_found_by_each_of_its_names(form: Format) -> None:
    for name in {form.name, form.suffix, *form.aliases}:
        assert format_named(name, form.kind) is form
        assert format_named(name.upper(), form.kind) is form
    assert format_named(form.media_type, form.kind) is form


def test_no_two_formats_of_a_kind_share_a_name_or_media_type() -> None:
    for kind in Kind:
        names = [
            name
            for form in formats_of(kind)
            for name in {form.name, form.suffix, *form.aliases, *form.media_types}
        ]
        assert len(names) == len(set(names)), kind


def test_an_unknown_format_names_those_that_there_are() -> None:
    with pytest.raises(UnsupportedFormat, match=r"“docx”.*turtle, jsonld, ntriples, rdfxml"):
        format_named("docx", Kind.GRAPH)
    with pytest.raises(UnsupportedFormat, match="json, xml, csv, tsv"):
        format_named("turtle", Kind.SOLUTIONS)


def test_each_solutions_format_has_a_writer() -> None:
    for form in formats_of(Kind.SOLUTIONS):
        assert solution_format(form).media_type.partition(";")[0] == form.media_type


def test_text_types_say_their_charset() -> None:
    assert format_named("csv", Kind.SOLUTIONS).content_type == "text/csv; charset=utf-8"
    assert format_named("jsonld", Kind.GRAPH).content_type == "application/ld+json"
