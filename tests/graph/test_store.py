"""Editions: whole or not there, whoever writes, dies or reads meanwhile."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graph.build import build_when_due
from graph.engine import OxigraphEngine
from graph.errors import InvalidQuery, ServiceRefused, StoreError
from graph.store import EditionStore, FollowingEngine
from ontology import Vocabulary

PROJECT = Path(__file__).parent.parent.parent
NODE = NamedNode("http://a.example/s")
BASE = "http://a.example/"


def quads(number: int, count: int = 1) -> list[Quad]:
    return [
        Quad(NODE, NODE, Literal(f"{number} {index}"), NamedNode(f"{BASE}graph"))
        for index in range(count)
    ]


def publish(store: EditionStore, number: int) -> str:
    return store.publish(quads(number), fingerprint=str(number), base=BASE).name


def said(engine: OxigraphEngine) -> list[str]:
    return [solution["o"].value for solution in engine.select("SELECT ?o { ?s ?p ?o } ORDER BY ?o")]


def names(store: EditionStore) -> list[str]:
    return sorted(path.name for path in (store.folder / "editions").iterdir())


def run(code: str, store: EditionStore) -> subprocess.Popen[bytes]:
    """A writer in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", code, str(store.folder)], cwd=PROJECT, stderr=subprocess.DEVNULL
    )


WRITER = """
import os, signal, sys
from pathlib import Path
import graph.store
from pyoxigraph import Literal, NamedNode, Quad
node = NamedNode("http://a.example/s")
store = graph.store.EditionStore(Path(sys.argv[1]))
def publish(number):
    quad = Quad(node, node, Literal(f"{number} 0"), node)
    return store.publish([quad], fingerprint=str(number), base="http://a.example/")
"""


def test_an_edition_is_published_and_opened(store: EditionStore) -> None:
    assert store.current() is None
    edition = store.publish(quads(1, 5), fingerprint="mark", base=BASE)
    assert store.current() == edition
    assert (edition.name, edition.quads, edition.fingerprint) == ("000001", 5, "mark")
    engine = store.open()
    assert engine.edition == "000001"
    assert set(engine.quads()) == set(quads(1, 5))
    assert set(engine.quads(NamedNode(f"{BASE}graph"))) == set(quads(1, 5))
    assert engine.quads(NamedNode(f"{BASE}other")) == []


def test_an_empty_edition_is_an_edition(store: EditionStore) -> None:
    assert store.publish([], fingerprint="", base=BASE).quads == 0
    assert store.open().quads() == []


def test_an_empty_store_says_how_to_fill_it(store: EditionStore) -> None:
    for folder in (store.folder, store.folder.parent):
        with pytest.raises(StoreError, match="shuangma build"):
            EditionStore(folder).open()
    with pytest.raises(StoreError, match="shuangma build"):
        FollowingEngine(store)


def test_an_old_edition_stays_while_it_is_read(store: EditionStore) -> None:
    publish(store, 1)
    engine = store.open()
    for number in range(2, 8):
        publish(store, number)
    assert "000001" not in names(store)
    assert said(engine) == ["1 0"]
    assert said(store.open()) == ["7 0"]


def test_the_last_editions_are_kept_and_earlier_ones_pruned(store: EditionStore) -> None:
    assert [publish(store, number) for number in range(1, 6)][-1] == "000005"
    assert names(store) == ["000003", "000004", "000005"]


def test_a_following_engine_follows(store: EditionStore) -> None:
    publish(store, 1)
    following = FollowingEngine(store)
    first = following.engine()
    assert following.engine() is first
    publish(store, 2)
    assert said(following.engine()) == ["2 0"]
    assert said(first) == ["1 0"]


def test_a_folder_of_other_files_is_refused_and_left_alone(store: EditionStore) -> None:
    store.folder.mkdir()
    (store.folder / "thesis.txt").write_text("all I have")
    for act in (store.current, store.open, lambda: publish(store, 1)):
        with pytest.raises(StoreError, match=r"thesis\.txt"):
            act()
    assert [path.name for path in store.folder.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("below", ["", "store"])
def test_a_file_instead_of_a_folder_is_refused(below: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("kept")
    store = EditionStore(file / below)
    for act in (store.current, store.open, lambda: publish(store, 1)):
        with pytest.raises(StoreError, match="file"):
            act()
    assert file.read_text() == "kept"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_refused(store: EditionStore) -> None:
    publish(store, 1)
    store.folder.chmod(0o500)
    (store.folder / "editions").chmod(0o500)
    try:
        with pytest.raises(StoreError, match="cannot be written"):
            publish(store, 2)
        assert said(store.open()) == ["1 0"]
    finally:
        store.folder.chmod(0o700)
        (store.folder / "editions").chmod(0o700)


def damage_current(store: EditionStore) -> None:
    (store.folder / "current").write_text("not an edition\n")


def damage_current_bytes(store: EditionStore) -> None:
    (store.folder / "current").write_bytes(b"\xff\xfe")


def damage_current_empty(store: EditionStore) -> None:
    (store.folder / "current").write_text("")


def damage_current_escape(store: EditionStore) -> None:
    (store.folder / "current").write_text("../../elsewhere\n")


def damage_edition(store: EditionStore) -> None:
    shutil.rmtree(store.folder / "editions" / "000002")


def damage_json(store: EditionStore) -> None:
    (store.folder / "editions" / "000002" / "edition.json").write_text("{")


def damage_keys(store: EditionStore) -> None:
    (store.folder / "editions" / "000002" / "edition.json").write_text('{"layout": 1}')


DAMAGES = [
    damage_current, damage_current_bytes, damage_current_empty, damage_current_escape,
    damage_edition, damage_json, damage_keys,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_said_and_a_build_mends_it(damage: object, store: EditionStore) -> None:
    publish(store, 1)
    publish(store, 2)
    damage(store)  # type: ignore[operator]
    for act in (store.current, store.open):
        with pytest.raises(StoreError, match="Build it again"):
            act()
    publish(store, 3)
    assert said(store.open()) == ["3 0"]


def test_a_database_that_is_gone_is_said(store: EditionStore) -> None:
    publish(store, 1)
    shutil.rmtree(store.folder / "editions" / "000001" / "data")
    with pytest.raises(StoreError, match="cannot be read"):
        store.open()


@pytest.mark.parametrize("more", [{}, {"codec": "new"}], ids=["same keys", "other keys"])
def test_a_newer_layout_is_refused_and_left_alone(
    more: dict[str, str], store: EditionStore
) -> None:
    publish(store, 1)
    path = store.folder / "editions" / "000001" / "edition.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "layout": 2, **more}))
    for act in (store.current, store.open, lambda: publish(store, 2)):
        with pytest.raises(StoreError, match="another version"):
            act()
    assert names(store) == ["000001"]


def test_what_a_dead_writer_left_is_removed(store: EditionStore) -> None:
    publish(store, 1)
    (store.folder / "editions" / ".000002" / "data").mkdir(parents=True)
    (store.folder / "editions" / "000002").mkdir()
    (store.folder / "current.new").write_text("000002\n")
    assert said(store.open()) == ["1 0"]
    publish(store, 3)
    assert said(store.open()) == ["3 0"]
    assert len(names(store)) == 2
    assert not (store.folder / "current.new").exists()


@pytest.mark.parametrize("written", [0, 1], ids=["before the edition", "before `current`"])
@pytest.mark.parametrize("earlier", [0, 2])
def test_a_writer_that_is_killed_leaves_what_was_served(
    written: int, earlier: int, store: EditionStore
) -> None:
    for number in range(1, earlier + 1):
        publish(store, number)
    before = store.current()
    killed = f"""
write, count = graph.store._write, 0
def dying(path, text):
    global count
    if count == {written}:
        os.kill(os.getpid(), signal.SIGKILL)
    count += 1
    write(path, text)
graph.store._write = dying
publish(9)
"""
    assert run(WRITER + killed, store).wait(60) == -signal.SIGKILL
    assert store.current() == before
    if earlier:
        assert said(store.open()) == ["2 0"]
    publish(store, 3)
    assert said(store.open()) == ["3 0"]
    assert not [name for name in names(store) if name.startswith(".")]


def test_two_writers_at_once_both_publish(store: EditionStore) -> None:
    writers = [
        run(WRITER + f"for i in range(4): publish({first} + i)", store) for first in (10, 20)
    ]
    seen = set()
    while any(writer.poll() is None for writer in writers):
        if store.current():
            seen.update(said(store.open()))
    assert [writer.wait() for writer in writers] == [0, 0]
    current = store.current()
    assert current is not None
    assert current.name == "000008"
    assert said(store.open())[0] in {"13 0", "23 0"}
    assert seen <= {f"{first + i} 0" for first in (10, 20) for i in range(4)}


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


def test_a_query_that_is_wrong_says_where(store: EditionStore) -> None:
    publish(store, 1)
    with pytest.raises(InvalidQuery) as caught:
        store.open().select("SELECT ?s\nWHERE { ?s ?p }")
    assert caught.value.line == 2
    assert caught.value.column


@pytest.mark.parametrize("query", ["ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_a_select_is_wanted_for_a_select(query: str, store: EditionStore) -> None:
    publish(store, 1)
    with pytest.raises(InvalidQuery, match="SELECT"):
        store.open().select(query)
    with pytest.raises(InvalidQuery, match="CONSTRUCT"):
        store.open().construct("SELECT * { ?s ?p ?o }")


def test_a_service_is_not_reached(store: EditionStore) -> None:
    publish(store, 1)
    with pytest.raises(ServiceRefused):
        store.open().select("SELECT * { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }")
