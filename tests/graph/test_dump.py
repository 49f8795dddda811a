"""Files of whole editions: made once, whole or not there, bounded, gone with their edition."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from graph.dump import Dump, DumpFolder, Order, make
from graph.errors import DumpUnavailable, EditionGone
from graph.representation import VIEWS, Kind, format_named, formats_of
from graph.store import EditionStore
from graph.writing import EditionWriter, Written
from ontology import Vocabulary

NQUADS = format_named("nquads", Kind.DATASET)
NTRIPLES = format_named("ntriples", Kind.GRAPH)


@pytest.fixture
def order(tmp_path: Path, vocabulary: Vocabulary) -> Order:
    """An order for the N-Quads of a store with one edition of 50 quads."""
    store = tmp_path / "store"
    write(store, 50)
    return Order(
        str(store),
        str(store / "dumps"),
        Dump.of("000001", NQUADS, "en", packed=False),
        1 << 30,
        1 << 30,
        vocabulary.base,
        vocabulary.prefixes,
        vocabulary.context,
    )


def write(store: Path, count: int, kept: int = 5) -> str:
    def change(database: object, _current: object) -> Written:
        for n in range(count):
            s, o = NamedNode(f"http://e.example/{n}"), NamedNode(f"http://e.example/{count}")
            database.add(Quad(s, NamedNode("http://e.example/p"), o, o))  # type: ignore[attr-defined]
        return Written()

    return EditionWriter(EditionStore(store), kept).write(change, "test").name


def test_a_file_is_made_once(order: Order) -> None:
    folder = DumpFolder(Path(order.folder))
    assert folder.open(order.dump) is None
    make(order)
    path = folder.path(order.dump)
    made = path.stat().st_ino
    assert path.read_bytes().count(b"\n") == 50
    make(order)
    assert path.stat().st_ino == made
    assert [each.name for each in path.parent.iterdir()] == ["dataset-000001.nq"]


def test_names_tell_edition_language_and_packing() -> None:
    names = {
        Dump.of("000042", form, "zh-Hans", packed=packed).filename
        for form in (NQUADS, *(view for view in VIEWS if view.name in {"gexf", "turtle12"}))
        for packed in (False, True)
    }
    assert names == {
        "dataset-000042.nq",
        "dataset-000042.nq.gz",
        "dataset-000042.rdf12.ttl",
        "dataset-000042.rdf12.ttl.gz",
        "dataset-000042.zh-Hans.gexf",
        "dataset-000042.zh-Hans.gexf.gz",
    }


def test_files_go_with_their_edition(order: Order) -> None:
    make(order)
    folder = DumpFolder(Path(order.folder))
    for count in (60, 70):
        write(Path(order.store), count, kept=1)
    assert not folder.path(order.dump).exists()
    with pytest.raises(EditionGone):
        make(order)


def test_the_least_lately_asked_for_makes_room(order: Order) -> None:
    make(order)
    folder = DumpFolder(Path(order.folder))
    size = folder.size(order.dump)
    assert size
    second = Dump.of("000001", NTRIPLES, "en", packed=False)
    make(replace(order, dump=second))
    os.utime(folder.path(second), (1, 1))
    third = Dump.of("000001", format_named("turtle", Kind.GRAPH), "en", packed=True)
    make(replace(order, dump=third, limit_bytes=size + folder.size(second)))  # type: ignore[operator]
    assert folder.path(order.dump).exists()
    assert folder.path(third).exists()
    assert not folder.path(second).exists()


def test_what_has_no_room_leaves_nothing_behind(order: Order) -> None:
    with pytest.raises(DumpUnavailable, match="SHUANGMA_DUMPS_SIZE_BYTES"):
        make(replace(order, limit_bytes=100))
    folder = DumpFolder(Path(order.folder))
    assert [path for path in folder.folder.rglob("*") if path.is_file()] == [
        folder.folder / ".lock"
    ]


def test_what_a_dead_maker_left_is_removed(order: Order) -> None:
    folder = DumpFolder(Path(order.folder))
    left = folder.path(order.dump).parent
    left.mkdir(parents=True)
    (left / ".half").write_bytes(b"half")
    make(order)
    assert [path.name for path in left.iterdir()] == ["dataset-000001.nq"]


@pytest.mark.parametrize("form", [f.name for f in formats_of(Kind.GRAPH, Kind.DATASET)])
def test_the_same_edition_gives_the_same_bytes(order: Order, form: str, tmp_path: Path) -> None:
    dump = Dump.of("000001", format_named(form, Kind.GRAPH, Kind.DATASET), "en", packed=True)
    bodies = set()
    for name in ("one", "two"):
        make(replace(order, dump=dump, folder=str(tmp_path / name)))
        bodies.add(DumpFolder(tmp_path / name).path(dump).read_bytes())
    assert len(bodies) == 1
