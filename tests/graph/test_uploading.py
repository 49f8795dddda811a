"""Files into a dataset: told by their names, unpacked, and refused with the place of a mistake."""

from __future__ import annotations

import bz2
import gzip
import lzma
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store

from graph.change import GraphName, Upload
from graph.errors import InvalidRdf, UnsupportedFormat, UpdateFailed
from graph.representation import Kind, format_named
from graph.uploading import format_of, put
from tests.graph.stores import PROJECT

S, P = NamedNode("http://e/s"), NamedNode("http://e/p")
G, H = NamedNode("http://e/g"), NamedNode("http://e/h")
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"'
PACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}
GRAPHS = {
    "a.ttl": '@prefix e: <http://e/> . e:s e:p "x" .',
    "a.nt": '<http://e/s> <http://e/p> "x" .',
    "a.rdf": f'<rdf:RDF {RDF}><e:t rdf:about="http://e/s" e:p="x"/></rdf:RDF>',
    "a.jsonld": '{"@id": "http://e/s", "http://e/p": "x"}',
}
DATASETS = {
    "a.trig": '<http://e/g> { <http://e/s> <http://e/p> "x" }',
    "a.nq": '<http://e/s> <http://e/p> "x" <http://e/g> .',
    "a.dataset.jsonld": '{"@id": "http://e/g", "@graph": {"@id": "http://e/s", "http://e/p": "x"}}',
}
X = Literal("x")


def upload(path: Path, text: str | bytes, base: str | None = None) -> Upload:
    """A file of that text, in the format that its name says."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Upload(path, format_of(path), base)


def loaded(path: Path, text: str | bytes, name: GraphName | None = None) -> set[Quad]:
    database = Store()
    put(database, [upload(path, text)], name)
    return set(database)


# --- formats ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.ttl", "turtle"),
        ("a.n3", "turtle"),
        ("a.nt", "ntriples"),
        ("a.nq", "nquads"),
        ("a.trig", "trig"),
        ("a.rdf", "rdfxml"),
        ("a.owl", "rdfxml"),
        ("a.xml", "rdfxml"),
        ("a.jsonld", "jsonld"),
        ("a.json", "jsonld"),
        ("A.TTL", "turtle"),
        ("a.b.nt.gz", "ntriples"),
        ("a.NQ.BZ2", "nquads"),
        ("2024-01.nt.xz", "ntriples"),
    ],
)
def test_a_file_s_name_says_its_format(name: str, expected: str) -> None:
    assert format_of(Path("folder.rdf", name)).name == expected


@pytest.mark.parametrize("name", ["a.docx", "a", "a.csv", "a.gz", ".gz", "ttl", "a.ttl.zip"])
def test_a_name_that_says_no_format_is_refused_with_those_that_do(name: str) -> None:
    with pytest.raises(UnsupportedFormat, match=r"“.*”.*ttl, jsonld, nt, rdf, trig, nq"):
        format_of(Path(name))


@pytest.mark.parametrize("suffix", ["", *PACK])
@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_is_loaded_in_each_format_packed_or_not(
    name: str, suffix: str, tmp_path: Path
) -> None:
    text = PACK.get(suffix, bytes)(GRAPHS[name].encode())
    assert Quad(S, P, X) in loaded(tmp_path / f"{name}{suffix}", text)
    assert Quad(S, P, X, G) in loaded(tmp_path / f"{name}{suffix}", text, G)


@pytest.mark.parametrize("suffix", ["", *PACK])
@pytest.mark.parametrize("name", DATASETS)
def test_quads_go_where_they_say(name: str, suffix: str, tmp_path: Path) -> None:
    text = PACK.get(suffix, bytes)(DATASETS[name].encode())
    assert loaded(tmp_path / f"{name}{suffix}", text) == {Quad(S, P, X, G)}


def test_a_large_file_is_loaded_as_a_small_one_is(tmp_path: Path) -> None:
    text = "".join(f'<http://e/s> <http://e/p> "{i:050}" .\n' for i in range(120_000))
    assert len(text) > 8 * 1024 * 1024
    assert len(loaded(tmp_path / "a.nt", text, G)) == 120_000


@pytest.mark.parametrize("name", ["a.ttl", "a.nt", "a.rdf", "a.jsonld", "a.nq.gz"])
def test_a_byte_order_mark_is_skipped(name: str, tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + (GRAPHS | DATASETS)[name.removesuffix(".gz")].encode()
    assert loaded(tmp_path / name, gzip.compress(text) if name.endswith(".gz") else text)


def test_relative_iris_stand_on_the_base(tmp_path: Path) -> None:
    database = Store()
    put(database, [upload(tmp_path / "a.ttl", "<s> <p> 'x' .", "http://e/a.ttl")], None)
    assert set(database) == {Quad(S, P, X)}


def test_a_relative_iri_without_a_base_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRdf, match=r"Line 1, column 1.*absolute IRI"):
        loaded(tmp_path / "a.ttl", "<s> <p> 'x' .")


# --- where it goes ----------------------------------------------------------------------


@pytest.mark.parametrize("replace", [False, True], ids=["add", "replace"])
def test_an_upload_is_added_to_a_graph_or_replaces_it(replace: bool, tmp_path: Path) -> None:
    database = Store()
    old = [Quad(S, P, Literal("old"), name) for name in (G, H, DefaultGraph())]
    database.extend(old)
    created = put(database, [upload(tmp_path / "a.nt", GRAPHS["a.nt"])], G, replace=replace)
    assert not created
    assert set(database) == {*old[1 if replace else 0 :], Quad(S, P, X, G)}


def test_the_default_graph_is_replaced_alone(tmp_path: Path) -> None:
    database = Store()
    database.extend([Quad(S, P, Literal("old")), Quad(S, P, Literal("old"), G)])
    put(database, [upload(tmp_path / "a.nt", GRAPHS["a.nt"])], DefaultGraph(), replace=True)
    assert set(database) == {Quad(S, P, X), Quad(S, P, Literal("old"), G)}


def test_a_graph_that_was_not_there_is_said_to_be_made_be_it_empty(tmp_path: Path) -> None:
    database = Store()
    assert put(database, [upload(tmp_path / "a.ttl", "")], G)
    assert not put(database, [upload(tmp_path / "a.ttl", "")], G, replace=True)
    assert list(database.named_graphs()) == [G]
    assert not put(database, [upload(tmp_path / "a.ttl", "")], DefaultGraph())
    assert not put(database, [upload(tmp_path / "a.ttl", "")], None)


@pytest.mark.parametrize("name", ["a.trig", "a.nq", "a.dataset.jsonld"])
@pytest.mark.parametrize("target", [G, DefaultGraph()], ids=["named", "default"])
def test_a_format_of_datasets_is_refused_for_one_graph(
    name: str, target: GraphName, tmp_path: Path
) -> None:
    database, path = Store(), tmp_path / name
    path.write_text(DATASETS[name])
    form = format_named(name.partition(".")[2], Kind.DATASET)
    with pytest.raises(UnsupportedFormat, match=r"for one graph.*turtle"):
        put(database, [Upload(path, form)], target)
    assert not set(database)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ttl", "_:a <http://e/p> _:b ."),
        ("a.nt", "_:a <http://e/p> _:b ."),
        ("a.nq", "_:a <http://e/p> _:b ."),
        ("a.jsonld", '{"@id": "_:a", "http://e/p": {"@id": "_:b"}}'),
        (
            "a.rdf",
            f'<rdf:RDF {RDF}><rdf:Description rdf:nodeID="a">'
            '<e:p rdf:nodeID="b"/></rdf:Description></rdf:RDF>',
        ),
    ],
)
def test_blank_nodes_of_two_uploads_stay_apart(name: str, text: str, tmp_path: Path) -> None:
    database = Store()
    same = upload(tmp_path / name, text)
    put(database, [same, same], None)
    put(database, [same], None)
    nodes = [term for quad in database for term in (quad.subject, quad.object)]
    assert all(isinstance(node, BlankNode) for node in nodes)
    assert len(set(map(str, nodes))) == 6


def test_a_blank_node_is_one_within_an_upload(tmp_path: Path) -> None:
    found = loaded(tmp_path / "a.nt", "_:a <http://e/p> _:a .\n_:a <http://e/p> <http://e/s> .")
    assert len({str(quad.subject) for quad in found}) == 1


def test_whoever_watches_is_told_how_far_a_file_was_read(tmp_path: Path) -> None:
    told: list[int] = []
    path = tmp_path / "a.nt"
    text = "".join(f'<http://e/s> <http://e/p> "{i}" .\n' for i in range(10_000))
    put(Store(), [upload(path, text)], None, watch=told.append)
    assert told == sorted(told)
    assert told[-1] == len(text)


# --- mistakes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "line", "column", "told"),
    [
        ("a.ttl", "@prefix e: <http://e/> .\ne:a e:b e:c ;\n  e:d [ .\n", 3, 9, "Turtle"),
        ("a.ttl", "<http://e/s> <http://e/p> e:o .", 1, 27, "Turtle"),
        ("a.nt", '<http://e/s> <http://e/p> "x" .\n<http://e/s> <http://e/p> x .', 2, 27, "N-T"),
        ("a.nq", '<http://e/s> <http://e/p> "x" <http://e/g> .\n<http://e/s> b .', 2, 14, "N-Q"),
        ("a.trig", "<http://e/g> { <http://e/s> <http://e/p> 1 }\n{ 1 }", 2, 3, "TriG"),
        ("a.jsonld", '{"@id": "http://e/s",\n "http://e/p": [1,\n}', 3, 1, "JSON-LD"),
        ("a.rdf", f"<rdf:RDF {RDF}>\n <e:t>\n</rdf:RDF>", 3, 3, "RDF/XML"),
        ("a.rdf", "no XML", 1, 1, "RDF/XML"),
        ("a.rdf", f"<rdf:RDF {RDF}>\n <e:t e:p='&none;'/></rdf:RDF>", 2, 2, "RDF/XML"),
        ("a.nt", b'<http://e/s> <http://e/p> "\xff" .', 1, 28, "UTF-8"),
        ("a.rdf", f"<rdf:RDF {RDF}>\n<e:t e:p='é'/></rdf:RDF>".encode("latin-1"), 2, 11, "RDF/XML"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 9 else "",
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_column(
    name: str, text: str | bytes, line: int, column: int, told: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRdf, match=told) as caught:
        loaded(tmp_path / name, text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert str(caught.value).startswith(f"Line {line}, column {column}: ")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.rdf", f'<rdf:RDF {RDF}><e:t rdf:about="http://e/a b"/></rdf:RDF>', "http://e/a b"),
        ("a.rdf", f'<rdf:RDF {RDF}><e:t rdf:ID="a b"/></rdf:RDF>', "RDF/XML"),
        ("a.jsonld", '{"@id": 5}', "@id"),
    ],
)
def test_a_mistake_that_the_parser_tells_no_place_of_is_told_without(
    name: str, text: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRdf, match=told) as caught:
        loaded(tmp_path / name, text)
    assert caught.value.line is None


def test_a_mistake_far_into_a_large_file_is_told_with_its_line(tmp_path: Path) -> None:
    text = f'<http://e/s> <http://e/p> "{"x" * 50}" .\n' * 120_000 + "<http://e/s> <http://e/p>"
    assert len(text) > 8 * 1024 * 1024
    with pytest.raises(InvalidRdf) as caught:
        loaded(tmp_path / "a.ttl", text)
    assert caught.value.line == 120_001


@pytest.mark.parametrize("suffix", PACK)
def test_a_packed_file_that_is_cut_short_is_not_whole(suffix: str, tmp_path: Path) -> None:
    text = "".join(f'<http://e/s> <http://e/p> "{i}" .\n' for i in range(5_000))
    packed = PACK[suffix](text.encode())
    for cut in (1, len(packed) // 2, len(packed) - 1):
        with pytest.raises(InvalidRdf, match=rf"a\.nt\{suffix} is not whole"):
            loaded(tmp_path / f"a.nt{suffix}", packed[:cut])


@pytest.mark.parametrize("suffix", PACK)
def test_a_packed_file_that_is_damaged_is_not_whole(suffix: str, tmp_path: Path) -> None:
    text = "".join(f'<http://e/s> <http://e/p> "{i}" .\n' for i in range(5_000))
    packed = PACK[suffix](text.encode())
    for damaged in (b"no packed file", packed[:40] + b"????????" + packed[48:]):
        with pytest.raises(InvalidRdf, match=rf"a\.nt\{suffix} is not whole"):
            loaded(tmp_path / f"a.nt{suffix}", damaged)


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    path = tmp_path / "gone.ttl"
    with pytest.raises(UpdateFailed, match=r"gone\.ttl could not be read"):
        put(Store(), [Upload(path, format_of(path))], None)


@pytest.mark.parametrize(
    "context",
    [
        '"https://schema.org/"',
        '"http://127.0.0.1:1/context"',
        '"file:///etc/passwd"',
        '["https://schema.org/", {}]',
        '{"@import": "https://schema.org/"}',
    ],
)
def test_a_context_on_another_host_is_not_fetched(context: str, tmp_path: Path) -> None:
    text = f'{{"@context": {context}, "@id": "http://e/s", "http://e/p": "x"}}'
    with pytest.raises(InvalidRdf, match="none is fetched here"):
        loaded(tmp_path / "a.jsonld", text)


# --- entities of XML --------------------------------------------------------------------


def document(declarations: str, content: str) -> str:
    told = f'<rdf:Description rdf:about="http://e/s"><e:p>{content}</e:p></rdf:Description>'
    return f"<!DOCTYPE rdf:RDF [{declarations}]>\n<rdf:RDF {RDF}>{told}</rdf:RDF>"


def laughter(depth: int) -> str:
    """Entities of which each stands for ten of the one before."""
    first = '<!ENTITY e0 "0123456789">'
    return first + "".join(
        f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, depth + 1)
    )  # fmt: skip


def test_entities_that_ontologies_abbreviate_with_are_read(tmp_path: Path) -> None:
    declared = '<!ENTITY e "http://e/"><!ENTITY both "&e;p &amp;&e;">'
    assert loaded(tmp_path / "a.owl", document(declared, "&both;")) == {
        Quad(S, P, Literal("http://e/p &http://e/"))
    }
    (found,) = loaded(tmp_path / "a.owl", document(laughter(3), "&e3;"))
    assert len(found.object.value) == 10_000  # type: ignore[union-attr]


BOMBS = {
    "laughter": document(laughter(9), "&e9;"),
    "laughter that nobody hears": document(laughter(9), "x"),
    "in an attribute": document(laughter(9), '</e:p><e:p e:q="&e9;">'),
    "one long entity, often": document(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 100_000),
    "within the root": f"<rdf:RDF {RDF}>{document(laughter(9), '&e9;')}</rdf:RDF>",
    "itself": document('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;"),
    "many, each long": document(
        f'<!ENTITY a "{"x" * 100_000}">'
        + "".join(f'<!ENTITY b{i} "{"&a;" * 10}">' for i in range(4_000)),
        "x",
    ),
}
_IN_LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
from pyoxigraph import Store
from graph.change import Upload
from graph.errors import InvalidRdf
from graph.uploading import format_of, put
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
try:
    put(Store(), [Upload(Path(sys.argv[1]), format_of(Path(sys.argv[1])))], None)
except InvalidRdf as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_entities_that_outgrow_their_document_take_no_memory(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb.rdf"
    path.write_text(BOMBS[name])
    done = subprocess.run(
        [sys.executable, "-c", _IN_LITTLE_MEMORY, path],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told, megabytes = done.stdout.splitlines()
    assert told.startswith("Line ")
    assert int(megabytes) < 60


def test_no_file_of_this_machine_is_read_by_an_entity(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    declared = f'<!ENTITY a SYSTEM "{(tmp_path / "secret").as_uri()}">'
    with pytest.raises(InvalidRdf):
        loaded(tmp_path / "a.rdf", document(declared, "&a;"))
