"""The interface of `/api` is described as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from graph.store import EditionStore
from server.application import create_app
from server.backend import InProcess
from server.configuration import Configuration
from server.openapi import operations, undocumented
from server.state import state_over


@pytest.fixture(scope="module")
def app(store: Path) -> Flask:
    engine = EditionStore(store).engine()
    return create_app(state_over(Configuration(store=str(store)), InProcess(engine)))


def test_every_route_of_the_interface_is_described(app: Flask) -> None:
    assert undocumented(app) == []


def test_every_operation_says_in_a_sentence_what_it_does(app: Flask) -> None:
    for each in operations(app):
        assert each.operation.summary[:1].isupper(), each.path
        assert not each.operation.summary.endswith("."), each.path
