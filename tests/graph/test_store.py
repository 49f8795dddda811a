"""What a reader finds in a store's folder: an edition, whole, or why there is none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode
from pyoxigraph import Store as Database

from graph.engine import Query, Wanted
from graph.errors import DamagedStore, EditionGone, InvalidQuery, ServiceRefused, StoreError
from graph.representation import Kind, format_named
from graph.store import LAYOUT, EditionStore, difference
from graph.writing import KEPT, EditionWriter
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


def test_an_edition_is_published_and_opened(store: EditionStore) -> None:
    assert store.current() is None
    edition = publish(store, 1, count=5)
    assert store.current() == edition
    assert (edition.name, edition.quads, edition.fingerprint) == ("000001", 5, "1")
    engine = store.engine()
    assert engine.edition == "000001"
    assert set(engine.quads()) == set(quads(1, 5))
    assert set(engine.quads(BUILT)) == set(quads(1, 5))
    assert engine.quads(NamedNode(f"{BASE}other")) == []


def test_an_empty_edition_is_an_edition(store: EditionStore) -> None:
    assert publish(store, 1, count=0).quads == 0
    assert store.engine().quads() == []


def test_an_empty_store_says_how_to_fill_it(store: EditionStore) -> None:
    for folder in (store.folder, store.folder.parent):
        for act in (EditionStore(folder).open, EditionStore(folder).engine):
            with pytest.raises(StoreError, match="shuangma build"):
                act()
    assert not store.folder.exists()


def test_an_engine_stays_with_its_edition_and_the_next_one_follows(store: EditionStore) -> None:
    publish(store, 1)
    mark, first = store.mark(), store.engine()
    assert store.mark() == mark
    publish(store, 2)
    assert store.mark() != mark
    assert [(engine.edition, engine.quads()) for engine in (first, store.engine())] == [
        ("000001", quads(1)),
        ("000002", quads(2)),
    ]


def test_an_earlier_edition_is_opened_by_its_name(store: EditionStore) -> None:
    for number in (1, 2, 3):
        publish(store, number)
    assert said(store, "000002") == ["2 0"]
    assert store.engine(name="000001").quads() == quads(1)
    assert said(store) == ["3 0"]


def test_an_edition_that_is_not_kept_is_said_to_be_gone(store: EditionStore) -> None:
    for number in range(1, KEPT + 3):
        publish(store, number)
    for name in ("000001", "000099", "7", "latest", "..", f"../editions/00000{KEPT}"):
        for act in (store.open, EditionWriter(store).restore):
            with pytest.raises(EditionGone, match="editions list"):
                act(name)
    assert said(store) == [f"{KEPT + 2} 0"]


def test_the_editions_that_are_kept_are_listed_the_oldest_first(store: EditionStore) -> None:
    publish(store, 1)
    insert(store, "a", "b")
    update(store, f"DELETE WHERE {{ <{BASE}s> <{BASE}said> 'a' }}")
    told = [(e.name, e.by, e.quads, e.added, e.removed) for e in store.editions()]
    assert told == [
        ("000001", "build", 1, None, None),
        ("000002", "update", 3, 2, 0),
        ("000003", "update", 2, 0, 1),
    ]
    assert all(e.made.endswith("Z") for e in store.editions())


def test_an_edition_that_is_not_published_yet_is_not_listed(store: EditionStore) -> None:
    publish(store, 1)
    publish(store, 2)
    (store.folder / "current").write_text("000001\n")
    assert [edition.name for edition in store.editions()] == ["000001"]


def test_editions_are_counted_beyond_six_digits(store: EditionStore) -> None:
    insert(store, "old")
    rename_edition(store, "999998")
    for word, name in (("a", "999999"), ("b", "1000000"), ("c", "1000001")):
        assert insert(store, word).name == name
    listed = [edition.name for edition in store.editions()]
    assert listed == ["999998", "999999", "1000000", "1000001"]
    assert said(store) == ["a", "b", "c", "old"]
    for _ in range(KEPT):
        EditionWriter(store).restore(store.editions()[-1].name)
    assert len(names(store)) == KEPT


def rename_edition(store: EditionStore, name: str) -> None:
    (store.editions_folder / "000001").rename(store.editions_folder / name)
    path = store.editions_folder / name / "edition.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": name}))
    store.current_file.write_text(f"{name}\n")


def test_the_difference_of_two_editions_is_told_quad_by_quad(store: EditionStore) -> None:
    insert(store, "a", "b")
    update(store, f"DELETE DATA {{ <{BASE}s> <{BASE}said> 'a' }}")
    insert(store, "c", graph=f"{BASE}g")
    said_c = f'<{BASE}s> <{BASE}said> "c" <{BASE}g>'
    assert set(difference(store, "000001", None)) == {
        ("-", f'<{BASE}s> <{BASE}said> "a"'),
        ("+", said_c),
    }
    assert list(difference(store, None, "000002")) == [("-", said_c)]
    assert list(difference(store, "000002", "000002")) == []
    with pytest.raises(EditionGone):
        list(difference(store, "000001", "000009"))


# --- what is no store, or a damaged one -------------------------------------------------


def test_a_folder_of_other_files_is_refused_and_left_alone(store: EditionStore) -> None:
    store.folder.mkdir()
    (store.folder / "thesis.txt").write_text("all I have")
    for act in (store.current, store.open, lambda: publish(store, 1), lambda: insert(store, "a")):
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


def damage_current(store: EditionStore) -> None:
    store.current_file.write_text("not an edition\n")


def damage_current_bytes(store: EditionStore) -> None:
    store.current_file.write_bytes(b"\xff\xfe")


def damage_current_empty(store: EditionStore) -> None:
    store.current_file.write_text("")


def damage_current_escape(store: EditionStore) -> None:
    store.current_file.write_text("../../elsewhere\n")


def damage_edition(store: EditionStore) -> None:
    shutil.rmtree(store.editions_folder / "000002")


def damage_json(store: EditionStore) -> None:
    (store.editions_folder / "000002" / "edition.json").write_text("{")


def damage_json_kind(store: EditionStore) -> None:
    (store.editions_folder / "000002" / "edition.json").write_text("[]")


def damage_json_bytes(store: EditionStore) -> None:
    (store.editions_folder / "000002" / "edition.json").write_bytes(b"\xff\xfe")


def damage_keys(store: EditionStore) -> None:
    (store.editions_folder / "000002" / "edition.json").write_text('{"layout": 1}')


every_damage = pytest.mark.parametrize(
    "damage",
    [
        damage_current,
        damage_current_bytes,
        damage_current_empty,
        damage_current_escape,
        damage_edition,
        damage_json,
        damage_json_kind,
        damage_json_bytes,
        damage_keys,
    ],
)
Damage = Callable[[EditionStore], None]


@every_damage
def test_damage_is_said_and_a_build_mends_it(damage: Damage, store: EditionStore) -> None:
    publish(store, 1)
    publish(store, 2)
    damage(store)
    for act in (store.current, store.open):
        with pytest.raises(DamagedStore, match="build it again"):
            act()
    publish(store, 3)
    assert said(store) == ["3 0"]
    assert store.current_name() == "000003"


@every_damage
def test_no_update_is_made_on_a_damaged_store_until_an_earlier_edition_is_restored(
    damage: Damage, store: EditionStore
) -> None:
    publish(store, 1)
    publish(store, 2)
    damage(store)
    left = sorted(store.editions_folder.rglob("*"))
    with pytest.raises(DamagedStore):
        insert(store, "lost")
    assert sorted(store.editions_folder.rglob("*")) == left
    assert "000001" in [edition.name for edition in store.editions()]
    assert EditionWriter(store).restore("000001").name == "000003"
    assert said(store) == ["1 0"]
    insert(store, "more")
    assert said(store) == ["1 0", "more"]


def lose_data(store: EditionStore) -> None:
    shutil.rmtree(store.editions_folder / "000001" / "data")


def break_manifest(store: EditionStore) -> None:
    for path in (store.editions_folder / "000001" / "data").glob("MANIFEST-*"):
        path.write_bytes(b"?" * path.stat().st_size)


@pytest.mark.parametrize("damage", [lose_data, break_manifest])
def test_a_database_that_is_damaged_is_said_and_a_build_mends_it(
    damage: Damage, store: EditionStore
) -> None:
    publish(store, 1)
    shutil.rmtree(store.folder / "working")
    damage(store)
    for act in (store.open, lambda: insert(store, "a")):
        with pytest.raises(DamagedStore, match="000001 cannot be read"):
            act()
    publish(store, 2)
    assert said(store) == ["2 0"]


@pytest.mark.parametrize("damage", [lose_data, break_manifest])
def test_what_a_damaged_edition_held_is_written_on_while_the_writer_has_it(
    damage: Damage, store: EditionStore
) -> None:
    insert(store, "a")
    damage(store)
    insert(store, "b")
    assert said(store) == ["a", "b"]


# --- other layouts ----------------------------------------------------------------------


@pytest.mark.parametrize("more", [{}, {"codec": "new"}], ids=["same keys", "other keys"])
def test_a_newer_layout_is_refused_and_left_alone(
    more: dict[str, str], store: EditionStore
) -> None:
    publish(store, 1)
    path = store.editions_folder / "000001" / "edition.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "layout": LAYOUT + 1, **more}))
    written = path.read_bytes()
    acts: list[Callable[[], object]] = [
        store.current,
        store.open,
        lambda: publish(store, 2),
        lambda: insert(store, "a"),
        lambda: EditionWriter(store).restore("000001"),
    ]
    for act in acts:
        with pytest.raises(StoreError, match="newer version"):
            act()
    assert names(store) == ["000001"]
    assert path.read_bytes() == written
    assert store.current_file.read_text() == "000001\n"


def first_layout(store: EditionStore) -> None:
    """A store as version 0.1.0 made it: builds alone, and no `working`."""
    folder = store.editions_folder / "000001"
    folder.mkdir(parents=True)
    database = Database(str(folder / "data"))
    database.bulk_extend(quads(1, 3))
    database.optimize()
    database.flush()
    del database
    told = {
        "name": "000001",
        "fingerprint": "1",
        "base": BASE,
        "quads": 3,
        "articles": ["one"],
        "layout": 1,
    }
    (folder / "edition.json").write_text(json.dumps(told, indent=1) + "\n")
    (store.folder / "lock").touch()
    store.current_file.write_text("000001\n")


def test_a_store_of_the_first_layout_is_read(store: EditionStore) -> None:
    first_layout(store)
    edition = store.current()
    assert edition is not None
    assert (edition.layout, edition.articles, edition.fingerprint) == (1, ("one",), "1")
    assert contents(store) == set(quads(1, 3))


def test_a_store_of_the_first_layout_is_updated_and_built_on(store: EditionStore) -> None:
    first_layout(store)
    edition = insert(store, "loaded", graph=f"{BASE}loaded")
    assert (edition.name, edition.layout, edition.quads) == ("000002", LAYOUT, 4)
    assert (edition.articles, edition.fingerprint) == (("one",), "1")
    publish(store, 2)
    assert said(store) == ["2 0", "loaded"]
    assert said(store, "000001") == ["1 0", "1 1", "1 2"]


def test_a_build_takes_the_place_of_all_that_the_first_layout_held(store: EditionStore) -> None:
    first_layout(store)
    publish(store, 2)
    assert contents(store) == set(quads(2))


def test_an_edition_says_what_it_was_made_from(store: EditionStore) -> None:
    edition = publish(store, 1)
    written = json.loads((store.editions_folder / "000001" / "edition.json").read_text())
    assert written == json.loads(json.dumps(asdict(edition)))
    assert written["built"] == [BUILT.value]
    assert written["layout"] == LAYOUT


# --- queries ----------------------------------------------------------------------------


def test_a_query_that_is_wrong_says_where(store: EditionStore) -> None:
    publish(store, 1)
    with pytest.raises(InvalidQuery) as caught:
        store.engine().select("SELECT ?s\nWHERE { ?s ?p }")
    assert caught.value.line == 2
    assert caught.value.column


@pytest.mark.parametrize("query", ["ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_a_select_is_wanted_for_a_select(query: str, store: EditionStore) -> None:
    publish(store, 1)
    with pytest.raises(InvalidQuery, match="SELECT"):
        store.engine().select(query)
    with pytest.raises(InvalidQuery, match="CONSTRUCT"):
        store.engine().construct("SELECT * { ?s ?p ?o }")


def test_a_service_is_not_reached(store: EditionStore) -> None:
    publish(store, 1)
    query = "SELECT * { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }"
    wanted = Wanted.by(lambda kind: format_named("json" if kind is Kind.SOLUTIONS else "nt", kind))
    with pytest.raises(ServiceRefused):
        store.engine().select(query)
    with pytest.raises(ServiceRefused):
        store.engine().answer(Query(query), wanted)


def test_a_reader_never_misses_an_edition_however_fast_they_come(store: EditionStore) -> None:
    insert(store, "0")
    writer = start("busy_writer", store.folder, "40")
    seen = []
    while writer.poll() is None:
        with store.open() as opened:
            (quad,) = opened.database.quads_for_pattern(NODE, None, None, None)
            assert isinstance(quad.object, Literal)
            seen.append(int(quad.object.value))
    writer.communicate()
    assert writer.returncode == 0
    assert seen == sorted(seen)
    assert said(store) == ["40"]
