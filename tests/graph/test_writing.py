"""Writes: whole or not at all, one after the other, and all else stays as it was."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat
from pyoxigraph import Store as Database

from graph import writing
from graph.build import build_when_due
from graph.change import Upload
from graph.errors import EditionGone, InvalidRdf, StoreError, UpdateFailed
from graph.representation import Kind, format_named
from graph.store import Edition, EditionStore
from graph.uploading import put
from graph.writing import KEPT, EditionWriter, Written
from ontology import Vocabulary
from tests.graph.stores import (
    BASE,
    BUILT,
    NODE,
    contents,
    insert,
    names,
    publish,
    quads,
    said,
    start,
    update,
)

LOADED = NamedNode(f"{BASE}loaded")


def load(store: EditionStore, path: Path, name: NamedNode | None = None) -> Edition:
    def change(database: Database, _current: Edition | None) -> Written:
        put(database, [Upload(path, format_named("turtle", Kind.GRAPH), BASE)], name)
        return Written()

    return EditionWriter(store).write(change, "load")


def test_the_files_of_a_large_load_are_merged_before_they_are_served(
    store: EditionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(database: Database, _current: Edition | None) -> Written:
        for part in range(3):
            lines = (f"<{BASE}s{n}> <{BASE}p{part}> <{BASE}o{n}> .\n" for n in range(5000))
            database.bulk_load("".join(lines).encode(), format=RdfFormat.N_TRIPLES)
        return Written()

    def files(edition: Edition) -> int:
        return len([*(store.editions_folder / edition.name / "data").glob("*.sst")])

    small = files(EditionWriter(store).write(change, "load"))
    monkeypatch.setattr(writing, "_MERGED_BYTES", 0)
    shutil.rmtree(store.folder)
    merged = EditionWriter(store).write(change, "load")
    assert files(merged) < small
    with store.open() as opened:
        assert len(opened.database) == 15_000
    # What makes up little of the whole is not worth writing all of it anew.
    beside = insert(store, "beside")
    assert files(beside) > files(merged)


# --- what stays -------------------------------------------------------------------------


@pytest.mark.parametrize("built_before", [False, True])
def test_a_build_keeps_what_was_loaded_and_updated(
    built_before: bool, store: EditionStore, tmp_path: Path
) -> None:
    if built_before:
        publish(store, 1)
    (tmp_path / "a.ttl").write_text("<s> <said> 'loaded' .")
    load(store, tmp_path / "a.ttl", LOADED)
    load(store, tmp_path / "a.ttl")
    insert(store, "updated", graph=f"{BASE}other")
    publish(store, 2)
    publish(store, 3)
    others = contents(store) - set(quads(3))
    assert {quad.graph_name for quad in others} == {
        DefaultGraph(),
        LOADED,
        NamedNode(f"{BASE}other"),
    }
    assert set(quads(3)) <= contents(store)
    assert not set(quads(2)) & contents(store)


def test_a_build_replaces_only_what_the_build_before_made(store: EditionStore) -> None:
    def graph(letter: str) -> NamedNode:
        return NamedNode(f"{BASE}graph/{letter}")

    def build(*letters: str) -> Edition:
        made = [Quad(NODE, NODE, Literal(letter), graph(letter)) for letter in letters]
        return writing.publish(EditionWriter(store), made, fingerprint="x", base=BASE)

    build("a", "b")
    insert(store, "mine", graph=graph("c").value)
    insert(store, "into what was built", graph=graph("a").value)
    assert build("b", "d").built == (graph("b").value, graph("d").value)
    assert said(store) == ["b", "d", "mine"]
    with store.open() as opened:
        assert set(opened.database.named_graphs()) == {graph("b"), graph("c"), graph("d")}


def test_a_write_keeps_what_the_edition_says_of_the_build(store: EditionStore) -> None:
    built = publish(store, 1)
    edition = insert(store, "a")
    assert (edition.fingerprint, edition.base, edition.built) == ("1", BASE, built.built)
    assert (edition.by, edition.quads, edition.added, edition.removed) == ("update", 2, 1, 0)


def test_an_update_that_changes_nothing_makes_no_edition(store: EditionStore) -> None:
    first = insert(store, "a")
    for _ in range(2):
        assert insert(store, "a") == first
        assert update(store, "DELETE WHERE { ?s ?p 'not there' }") == first
    assert names(store) == ["000001"]
    assert insert(store, "b").name == "000002"
    assert said(store) == ["a", "b"]


def test_an_empty_graph_that_is_made_is_a_change(store: EditionStore) -> None:
    insert(store, "a")
    assert update(store, f"CREATE GRAPH <{LOADED.value}>").name == "000002"
    with store.open() as opened:
        assert list(opened.database.named_graphs()) == [LOADED]
    assert update(store, f"DROP GRAPH <{LOADED.value}>").name == "000003"


def test_a_first_write_makes_an_edition_whatever_it_does(store: EditionStore) -> None:
    edition = update(store, "DELETE WHERE { ?s ?p ?o }")
    assert (edition.name, edition.quads) == ("000001", 0)
    assert contents(store) == set()


def test_a_change_that_raises_publishes_nothing(store: EditionStore) -> None:
    insert(store, "a")
    mark = store.mark()

    def fail(database: Database, _current: Edition | None) -> Written:
        database.add(Quad(NODE, NODE, Literal("half")))
        database.flush()
        raise ValueError("in the middle")

    for error in (ValueError, ValueError):
        with pytest.raises(error, match="in the middle") as kept:  # whoever keeps the error
            EditionWriter(store).write(fail, "update")
        assert store.mark() == mark
        assert said(store) == ["a"]
        assert kept.traceback
    insert(store, "b")
    assert said(store) == ["a", "b"]


def test_who_keeps_the_error_of_an_update_keeps_no_database_open(store: EditionStore) -> None:
    insert(store, "a", graph=f"{BASE}g")
    with pytest.raises(UpdateFailed) as kept:
        update(store, f"CREATE GRAPH <{BASE}g>")
    insert(store, "b")
    assert said(store) == ["a", "b"]
    assert "exists" in str(kept.value)


@pytest.mark.parametrize("earlier", [True, False], ids=["with an edition", "in an empty store"])
@pytest.mark.parametrize("count", [3, 400_000], ids=["a short file", "a long one"])
def test_an_upload_that_is_broken_at_its_end_leaves_nothing_of_it(
    earlier: bool, count: int, store: EditionStore, tmp_path: Path
) -> None:
    if earlier:
        insert(store, "a")
    path = tmp_path / "broken.ttl"
    path.write_text("".join(f"<s> <said> {i} .\n" for i in range(count)) + "<s> <said>")
    with pytest.raises(InvalidRdf):
        load(store, path)
    assert store.current_name() == ("000001" if earlier else None)
    insert(store, "b")
    assert said(store) == (["a", "b"] if earlier else ["b"])


# --- editions that are kept -------------------------------------------------------------


def test_the_last_editions_are_kept_and_earlier_ones_removed(store: EditionStore) -> None:
    for number in range(1, KEPT + 3):
        publish(store, number)
    assert names(store) == [f"{number:06d}" for number in range(3, KEPT + 3)]


@pytest.mark.parametrize("kept", [1, 2, 9])
def test_as_many_editions_are_kept_as_the_writer_was_told(kept: int, store: EditionStore) -> None:
    for number in range(1, 12):
        made = [Quad(NODE, NODE, Literal(str(number)))]
        writing.publish(EditionWriter(store, kept), made, fingerprint="", base=BASE)
    assert len(names(store)) == kept
    assert names(store)[-1] == "000011"


def test_an_edition_that_is_open_is_not_removed(store: EditionStore) -> None:
    publish(store, 1)
    engine = store.engine()
    for number in range(2, KEPT + 3):
        publish(store, number)
    assert names(store)[:2] == ["000001", "000003"]
    assert engine.quads() == quads(1)
    assert said(store, "000001") == ["1 0"]
    del engine
    publish(store, 9)
    assert names(store)[0] == "000004"


def test_an_edition_that_another_process_has_open_is_not_removed(store: EditionStore) -> None:
    publish(store, 1)
    reader = start("slow_reader", store.folder)
    assert reader.stdin is not None
    assert reader.stdout is not None
    assert reader.stdout.readline() == "000001\n"
    for number in range(2, KEPT + 3):
        publish(store, number)
    assert names(store)[:2] == ["000001", "000003"]
    assert reader.communicate("go on\n", timeout=60)[0] == "1 0\n"
    publish(store, 9)
    assert names(store)[0] == "000004"


def test_an_edition_that_a_dead_process_had_open_is_removed(store: EditionStore) -> None:
    publish(store, 1)
    reader = start("slow_reader", store.folder)
    assert reader.stdout is not None
    assert reader.stdout.readline() == "000001\n"
    reader.kill()
    reader.communicate()
    for number in range(2, KEPT + 2):
        publish(store, number)
    assert names(store)[0] == "000002"


def test_an_edition_is_restored_as_a_new_one(store: EditionStore) -> None:
    publish(store, 1)
    insert(store, "a")
    update(store, "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }")
    edition = EditionWriter(store).restore("000002")
    assert edition == store.current()
    assert (edition.name, edition.by, edition.quads) == ("000004", "restore 000002", 2)
    assert (edition.fingerprint, edition.added, edition.removed) == ("1", None, None)
    assert said(store) == ["1 0", "a"]
    insert(store, "b")
    assert said(store) == ["1 0", "a", "b"]
    assert said(store, "000003") == ["a"]
    EditionWriter(store).restore("000003")
    assert said(store) == ["a"]


def test_the_edition_that_is_served_can_be_restored(store: EditionStore) -> None:
    insert(store, "a")
    EditionWriter(store).restore("000001")
    insert(store, "b")
    assert said(store) == ["a", "b"]


def test_a_name_does_not_come_back(store: EditionStore) -> None:
    insert(store, "a")
    insert(store, "b")
    shutil.rmtree(store.editions_folder / "000002")
    EditionWriter(store).restore("000001")
    assert store.current_name() == "000003"


# --- what others left -------------------------------------------------------------------


def test_what_a_dead_writer_left_is_removed(store: EditionStore) -> None:
    publish(store, 1)
    (store.editions_folder / ".000002" / "data").mkdir(parents=True)
    (store.editions_folder / "000002").mkdir()
    (store.folder / "current.new").write_text("000002\n")
    (store.folder / "working.new").mkdir()
    (store.folder / "working.edition").unlink()
    assert said(store) == ["1 0"]
    publish(store, 3)
    assert said(store) == ["3 0"]
    assert names(store) == ["000001", "000002"]
    assert sorted(path.name for path in store.folder.iterdir()) == [
        "current", "editions", "lock", "working", "working.edition",
    ]  # fmt: skip


def test_an_unpublished_edition_is_not_restored(store: EditionStore) -> None:
    publish(store, 1)
    publish(store, 2)
    store.current_file.write_text("000001\n")
    with pytest.raises(EditionGone):
        EditionWriter(store).restore("000002")
    assert said(store) == ["1 0"]


def test_files_of_the_file_manager_are_left_alone(store: EditionStore) -> None:
    publish(store, 1)
    for folder in (store.folder, store.editions_folder):
        (folder / ".DS_Store").write_text("mine")
    publish(store, 2)
    assert said(store) == ["2 0"]
    assert (store.editions_folder / ".DS_Store").read_text() == "mine"


@pytest.mark.parametrize("name", ["CURRENT", "MANIFEST-*", "*.sst", "*.log"])
@pytest.mark.parametrize("how", ["emptied", "removed"])
def test_a_damaged_working_folder_is_made_anew(name: str, how: str, store: EditionStore) -> None:
    insert(store, "a")
    for path in (store.folder / "working").glob(name):
        path.unlink()  # the editions have links to it
        if how == "emptied":
            path.touch()
    try:
        insert(store, "b")
    except StoreError:  # seen only when it was read
        insert(store, "b")
    assert said(store) == ["a", "b"]


# --- who may write, and when ------------------------------------------------------------


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_refused(store: EditionStore) -> None:
    publish(store, 1)
    store.folder.chmod(0o500)
    store.editions_folder.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="cannot be written"):
            publish(store, 2)
        assert said(store) == ["1 0"]
    finally:
        store.folder.chmod(0o700)
        store.editions_folder.chmod(0o700)


@contextmanager
def another_writer(store: EditionStore) -> Iterator[None]:
    """While another process holds the store."""
    writer = start("waiting_writer", store.folder)
    assert writer.stdin is not None
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    try:
        yield
    finally:
        writer.communicate("go on\n", timeout=60)


def test_a_writer_that_waits_too_long_says_for_whom(
    store: EditionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(store, "a")
    monkeypatch.setattr(writing, "_LOCK_TIMEOUT_S", 0.2)
    acts = (lambda: insert(store, "b"), lambda: EditionWriter(store).restore("000001"))
    with another_writer(store):
        for act in acts:
            with pytest.raises(StoreError, match=r"Another process has been writing .* 0\.2 s"):
                act()
        assert said(store) == ["a"]  # who reads does not wait
    insert(store, "b")
    assert said(store) == ["a", "b", "theirs"]


def test_a_writer_waits_for_another_and_writes_on_what_that_made(store: EditionStore) -> None:
    done: list[Edition] = []
    with another_writer(store):
        waiting = threading.Thread(target=lambda: done.append(insert(store, "mine")))
        waiting.start()
        assert not done
    waiting.join(60)
    assert [edition.name for edition in done] == ["000002"]
    assert said(store) == ["mine", "theirs"]


def test_two_writers_at_once_both_publish(store: EditionStore) -> None:
    writers = [start("counting_writer", store.folder, first, "4") for first in ("10", "20")]
    seen: list[list[str]] = []
    while any(writer.poll() is None for writer in writers):
        if store.current():
            seen.append(said(store))
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0, 0]
    assert store.current_name() == "000008"
    assert said(store) == ["10", "11", "12", "13", "20", "21", "22", "23"]
    for earlier, later in pairwise(seen):
        assert set(earlier) <= set(later)


def test_a_writer_that_is_killed_lets_the_next_one_in(store: EditionStore) -> None:
    writer = start("waiting_writer", store.folder)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    insert(store, "a")
    assert said(store) == ["a"]


def test_a_build_is_due_when_the_articles_changed(
    folder: Path, store: EditionStore, vocabulary: Vocabulary
) -> None:
    first = build_when_due(store, [folder], vocabulary)
    assert first is not None
    assert build_when_due(store, [folder], vocabulary) is None
    path = folder / "text.en.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    second = build_when_due(store, [folder], vocabulary)
    assert second is not None
    assert second.name == "000002"


def test_no_build_is_due_on_a_store_that_was_filled_otherwise(
    folder: Path, store: EditionStore, vocabulary: Vocabulary
) -> None:
    insert(store, "a")
    assert build_when_due(store, [folder], vocabulary) is None
    assert said(store) == ["a"]


def test_no_build_is_due_after_an_update_of_what_was_built(
    folder: Path, store: EditionStore, vocabulary: Vocabulary
) -> None:
    build_when_due(store, [folder], vocabulary)
    built = contents(store)
    insert(store, "a")
    assert build_when_due(store, [folder], vocabulary) is None
    assert contents(store) > built
    assert BUILT not in {quad.graph_name for quad in built}
