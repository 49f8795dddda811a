"""Whatever is done to a store, in whatever order, gives what the same gives in memory."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad
from pyoxigraph import Store as Database

from graph import writing
from graph.change import GraphName, Upload
from graph.engine import QueryDataset
from graph.representation import Kind, format_named
from graph.store import Edition, EditionStore, difference
from graph.updating import counted, update
from graph.uploading import put
from graph.writing import KEPT, EditionWriter, Written

E = "http://e/"
GRAPHS = [NamedNode(f"{E}{letter}") for letter in "gh"]
BUILDS = [NamedNode(f"{E}build/{letter}") for letter in "ab"]
NAMES: list[GraphName] = [DefaultGraph(), *GRAPHS, *BUILDS]
S, P = NamedNode(f"{E}s"), NamedNode(f"{E}p")

numbers = st.integers(0, 6)
any_quads = st.lists(
    st.builds(lambda n, g: Quad(S, P, Literal(n), g), numbers, st.sampled_from(NAMES)), max_size=5
)
Content = tuple[frozenset[Quad], frozenset[str]]


def content(database: Database) -> Content:
    return frozenset(database), frozenset(str(name) for name in database.named_graphs())


class Fails(Exception):
    """What a change of the test raises."""


class Stores(RuleBasedStateMachine):
    """A store in a folder, and a database in memory that the same is done to."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = EditionStore(self.folder / "store")
        self.model = Database()
        self.past: dict[str, tuple[Content, tuple[NamedNode, ...]]] = {}
        self.built: tuple[NamedNode, ...] = ()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @initialize()
    def begin(self) -> None:
        self.note(EditionWriter(self.store).write(lambda *_: Written(added=0, removed=0), "load"))

    def note(self, edition: Edition) -> None:
        """Remember what an edition should hold, and check what it says of its change."""
        assert edition.name not in self.past, "no name comes back"
        if self.past and edition.added is not None and edition.removed is not None:
            before = self.past[f"{int(edition.name) - 1:06d}"][0][0]
            assert edition.added == len(set(self.model) - before)
            assert edition.removed == len(before - set(self.model))
        self.past[edition.name] = content(self.model), self.built

    def changed(self, edition: Edition) -> None:
        """As `note`, for a change that may have changed nothing."""
        latest = max(self.past)
        if content(self.model) == self.past[latest][0]:
            assert edition.name == latest
        else:
            self.note(edition)

    def apply(self, text: str, using: QueryDataset | None = None) -> None:
        update(self.model, text, using, None)
        self.changed(
            EditionWriter(self.store).write(
                lambda database, current: update(database, text, using, current), "update"
            )
        )

    @rule(quads=any_quads)
    def insert(self, quads: list[Quad]) -> None:
        self.apply(f"INSERT DATA {{ {' '.join(map(_pattern, quads))} }}")

    @rule(quads=any_quads)
    def delete(self, quads: list[Quad]) -> None:
        self.apply(f"DELETE DATA {{ {' '.join(map(_pattern, quads))} }}")

    @rule(old=numbers, new=numbers, name=st.sampled_from(NAMES))
    def replace(self, old: int, new: int, name: GraphName) -> None:
        old_quad, new_quad = (_pattern(Quad(S, P, Literal(n), name)) for n in (old, new))
        self.apply(f"DELETE {{ {old_quad} }} INSERT {{ {new_quad} }} WHERE {{ {old_quad} }}")

    @rule(using=st.sampled_from(GRAPHS + BUILDS))
    def copy_to_default(self, using: NamedNode) -> None:
        self.apply("INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }", QueryDataset((using,), ()))

    @rule(operation=st.sampled_from(["CLEAR", "DROP", "CREATE"]), name=st.sampled_from(GRAPHS))
    def manage(self, operation: str, name: NamedNode) -> None:
        self.apply(f"{operation} SILENT GRAPH {name}")

    @rule(
        quads=any_quads,
        name=st.sampled_from([None, *NAMES]),
        replaces=st.booleans(),
        counts=st.booleans(),
    )
    def upload(
        self, quads: list[Quad], name: GraphName | None, replaces: bool, counts: bool
    ) -> None:
        path = self.folder / "upload"
        lines = [quad if name is None else quad.triple for quad in quads]
        path.write_text("".join(f"{line} .\n" for line in lines))
        form = format_named("nquads" if name is None else "ntriples", Kind.DATASET, Kind.GRAPH)

        def load(database: Database) -> bool:
            return put(database, [Upload(path, form)], name, replace=replaces)

        def change(database: Database, current: Edition | None) -> Written:
            if counts:
                return counted(database, current, load)
            load(database)
            return Written(fields=(("quads", len(database)),))

        load(self.model)
        edition = EditionWriter(self.store).write(change, "load")
        (self.changed if counts else self.note)(edition)

    @rule(name=st.sampled_from(GRAPHS))
    def remove(self, name: NamedNode) -> None:
        self.model.remove_graph(name)
        self.changed(
            EditionWriter(self.store).write(
                lambda database, current: counted(
                    database, current, lambda database: database.remove_graph(name)
                ),
                "delete",
            )
        )

    @rule(made=st.dictionaries(st.sampled_from(BUILDS), st.sets(numbers, min_size=1)))
    def build(self, made: dict[NamedNode, set[int]]) -> None:
        quads = [Quad(S, P, Literal(n), name) for name, ns in made.items() for n in sorted(ns)]
        for name in {*self.built, *made}:
            self.model.remove_graph(name)
        self.model.extend(quads)
        self.built = tuple(made)
        writer = EditionWriter(self.store)
        self.note(writing.publish(writer, quads, fingerprint="mark", base=E))

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.store.names()))
        (quads, graphs), self.built = self.past[name]
        self.model = Database()
        self.model.extend(quads)
        for graph in graphs:
            self.model.add_graph(NamedNode(graph[1:-1]))
        edition = EditionWriter(self.store).restore(name)
        if name in self.store.names():
            assert list(difference(self.store, name, None)) == []
        self.note(edition)

    @rule(quads=any_quads, damages=st.booleans())
    def fail(self, quads: list[Quad], damages: bool) -> None:
        def change(database: Database, _current: Edition | None) -> Written:
            database.clear()
            database.extend(quads)
            raise Fails

        try:
            EditionWriter(self.store).write(change, "update")
        except Fails:
            if damages:
                shutil.rmtree(self.store.folder / "working")

    @invariant()
    def what_is_served_is_what_there_is_in_memory(self) -> None:
        if not self.past:
            return
        with self.store.open() as opened:
            assert content(opened.database) == content(self.model)
            assert opened.edition.name == max(self.past)
            assert opened.edition.quads == len(self.model)

    @invariant()
    def the_last_editions_are_kept_as_they_were(self) -> None:
        assert self.store.names() == sorted(self.past)[-KEPT:]
        for name in self.store.names()[:2]:
            with self.store.open(name) as opened:
                assert content(opened.database) == self.past[name][0]


def _pattern(quad: Quad) -> str:
    triple = f"{quad.subject} {quad.predicate} {quad.object}"
    name = quad.graph_name
    return f"GRAPH {name} {{ {triple} }}" if isinstance(name, NamedNode) else f"{triple} ."


TestStores = Stores.TestCase
TestStores.settings = settings(
    max_examples=int(os.environ.get("SHUANGMA_ROUNDS", "8")),
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
