"""What a running service holds: its settings, vocabulary, engine and questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app, g, has_request_context, request

from graph.engine import Engine
from graph.index import IndexShelf, ThingIndex
from graph.question import Question, read_questions
from graph.representation import Writer
from graph.store import EditionStore
from ontology import Vocabulary, load
from server.backend import PageBackend
from server.configuration import Configuration
from server.distribution import Cataloguer
from server.networks import Networks, OpenNetwork
from server.protocol.description import Description
from server.response_cache import ResponseCache

if TYPE_CHECKING:
    from graph.remote import Capabilities


@dataclass(frozen=True)
class State:
    """Passed to the application once; blueprints read it from there."""

    configuration: Configuration
    vocabulary: Vocabulary
    backend: PageBackend
    description: Description
    cache: ResponseCache = field(default_factory=ResponseCache)
    networks: Networks = field(default_factory=Networks)

    @property
    def engine(self) -> Engine:
        """An engine over one edition throughout a request: that of `?edition=`, or the current.

        Raises `EditionGone` or `EditionNotFound` for an edition of `/api` that is not kept.
        """
        if not has_request_context():
            return self.backend.pages()
        if "engine" not in g:
            g.engine = self.backend.pages()
            asked = request.args.get("edition")
            if asked and request.path.startswith(("/api/", "/export/")):
                g.engine = self.backend.kept(asked)
        engine: Engine = g.engine
        return engine

    @property
    def network(self) -> OpenNetwork:
        """The network of the request's edition, ranked by its index as soon as that is there."""
        return self.networks.of(self.engine, self.vocabulary.namespace, self.index_now)

    @cached_property
    def shelf(self) -> IndexShelf | None:
        """The indexes of the store's editions, which a running service has made."""
        settings = self.configuration
        if settings.is_remote or not settings.runtime:
            return None
        store = EditionStore(Path(settings.store))
        return IndexShelf(store, self.vocabulary.namespace, Path(settings.runtime))

    @property
    def index(self) -> ThingIndex | None:
        """The index of the request's edition; None while it is made, or where there is none."""
        return self.shelf.index(self.engine.edition) if self.shelf else None

    @property
    def index_now(self) -> ThingIndex | None:
        """The same, without waiting for it."""
        return self.shelf.index(self.engine.edition, patience_s=0) if self.shelf else None

    @cached_property
    def writer(self) -> Writer:
        """The writer of RDF with the dataset's prefixes."""
        return Writer(self.vocabulary.prefixes, self.vocabulary.context)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The example questions."""
        return tuple(read_questions(self.configuration.queries))

    def local_path(self, iri: str) -> str | None:
        """The path on this host that answers one of our IRIs, with its fragment."""
        base = self.vocabulary.base
        return "/" + iri.removeprefix(base) if iri.startswith(base) else None


def state() -> State:
    """The state of the application that answers the current request."""
    found: State = current_app.extensions["shuangma"]
    return found


def state_over(
    configuration: Configuration, backend: PageBackend, capabilities: Capabilities | None = None
) -> State:
    """What a service holds over a backend; `capabilities` are those of another engine."""
    vocabulary = load(configuration.base)
    union = configuration.default_graph == "union"
    description = Description(
        Writer(vocabulary.prefixes, vocabulary.context),
        union=bool(capabilities.union_default_graph) if capabilities else union,
        writes=capabilities.update if capabilities else True,
        federates=bool(configuration.allow_service),
        notes=capabilities.notes if capabilities else (),
        catalogue=Cataloguer(configuration),
    )
    return State(configuration, vocabulary, backend, description)
