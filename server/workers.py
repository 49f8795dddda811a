"""What a worker process of the web server imports: the application, from its environment."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import structlog

from graph.errors import EngineUnavailable, ShuangmaError
from graph.readers.client import Readers
from graph.reading import article_iris
from graph.representation import Writer
from graph.store import EditionStore
from ontology import load
from server.application import create_app
from server.backend import Backend, LocalBackend, RemoteBackend
from server.budget import Budget
from server.configuration import Configuration
from server.gate import Gate
from server.language import LANGUAGES
from server.placement import Placement
from server.protocol.endpoint import Rules, SparqlEndpoint
from server.protocol.message import Request
from server.state import State, state_over
from server.tokens import TokenBook
from server.wsgi import answer_page

if TYPE_CHECKING:
    from graph.remote import Capabilities, RemoteEngine
    from server.metrics import Metered


_QUIET_S = 0.5  # longer than a browser lets pass between the requests of one page


def application() -> Gate | Metered:
    """The application of this process."""
    # Plain lines on standard error, with tracebacks that show no values.
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    configuration = Configuration.from_environment()
    placement = Placement()
    gate = make_gate(configuration, placement)
    threads = ThreadPoolExecutor(thread_name_prefix="task", initializer=placement.roam)
    asyncio.get_event_loop().set_default_executor(threads)
    placement.settle(Path(configuration.runtime))
    if configuration.metrics != "on":
        return gate
    from server.metrics import Metered, Metrics  # with a library: not for every service

    return Metered(gate, Metrics(configuration))


def make_gate(configuration: Configuration, placement: Placement) -> Gate:
    """The front door of a service whose readers are being kept."""
    backend, capabilities = _backend(configuration)
    state = state_over(configuration, backend, capabilities)
    tokens = TokenBook(
        None if configuration.is_remote else Path(configuration.store),
        Path(configuration.token_file) if configuration.token_file else None,
    )
    budget = Budget(Path(configuration.runtime) / "budget", configuration.budget)
    rules = Rules(
        union=configuration.default_graph == "union",
        upload_size_bytes=configuration.upload_size_bytes,
        describe=lambda request, form: state.description.service(backend.pages(), request, form),
    )
    app = create_app(state)
    endpoint = SparqlEndpoint(backend, tokens, budget, rules)
    gate = Gate(app, state, endpoint, budget, placement)
    # What stands now stays: looking through it for garbage cost a fifth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    threading.Thread(target=_warm, args=(gate, state), daemon=True).start()
    return gate


def _backend(configuration: Configuration) -> tuple[Backend, Capabilities | None]:
    if not configuration.is_remote:
        readers = Readers(configuration.reader_settings())
        return LocalBackend(EditionStore(Path(configuration.store)), readers), None
    engine = remote_engine(configuration)
    capabilities = None
    with suppress(EngineUnavailable):  # it may be down for a while: each request says so
        capabilities = engine.probe()
    return RemoteBackend(engine, configuration.readers, configuration.queue), capabilities


def remote_engine(configuration: Configuration) -> RemoteEngine:
    """The engine in the store's place. Raises `EngineUnavailable` for what is no address."""
    from graph.remote import Endpoint, RemoteEngine  # with an HTTP client: not for every service

    vocabulary = load(configuration.base)
    endpoint = Endpoint.from_environment(
        configuration.store,
        os.environ,
        update=configuration.update_url or None,
        store=configuration.store_url or None,
        timeout_s=configuration.query_timeout,
        write_timeout_s=configuration.write_timeout,
        answer_bytes=configuration.answer_size_bytes,
        spool_folder=configuration.spool or None,
        union=configuration.default_graph == "union",
    )
    writer = Writer(vocabulary.prefixes, vocabulary.context)
    return RemoteEngine(endpoint, writer, configuration.allow_service.split())


def _warm(gate: Gate, state: State) -> None:
    """Ask for what the network page needs, so that its first reader does not wait."""
    try:
        slugs = [iri.rpartition("/")[2] for iri in article_iris(state.engine)]
    except ShuangmaError:
        return
    if not slugs:  # somebody's RDF: nobody knows what they will look at first
        return

    def ask(path: str, accept: str = "*/*", **query: str) -> None:
        while not gate.rests(_QUIET_S):  # who is there already comes first
            time.sleep(_QUIET_S / 4)
        asked = urlencode(query).encode()
        answer_page(gate.app, Request("GET", path, asked, {"accept": accept}, "http://x", ""))

    # The network page of every language first: that is where the first reader begins.
    for language in LANGUAGES:
        ask("/explore", "text/html", lang=language)
        ask("/api/network", lang=language)
        for slug in slugs[:1]:
            text = {"text": language} if language == "en" else {}
            ask(f"/api/article/{slug}", lang=language, **text)
    for language in LANGUAGES:
        for slug in slugs[:1]:
            ask(f"/article/{slug}", "text/html", lang=language)
