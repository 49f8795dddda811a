"""The SPARQL 1.1 Graph Store HTTP Protocol, and uploads that are too much.

https://www.w3.org/TR/sparql11-http-rdf-update/
"""

from __future__ import annotations

import gzip
import json
import re
import socket
import zlib
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from urllib.parse import quote

import pytest
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from tests.server.http import FORM, exchange, get, request
from tests.server.scratch import BEARER, Scratch, serving

ONE, TWO, FAR = "http://e.example/one", "http://e.example/two", "http://e.example/far"
MIB = 1024 * 1024
LIMIT = 16 * MIB
DATA = f"""
PREFIX e: <http://e.example/>
e:nowhere e:p "unnamed" .
<{ONE}> {{ e:a e:p "one" }}
<{TWO}> {{ e:b e:p "two" }}
"""
TURTLE = '<http://e.example/x> <http://e.example/p> "釘釘"@zh-hant , 1 , [] .'
SAME = {
    "text/turtle": TURTLE,
    "application/n-triples": """
        <http://e.example/x> <http://e.example/p> "釘釘"@zh-hant .
        <http://e.example/x> <http://e.example/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
        <http://e.example/x> <http://e.example/p> _:b .""",
    "application/rdf+xml": """<?xml version="1.0" encoding="UTF-8"?>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
                 xmlns:e="http://e.example/">
          <rdf:Description rdf:about="http://e.example/x">
            <e:p xml:lang="zh-hant">釘釘</e:p>
            <e:p rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">1</e:p>
            <e:p rdf:nodeID="b"/>
          </rdf:Description>
        </rdf:RDF>""",
    "application/ld+json": """{
        "@id": "http://e.example/x",
        "http://e.example/p": [{"@value": "釘釘", "@language": "zh-hant"}, 1, {"@id": "_:b"}]}""",
}
PARSERS = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A service that takes uploads of 16 MiB, with a disk and memory of its own."""
    folder = tmp_path_factory.mktemp("graph-store")
    with serving(folder, DATA, "--writer-memory", "512M", upload_size_bytes="16M") as running:
        yield running


@pytest.fixture
def graph(request: pytest.FixtureRequest) -> str:
    """The name of a graph that no other test names."""
    return f"http://e.example/test/{quote(request.node.name, safe='')}"


def read(scratch: Scratch, url: str) -> Graph:
    answer = get(url, "application/n-triples")
    assert answer.status == 200, answer.body
    return Graph().parse(data=answer.body, format="nt")


def multipart(parts: list[tuple[str, str, bytes]]) -> tuple[bytes, str]:
    """Files as a form sends them: name of the file, media type, content."""
    body = b""
    for filename, media_type, content in parts:
        named = f'; filename="{filename}"' if filename else ""
        told = f"\r\nContent-Type: {media_type}" if media_type else ""
        head = f'--limit\r\nContent-Disposition: form-data; name="file"{named}{told}\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + b"--limit--\r\n", "multipart/form-data; boundary=limit"


# --- reading and writing graphs ---------------------------------------------------------------


@pytest.mark.parametrize("media_type", SAME)
def test_a_graph_is_put_and_read_in_each_format(
    scratch: Scratch, graph: str, media_type: str
) -> None:
    url = scratch.graph_url(graph)
    made = scratch.write("PUT", url, SAME[media_type].encode(), media_type)
    assert made.status == 201, made.body
    wanted = Graph().parse(data=TURTLE, format="turtle")
    for accepted, parser in PARSERS.items():
        answer = get(url, accepted)
        assert answer.media_type == accepted
        assert isomorphic(Graph().parse(data=answer.body, format=parser), wanted)


def test_put_replaces_post_adds_and_delete_removes(scratch: Scratch, graph: str) -> None:
    url, subject = scratch.graph_url(graph), URIRef("http://e.example/x")
    assert get(url).status == 404
    statuses = [
        scratch.write(method, url, body).status
        for method, body in [
            ("POST", b"<http://e.example/x> <http://e.example/p> 1 ."),
            ("POST", b"<http://e.example/x> <http://e.example/p> 2 ."),
            ("PUT", b"<http://e.example/x> <http://e.example/p> 3 ."),
        ]
    ]
    assert statuses == [201, 204, 204]
    assert set(read(scratch, url).objects(subject)) == {Literal(3)}
    assert request("DELETE", url, headers=BEARER).status == 204
    assert get(url).status == 404
    assert request("DELETE", url, headers=BEARER).status == 404


def test_head_of_a_graph_is_get_without_the_graph(scratch: Scratch) -> None:
    url = scratch.graph_url(ONE)
    whole, head = get(url), request("HEAD", url)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.body))
    assert request("HEAD", scratch.graph_url(FAR)).status == 404


def test_a_graph_that_the_client_has_is_not_sent_again(scratch: Scratch, graph: str) -> None:
    url = scratch.graph_url(ONE)
    mark = get(url).headers["ETag"]
    assert get(url, headers={"If-None-Match": mark}).status == 304
    assert get(url, "application/n-triples", {"If-None-Match": mark}).status == 200
    scratch.write("PUT", scratch.graph_url(graph), TURTLE.encode())
    assert get(url, headers={"If-None-Match": mark}).status == 200


def test_the_unnamed_graph_is_called_default(scratch: Scratch) -> None:
    url = scratch.graph_url(None)
    before = read(scratch, url)
    assert len(before) == 1  # and not the union
    added = scratch.write("POST", url, b"<http://e.example/y> <http://e.example/p> 1 .")
    assert added.status == 204
    assert len(read(scratch, url)) == 2
    put = scratch.write("PUT", url, before.serialize(format="nt").encode(), "application/n-triples")
    assert put.status == 204
    assert isomorphic(read(scratch, url), before)
    assert len(read(scratch, scratch.graph_url(ONE))) == 1


def test_deleting_the_unnamed_graph_empties_it_and_no_other(scratch: Scratch) -> None:
    url = scratch.graph_url(None)
    before = get(url, "application/n-triples").body
    assert request("DELETE", url, headers=BEARER).status == 204
    assert len(read(scratch, url)) == 0
    assert len(read(scratch, scratch.graph_url(ONE))) == 1
    assert scratch.write("PUT", url, before, "application/n-triples").status == 204


def test_a_graph_below_the_store_has_its_address_as_its_name(scratch: Scratch) -> None:
    url = f"{scratch.url}/store/mine/one"
    assert get(url).status == 404
    assert scratch.write("PUT", url, b"<> <http://e.example/p> <two> .").status == 201
    assert isomorphic(read(scratch, url), read(scratch, scratch.graph_url(url)))
    assert (URIRef(url), None, URIRef(f"{scratch.url}/store/mine/two")) in read(scratch, url)
    assert request("DELETE", url, headers=BEARER).status == 204
    assert get(url).status == 404


@pytest.mark.parametrize("local", ["my%20graph", "%E9%87%98", "a%2Fb", "a%3Fb", "100%25", "a+b"])
def test_a_percent_encoded_address_is_a_name_as_it_stands(scratch: Scratch, local: str) -> None:
    url = f"{scratch.url}/store/{local}"
    made = scratch.write("PUT", url, b"<http://e.example/x> <http://e.example/p> 1 .")
    assert made.status == 201, made.body
    assert scratch.count("?s ?p ?o", **{"default-graph-uri": url}) == 1


def test_a_post_to_the_store_makes_a_graph_and_says_where(scratch: Scratch) -> None:
    places = set()
    for _ in range(2):
        made = scratch.write("POST", f"{scratch.url}/store", TURTLE.encode())
        assert made.status == 201
        assert re.match(r"(http://[^/]+)?/store/.+", made.headers["Location"])
        place = scratch.url + made.headers["Location"].removeprefix(scratch.url)
        assert len(read(scratch, place)) == 3
        assert scratch.count(f"GRAPH <{place}> {{ ?s ?p ?o }}") == 3
        places.add(place)
    assert len(places) == 2


def test_a_graph_may_be_empty(scratch: Scratch, graph: str) -> None:
    url = scratch.graph_url(graph)
    assert scratch.write("PUT", url, b"").status == 201
    assert len(read(scratch, url)) == 0
    assert scratch.write("PUT", url, b"# nothing").status == 204
    assert scratch.write("PUT", url, TURTLE.encode()).status == 204
    assert scratch.write("PUT", url, b"").status == 204
    assert len(read(scratch, url)) == 0
    assert request("DELETE", url, headers=BEARER).status == 204


def test_blank_nodes_of_two_posts_are_apart(scratch: Scratch, graph: str) -> None:
    url = scratch.graph_url(graph)
    for _ in range(2):
        for media_type in ("application/n-triples", "text/turtle"):
            body = b'_:b <http://e.example/p> "1" .'
            assert scratch.write("POST", url, body, media_type).status in {201, 204}
    assert len(set(read(scratch, url).subjects())) == 4


@pytest.mark.parametrize("count", [1, 2, 4, 5, 40])
def test_files_of_a_form_are_put_together(scratch: Scratch, graph: str, count: int) -> None:
    types = ["text/turtle", "application/n-triples"]
    body, content_type = multipart(
        [(f"{i}", types[i % 2], b'_:b <http://e.example/p> "%d" .' % i) for i in range(count)]
    )
    made = scratch.write("POST", scratch.graph_url(graph), body, content_type)
    assert made.status == 201, made.body
    found = read(scratch, scratch.graph_url(graph))
    assert len(set(found.subjects())) == len(found) == count


def test_files_of_a_form_are_taken_whole_or_not_at_all(scratch: Scratch, graph: str) -> None:
    body, content_type = multipart(
        [("a.ttl", "text/turtle", TURTLE.encode()), ("b.ttl", "text/turtle", b"<a> <b> .")]
    )
    answer = scratch.write("POST", scratch.graph_url(graph), body, content_type)
    assert answer.status == 400
    assert get(scratch.graph_url(graph)).status == 404


FORMS = {
    "no parts": (multipart([]), 400),
    "no files": (multipart([("", "text/turtle", b"")]), 400),
    "no boundary": ((b"--x--", "multipart/form-data"), 400),
    "cut short": (
        (multipart([("a", "text/turtle", b"")])[0][:-20], "multipart/form-data;boundary=limit"), 400
    ),
    "a part of another type": (multipart([("a.png", "image/png", b"")]), 415),
    "a part without a type": (multipart([("a", "", b"")]), 415),
    "a thousand parts": (multipart([("a.ttl", "text/turtle", b"")] * 1000), 413),
    "a long field": (multipart([("", "text/turtle", b" " * 2 * MIB)]), 413),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "status"), FORMS.values(), ids=FORMS)
def test_a_form_that_holds_no_graphs_is_told_so(
    scratch: Scratch, sent: tuple[bytes, str], status: int
) -> None:
    answer = scratch.write("POST", scratch.graph_url(FAR), *sent)
    assert (answer.status, answer.detail != "") == (status, True)
    assert get(scratch.graph_url(FAR)).status == 404


REFUSED = {
    "two graphs": ("PUT", f"/store?graph={ONE}&graph={TWO}", "text/turtle", 400),
    "a graph and default": ("PUT", f"/store?graph={ONE}&default", "text/turtle", 400),
    "default and an address": ("PUT", "/store/x?default", "text/turtle", 400),
    "a relative name": ("PUT", "/store?graph=x", "text/turtle", 400),
    "an empty name": ("PUT", "/store?graph=", "text/turtle", 400),
    "a name with spaces": ("PUT", "/store?graph=http://e.example/a%20b", "text/turtle", 400),
    "a put of everything": ("PUT", "/store", "text/turtle", 400),
    "a deletion of everything": ("DELETE", "/store", "", 400),
    "no type": ("PUT", f"/store?graph={FAR}", "", 415),
    "another type": ("PUT", f"/store?graph={FAR}", "image/png", 415),
    "a form": ("PUT", f"/store?graph={FAR}", FORM, 415),
    "solutions": ("PUT", f"/store?graph={FAR}", "text/csv", 415),
    "a dataset for one graph": ("PUT", f"/store?graph={FAR}", "application/n-quads", 415),
    "a dataset for the unnamed": ("POST", "/store?default", "application/trig", 415),
}


@pytest.mark.parametrize("asked", REFUSED.values(), ids=REFUSED)
def test_a_write_that_is_not_clear_is_refused(
    scratch: Scratch, asked: tuple[str, str, str, int]
) -> None:
    method, path, content_type, status = asked
    before = get(f"{scratch.url}/healthz").body
    headers = BEARER | ({"Content-Type": content_type} if content_type else {})
    answer = request(method, scratch.url + path, TURTLE.encode(), headers)
    assert (answer.status, answer.detail != "") == (status, True)
    assert get(f"{scratch.url}/healthz").body == before


def test_a_type_that_graphs_have_not_is_refused(scratch: Scratch) -> None:
    assert get(scratch.graph_url(ONE), "text/csv").status == 406
    assert get(f"{scratch.graph_url(ONE)}&format=docx").status == 400
    assert get(f"{scratch.url}/store", "text/turtle").status == 406


# --- what is broken or hostile ----------------------------------------------------------------


def lines(count: int) -> bytes:
    return b"".join(
        b"<http://e.example/s/%d> <http://e.example/p> <http://e.example/o/%d> .\n" % (i, i % 97)
        for i in range(count)
    )


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("size", ["small", "large"])
def test_a_broken_upload_leaves_the_graph_as_it_was(
    scratch: Scratch, graph: str, method: str, size: str
) -> None:
    url = scratch.graph_url(graph)
    assert scratch.write("PUT", url, TURTLE.encode()).status == 201
    good = lines(120_000 if size == "large" else 3)
    answer = scratch.write(method, url, good + b"<a> broken", "application/n-triples")
    assert answer.status == 400
    assert answer.problem["line"] == good.count(b"\n") + 1
    assert isomorphic(read(scratch, url), Graph().parse(data=TURTLE, format="turtle"))


@pytest.mark.parametrize("way", ["announced", "in chunks", "packed"])
def test_an_upload_larger_than_the_buffer_goes_through_a_file(
    scratch: Scratch, graph: str, way: str
) -> None:
    count = 120_000 if way == "announced" else 10_000  # a bulk load from 8 MiB on
    body, packing = lines(count), {}
    assert (8 * MIB if way == "announced" else 512 * 1024) < len(body) < LIMIT
    if way == "packed":
        body, packing = gzip.compress(body), {"Content_Encoding": "gzip"}
    sent = (body[i : i + 65536] for i in range(0, len(body), 65536)) if "chunks" in way else body
    url = scratch.graph_url(graph)
    made = scratch.write("PUT", url, sent, "application/n-triples", **packing)
    assert made.status == 201, made.body
    assert scratch.count(f"GRAPH <{graph}> {{ ?s ?p ?o }}") == count
    whole = get(url, "application/n-triples")
    assert len(whole.body.splitlines()) == count
    assert request("DELETE", url, headers=BEARER).status == 204


@pytest.mark.parametrize("way", ["in chunks", "packed"])
def test_an_upload_beyond_the_limit_names_the_setting(
    scratch: Scratch, graph: str, way: str
) -> None:
    body, packing = b"#" * (LIMIT + MIB), {}
    if way == "packed":
        body, packing = gzip.compress(body), {"Content_Encoding": "gzip"}
    sent = (body[i : i + MIB] for i in range(0, len(body), MIB)) if "chunks" in way else body
    answer = scratch.write("PUT", scratch.graph_url(graph), sent, **packing)
    assert answer.status == 413
    assert "SHUANGMA_UPLOAD_SIZE_BYTES" in answer.detail
    assert get(scratch.graph_url(graph)).status == 404


def test_an_upload_that_says_it_is_too_large_is_refused_before_it_is_sent(
    scratch: Scratch,
) -> None:
    head = (
        f"PUT /store?default HTTP/1.1\r\nHost: x\r\nAuthorization: {BEARER['Authorization']}\r\n"
        f"Content-Type: text/turtle\r\nContent-Length: {LIMIT + 1}\r\n\r\n"
    )
    answer = exchange(scratch.url, head.encode(), timeout_s=10)
    assert answer is not None
    assert answer.status == 413
    assert "SHUANGMA_UPLOAD_SIZE_BYTES" in answer.detail


def test_a_bomb_of_gzip_is_refused_before_it_is_unpacked(scratch: Scratch) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = b"".join(packer.compress(bytes(MIB)) for _ in range(256)) + packer.flush()
    assert len(bomb) < MIB
    answer = scratch.write("PUT", scratch.graph_url(FAR), bomb, Content_Encoding="gzip")
    assert answer.status == 413
    assert "SHUANGMA_UPLOAD_SIZE_BYTES" in answer.detail


def test_packed_members_are_all_read(scratch: Scratch, graph: str) -> None:
    # RFC 1952, 2.2: what `cat a.gz b.gz` makes.
    body = gzip.compress(lines(1)) + gzip.compress(TURTLE.encode())
    url = scratch.graph_url(graph)
    assert scratch.write("PUT", url, body, Content_Encoding="gzip").status == 201
    assert len(read(scratch, url)) == 4


PACKED = {
    "not packed": ("gzip", TURTLE.encode(), 400),
    "cut short": ("gzip", gzip.compress(lines(100))[:-9], 400),
    "damaged": ("gzip", gzip.compress(TURTLE.encode())[:-8] + bytes(8), 400),
    "empty": ("gzip", b"", 400),
    "zlib": ("deflate", zlib.compress(TURTLE.encode()), 201),
    "brotli": ("br", b"x", 415),
    "two encodings": ("gzip, gzip", gzip.compress(gzip.compress(b"")), 415),
    "none": ("identity", TURTLE.encode(), 201),
}


@pytest.mark.parametrize(("encoding", "body", "status"), PACKED.values(), ids=PACKED)
def test_a_packed_upload_is_whole_or_refused(
    scratch: Scratch, graph: str, encoding: str, body: bytes, status: int
) -> None:
    answer = scratch.write("PUT", scratch.graph_url(graph), body, Content_Encoding=encoding)
    assert answer.status == status
    assert get(scratch.graph_url(graph)).status == (200 if status == 201 else 404)


BROKEN = {
    "Turtle": ("text/turtle", b"<a> <b> <c>"),
    "no UTF-8": ("text/turtle", b'<http://e/a> <http://e/b> "\xff" .'),
    "surrogates": ("text/turtle", rb'<http://e/a> <http://e/b> "\uD800" .'),
    "a bad IRI": ("application/n-triples", b"<http://e/a b> <http://e/b> <http://e/c> ."),
    "N-Triples": ("application/n-triples", b"<a> <b> <c> ."),
    "XML": ("application/rdf+xml", b"<rdf:RDF"),
    "XML that is no RDF": ("application/rdf+xml", b"<html><body/></html>"),
    "JSON": ("application/ld+json", b'{"@id": '),
    "JSON that is no JSON-LD": ("application/ld+json", b'{"@id": 1, "@type": {}}'),
    "a NUL": ("text/turtle", b"\0"),
}


@pytest.mark.parametrize(("media_type", "body"), BROKEN.values(), ids=BROKEN)
def test_what_is_not_the_rdf_it_says_is_refused(
    scratch: Scratch, media_type: str, body: bytes
) -> None:
    answer = scratch.write("PUT", scratch.graph_url(FAR), body, media_type)
    assert answer.status == 400
    assert answer.detail
    assert get(scratch.graph_url(FAR)).status == 404


def test_a_context_elsewhere_is_not_fetched(scratch: Scratch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as elsewhere:
        place = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/context.jsonld"
        document = {"@context": place, "@id": "http://e.example/x", "name": "x"}
        body = json.dumps(document).encode()
        answer = scratch.write("PUT", scratch.graph_url(FAR), body, "application/ld+json")
        elsewhere.settimeout(0)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()
    assert answer.status == 400
    assert "@context" in answer.detail


ENTITIES = {
    "billion laughs": '<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghijk")),
    "a large entity": f'<!ENTITY k "{"x" * 1000000}">',
    "a file": '<!ENTITY k SYSTEM "file:///etc/passwd">',
    "itself": '<!ENTITY k "&k;">',
}  # fmt: skip


@pytest.mark.parametrize("entities", ENTITIES.values(), ids=ENTITIES)
def test_entities_of_xml_cost_their_sender_alone(scratch: Scratch, entities: str) -> None:
    uses = "&k;" * (10_000 if "x" * 1000 in entities else 1)
    body = (
        f"<!DOCTYPE rdf:RDF [{entities}]>"
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="http://e.example/x" xmlns:e="http://e.example/">'
        f"<e:p>{uses}</e:p></rdf:Description></rdf:RDF>"
    )
    answer = scratch.write("PUT", scratch.graph_url(FAR), body.encode(), "application/rdf+xml")
    assert answer.status in {400, 413, 422}
    assert answer.detail
    assert get(scratch.graph_url(FAR)).status == 404
    assert len(read(scratch, scratch.graph_url(ONE))) == 1


# --- datasets ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("media_type", "parser"),
    [
        ("application/trig", "trig"),
        ("application/n-quads", "nquads"),
        ("application/ld+json", "json-ld"),
    ],
)
def test_the_whole_dataset_is_read_with_its_graphs(
    scratch: Scratch, media_type: str, parser: str
) -> None:
    answer = get(f"{scratch.url}/store", media_type)
    assert answer.media_type == media_type
    dataset = Dataset()
    dataset.parse(data=answer.body, format=parser)
    named = {str(quad[3]) for quad in dataset.quads()}
    assert {ONE, TWO} <= named
    assert len(list(dataset.quads((None, None, Literal("unnamed"), None)))) == 1


DATASETS = {
    "application/trig": "<{g}> {{ <http://e.example/x> <http://e.example/p> 1 }}",
    "application/n-quads": '<http://e.example/x> <http://e.example/p> "1" <{g}> .',
    "application/ld+json": '{{"@id": "{g}", "@graph": '
    '[{{"@id": "http://e.example/x", "http://e.example/p": 1}}]}}',
}


@pytest.mark.parametrize("media_type", DATASETS)
def test_a_posted_dataset_goes_where_it_says(scratch: Scratch, graph: str, media_type: str) -> None:
    body = DATASETS[media_type].format(g=graph).encode()
    answer = scratch.write("POST", f"{scratch.url}/store", body, media_type)
    assert answer.status in {200, 201, 204}, answer.body
    assert len(read(scratch, scratch.graph_url(graph))) == 1


def test_an_upload_to_one_graph_touches_no_other(scratch: Scratch, graph: str) -> None:
    body = DATASETS["application/ld+json"].format(g=TWO).encode()
    answer = scratch.write("PUT", scratch.graph_url(graph), body, "application/ld+json")
    assert len(read(scratch, scratch.graph_url(TWO))) == 1
    assert answer.status == 400
