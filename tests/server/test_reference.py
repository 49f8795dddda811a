"""The reference names every command, setting and path."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from graph import errors
from graph.representation import FORMATS
from graph.store import EditionStore
from server.application import create_app
from server.backend import InProcess
from server.cli import main
from server.configuration import ENVIRONMENT_PREFIX, Configuration
from server.errors import STATUS, status_of
from server.state import state_over
from tests.conftest import ROOT

REFERENCE = (ROOT / "docs" / "reference.md").read_text("utf-8")


def test_every_command_is_described() -> None:
    for name in main.commands:
        assert f"| `{name}" in REFERENCE


def test_every_setting_is_described() -> None:
    for field in fields(Configuration):
        assert f"`{ENVIRONMENT_PREFIX}{field.name.upper()}`" in REFERENCE


def test_every_path_is_described(store: Path) -> None:
    engine = EditionStore(store).engine()
    app = create_app(state_over(Configuration(store=str(store)), InProcess(engine)))
    for rule in app.url_map.iter_rules():
        assert f"| `{rule.rule}` |" in REFERENCE, rule.rule


def test_every_format_is_described() -> None:
    for each in FORMATS:
        assert f"`{each.name}`" in REFERENCE


def subclasses(kind: type[errors.ShuangmaError]) -> list[type[errors.ShuangmaError]]:
    found = []
    for each in kind.__subclasses__():
        found += [each, *subclasses(each)]
    return found


@pytest.mark.parametrize("kind", subclasses(errors.ShuangmaError))
def test_every_error_has_a_status(kind: type[errors.ShuangmaError]) -> None:
    nearest = next(each for each in kind.__mro__ if each in STATUS)
    assert nearest is not errors.ShuangmaError
    assert status_of(kind.__new__(kind)) == STATUS[nearest]
