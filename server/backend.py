"""What answers: the readers of a store on this machine, or another engine in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from pyoxigraph import NamedNode

from graph.change import Change, GraphName, Upload
from graph.engine import Answer, Engine, Query, QueryDataset, Wanted
from graph.errors import (
    DamagedStore,
    EditionGone,
    EditionNotFound,
    GraphNotFound,
    NotRepresentable,
    StoreError,
    TooBusy,
    UnsupportedFormat,
)
from graph.readers import wire
from graph.readers.client import Readers
from graph.readers.engine import ReaderEngine, answer_of, dump_head
from graph.readers.line import WhenSlow
from graph.remembered import Recollection, RememberingEngine
from graph.representation import Format
from graph.spool import Spool
from graph.store import NAME, EditionStore

if TYPE_CHECKING:
    from graph.remote import RemoteEngine  # with an HTTP client: not for every service

_GONE_ATTEMPTS = 5
_REMEMBERED_BYTES = 32 * 1024 * 1024
_T = TypeVar("_T")


@dataclass(frozen=True)
class Body:
    """An upload: an open file's descriptor, its format and base IRI."""

    descriptor: int
    form: Format
    base: str | None


class Current(NamedTuple):
    """The edition that is current, and what tells it from all others that bore its name."""

    edition: str
    version: str  # with when it was made: a store made anew counts from one again


class Watch(NamedTuple):
    """How a running query is told apart, and who is called when it takes long."""

    request: str
    when_slow: WhenSlow | None = None


class PageBackend(Protocol):
    """What the pages are answered from."""

    def edition(self) -> str:
        """The name of the edition that is current. Raises `StoreError` when there is none."""

    def current(self) -> Current:
        """The same, and its version. Raises `StoreError` when there is none."""

    def pages(self) -> Engine:
        """An engine for the pages, over the current edition throughout."""

    def strangers(self) -> Engine:
        """The same for queries that readers of a page write."""

    def kept(self, edition: str) -> Engine:
        """An engine over a kept edition. Raises `EditionGone` or `EditionNotFound`."""

    def keeps(self, edition: str) -> bool:
        """Whether an edition can be asked. Raises `EditionNotFound`."""


class Backend(PageBackend, Protocol):
    """What the protocols are answered from."""

    def cancel(self, request: str) -> bool:
        """End a query by its identifier, where it runs or waits here; whether there was one."""

    async def cancel_elsewhere(self, request: str) -> bool:
        """End a query that waits at another worker; whether there was one."""

    async def answer(
        self, query: Query, wanted: Wanted, watch: Watch, edition: str
    ) -> tuple[Answer, str]:
        """The answer to a query, and the edition that it is from: the current one, if need be."""

    async def dump(self, form: Format, name: GraphName | None, watch: Watch) -> tuple[Spool, str]:
        """A graph, or all; `GraphNotFound` when there is none of the name."""

    async def update(self, text: str, using: QueryDataset | None, watch: Watch) -> Change:
        """Apply an update."""

    async def put(
        self, bodies: Sequence[Body], name: GraphName | None, *, replace: bool, watch: Watch
    ) -> Change:
        """Add to a graph, or replace it."""

    async def delete(self, name: GraphName, watch: Watch) -> Change:
        """Remove a graph; `GraphNotFound` when there is none of the name."""


class LocalBackend:
    """A store on this machine, asked through its readers."""

    def __init__(self, store: EditionStore, readers: Readers) -> None:
        """Raises nothing yet: a store may be filled later."""
        self._store = store
        self._readers = readers
        self._mark: tuple[int, int] | None = None
        self._current = Current("", "")
        self._recollection = Recollection(_REMEMBERED_BYTES)

    def edition(self) -> str:
        """The edition that is current."""
        return self.current().edition

    def current(self) -> Current:
        """The same, and its version: one `stat` tells whether that changed."""
        mark = self._store.mark()
        if mark != self._mark or mark == (0, 0):
            name = self._store.current_name()
            if name is None:
                raise StoreError(
                    "There is no dataset here yet. `shuangma load` or `shuangma build` makes one."
                )
            self._current = Current(name, self._version(name))
            self._mark = mark
        return self._current

    def _version(self, edition: str) -> str:
        return f"{edition} {self._store.edition(edition).made}"

    def pages(self) -> Engine:
        """An engine on the lane that is kept for pages."""
        return self._remembering(*self.current())

    def _remembering(self, edition: str, version: str) -> Engine:
        asked = ReaderEngine(self._readers, edition, "page")
        return RememberingEngine(asked, version, self._recollection)

    def strangers(self) -> Engine:
        """An engine on the lane of SPARQL."""
        return ReaderEngine(self._readers, self.edition(), "query")

    def kept(self, edition: str) -> Engine:
        """An engine for the pages over an older edition."""
        _refuse_unknown(edition, self.edition())
        try:
            return self._remembering(edition, self._version(edition))
        except DamagedStore as error:
            raise EditionGone(edition) from error

    def keeps(self, edition: str) -> bool:
        """Whether an edition is still kept."""
        try:
            self.kept(edition)
        except EditionGone:
            return False
        return True

    def cancel(self, request: str) -> bool:
        """End a query that runs, or waits here."""
        return self._readers.cancel(request)

    async def cancel_elsewhere(self, request: str) -> bool:
        """Have the other workers end a query that waits there."""
        return await self._readers.cancel_elsewhere(request)

    async def answer(
        self, query: Query, wanted: Wanted, watch: Watch, edition: str
    ) -> tuple[Answer, str]:
        """Ask a reader; when the edition went meanwhile, ask again of the one that came."""
        for attempt in range(_GONE_ATTEMPTS):
            head = wire.query_head(query, wanted, edition)
            head["id"] = watch.request
            try:
                frame = await self._readers.ask_soon("query", head, when_slow=watch.when_slow)
                return answer_of(frame), frame.head["edition"]
            except NotRepresentable:
                raise
            except UnsupportedFormat as error:
                raise wanted.refusal() or error from error
            except EditionGone:
                if attempt == _GONE_ATTEMPTS - 1:
                    raise
                edition = self.edition()
        raise AssertionError

    async def dump(self, form: Format, name: GraphName | None, watch: Watch) -> tuple[Spool, str]:
        """Have a reader write a graph, or all."""
        head = dump_head(form, name, self.edition(), must_exist=name is not None)
        head["id"] = watch.request
        frame = await self._readers.ask_soon("query", head, when_slow=watch.when_slow)
        return wire.spool_of(frame), frame.head["edition"]

    async def update(self, text: str, using: QueryDataset | None, watch: Watch) -> Change:
        """Have the writer apply an update."""
        head = {"do": "update", "text": text, "using": wire.dataset_head(using) if using else None}
        return await self._write(head, watch)

    async def put(
        self, bodies: Sequence[Body], name: GraphName | None, *, replace: bool, watch: Watch
    ) -> Change:
        """Have the writer load files, which it gets by descriptor."""
        head: dict[str, Any] = {
            "do": "put",
            "name": wire.graph_head(name),
            "replace": replace,
            "uploads": [{"form": body.form.name, "base": body.base} for body in bodies],
        }
        return await self._write(head, watch, [body.descriptor for body in bodies])

    async def delete(self, name: GraphName, watch: Watch) -> Change:
        """Have the writer remove a graph."""
        return await self._write({"do": "delete", "name": wire.graph_head(name)}, watch)

    async def _write(
        self, head: dict[str, Any], watch: Watch, descriptors: Sequence[int] = ()
    ) -> Change:
        head |= {"id": watch.request, "edition": self.edition()}
        # A write goes on when its client leaves: whether it was applied would be unknown.
        told = (await asyncio.shield(self._readers.ask_soon("write", head, descriptors))).head
        self._mark = None
        return Change(told["edition"], told["added"], told["removed"], told["created"])


class RemoteBackend:
    """Another engine, asked from threads; it bounds its queries itself, and we our waiting."""

    def __init__(self, engine: RemoteEngine, threads: int, queue: int) -> None:
        """At most `threads` requests are under way and `queue` wait."""
        self._engine = engine
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="engine")
        self._free = threads + queue

    def edition(self) -> str:
        """A name that changes with each write through here, and with time."""
        return self._engine.edition

    def current(self) -> Current:
        """The same twice."""
        return Current(self._engine.edition, self._engine.edition)

    def pages(self) -> Engine:
        """The engine."""
        return self._engine

    def strangers(self) -> Engine:
        """The engine."""
        return self._engine

    def kept(self, edition: str) -> Engine:
        """The engine, where it is its edition that is asked for."""
        return _only(self._engine, edition)

    def keeps(self, edition: str) -> bool:
        """Whether it is that of now."""
        return edition == self.edition()

    def cancel(self, request: str) -> bool:
        """Nothing: the protocol has no way to end another engine's query."""
        return False

    async def cancel_elsewhere(self, request: str) -> bool:
        """Nothing, likewise."""
        return False

    async def answer(
        self, query: Query, wanted: Wanted, watch: Watch, edition: str
    ) -> tuple[Answer, str]:
        """Ask the engine."""
        return await self._run(lambda: self._engine.answer(query, wanted)), edition

    async def dump(self, form: Format, name: GraphName | None, watch: Watch) -> tuple[Spool, str]:
        """Ask the engine for a graph, or all."""
        edition = self.edition()

        def ask() -> Spool:
            spool = self._engine.dump(form, name)
            if isinstance(name, NamedNode) and not self._engine.holds(name):
                spool.close()
                raise GraphNotFound(name.value)
            return spool

        return await self._run(ask), edition

    async def update(self, text: str, using: QueryDataset | None, watch: Watch) -> Change:
        """Send the engine an update."""
        return await self._run(lambda: self._engine.update(text, using))

    async def put(
        self, bodies: Sequence[Body], name: GraphName | None, *, replace: bool, watch: Watch
    ) -> Change:
        """Send the engine files."""
        uploads = [Upload(Path(f"/dev/fd/{b.descriptor}"), b.form, b.base) for b in bodies]
        return await self._run(lambda: self._engine.put(uploads, name, replace=replace))

    async def delete(self, name: GraphName, watch: Watch) -> Change:
        """Have the engine remove a graph."""
        return await self._run(lambda: self._engine.delete(name))

    async def _run(self, work: Callable[[], _T]) -> _T:
        if not self._free:
            raise TooBusy
        self._free -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._free += 1


class InProcess:
    """An engine in this process, for the command line; it speaks no protocol."""

    def __init__(self, engine: Engine) -> None:
        """The engine that all is asked of."""
        self._engine = engine

    def edition(self) -> str:
        """The engine's edition."""
        return self._engine.edition

    def current(self) -> Current:
        """The engine's edition."""
        return Current(self._engine.edition, self._engine.edition)

    def pages(self) -> Engine:
        """The engine."""
        return self._engine

    def strangers(self) -> Engine:
        """The engine."""
        return self._engine

    def kept(self, edition: str) -> Engine:
        """The engine, where it is its edition that is asked for."""
        return _only(self._engine, edition)

    def keeps(self, edition: str) -> bool:
        """Whether it is that of the engine."""
        return edition == self.edition()


def _only(engine: Engine, edition: str) -> Engine:
    if edition != engine.edition:
        raise EditionGone(edition)
    return engine


def _refuse_unknown(edition: str, current: str) -> None:
    """Raise `EditionNotFound` for a name that no edition has had."""
    if not NAME.fullmatch(edition) or int(edition) > int(current):
        raise EditionNotFound(edition)
