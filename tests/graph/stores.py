"""Ways to fill a store and look into it, for tests of its reading and its writing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from graph import writing
from graph.store import Edition, EditionStore
from graph.updating import update as apply
from graph.writing import EditionWriter

PROJECT = Path(__file__).parent.parent.parent
BASE = "http://a.example/"
NODE = NamedNode(f"{BASE}s")
BUILT = NamedNode(f"{BASE}graph")


def quads(number: int, count: int = 1) -> list[Quad]:
    """What build `number` makes."""
    return [Quad(NODE, NODE, Literal(f"{number} {index}"), BUILT) for index in range(count)]


def publish(store: EditionStore, number: int, count: int = 1) -> Edition:
    """Publish as a build does."""
    made = quads(number, count)
    return writing.publish(EditionWriter(store), made, fingerprint=str(number), base=BASE)


def update(store: EditionStore, text: str) -> Edition:
    """Apply a SPARQL update."""
    return EditionWriter(store).write(
        lambda database, current: apply(database, text, None, current), "update"
    )


def insert(store: EditionStore, *words: str, graph: str | None = None) -> Edition:
    """Insert a quad for each word."""
    data = " ".join(f"<{BASE}s> <{BASE}said> '{word}' ." for word in words)
    return update(store, f"INSERT DATA {{ {f'GRAPH <{graph}> {{ {data} }}' if graph else data} }}")


def contents(store: EditionStore, name: str | None = None) -> set[Quad]:
    """All quads of an edition."""
    with store.open(name) as opened:
        return set(opened.database)


def said(store: EditionStore, name: str | None = None) -> list[str]:
    """The literals of an edition, in order."""
    found = (quad.object for quad in contents(store, name))
    return sorted(term.value for term in found if isinstance(term, Literal))


def names(store: EditionStore) -> list[str]:
    """All that lies in the folder of editions."""
    return sorted(path.name for path in store.editions_folder.iterdir())


def start(module: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """Run a module of the tests in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.graph.{module}", *map(str, arguments)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
