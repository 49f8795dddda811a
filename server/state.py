"""What a running service holds: its settings, vocabulary, engine and questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from flask import current_app, g, has_request_context

from graph.engine import Engine
from graph.question import Question, read_questions
from graph.representation import Writer
from graph.store import EditionStore, FollowingEngine
from ontology import Vocabulary
from server.configuration import Configuration
from server.response_cache import ResponseCache


@dataclass(frozen=True)
class State:
    """Passed to the application once; blueprints read it from there."""

    configuration: Configuration
    vocabulary: Vocabulary
    follower: FollowingEngine
    cache: ResponseCache = field(default_factory=ResponseCache)

    @property
    def engine(self) -> Engine:
        """The engine of the edition that is current, the same throughout one request."""
        if not has_request_context():
            return self.follower.engine()
        if "engine" not in g:
            g.engine = self.follower.engine()
        engine: Engine = g.engine
        return engine

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


def open_state(configuration: Configuration, vocabulary: Vocabulary) -> State:
    """Open the store. Raises `StoreError` when it holds no dataset."""
    return State(configuration, vocabulary, FollowingEngine(EditionStore(configuration.store)))


def state() -> State:
    """The state of the application that answers the current request."""
    found: State = current_app.extensions["shuangma"]
    return found
