"""A writer that dies, or whose disk is full, at whatever step leaves a store that is whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from pyoxigraph import Quad

from graph.errors import ShuangmaError, StoreError, UpdateFailed
from graph.store import EditionStore
from tests.graph.stores import PROJECT, contents, insert, publish, said


def filled(store: EditionStore) -> None:
    publish(store, 1)
    for word in "abcde":
        insert(store, word)


def left_by_a_dead_writer(store: EditionStore) -> None:
    filled(store)
    (store.folder / "working.edition").unlink()
    (store.folder / "current.new").write_text("000007\n")
    shutil.copytree(store.editions_folder / "000006", store.editions_folder / "000007")
    shutil.copytree(store.editions_folder / "000006", store.editions_folder / ".000008")


def empty(store: EditionStore) -> None:
    store.folder.mkdir()


@pytest.mark.parametrize(
    ("fill", "act"),
    [
        (filled, "update"),
        (filled, "restore"),
        (left_by_a_dead_writer, "update"),
        (empty, "update"),
    ],
)
def test_a_writer_that_is_killed_at_any_step_leaves_the_edition_before_or_its_own(
    fill: object, act: str, store: EditionStore, tmp_path: Path
) -> None:
    fill(store)  # type: ignore[operator]
    before = contents(store) if store.current() else None
    copies = tmp_path / "copies"
    done = subprocess.run(
        [sys.executable, "-m", "tests.graph.dying_writer", store.folder, act, copies],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    died = [EditionStore(path) for path in sorted(copies.iterdir())]
    finished = died.pop()
    after = contents(finished)
    assert len(died) == len(done.stdout.splitlines()) > 10
    assert before != after
    found = [contents(each) if each.current() else None for each in died]
    order = [key for key, _ in groupby(found)]
    assert order == [before, after], "what is published stays so"
    for each, left in zip(died, found, strict=True):
        later = contents_after(each)
        assert len(later) == len(left or ()) + 1, done.stdout
        assert (left or set()) <= later


def contents_after(store: EditionStore) -> set[Quad]:
    """What there is after one more write, which tidies up."""
    published = insert(store, "next").name
    there = {edition.name: contents(store, edition.name) for edition in store.editions()}
    assert (store.folder / "current").read_text() == f"{published}\n"
    assert store.names() == [edition.name for edition in store.editions()]
    left = [path.name for path in store.folder.iterdir()]
    assert sorted(left) == ["current", "editions", "lock", "working", "working.edition"]
    assert not list(store.editions_folder.glob(".*"))
    return there[published]


@pytest.mark.parametrize("earlier", [["a"], []], ids=["an edition", "an empty store"])
def test_a_file_that_may_not_grow_leaves_the_store_as_it_was(
    earlier: list[str], store: EditionStore, tmp_path: Path
) -> None:
    if earlier:
        insert(store, *earlier)
    outcomes = []
    for limit in (0, 5_000, 100_000, 100_000_000):
        copy = EditionStore(tmp_path / f"copy-{limit}")
        if earlier:
            shutil.copytree(store.folder, copy.folder)
        done = subprocess.run(
            [sys.executable, "-m", "tests.graph.limited_writer", copy.folder, str(limit)],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        outcomes.append(done.stdout.split(":")[0].strip())
        if outcomes[-1] == "written":
            assert len(contents(copy)) == len(earlier) + 20_000
        else:
            assert copy.current() == store.current()
            assert not earlier or said(copy) == earlier
        insert(copy, "b")
        assert {*earlier, "b"} <= set(said(copy))
    assert outcomes == ["StoreError", "StoreError", "UpdateFailed", "written"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB; few may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_while_a_disk_fills_what_was_acknowledged_is_there_and_what_failed_is_not(
    small_disk: Path,
) -> None:
    store = EditionStore(small_disk / "store")
    acknowledged: set[str] = set()
    failures: list[ShuangmaError] = []
    for number in range(400):
        words = {f"{number}-{index}-{'x' * 1000}" for index in range(1 + number % 50)}
        try:
            insert(store, *words)
            acknowledged |= words
        except (StoreError, UpdateFailed) as error:
            failures.append(error)
            assert set(said(store)) == acknowledged
        if len(failures) == 5:
            break
    assert len(failures) == 5
    assert ["No space left" in str(error) for error in failures] == [True] * 5, failures
