"""Requests that nobody means well: none gets a 500, none hangs, none ends the service."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server.http import FORM, Answer, exchange, get
from tests.server.scratch import BEARER, SPARQL_QUERY, SPARQL_UPDATE, Scratch, serving

DATA = """
PREFIX e: <http://e.example/>
e:a e:p "one" , 2 , _:b . e:g { e:b e:p "釘釘"@zh-Hant ; e:q e:a }
"""
TIMEOUT_S = 20
TOKEN_LINE = f"Authorization: {BEARER['Authorization']}\r\n".encode()
FAULTS = {500, 502}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A service whose queries may take two seconds, over a store that may be spoilt."""
    arguments = ["--query-timeout", "2", "--write-timeout", "5", "--reader-memory", "200M"]
    arguments += ["--writer-memory", "500M"]
    with serving(tmp_path_factory.mktemp("hostile"), DATA, *arguments) as running:
        yield running
        assert get(f"{running.url}/healthz").status == 200
        told = "".join(running.service.output)
        assert "unexpected error" not in told
        assert "Traceback" not in told


def check(answer: Answer | None) -> None:
    if answer is not None:
        assert answer.status not in FAULTS, answer.body[:500]


def sent(
    method: bytes, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes = b""
) -> bytes:
    lines = [b"%s %s HTTP/1.1" % (method, target), b"Host: x", b"Connection: close"]
    lines += [b"%s: %s" % header for header in headers]
    if body or method in {b"POST", b"PUT"}:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*lines, b"", body])


many = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(many, max_examples=30)

# --- bytes ------------------------------------------------------------------------------------

PATHS = [
    b"/sparql", b"/update", b"/store", b"/store?default", b"/store/x", b"/store?graph=http://e/g",
    b"/", b"/.well-known/void", b"/api/queries/x", b"/resource?iri=http://e.example/a", b"/explore",
    b"/id/x", b"/export/dataset.nq", b"/healthz", b"//", b"*", b"/sparql/", b"/store/../x", b"http://",
]  # fmt: skip
METHODS = [
    b"GET",
    b"HEAD",
    b"POST",
    b"PUT",
    b"DELETE",
    b"OPTIONS",
    b"PATCH",
    b"TRACE",
    b"get",
    b"X",
]
TYPES = [
    SPARQL_QUERY.encode(), SPARQL_UPDATE.encode(), FORM.encode(), b"text/turtle", b"text/html",
    b"application/ld+json", b"application/rdf+xml", b"application/n-quads", b"text/csv", b"*/*",
    b"multipart/form-data", b"multipart/form-data; boundary=x", b"text/turtle; charset=utf-16",
    b";", b"/", b",", b"text/*;q=2", b"text/html;q=0.5,*/*;q=nan", b"a/b;c=\"d", b"\xff/\xfe",
]  # fmt: skip
NAMES = [
    b"Accept", b"Accept-Encoding", b"Accept-Language", b"Content-Type", b"Content-Encoding",
    b"Authorization", b"If-None-Match", b"Query-Id", b"Cookie", b"Origin", b"X-Forwarded-For",
    b"Access-Control-Request-Method", b"Range", b"Expect", b"Host", b"Transfer-Encoding", b"X",
]  # fmt: skip
VALUES = [
    b"gzip", b"gzip;q=", b"deflate, br", b"*", b'"', b"W/", b"lang=\xff", b"bytes=0-", b"chunked",
    b"Bearer", b"Bearer \xe9", b"100-continue", b"[", b"a b", b"0" * 32, b"%", b"zh-Hant;q=x,,",
]  # fmt: skip
header_text = st.binary(max_size=40).map(lambda b: re.sub(rb"[\r\n\0]", b"", b))
header = st.tuples(
    st.sampled_from(NAMES), st.one_of(st.sampled_from(TYPES), st.sampled_from(VALUES), header_text)
)
pieces = [
    b"%", b"%f", b"%zz", b"%ff", b"%ED%A0%80", b"%00", b"%u1234", b"+", b"&", b"=", b"query=ASK{}",
    b"&query=", b"update=CLEAR%20ALL", b"&format=", b"&graph=", b"&default", b"&default-graph-uri=",
    b"&named-graph-uri=http://e/", b"&lang=",
]  # fmt: skip
broken_percents = st.lists(
    st.one_of(st.sampled_from(pieces), st.binary(max_size=8).map(quote_from_bytes).map(str.encode)),
    max_size=8,
).map(b"".join)


@many
@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=100).map(str.encode)))
def test_bytes_that_are_no_request(scratch: Scratch, data: bytes) -> None:
    check(exchange(scratch.url, data + b"\r\n\r\n", TIMEOUT_S, ends=True))


@many
@given(
    method=st.sampled_from(METHODS),
    path=st.sampled_from(PATHS),
    parameters=broken_percents,
    headers=st.lists(header, max_size=5),
    body=st.one_of(st.binary(max_size=200), broken_percents, st.text(max_size=50).map(str.encode)),
    token=st.booleans(),
)
def test_requests_that_make_no_sense(
    scratch: Scratch,
    method: bytes,
    path: bytes,
    parameters: bytes,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
    token: bool,
) -> None:
    target = path + (b"&" if b"?" in path else b"?") + parameters if parameters else path
    data = sent(method, target, headers, body)
    if token:
        data = data.replace(b"\r\nHost: x\r\n", b"\r\nHost: x\r\n" + TOKEN_LINE, 1)
    # What is chunked, or asks to go on first, may wait for more than is sent: so much comes.
    check(exchange(scratch.url, data + b"\r\n0\r\n\r\n", TIMEOUT_S))


@few
@given(text=st.text(min_size=1, max_size=60), cut=st.integers(0, 240))
def test_utf8_that_is_cut_short(scratch: Scratch, text: str, cut: int) -> None:
    body = f'SELECT ("{text}釘😀" AS ?x) {{}}'.encode()[: cut + 9]
    for path, content_type in [(b"/sparql", SPARQL_QUERY), (b"/update", SPARQL_UPDATE)]:
        headers = [(b"Content-Type", content_type.encode())]
        data = sent(b"POST", path, headers, body).replace(b"\r\n", b"\r\n" + TOKEN_LINE, 1)
        check(exchange(scratch.url, data, TIMEOUT_S))
    check(exchange(scratch.url, sent(b"GET", b"/sparql?query=" + body, []), TIMEOUT_S))


@pytest.mark.parametrize("size", [8_000, 60_000, 400_000, 2_000_000])
@pytest.mark.parametrize(
    "name", ["Accept", "Accept-Encoding", "Cookie", "Query-Id", "X-Forwarded-For", "If-None-Match"]
)
def test_huge_headers_hold_nobody_up(scratch: Scratch, name: str, size: int) -> None:
    headers = [(name.encode(), b"a/b;c=d," * (size // 8))]
    started = time.monotonic()
    check(exchange(scratch.url, sent(b"GET", b"/sparql?query=ASK%7B%7D", headers), TIMEOUT_S))
    assert scratch.query("ASK {}").status == 200
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("target", [b"/" + b"x" * 60_000, b"/sparql?query=" + b"%20" * 20_000])
def test_long_addresses(scratch: Scratch, target: bytes) -> None:
    check(exchange(scratch.url, sent(b"GET", target, []), TIMEOUT_S))


POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
SMUGGLED = {
    "a length that is no number": POST + b"Content-Length: x\r\n\r\n",
    "a negative length": POST + b"Content-Length: -1\r\n\r\nASK{}",
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nASK{} ",
    "a chunk that is no number": CHUNKED + b"zz\r\nASK{}\r\n0\r\n\r\n",
    "a huge chunk": CHUNKED + b"f" * 20 + b"\r\nASK{}\r\n\r\n",
    "a coding that is unknown": POST + b"Transfer-Encoding: x\r\n\r\n5\r\nASK{}\r\n0\r\n\r\n",
    "another version": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
}  # fmt: skip


@pytest.mark.parametrize("data", SMUGGLED.values(), ids=SMUGGLED)
def test_messages_that_contradict_themselves(scratch: Scratch, data: bytes) -> None:
    check(exchange(scratch.url, data, TIMEOUT_S))


# --- SPARQL and RDF by the token ----------------------------------------------------------------

WORDS = """
SELECT ASK CONSTRUCT DESCRIBE WHERE { } ( ) [ ] . ; , * ?s ?p ?o ?x $y a FROM NAMED GRAPH OPTIONAL
UNION MINUS FILTER EXISTS NOT BIND AS VALUES UNDEF LIMIT OFFSET ORDER BY GROUP HAVING DISTINCT
REDUCED SERVICE SILENT PREFIX BASE e: <http://e.example/> <http://e.example/a> e:p _:b "x"
'y' \"\"\"
"釘"@zh-Hant "x"@en--ltr 1 -2.5 1e400 true ^^ << >> <<( )>> {| |} ~ ^ / | ! + - = != < > <= &&
|| IN COUNT SUM GROUP_CONCAT REGEX STR LANGDIR TRIPLE SUBJECT IRI BNODE CONCAT STRLEN REPLACE UUID
NOW INSERT DELETE DATA WITH USING CLEAR DROP CREATE COPY MOVE ADD TO ALL DEFAULT LOAD INTO
# \\u0041 \\ud800 ".*" "((a+)+)+$" 99999999999999999999999999 \x00 \ufeff \U0001f600 ?s?p?o {{ }} %
""".split()  # noqa: SIM905
SHAPES = [
    "SELECT * WHERE {{ {} }}", "ASK {{ {} }}", "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {} }}",
    "SELECT ({} AS ?x) WHERE {{ ?s ?p ?o }}", "SELECT * WHERE {{ ?s ?p ?o FILTER({}) }}",
    "PREFIX e: <http://e.example/> SELECT * {{ ?s ?p ?o . {} }} LIMIT 9", "DESCRIBE {}", "{}",
]  # fmt: skip
UPDATE_SHAPES = [
    "INSERT DATA {{ {} }}", "DELETE WHERE {{ {} }}", "INSERT {{ {} }} WHERE {{ ?s ?p ?o }}",
    "WITH <http://e.example/g> DELETE {{ ?s ?p ?o }} WHERE {{ {} }}", "{}", "{} ; CLEAR SILENT ALL",
]  # fmt: skip
words = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)

# Mostly valid: terms, expressions and patterns, as deep as they come.
PREFIX = "PREFIX e: <http://e.example/> "
FUNCTIONS = [
    "STR", "LANG", "DATATYPE", "IRI", "BNODE", "ABS", "CEIL", "STRLEN", "UCASE", "ENCODE_FOR_URI",
    "YEAR", "TZ", "MD5", "SHA512", "ISBLANK", "SUBJECT", "LANGDIR", "<http://e.example/none>", "!",
]  # fmt: skip
PAIRS = ["CONCAT", "REGEX", "STRDT", "STRLANG", "SUBSTR", "STRBEFORE", "SAMETERM", "COALESCE"]
SIGNS = ["+", "-", "*", "/", "=", "!=", "<", "&&", "||", "IN"]
variables = st.sampled_from(["?s", "?p", "?o", "?x", "?y"])
LITERALS = [
    "1", "-2.5", "1e400", "true", '"x"', '"釘"@zh-Hant', '"x"@en--rtl', '"a"^^e:t', "0", '"("',
    '"[a"', '"2020-02-30"^^<http://www.w3.org/2001/XMLSchema#date>', '"\\uFFFF"',
    '"9999999999999999999"',
]  # fmt: skip
PATH_SHAPES = ["{}/{}", "{}|{}", "({})*", "^{}", "!{}", "({}/{})+", "{}?"]
literals = st.sampled_from(LITERALS)
terms = (
    variables | literals | st.sampled_from(["e:a", "e:b", "e:g", "[]", "_:b", "<rel>", "<urn:x>"])
)
terms |= st.tuples(variables, terms).map(lambda t: f"<<( {t[0]} e:p {t[1]} )>>")
paths = st.recursive(
    st.sampled_from(["e:p", "a", "?p", "e:q"]),
    lambda p: st.tuples(st.sampled_from(PATH_SHAPES), p, p).map(lambda t: t[0].format(t[1], t[2])),
    max_leaves=4,
)


def deeper(expression: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    call = st.tuples(st.sampled_from(FUNCTIONS), expression).map(lambda t: f"{t[0]}({t[1]})")
    pair = st.tuples(st.sampled_from(PAIRS), expression, expression)
    signed = st.tuples(expression, st.sampled_from(SIGNS), expression)
    return (
        call
        | pair.map(lambda t: f"{t[0]}({t[1]}, {t[2]})")
        | signed.map(lambda t: f"({t[0]} {t[1]} ({t[2]}))")
    )


expressions = st.recursive(variables | literals | st.just("e:a"), deeper, max_leaves=5)
triples = st.tuples(terms, paths, terms).map(lambda t: f"{t[0]} {t[1]} {t[2]} .")
GROUPS = [
    "OPTIONAL {{ {} }}", "{{ {} }} UNION {{ ?x e:p ?y }}", "MINUS {{ {} }}", "GRAPH ?g {{ {} }}",
    "GRAPH e:g {{ {} }}", "{{ SELECT * WHERE {{ {} }} LIMIT 3 }}", "FILTER EXISTS {{ {} }}",
    "{{ SELECT ?s (COUNT(DISTINCT ?o) AS ?n) {{ {} }} GROUP BY ?s HAVING(?n > 0) }}",
    "SERVICE SILENT <http://127.0.0.1:9/> {{ {} }}", "FILTER NOT EXISTS {{ {} }}",
]  # fmt: skip
patterns = st.recursive(
    triples
    | expressions.map(lambda e: f"FILTER({e})")
    | expressions.map(lambda e: f"BIND({e} AS ?z)")
    | st.just('VALUES (?s ?o) { (e:a 1) (UNDEF "x") }'),
    lambda p: (
        st.lists(p, min_size=1, max_size=3).map(" ".join)
        | st.tuples(st.sampled_from(GROUPS), p).map(lambda t: t[0].format(t[1]))
    ),
    max_leaves=6,
)
SOUND = [
    "SELECT * {{ {} }}", "SELECT DISTINCT ?s ({e} AS ?v) {{ {} }} ORDER BY ({e}) LIMIT 5",
    "ASK {{ {} }}", "CONSTRUCT {{ ?s ?p ?o . ?x e:is ?y }} {{ {} }}", "DESCRIBE ?s {{ {} }}",
    'SELECT (GROUP_CONCAT({e}; SEPARATOR="釘") AS ?v) (AVG({e}) AS ?w) {{ {} }}',
]  # fmt: skip
sound = st.tuples(st.sampled_from(SOUND), patterns, expressions).map(
    lambda t: PREFIX + t[0].format(t[1], e=t[2])
)
query = st.tuples(st.sampled_from(SHAPES), words).map(lambda t: t[0].format(t[1]))
update = st.tuples(st.sampled_from(UPDATE_SHAPES), words | triples | patterns).map(
    lambda t: PREFIX + t[0].format(t[1])
)
forms = st.sampled_from(["json", "xml", "csv", "turtle", "jsonld", "rdfxml", "html"])


@settings(many, max_examples=250)
@given(
    text=query, form=st.sampled_from(["json", "xml", "csv", "turtle", "jsonld", "rdfxml", "html"])
)
def test_queries_by_the_token(scratch: Scratch, text: str, form: str) -> None:
    for path in (b"/sparql", b"/sparql?format=" + form.encode()):
        headers = [(b"Content-Type", SPARQL_QUERY.encode())]
        body = text.encode("utf-8", "surrogatepass")
        check(exchange(scratch.url, sent(b"POST", path, headers, body), TIMEOUT_S))


@few
@given(text=query | sound)
def test_queries_by_the_token_on_the_page(scratch: Scratch, text: str) -> None:
    target = b"/sparql?query=" + quote_from_bytes(text.encode("utf-8", "surrogatepass")).encode()
    check(exchange(scratch.url, sent(b"GET", target, [(b"Accept", b"text/html")]), TIMEOUT_S))


@settings(many, max_examples=60)
@given(text=update)
def test_updates_by_the_token(scratch: Scratch, text: str) -> None:
    headers = [(b"Content-Type", SPARQL_UPDATE.encode())]
    data = sent(b"POST", b"/update", headers, text.encode("utf-8", "surrogatepass"))
    check(exchange(scratch.url, data.replace(b"\r\n", b"\r\n" + TOKEN_LINE, 1), TIMEOUT_S))


TURTLE = """
<http://e.example/a> <b> <> e:p e: : @prefix @base PREFIX e: <http://e.example/> . ; , [ ] ( ) a
"x" 'y' \"\"\" "釘"@zh-Hant "x"@en--ltr ^^ <http://www.w3.org/2001/XMLSchema#date> 1 1.5 true _:b
<< >> <<( )>> {| |} ~ { } GRAPH \\u0041 \\uD800 # \x00 %zz <http://[> <a\\u0020b> @version "1.2"
""".split()  # noqa: SIM905
XML = """
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.example/">
</rdf:RDF> <rdf:Description rdf:about="http://e.example/a"> </rdf:Description> <e:p> </e:p> <e:p/>
rdf:ID="x" rdf:nodeID="b" rdf:parseType="Literal"> rdf:parseType="Collection">
rdf:parseType="Triple"> &amp; &a; &#0; &#xD800; <!DOCTYPE [ ]> <!ENTITY a "&a;"> <![CDATA[ ]]>
<!-- --> <?xml version="1.1"?> xml:base="x" 釘 <
""".split()  # noqa: SIM905
JSON_LD = """
{ } [ ] : , "@id" "@graph" "@context" "@type" "@value" "@language" "@list" "@reverse" "@base"
"@vocab" "@json" "@import" "@included" "http://e.example/p" "http://e.example/a" "_:b" null true 1
1e999 "" "釘" "\\ud800" \x00
""".split()  # noqa: SIM905
KINDS = {
    "text/turtle": TURTLE,
    "application/n-triples": TURTLE,
    "application/trig": TURTLE,
    "application/n-quads": TURTLE,
    "application/rdf+xml": XML,
    "application/ld+json": JSON_LD,
}
rdf = st.sampled_from(sorted(KINDS)).flatmap(
    lambda kind: st.tuples(
        st.just(kind),
        st.one_of(
            st.lists(st.sampled_from(KINDS[kind]), max_size=20).map(" ".join).map(str.encode),
            st.binary(max_size=100),
        ),
    )
)


@settings(many, max_examples=70)
@given(upload=rdf, target=st.sampled_from([b"/store?graph=http://e.example/new", b"/store"]))
def test_rdf_by_the_token(scratch: Scratch, upload: tuple[str, bytes], target: bytes) -> None:
    kind, body = upload
    data = sent(b"POST", target, [(b"Content-Type", kind.encode())], body)
    check(exchange(scratch.url, data.replace(b"\r\n", b"\r\n" + TOKEN_LINE, 1), TIMEOUT_S))
