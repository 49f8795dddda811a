"""The networks of the editions that are asked about: links, things and measures, kept."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import networkx as nx
import structlog
from cachetools import LRUCache

from graph.engine import Engine
from graph.errors import ShuangmaError
from graph.layout import Shape
from graph.network import is_settled, open_links, picture, read_network
from graph.network.asked import AskedLinks
from graph.network.drawing import JSON
from graph.network.first_view import sampled_links
from graph.network.link import Links, Ranking
from graph.network.loaded import LoadedLinks
from graph.network.measure import Measures, measures_of
from graph.network.thing import Catalogue

_EDITIONS = 3
_AT_ONCE_NODES = 500
_AT_ONCE_LINKS = 4_000
_TIMEOUT_S = 900
_PATIENCE_S = 60
_PICTURES = 16
_TOLD = 1_000
_ROOT = Path(__file__).resolve().parent.parent

log = structlog.get_logger()


@dataclass(frozen=True)
class Measured:
    """Measures, and of how many things and links; not `complete` when of a sample."""

    measures: Measures
    things: int
    links: int
    complete: bool


@dataclass
class OpenNetwork:
    """What is kept of one edition's network."""

    engine: Engine
    namespace: str
    links: Links
    catalogue: Catalogue
    _measured: dict[str | None, Future[Measured]] = field(default_factory=dict)
    _pictures: dict[tuple[str | None, str, Shape], Future[tuple[JSON, bool]]] = field(
        default_factory=dict
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _measuring: threading.Lock = field(default_factory=threading.Lock)

    def picture(
        self, article: str | None, language: str, shape: Shape = "wide"
    ) -> tuple[JSON, bool]:
        """The first view, and whether it stays: without an index another may come.

        It is drawn once; who asks meanwhile waits for it.
        """
        key = article, language, shape
        with self._lock:
            future = self._pictures.get(key)
            begins = future is None
            if future is None:
                future = self._pictures[key] = Future()
        if begins:
            try:
                model = read_network(self.engine, self.namespace, article, self.links)
                drawn = picture(self.engine, model, language, shape)
                future.set_result((drawn, is_settled(model)))
            except BaseException as error:
                future.set_exception(error)
                raise
            finally:
                if future.exception() or not future.result()[1]:
                    with self._lock:
                        self._pictures.pop(key, None)
        return future.result(timeout=_PATIENCE_S)

    def measured(self, article: str | None, patience_s: float = 0) -> Measured | None:
        """The measures of an article's network or of all; None while they are being made.

        A small network is measured at once, a large one in a process of its own. Raises what
        ended the measuring.
        """
        with self._measuring:
            future = self._measured.get(article)
            if future is None or (future.done() and future.exception() is not None):
                future = self._measured[article] = self._begin(article)
        try:
            return future.result(timeout=patience_s)
        except TimeoutError:
            return None

    def _begin(self, article: str | None) -> Future[Measured]:
        future: Future[Measured] = Future()
        if article is None and not isinstance(self.links, LoadedLinks):
            _in_thread(future, lambda: self._measure_apart(None))
            return future
        network = read_network(self.engine, self.namespace, article, self.links)
        small = len(network) <= _AT_ONCE_NODES
        if small and network.number_of_edges() <= _AT_ONCE_LINKS:
            future.set_result(
                Measured(measures_of(network), len(network), network.number_of_edges(), True)
            )
        else:
            _in_thread(future, lambda: self._measure_apart(network))
        return future

    def _measure_apart(self, network: nx.MultiDiGraph[str] | None) -> Measured:
        if network is None:
            sample, complete = sampled_links(self.engine, self.namespace, stated=self.links.stated)
            edges = [(s, o, p) for s, p, o in sample]
        else:
            edges, complete = list(network.edges(keys=True)), True
        lines = "".join(f"{s}\t{o}\t{p}\n" for s, o, p in edges)
        done = subprocess.run(
            ["nice", "-n", "10", sys.executable, "-m", "graph.network.measure", str(_TOLD)],
            input=lines.encode(),
            capture_output=True,
            timeout=_TIMEOUT_S,
            cwd=_ROOT,
            check=True,
        )
        measures: Measures = json.loads(done.stdout)
        things = len({end for s, o, _ in edges for end in (s, o)})
        return Measured(measures, things, len(edges), complete)


def _in_thread(future: Future[Measured], work: Callable[[], Measured]) -> None:
    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # whoever waits for the future is to be told
            log.warning("measuring failed", error=str(error))
            future.set_exception(error)

    threading.Thread(target=run, name="measure", daemon=True).start()


class Networks:
    """The networks of the last few editions."""

    def __init__(self) -> None:
        """None is open yet."""
        self._open: LRUCache[str, OpenNetwork] = LRUCache(_EDITIONS)
        self._prepared: LRUCache[tuple[str, str | None, str, Shape], bool] = LRUCache(
            _EDITIONS * _PICTURES
        )
        self._lock = threading.Lock()
        self._preparing = threading.Lock()

    def of(self, engine: Engine, namespace: str, ranking: Ranking | None) -> OpenNetwork:
        """The network of an engine's edition; `ranking` is its index, where there is one."""
        edition = engine.edition
        with self._lock:
            found = self._open.get(edition)
            if found is None:
                links = open_links(engine, namespace, ranking)
                found = OpenNetwork(engine, namespace, links, Catalogue(engine, namespace))
                self._open[edition] = found
        if isinstance(found.links, AskedLinks) and ranking is not None:
            found.links.ranking = ranking  # never taken away: another thread may be at it
        return found

    def prepare(
        self,
        engine: Engine,
        namespace: str,
        ranking: Ranking | None,
        article: str | None,
        language: str,
        shape: Shape = "wide",
    ) -> None:
        """Begin to draw the first view, once, for a page that is about to ask for it."""
        key = engine.edition, article, language, shape
        with self._preparing:
            if key in self._prepared:
                return
            self._prepared[key] = True

        def run() -> None:
            with suppress(ShuangmaError):  # whoever asks is told
                self.of(engine, namespace, ranking).picture(article, language, shape)

        threading.Thread(target=run, name="draw", daemon=True).start()
