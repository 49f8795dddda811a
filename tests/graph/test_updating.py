"""Updates: what they changed is counted, what they read can be named, and none reaches out."""

from __future__ import annotations

import socket

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from graph import updating
from graph.engine import QueryDataset
from graph.errors import InvalidQuery, ServiceRefused, UpdateFailed
from graph.evaluation import Bounds
from graph.store import Edition, EditionStore
from graph.updating import update
from graph.writing import EditionWriter
from tests.graph import stores
from tests.graph.stores import contents, said

S, P = NamedNode("http://e/s"), NamedNode("http://e/p")
G, H = NamedNode("http://e/g"), NamedNode("http://e/h")
PREFIX = "PREFIX : <http://e/> "


def quad(word: str, graph: NamedNode | None = None) -> Quad:
    return Quad(S, P, Literal(word), graph or DefaultGraph())


@pytest.mark.parametrize(
    ("text", "added", "removed"),
    [
        ("INSERT DATA { :s :p 'new' }", 1, 0),
        ("INSERT DATA { :s :p 'a' }", 0, 0),
        ("INSERT DATA { :s :p 'a', 'new', 'newer' . GRAPH :g { :s :p 'a' } }", 3, 0),
        ("DELETE DATA { :s :p 'a' . :s :p 'not there' }", 0, 1),
        ("DELETE WHERE { GRAPH :g { ?s ?p ?o } }", 0, 2),
        ("DELETE { ?s ?p ?o } INSERT { ?s ?p 'x' } WHERE { ?s ?p ?o }", 1, 2),
        ("DELETE { ?s ?p ?o } INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }", 0, 0),
        ("WITH :g DELETE { ?s ?p 'c' } WHERE { ?s ?p 'c' }", 0, 1),
        ("CLEAR DEFAULT", 0, 2),
        ("CLEAR NAMED", 0, 2),
        ("CLEAR ALL", 0, 4),
        ("DROP GRAPH :g", 0, 2),
        ("DROP SILENT GRAPH :none", 0, 0),
        ("COPY :g TO :h", 2, 0),
        ("COPY :g TO DEFAULT", 1, 1),
        ("MOVE DEFAULT TO :h", 2, 2),
        ("ADD DEFAULT TO :g", 1, 0),
        ("INSERT DATA { :s :p 'new' } ; DELETE DATA { :s :p 'new' }", 0, 0),
        ("DELETE DATA { :s :p 'a' } ; INSERT DATA { :s :p 'a' }", 0, 0),
        ("INSERT { ?s ?p _:b } WHERE { ?s ?p ?o }", 2, 0),
        ("", 0, 0),
    ],
)
def test_what_an_update_added_and_removed_is_counted(text: str, added: int, removed: int) -> None:
    database = Store()
    database.extend([quad("a"), quad("b"), quad("b", G), quad("c", G)])
    before = set(database)
    done = update(database, PREFIX + text, None, Edition("000001", quads=4))
    after = set(database)
    assert (done.added, done.removed) == (added, removed)
    assert (len(after - before), len(before - after)) == (added, removed)
    assert done.changed is bool(added or removed)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("CREATE GRAPH :new", True),
        ("CREATE SILENT GRAPH :g", False),
        ("CLEAR GRAPH :empty", False),
        ("DROP GRAPH :empty", True),
    ],
)
def test_an_empty_graph_that_comes_or_goes_is_a_change(text: str, changed: bool) -> None:
    database = Store()
    database.extend([quad("a", G)])
    database.add_graph(NamedNode("http://e/empty"))
    done = update(database, PREFIX + text, None, Edition("000001", quads=1))
    assert (done.changed, done.added, done.removed) == (changed, 0, 0)


LARGE = [None, updating.COUNTED_QUADS + 1]


@pytest.mark.parametrize("quads", LARGE)
def test_in_a_large_dataset_what_patterns_change_is_not_counted(quads: int | None) -> None:
    database = Store()
    database.add(quad("a"))
    text = "INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }"
    done = update(database, PREFIX + text, None, Edition("1", quads=quads))
    assert (done.changed, done.added, done.removed) == (True, None, None)
    assert len(database) == 2


@pytest.mark.parametrize("quads", LARGE)
@pytest.mark.parametrize(
    ("text", "added", "removed"),
    [
        ("INSERT DATA { :s :p 'new', 'a' . GRAPH :g { :s :p 'a' } }", 2, 0),
        ("DELETE DATA { :s :p 'a', 'not there' . GRAPH :g { :s :p 'a' } }", 0, 1),
        ("INSERT DATA { :s :p 'new' } ; DELETE DATA { :s :p 'new', 'a' }", 0, 1),
        ("DELETE DATA { :s :p 'a' } ; INSERT DATA { :s :p 'a' } ;", 0, 0),
        ("INSERT DATA { :s :p _:x, _:y . _:x :p <<( :s :p _:y )>> }", 3, 0),
        ("INSERT DATA { :s :p 'DELETE DATA { :s :p 1 }' }", 1, 0),
    ],
)
def test_quads_that_an_update_names_are_counted_in_any_dataset(
    text: str, added: int, removed: int, quads: int | None
) -> None:
    database = Store()
    database.extend([quad("a"), quad("b"), quad("b", G)])
    before = set(database)
    done = update(database, PREFIX + text, None, Edition("1", quads=quads))
    after = set(database)
    assert (done.added, done.removed) == (added, removed)
    assert (len(after - before), len(before - after)) == (added, removed)
    assert done.changed is bool(added or removed)


def test_an_update_that_names_a_great_many_quads_is_not_read_for_them() -> None:
    database = Store()
    named = " . ".join(f":s :p {number}" for number in range(40_000))
    done = update(database, PREFIX + f"INSERT DATA {{ {named} }}", None, Edition("1", quads=None))
    assert (done.added, len(database)) == (None, 40_000)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { :s :p 'a' } ; PREFIX : <http://e/> INSERT DATA { :s :p 'b' }",
        "CLEAR ALL ; prefix e: <http://e/> INSERT DATA { e:s e:p 'a' , 'b' }",
        "DELETE DATA { :s :p 1 } ; # PREFIX\n BASE <http://e/x> INSERT DATA { <s> <p> 'a', 'b' }",
        "INSERT DATA { :s :p 'a' };\nPREFIX : <http://f/>\nINSERT { ?s ?p 'b' } "
        "WHERE { ?s ?p 'a' FILTER NOT EXISTS { ?s :p ?o } }",
        "CLEAR ALL; BASE <http://e/y/> PREFIX e: <../> PREFIX f: <#>\r\n"
        "INSERT DATA { e:s <../p> 'b' };PREFIX e: <http://e/s> INSERT DATA { e: :p 'a' } ; "
        "PREFIX e: <http://e/>",
        "INSERT DATA { :s :p 'a', 'b' } ; VERSION '1.2' PREFIX e: <http://e/> "
        "CLEAR SILENT GRAPH e:g",
    ],
)
def test_each_operation_may_have_a_prologue(text: str) -> None:
    database = Store()
    update(database, PREFIX + text, None, None)
    assert set(database) == {quad("a"), quad("b")}


def test_a_mistake_after_a_late_prologue_is_told_at_its_line() -> None:
    text = "CLEAR ALL ;\nPREFIX e: <http://e/>\nINSERT { e:s ^e:p 'a' } WHERE {}"
    with pytest.raises(InvalidQuery) as caught:
        update(Store(), text, None, None)
    assert caught.value.line == 3


@pytest.mark.parametrize(
    "prologue",
    ["PREFIX e: 'http://e/'", "PREFIX e:e <http://e/>", "BASE :x", "VERSION <http://e/>", "PREFIX"],
)
def test_a_late_prologue_that_is_none_is_refused(prologue: str) -> None:
    database = Store()
    with pytest.raises(InvalidQuery):
        update(database, f"{PREFIX} CLEAR ALL ; {prologue} INSERT DATA {{ :s :p 'a' }}", None, None)
    assert not len(database)


@pytest.mark.parametrize("comment", ["#" * 100, "# " * 100, "#\n" * 100, " " * 100 + "#"])
def test_a_long_comment_between_operations_takes_no_time(comment: str) -> None:
    database = Store()
    text = f"CLEAR ALL ; {comment}\nINSERT DATA {{ :s :p 'a' }}"
    update(database, PREFIX + text, None, None)
    assert set(database) == {quad("a")}


def test_only_in_a_very_long_text_all_prologues_must_stand_at_its_head() -> None:
    text = f"INSERT DATA {{ :s :p '{'a' * 2**22}' }}; PREFIX e: <http://e/> CLEAR ALL"
    with pytest.raises(InvalidQuery):
        update(Store(), PREFIX + text, None, None)


def test_a_prologue_in_a_string_or_a_name_stays() -> None:
    database = Store()
    text = "INSERT DATA { :s :p '; PREFIX : <x>' } ; INSERT DATA { :s :prefix 'x' }"
    update(database, PREFIX + text, None, None)
    assert quad("; PREFIX : <x>") in database


def test_an_edition_says_what_an_update_did_to_it(store: EditionStore) -> None:
    stores.insert(store, "a", "b", "c")
    edition = stores.update(
        store,
        "DELETE WHERE { ?s ?p 'a' } ; DELETE WHERE { ?s ?p 'b' } ; "
        "INSERT DATA { GRAPH <http://e/g> { <http://e/s> <http://e/p> 'd' } }",
    )
    assert (edition.added, edition.removed, edition.quads) == (1, 2, 2)


# --- the graphs that the protocol names -------------------------------------------------


@pytest.mark.parametrize(
    ("using", "words"),
    [
        (QueryDataset((G,), ()), ["g"]),
        (QueryDataset((G, H), ()), ["g", "h"]),
        (QueryDataset((), (G, H)), []),
    ],
    ids=["one", "two", "named alone"],
)
def test_an_update_reads_the_graphs_that_its_request_names(
    using: QueryDataset, words: list[str]
) -> None:
    database = Store()
    database.extend([quad("default"), quad("g", G), quad("h", H)])
    text = "INSERT { :copy ?p ?o } WHERE { ?s ?p ?o }"
    update(database, PREFIX + text, using, None)
    copied = database.quads_for_pattern(NamedNode("http://e/copy"), None, None, DefaultGraph())
    assert sorted(each.object.value for each in copied) == words  # type: ignore[union-attr]


def test_an_update_finds_named_graphs_among_those_that_its_request_names() -> None:
    database = Store()
    database.extend([quad("g", G), quad("h", H)])
    text = "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }"
    update(database, text, QueryDataset((), (G,)), None)
    assert set(database) == {quad("h", H)}


@pytest.mark.parametrize("clause", ["USING :g", "USING NAMED :g", "WITH :g"])
def test_graphs_are_named_by_the_request_or_by_the_update(clause: str) -> None:
    insert = "INSERT { :s :p 1 }"
    told = f"{clause} {insert}" if clause.startswith("WITH") else f"{insert} {clause}"
    with pytest.raises(InvalidQuery, match="request names the graphs too"):
        update(Store(), f"{PREFIX}{told} WHERE {{ ?s ?p ?o }}", QueryDataset((H,), ()), None)


# --- what is refused --------------------------------------------------------------------


@pytest.mark.parametrize("allowed", [(), ("http://127.0.0.1:1/",)], ids=["none", "another"])
@pytest.mark.parametrize(
    "text",
    [
        "LOAD <{}>",
        "LOAD SILENT <{}>",
        "LOAD <{}> INTO GRAPH :g",
        "PREFIX out: <{}> LOAD out:",
        "BASE <{}> LOAD <data>",
        "INSERT DATA {{ :s :p 1 }} ; LOAD <{}>",
        "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{}> {{ ?s ?p ?o }} }}",
        "DELETE {{ ?s ?p ?o }} WHERE {{ SERVICE SILENT <{}> {{ ?s ?p ?o }} }}",
        "INSERT {{ ?s ?p ?o }} WHERE {{ BIND(<{}> AS ?x) SERVICE ?x {{ ?s ?p ?o }} }}",
    ],
)
def test_an_update_sends_no_request(text: str, allowed: tuple[str, ...]) -> None:
    database = Store()
    database.extend([quad("a")])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(ServiceRefused, match="asks another host"):
            bounds = Bounds(allowed_services=allowed)
            update(database, PREFIX + text.format(address), None, None, bounds)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert set(database) == {quad("a")}


def test_no_file_of_this_machine_is_loaded() -> None:
    with pytest.raises(ServiceRefused):
        update(Store(), "LOAD <file:///etc/passwd>", None, None)


def test_the_words_elsewhere_are_no_request() -> None:
    text = "INSERT DATA { <http://e/LOAD> <http://e/SERVICE> 'LOAD <http://e/>' } # SERVICE <x> {}"
    assert update(Store(), text, None, None).added == 1


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("INSERT DATA { ?s ?p 'o' }", 1, None),
        ("INSERT DATA {\n  <http://e/s> <http://e/p> .\n}", 2, 30),
        ("INSERT DATA { <http://e/s> <http://e/p> 1 } ;\nDELETE", 2, None),
        ("SELECT * WHERE { ?s ?p ?o }", 1, None),
    ],
)
def test_an_update_that_is_wrong_says_where(text: str, line: int, column: int | None) -> None:
    database = Store()
    with pytest.raises(InvalidQuery) as caught:
        update(database, text, None, None)
    assert caught.value.line == line
    assert caught.value.column == (column or caught.value.column)
    assert caught.value.column
    assert not len(database)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("INSERT { ?s ?p ?o } WHERE { ?s ?p }", 1, 36),
        ("INSERT { ?s ?p ?o }\nWHERE { ?s ?p ?o .\n ?s ! }", 3, 8),
    ],
)
def test_a_mistake_is_placed_in_what_was_sent_whatever_graphs_its_request_names(
    text: str, line: int, column: int
) -> None:
    for using in (None, QueryDataset((G,), (H,))):
        with pytest.raises(InvalidQuery) as caught:
            update(Store(), text, using, None)
        assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("text", ["LOAD <{}>", "INSERT {{}} WHERE {{ SERVICE <{}> {{}} }}"])
def test_an_endpoint_that_is_allowed_and_does_not_answer_is_said_so(text: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"http://127.0.0.1:{gone.getsockname()[1]}/"
    with pytest.raises(UpdateFailed, match="could not be applied"):
        update(Store(), text.format(address), None, None, Bounds(allowed_services=(address,)))


def test_a_prefix_that_is_not_declared_is_named() -> None:
    with pytest.raises(InvalidQuery, match=r"“foaf:” is not declared"):
        update(Store(), "INSERT DATA { <http://e/s> foaf:name 'x' }", None, None)


@pytest.mark.parametrize("text", ["CREATE GRAPH :g", "DROP GRAPH :none", "CLEAR GRAPH :none"])
def test_an_update_that_cannot_be_applied_says_so_and_leaves_all(
    text: str, store: EditionStore
) -> None:
    stores.insert(store, "a", graph="http://e/g")
    before = contents(store)
    with pytest.raises(UpdateFailed, match="could not be applied"):
        stores.update(store, f"{PREFIX}INSERT DATA {{ :s :p 'half' }} ; {text}")
    assert store.current_name() == "000001"
    assert contents(store) == before


def test_the_operations_of_an_update_are_applied_in_order_and_together(
    store: EditionStore,
) -> None:
    edition = stores.update(
        store,
        f"{PREFIX}INSERT DATA {{ :s :p 'a' }} ; DELETE {{ :s :p 'a' }} INSERT {{ :s :p 'b' }} "
        "WHERE { :s :p 'a' }",
    )
    assert edition.name == "000001"
    assert said(store) == ["b"]


def test_a_relative_iri_stands_on_the_base_of_the_dataset() -> None:
    database = Store()
    update(database, "INSERT DATA { <s> <p> 'x' }", None, None, Bounds(base="http://e/"))
    assert set(database) == {quad("x")}
    with pytest.raises(InvalidQuery):
        update(database, "INSERT DATA { <s> <p> 'y' }", None, None)


def test_a_writer_applies_an_update_to_what_another_made(store: EditionStore) -> None:
    stores.insert(store, "a")
    other = EditionWriter(EditionStore(store.folder))
    text = "INSERT { ?s ?p 'b' } WHERE { ?s ?p 'a' }"
    other.write(lambda database, current: update(database, text, None, current), "update")
    assert said(store) == ["a", "b"]
