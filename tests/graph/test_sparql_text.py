"""What a SPARQL text says on its surface, with pyoxigraph as the judge."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
)

from graph.errors import InvalidQuery
from graph.sparql_text import (
    Kind,
    as_insertions,
    loads,
    names_its_dataset,
    nesting,
    operations,
    services,
    tokens,
    undeclared_prefix,
    with_from,
    with_one_prologue,
    with_using,
)

OUT = "<http://127.0.0.1:1/sparql> { ?s ?p ?o }"
ENDPOINT = "http://127.0.0.1:1/sparql"


# Terminals


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<http://e/a'#b>", "IRIREF"),
        (r"<http://e/\u0061>", "IRIREF"),
        ("< a>", "PUNCTUATION WORD PUNCTUATION"),
        ("e:a", "PNAME"),
        (r"e:it\'s\#1 :", "PNAME PNAME"),
        ("e:a.b. e:%41:b", "PNAME PUNCTUATION PNAME"),
        (r"a.b-c:d ·:x", "PNAME ERROR PNAME"),
        ("漢:字", "PNAME"),
        ("_:a.b. _:1", "BLANK_NODE_LABEL PUNCTUATION BLANK_NODE_LABEL"),
        ("?a $b ?1 ?", "VAR VAR VAR PUNCTUATION"),
        ("'a'@en 'b'@ar--rtl", "STRING LANG_DIR STRING LANG_DIR"),
        ("1 .5 1.5e-3 1.e5 -1 +.5", "NUMBER " * 6),
        ("1.e:a", "NUMBER PUNCTUATION PNAME"),
        (r""" 'a\'' "b\"" '' """, "STRING STRING STRING"),
        ("'''a'b''c''' \"\"\"a\nb\"\"\"", "STRING STRING"),
        ("'''a'", "STRING STRING"),
        ("'a\nb'", "ERROR WORD WORD ERROR"),
        (r"'\z'", "ERROR ERROR WORD ERROR"),
        ("<<( )>> << >> {| |} ^^ && || != <= >=", "PUNCTUATION " * 12),
        ("{}()[];,.+-*/< > =!^|~", "PUNCTUATION " * 20),
        ("SELECT # it's <a>\n#\r?x", "WORD VAR"),
        ("DELETEWHERE INSERTDATA GROUP_CONCAT", "WORD WORD WORD WORD WORD"),
        ("# <a>", ""),
        ("", ""),
    ],
)
def test_each_terminal_has_its_kind(text: str, expected: str) -> None:
    assert [token.kind.name for token in tokens(text)] == expected.split()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("FILTER(?s<?o&&?o>1)", ["<", ">"]),
        ("FILTER(1<STRLEN('a>b'))", ["<"]),
        ("FILTER(?s IN (<a>, <b>))", ["<a>", "<b>"]),
        ("FILTER(?s = <a>||?s<=<b>)", ["<a>", "<=", "<b>"]),
        ("FILTER <f>(1<?x, <a>)", ["<f>", "<", "<a>"]),
        ("FILTER(EXISTS { ?s <p> 1 }<?x||1>2)", ["<p>", "<", ">"]),
        ("FILTER(1<<<(?s <p> 1)>>)", ["<", "<<(", "<p>", ")>>"]),
        ("?s ?p (1 <a> (?x <b>))", ["<a>", "<b>"]),
        ("VALUES (?a ?b) { (1 <a>) (true <b>) }", ["<a>", "<b>"]),
        ("{ SELECT ?x (?a<?b&&?c>1 AS ?z) {} }", ["<", ">"]),
        ("?s a (1 <a>) ; <p>/(<q>|<r>) 1", ["<a>", "<p>", "<q>", "<r>"]),
        ("<< ?s <p> <o> >> ?p 1 {| <q> <r> |}", ["<<", "<p>", "<o>", ">>", "<q>", "<r>"]),
    ],
)
def test_a_comparison_is_no_iri(expression: str, expected: list[str]) -> None:
    found = [
        token.text
        for token in tokens(f"SELECT * WHERE {{ {expression} }}")
        if token.kind in {Kind.IRIREF, Kind.PUNCTUATION} and set(token.text) & {"<", ">"}
    ]
    assert found == expected


ANY = st.one_of(
    st.text(),
    st.text(alphabet="<>(){}[]'\"\\#?$@:._-+1aeu\n &|^!=/%漢\ud800"),
    st.lists(
        st.sampled_from(
            [
                "SERVICE",
                " <http://e/> ",
                "LOAD",
                "e:a",
                "{",
                "}",
                "(",
                "WHERE",
                "INSERT",
                ";",
                "'",
                '"""',
                "#",
                "\n",
                "\\u0027",
                "<",
                "?x",
                "SILENT",
                "PREFIX",
                "USING",
                "DELETE",
                ":",
            ]
        )
    ).map("".join),
)


@settings(deadline=None)
@given(ANY)
def test_any_text_can_be_read(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert token.text == text[token.start : token.end] != ""
        assert re.fullmatch(r"([ \t\r\n]|#[^\r\n]*([\r\n]|\Z))*", text[end : token.start])
        end = token.end
    services(text)
    loads(text)
    undeclared_prefix(text)
    operations(text)
    as_insertions(text)
    rewritten = with_one_prologue(f"CLEAR ALL; PREFIX e: <x> {text}")
    assert re.sub(r"[^\r\n]", "", rewritten) == re.sub(r"[^\r\n]", "", text)
    assert nesting(text) <= len(text)
    assert with_using(text, [], []) == text


@pytest.mark.parametrize(
    "pattern",
    ["a-", "SERVICE", "(1<#>", "(1<e:#>", "'", "'''\\z", "'\"", "e:a.b.c ", "_:a.", "e: #", "<",
     "1.", "\\u0028", "(1<a'>b'", "(1<#>1<#>\n", "PREFIX e: <a:b> ", "service:x {", "\\'", "e:%41"],
)  # fmt: skip
def test_hostile_texts_take_linear_time(pattern: str) -> None:
    def seconds(size: int) -> float:
        text = pattern * (size // len(pattern))
        started = time.process_time()
        tokens(text)
        services(text + "\nSERVICE" + " " * size)
        return time.process_time() - started

    seconds(1_000)
    large, small = (min(seconds(size) for _ in range(3)) for size in (48_000, 6_000))
    assert large < 24 * max(small, 0.002)  # 8 if linear, 64 if quadratic


# SERVICE


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"SELECT * WHERE {{ SERVICE {OUT} }}", [ENDPOINT]),
        (f"SELECT * WHERE {{ service silent {OUT} }}", [ENDPOINT]),
        (f"SELECT * WHERE {{ SERVICE\n# a remark\n{OUT} }}", [ENDPOINT]),
        (f"SELECT * WHERE {{ SERVICE{OUT} }}", [ENDPOINT]),
        (f"SELECT * WHERE {{ SERVICESILENT{OUT} }}", [ENDPOINT]),
        (f"SELECT * WHERE {{ SERVICE#x\n{OUT} }}", [ENDPOINT]),
        (
            "PREFIX e: <http://127.0.0.1:1/> SELECT * WHERE { SERVICE e:sparql { ?s ?p ?o } }",
            [ENDPOINT],
        ),
        ("SELECT * WHERE { BIND(<http://127.0.0.1:1/> AS ?u) SERVICE ?u { ?s ?p ?o } }", [None]),
        ("SELECT * WHERE { ?a ?b 'it''s' . SERVICE ?u { ?s ?p ?o } }", [None]),
        (f'SELECT * WHERE {{ ?a ?b "x\\"" . SERVICE {OUT} # " }}', [ENDPOINT]),
        (f"SELECT * WHERE {{ ?a ?b ?c .SERVICE {OUT} }}", [ENDPOINT]),
        (f"SELECT * WHERE {{ ?a ?b 'c'@en.SERVICE {OUT} }}", [ENDPOINT]),
        (f"SELECT * WHERE {{ ?a ?b 1.SERVICE {OUT} }}", [ENDPOINT]),
        (f"SELECT * WHERE {{ \\u0053ERVICE {OUT} }}", [ENDPOINT]),
        (f"SELECT * WHERE {{ {{}}SERVICE {OUT} }}", [ENDPOINT]),
        (f'SELECT * WHERE {{ BIND("\\u0022 #" AS ?x) SERVICE {OUT} }}', [ENDPOINT]),
        (f"SELECT * WHERE {{ BIND('\\U00000027 #' AS ?x) SERVICE {OUT} }}", [ENDPOINT]),
        (
            f"SELECT * WHERE {{ ?s <http://e/\\u0061#> ?o . BIND('\\u0027 #' AS ?x) "
            f"SERVICE {OUT} }}",
            [ENDPOINT],
        ),
        (f"PREFIX e: <http://e/> SELECT * WHERE {{ ?s e:a\\#b ?o . SERVICE {OUT} }}", [ENDPOINT]),
        (f"PREFIX e: <http://e/> SELECT * WHERE {{ ?s e:it\\'s ?o . SERVICE {OUT} }}", [ENDPOINT]),
        # An engine may compare where a lexer sees an IRI.
        (f"SELECT * {{ FILTER(1<STRLEN('a>b')) SERVICE {OUT} FILTER('c') }}", [ENDPOINT]),
        (f"SELECT * {{ FILTER(1<3#>'''\n) SERVICE {OUT} #'''\n }}", [ENDPOINT]),
        (
            "PREFIX FILTERe: <http://e/> PREFIX e: <http://e/> "
            f"SELECT * {{ ?s ?p ?o FILTERe:f(1<STRLEN('a>b')) SERVICE {OUT} FILTER('c') }}",
            [ENDPOINT],
        ),
        # A long string that has no end, or an impossible escape, is two short ones.
        (f"SELECT * {{ VALUES ?x {{ '''a' }} SERVICE {OUT} #\\uD800'''\n}}", [ENDPOINT]),
        (f"SELECT * {{ VALUES ?x {{ '''a' }} SERVICE {OUT} }}", [ENDPOINT]),
        # Oxigraph reads \u+041 in an IRI, and ends a local name before its second dot.
        (f"SELECT * {{ ?s <http://e/\\u+041'#> ?o SERVICE {OUT} ?a ?b 'c' }}", [ENDPOINT]),
        # Where the IRI of a name would be none, the name ends at its colon.
        (f"PREFIX e: <http://e/> SELECT * {{ ?a ?b e:a.b.SERVICE {OUT} }}", [None]),
        (f"PREFIX e: <http://h:> SELECT * {{ ?a ?b e:service {OUT} }}", [None]),
        # Names stuck to the keyword.
        (f"SELECT * {{ ?a ?b trueSERVICE {OUT} }}", [ENDPOINT]),
        ("PREFIX : <http://127.0.0.1:1/> SELECT * { SERVICE:sparql { ?s ?p ?o } }", [None]),
        ("PREFIX e: <http://e/> SELECT * { ?a ?b true.SERVICEe:sparql { ?s ?p ?o } }", [None]),
        ("PREFIX e: <http://e/> SELECT * { SERVICE SILENTe:x { ?s ?p ?o } }", [None]),
        # Prefixes with more than one meaning, or one that BASE decides.
        ("PREFIX e: <http://e/> PREFIXe:<http://f/> SELECT * { SERVICE e:x {} }", [None]),
        ("BASE <http://b/> PREFIX e: <e/> SELECT * { SERVICE e:x { SERVICE <y> {} } }", [None]),
        (r"PREFIX e: <http://\u0065/> SELECT * { SERVICE e:a\,b.c {} }", ["http://e/a,b.c"]),
        ("SELECT * { SERVICE <http://e/1> {} SERVICE <http://e/2> {} }",
         ["http://e/1", "http://e/2"]),
        ("INSERT {} WHERE { SERVICE <http://e/1> {} }", ["http://e/1"]),
    ],
)  # fmt: skip
def test_a_service_is_found(query: str, expected: list[str | None]) -> None:
    assert services(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service WHERE { ?service ?p ?o }",
        "SELECT $service WHERE { $service ?p ?o }",
        "SELECT * WHERE { ?s ?p 'SERVICE <x>' }",
        'SELECT * WHERE { ?s ?p """SERVICE\n<x>""" }',
        "SELECT * WHERE { ?s ?p ?o } # SERVICE <x>",
        "PREFIX service: <http://e/> SELECT * WHERE { service:a service:service ?o }",
        "PREFIX service: <http://e/> SELECT * FROM service:g { GRAPH service:h { ?s ?p ?o } }",
        "SELECT * WHERE { ?s <http://e/SERVICE> ?o }",
        "PREFIX s: <http://e/> SELECT * WHERE { ?s s:service ?o }",
        "PREFIX s: <http://e/> SELECT * WHERE { ?s s:service ?o {| s:p s:q |} }",
        "PREFIX schema: <https://schema.org/> SELECT * WHERE { ?s a schema:Service . ?s ?p ?o }",
        "SELECT (1 AS ?x) { ?s <http://e/#p> '''\nSERVICE <x>''' }",
        "SELECT * { FILTER(?s<3 && ?o>'SERVICE <x>') }",
    ],
)
def test_the_word_elsewhere_is_no_service(query: str) -> None:
    assert services(query) == []


# The engine refuses port 9 before it connects: an OSError says that it would have asked.
PATTERNS = [
    "?s ?p ?o .",
    r"OPTIONAL { ?s e:a\#b ?o }",
    r"OPTIONAL { ?s e:it\'s ?o }",
    "OPTIONAL { ?s <http://e/#> ?o }",
    r"OPTIONAL { ?s <http://e/\u0061#> ?o }",
    r"OPTIONAL { ?s <http://e/\u+041'#> ?o }",
    "OPTIONAL { ?s FILTERe:p (1 <http://e/#''''>) }",
    "BIND('#' AS ?x)",
    'BIND("\'" AS ?y)',
    r"BIND('\u0027 #' AS ?z)",
    r'BIND("\\" AS ?w)',
    'BIND("""a"b""" AS ?v)',
    "BIND('''#\n''' AS ?u)",
    "VALUES ?k { '''a' }",
    r"VALUES ?j { '''a' } #\uD800'''" + "\n",
    "FILTER(1<2)",
    "FILTER(1<STRLEN('a>b'))",
    'FILTER(1<STRLEN("a>b"))',
    "FILTER(2<3#>'''\n)",
    "FILTER(IF(1<STR('#>'),1,1))",
    "FILTERe:int(1<STRLEN('a>b'))",
    "{SELECT(1<STRLEN('a>b')AS?n){}}",
    "?s ?p true",
    "OPTIONAL { ?a ?b e:a.b.OPTIONAL {} }",
    "?s ?p h:BIND('>' AS ?m)",
    "?x ?y h:FILTER(1<STRLEN('a>b'))",
    "# it's\n",
    '# "\n',
]
SCRAPS = ["\n", "#", "'", '"', "'''", r"\u0022", "<", ">", "{", "}", "(", ")", ".", "SERVICE",
          "FILTER(1<3#>\n", "e:", "true", "'c'", "\\uD800'''", "UNION"]  # fmt: skip
CALLS = [
    "SERVICE <http://127.0.0.1:9/x> { ?a ?b ?c }",
    "SERVICE<http://127.0.0.1:9/x>{}",
    "service out:x { ?a ?b 'c' }",
    "SERVICEout:x { ?a ?b 'c>' }",
    "SERVICE:x { ?a ?b ?c }",
    "?s ?p h:SERVICE <http://127.0.0.1:9/x> { ?a ?b ?c }",
    "?s ?p e:a.b.SERVICE out:x { ?a ?b ?c }",
    "trueSERVICE:x { ?a ?b ?c }",
    "{ SERVICE#'\n<http://127.0.0.1:9/x> {} }",
    'GRAPH ?g {} SERVICE <http://127.0.0.1:9/x> { ?a ?b "c" }',
]
PROLOGUE = (
    "PREFIX e: <http://e/> PREFIX FILTERe: <http://e/> PREFIX SERVICE: <http://e/> "
    "PREFIX out: <http://127.0.0.1:9/> PREFIX : <http://127.0.0.1:9/> PREFIX h: <http://h:> "
)


def asks_another_endpoint(query: str) -> bool:
    store = Store()
    for name in ("http://e/s", "http://h:", "http://e/a.b"):
        store.add(Quad(NamedNode("http://e/a#b"), NamedNode("http://e/#"), NamedNode(name)))
    try:
        for _ in store.query(query):  # type: ignore[union-attr]
            pass
    except (SyntaxError, RuntimeError):
        return False  # no query at all, or a function that there is not
    except OSError as error:
        return "port 9" in str(error)
    return False


@settings(max_examples=800, deadline=None)
@given(
    st.lists(st.sampled_from(PATTERNS), max_size=5, unique=True),
    st.lists(st.sampled_from(SCRAPS), max_size=2),
    st.sampled_from(CALLS),
    st.lists(st.sampled_from(PATTERNS + SCRAPS), max_size=2),
    st.sampled_from([" ", "", "\n"]),
)
def test_no_service_that_the_engine_would_ask_is_missed(
    patterns: list[str], scraps: list[str], call: str, rest: list[str], between: str
) -> None:
    query = f"{PROLOGUE}SELECT * WHERE {{ {between.join([*patterns, *scraps, call, *rest])} \n}}"
    if asks_another_endpoint(query):
        assert set(services(query)) & {"http://127.0.0.1:9/x", None}


# LOAD


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ("LOAD <http://e/a>", ["http://e/a"]),
        ("load silent<http://e/a> INTO GRAPH <http://e/g>", ["http://e/a"]),
        ("LOADSILENT<http://e/a>", ["http://e/a"]),
        ("PREFIX e: <http://e/> CLEAR ALL ; LOAD e:a ;", ["http://e/a"]),
        ("PREFIX e: <http://e/> LOAD e:a ; PREFIX e: <http://f/> LOAD e:a", [None]),
        ("PREFIX : <http://e/> LOAD:a", [None]),
        ("PREFIX e: <http://e/> CLEAR ALL;LOADe:a INTO GRAPH e:g", [None]),
        ("PREFIX e: <http://e/> LOAD SILENTe:a", [None]),
        ("LOAD <a> ; LOAD <http://e/b>", [None, "http://e/b"]),
        (r"LO\u0041D <http://e/a>", ["http://e/a"]),
        (r"INSERT DATA { <a:a> <a:b> '\u0027 #' } ; LOAD <http://e/a>", ["http://e/a"]),
        ("INSERT {} WHERE { FILTER(1<STRLEN('a>b')) } ; LOAD <http://e/a> # '", ["http://e/a"]),
    ],
)
def test_a_load_is_found(update: str, expected: list[str | None]) -> None:
    assert loads(update) == expected


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <http://e/LOAD> <http://e/p> 'LOAD <x>' } # LOAD <y>",
        "PREFIX load: <http://e/> INSERT DATA { load:a load:b load:c . load:d load:e 1 }",
        "INSERT { ?load ?p 1 } WHERE { ?load ?p ?o }",
    ],
)
def test_the_word_elsewhere_is_no_load(update: str) -> None:
    assert loads(update) == []


FIRST = [
    "CLEAR ALL",
    "INSERT DATA { <e:a> <e:b> 'LOAD' }",
    r"INSERT DATA { e:it\'s e:b '\u0027#' }",
    "INSERT {} WHERE { FILTER(1<STRLEN('a>b')) }",
    'INSERT {} WHERE { ?s ?p ?o FILTERe:int(2<STRLEN("a>b")) }',
    "INSERT DATA { e:a e:b e:c.d.e:f e:g 1 }",
    "DELETEWHERE{ ?s ?p '''a' }",
    "PREFIX e: <http://e/#> DELETE DATA { e:a e:b 1 }",
]
LOADS = [
    "LOAD<http://127.0.0.1:9/x>",
    "LOAD out:x INTO GRAPH e:g",
    "LOAD:x",
    "loadout:x",
    "PREFIX LOAD: <http://e/> LOAD:x",
    "# '\nLOAD#\"\n<http://127.0.0.1:9/x>",
]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([*FIRST, *SCRAPS]), max_size=3),
    st.sampled_from(["", " ", "\n", "#'\n"]),
    st.sampled_from(LOADS),
    st.sampled_from(["", ";", "; INSERT DATA { e:c e:d 'c>' }", " # '''"]),
)
def test_no_load_that_the_engine_would_do_is_missed(
    first: list[str], between: str, load: str, rest: str
) -> None:
    update = f"{PROLOGUE}{f'{between};'.join([*first, load])}{rest}"
    try:
        Store().update(update)
    except (SyntaxError, RuntimeError):
        pass
    except OSError as error:
        assert "port 9" in str(error)
        assert set(loads(update)) & {"http://127.0.0.1:9/x", None}


# The dataset of an update

DATA = """
<http://e/s> <http://e/p> "default" .
<http://e/s> <http://e/p> "one" <http://e/1> .
<http://e/s> <http://e/p> "two" <http://e/2> .
"""
ONE, TWO = "http://e/1", "http://e/2"
COPY = "INSERT { GRAPH <http://e/n> { ?s ?p ?o } }"


def effects(update: str) -> set[str]:
    """The values in the store after the update, each with the last letter of its graph."""
    store = Store()
    store.load(DATA.encode(), RdfFormat.N_QUADS)
    store.update(update)
    return {
        f"{quad.object.value} {quad.graph_name.value[-1]}"
        if isinstance(quad.graph_name, NamedNode)
        else quad.object.value
        for quad in store
    }


@pytest.mark.parametrize(
    ("update", "default", "named", "expected"),
    [
        (f"{COPY} WHERE {{ ?s ?p ?o }}", [], [], {"default", "one 1", "two 2", "default n"}),
        (f"{COPY} WHERE {{ ?s ?p ?o }}", [ONE], [], {"default", "one 1", "two 2", "one n"}),
        (
            f"{COPY} WHERE {{ ?s ?p ?o }}",
            [ONE, TWO],
            [],
            {"default", "one 1", "two 2", "one n", "two n"},
        ),
        (f"{COPY} WHERE {{ ?s ?p ?o }}", [], [TWO], {"default", "one 1", "two 2"}),
        (
            f"{COPY} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}",
            [ONE],
            [TWO],
            {"default", "one 1", "two 2", "two n"},
        ),
        ("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", [ONE], [], {"default", "one 1", "two 2"}),
        (
            "DELETE { ?s ?p 'default' } INSERT { ?s ?p 'new' } WHERE { ?s ?p 'two' }",
            [TWO],
            [],
            {"new", "one 1", "two 2"},
        ),
        ("DELETE WHERE { ?s ?p ?o }", [], [], {"one 1", "two 2"}),
        ("DELETE WHERE { ?s ?p ?o }", [ONE], [], {"default", "one 1", "two 2"}),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", [], [ONE], {"default", "two 2"}),
        ("DELETEWHERE{GRAPH<http://e/2>{?s ?p ?o}.}", [], [ONE, TWO], {"default", "one 1"}),
        (
            "PREFIX e: <http://e/> CLEAR DEFAULT; DELETE WHERE { GRAPH ?g { ?s ?p 'one' } } ; "
            f"{COPY} WHERE {{ e:s e:p ?o . ?s ?p ?o }};",
            [TWO],
            [ONE],
            {"two 2", "two n"},
        ),
        ("DROP GRAPH <http://e/1>; COPY <http://e/2> TO DEFAULT", [ONE], [], {"two", "two 2"}),
        ("DELETE DATA { <http://e/s> <http://e/p> 'default' }", [ONE], [], {"one 1", "two 2"}),
        (
            "INSERT { ?s ?p 'WHERE' } # WHERE {\n"
            "WHERE { SELECT * WHERE { ?s ?p ?o FILTER(1<STRLEN('a>WHERE;}')) } }",
            [ONE],
            [],
            {"default", "one 1", "two 2", "WHERE"},
        ),
    ],
)
def test_an_update_reads_the_dataset_it_is_given(
    update: str, default: list[str], named: list[str], expected: set[str]
) -> None:
    assert effects(with_using(update, default, named)) == expected


@pytest.mark.parametrize(
    "update",
    [
        "",
        "PREFIX e: <http://e/>",
        "INSERT DATA { <a:a> <a:b> 'WHERE' }",
        "PREFIX : <a:> LOAD <a:b>; CREATE GRAPH :c; ADD :b TO :c; MOVE :b TO :d; CLEAR ALL",
        "INSERT { ?s ?p ?o }",
        "INSERT { ?s ?p ?o ",
        "} ; INSERT",
    ],
)
def test_operations_without_a_pattern_stay_as_they_are(update: str) -> None:
    assert with_using(update, [ONE], [TWO]) == update


QUERIES = [
    "SELECT * WHERE { ?s ?p ?o }",
    "PREFIX from: <http://e/> SELECT ?o{ ?s from:p ?o }LIMIT 9",
    "select (count(*) as ?n) (exists { ?a ?b 'WHERE {' } as ?e) # WHERE {\n{ ?s ?p ?o }",
    "SELECT * FROM <http://e/3> FROM NAMED <http://e/1> WHERE { ?s ?p ?o }",
    "PREFIX e: <http://e/> SELECT * FROM e:1 FROM NAMED e:2{ GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?g WHERE { GRAPH ?g { SELECT * WHERE { ?s ?p ?o } } } VALUES ?p { <http://e/p> }",
    "ASK { ?s ?p 'one', ?x }",
    "ASK FROM <http://e/1> WHERE { ?s ?p 'two' }",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "CONSTRUCT { ?s ?p [] }{ ?s ?p ?o } ORDER BY ?o",
    "CONSTRUCT WHERE { ?s ?p ?o }",
    "CONSTRUCT FROM <http://e/1> WHERE { ?s ?p ?o }",
    "DESCRIBE <http://e/s>",
    "DESCRIBE <http://e/s> FROM <http://e/1>",
    "DESCRIBE <http://e/s> # all of it",
    "DESCRIBE ?s { ?s ?p 'one' }",
    "DESCRIBE <http://e/s> LIMIT 1",
]


@pytest.mark.parametrize("default", [(), (ONE,), (ONE, TWO), ("http://e/nothing",)])
@pytest.mark.parametrize("named", [(), (TWO,), (ONE, TWO)])
@pytest.mark.parametrize("query", QUERIES)
def test_a_query_reads_the_dataset_of_its_request(
    query: str, default: tuple[str, ...], named: tuple[str, ...]
) -> None:
    store = Store()
    store.load(DATA.encode(), RdfFormat.N_QUADS)
    if not default and not named:
        assert with_from(query, default, named) == query
        return
    # The engine takes what is given beside a query in place of what the query names.
    expected = store.query(
        query,
        default_graph=[NamedNode(iri) for iri in default],
        named_graphs=[NamedNode(iri) for iri in named],
    )
    assert told(store.query(with_from(query, default, named))) == told(expected)


def told(answer: QuerySolutions | QueryBoolean | QueryTriples) -> object:
    if isinstance(answer, QueryBoolean):
        return bool(answer)
    rows = [list(row) if isinstance(answer, QuerySolutions) else row for row in answer]
    return Counter(re.sub(r"_:[0-9a-f]+", "_:b", str(row)) for row in rows)


@pytest.mark.parametrize(
    "query", ["", "SELECT", "SELECT * FROM", "SELECT * FROM {", "ASK", "{", "CLEAR ALL"]
)
def test_a_query_that_is_not_whole_stays_as_it_is(query: str) -> None:
    assert with_from(query, [ONE], [TWO]) == query


@given(ANY)
def test_any_text_can_be_given_a_dataset(text: str) -> None:
    assert with_from(text, [], []) == text
    with_from(text, [ONE], [TWO])


def test_a_prologue_may_stand_between_operations() -> None:  # Oxigraph reads it at the start only
    update = "INSERT {} WHERE {} ; PREFIX w: <http://e/WHERE> BASE <a:> DELETE WHERE { w:a w:b 1 };"
    assert with_using(update, [ONE], []) == (
        "INSERT {} USING <http://e/1> WHERE {} ; PREFIX w: <http://e/WHERE> BASE <a:> "
        "DELETE { w:a w:b 1 } USING <http://e/1> WHERE { w:a w:b 1 };"
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "e", "a.b", "prefix", "釘"]),
            st.sampled_from(["http://e/", "http://f/#", "urn:x:"]),
            st.sampled_from(["s", "", "a.b", r"x\,y\;", "%3B", "PREFIX", "釘釘"]),
            st.sampled_from([" ", "\n", " # ; PREFIX e: <x>\n"]),
        ),
        max_size=5,
    )
)
def test_a_late_prologue_holds_from_there_on(named: list[tuple[str, str, str, str]]) -> None:
    text = "CLEAR ALL"
    for prefix, namespace, local, gap in named:
        text += f";{gap}PREFIX {prefix}: <{namespace}>{gap}"
        text += f"INSERT DATA {{ {prefix}:{local} a {prefix}: }}"
    database = Store()
    database.update(with_one_prologue(text))
    wanted = {(namespace + local.replace("\\", ""), namespace) for _, namespace, local, _ in named}
    assert {(q.subject.value, q.object.value) for q in database} == wanted


@pytest.mark.parametrize(
    ("update", "line", "column"),
    [
        ("INSERT {} USING <a:b> WHERE {}", 1, 11),
        ("DELETE {}\nUSING NAMED <a:b>\nWHERE {}", 2, 1),
        ("CLEAR ALL;\n# WITH\n WITH <a:b> DELETE { ?s ?p 'USING' } WHERE { ?s ?p ?o }", 3, 2),
        ("PREFIX : <a:> INSERT {}USING:b WHERE {}", 1, 24),
        ("PREFIX e: <a:> WITHe:b INSERT {} WHERE {}", 1, 16),
    ],
)
def test_an_update_that_names_its_dataset_takes_no_other(
    update: str, line: int, column: int
) -> None:
    Store().update(update)
    with pytest.raises(InvalidQuery) as refusal:
        with_using(update, [], [ONE])
    assert (refusal.value.line, refusal.value.column) == (line, column)
    assert with_using(update, [], []) == update


@pytest.mark.parametrize("iri", ["", "a", "//e/", "http://e/> WHERE {} #", "http://e/ "])
def test_a_dataset_of_no_absolute_iri_is_refused(iri: str) -> None:
    with pytest.raises(InvalidQuery, match="absolute"):
        with_using("INSERT {} WHERE {}", [iri], [])
    with pytest.raises(InvalidQuery, match="absolute"):
        with_using("INSERT {} WHERE {}", [ONE], [iri])


CLAUSES = [
    *("INSERT", "DELETE", "DATA", "WHERE", "DELETEWHERE", "INSERTDATA", ";", " ; ", "# WHERE\n"),
    *("PREFIX e: <http://e/>", "PREFIXe:<http://e/>", "BASE <http://e/>", "VERSION '1.2'"),
    *("{}", "{ ?s ?p ?o }", "{ GRAPH ?g { ?s ?p 1 } }", "{ GRAPH <http://e/1> {} }"),
    *("CLEAR ALL", "DROP SILENT NAMED", "INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }"),
    '{ <a:s> <a:p> 1, \'WHERE\', """;""" . }',
    "{ { ?s ?p ?o } UNION { SELECT * WHERE { ?s <a:#p> ?o } } }",
    "{ ?s ?p ?o FILTER(?o<STR('a>b')||EXISTS { ?s ?p '}' }) }",
    "{ ?s <http://e/a> (1 <http://e/#> 2) }",
    "DELETE { ?s ?p ?o }WHERE{ GRAPH ?g { ?s ?p ?o } }",
    "DELETE WHERE # {\n{ ?s ?p ?o # }\n}",
    "DELETE {} INSERT {} WHERE {}",
]


@settings(max_examples=800, deadline=None)
@given(st.lists(st.sampled_from(CLAUSES), max_size=9), st.sampled_from([" ", "", "\n"]))
def test_what_the_engine_accepts_it_accepts_with_a_dataset(
    clauses: list[str], between: str
) -> None:
    update = between.join(clauses)
    try:
        Store().update(update)
    except SyntaxError:
        return
    rewritten = with_using(update, [ONE], [TWO])
    Store().update(rewritten)
    kinds = operations(update)
    using = f"USING <{ONE}> USING NAMED <{TWO}> "
    assert rewritten.count(f"{using}WHERE") == kinds.count("MODIFY") + kinds.count("DELETE WHERE")
    if "DELETE WHERE" not in kinds:
        assert rewritten.replace(using, "") == update


def test_the_kinds_of_operations_are_told_in_order() -> None:
    update = """PREFIX e: <http://e/> INSERT DATA { e:a e:b ';' } ; DELETE DATA {};
        LOAD <a:b> ; # CLEAR ALL;
        VERSION "1.2" BASE <a:> insert {} where { ?s ?p 1; ?q 2 } ; WITH e:g DELETE {} WHERE {};
        DELETEWHERE{} ; drop all; CREATE GRAPH <g>; ADD e:g TO e:h;"""
    told = "INSERT DATA, DELETE DATA, LOAD, MODIFY, MODIFY, DELETE WHERE, DROP, CREATE, ADD"
    assert operations(update) == told.split(", ")
    assert operations("PREFIX e: <http://e/>") == []


# The rest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("ASK {}", 1),
        ("ASK { ?s ?p '((((', <http://e/((((> } # ((((", 1),
        ("ASK { ?s ?p ((1) [] [ ?p [] ]) }", 4),
        ("ASK { << <<?s ?p ?o>> ?p 1 {| ?q 1 |} >> ?p <<( ?s ?p 1 )>> }", 3),
        ("ASK { FILTER(1<STRLEN('a>b'+(((1)))) 'c') }", 6),
        ("ASK { ?s <http://e/#a> (1)\n ?s <http://e/#b> (1)\n ?s <http://e/#c> (1)\n }", 2),
        ("(" * 1000 + ")" * 1000, 1000),
        (")}]" + "{" * 10, 10),
        (r"\u0028" * 10, 10),
    ],
)
def test_nesting_counts_open_brackets(text: str, expected: int) -> None:
    assert nesting(text) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * FROM <http://e/g> { ?s ?p ?o }", True),
        ("ASKFROM<http://e/g>{}", True),
        ("SELECT*FROM NAMED<http://e/g>{}", True),
        ("DESCRIBE <x>from <http://e/g>", True),
        ("SELECT * { ?from ?p 'FROM <x>' } # FROM <y>", False),
        ("PREFIX from: <http://e/> SELECT ?FROM { ?FROM from:FROM <FROM> }", False),
    ],
)
def test_a_query_may_name_its_dataset(query: str, expected: bool) -> None:
    assert names_its_dataset(query) is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ASK { ?s foaf:name ?o }", "foaf"),
        ("ASK { ?s :name ?o }", ""),
        ("PREFIX e: <http://e/> ASK { e:a e: 'x:y', <x:y>, ?x }", None),
        ("PREFIX e: <http://e/> ASK { e:a as:b as:c } # f:g", "as"),
        ("prefix 漢: <http://e/> ASK { 漢:字 a 字:漢 }", "字"),
        ("ASK { _:a ?p 1 }", None),
    ],
)
def test_an_undeclared_prefix_is_named(query: str, expected: str | None) -> None:
    assert undeclared_prefix(query) == expected
