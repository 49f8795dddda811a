"""The interface of `/api` is described as it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from graph.store import EditionStore
from server.application import create_app
from server.backend import InProcess
from server.configuration import Configuration
from server.openapi import operations, undocumented
from server.state import state_over
from tests.conftest import ROOT
from tests.server.http import request

_BOUND_S = 25
_CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance",
           "response_schema_conformance")  # fmt: skip


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


def test_the_document_is_served_with_an_etag(service: str) -> None:
    answer = request("GET", f"{service}/api/openapi.json")
    document = json.loads(answer.body)
    assert document["openapi"].startswith("3.1")
    assert {"/api/network", "/sparql", "/update", "/store"} <= set(document["paths"])
    again = request(
        "GET", f"{service}/api/openapi.json", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status == 304


def test_the_page_shows_each_operation(service: str) -> None:
    document = json.loads(request("GET", f"{service}/api/openapi.json").body)
    for language in ("zh-Hant", "zh-Hans", "en"):
        page = request("GET", f"{service}/api?lang={language}", headers={"Accept": "text/html"})
        assert page.status == 200
        for path, item in document["paths"].items():
            for operation in item.values():
                assert f'id="{operation["operationId"]}"' in page.body.decode(), path


def test_what_a_model_does_not_admit_is_refused_in_a_sentence(service: str) -> None:
    answer = request("GET", f"{service}/api/facts")
    assert answer.status == 400
    assert "iri" in answer.detail


@pytest.mark.timeout(240)
def test_the_interface_answers_as_it_is_described(service: str, tmp_path: Path) -> None:
    """schemathesis asks each operation what its description admits, and what it does not."""
    schemathesis = Path(sys.executable).parent / "schemathesis"
    run = subprocess.run(
        [
            str(schemathesis),
            "run",
            f"{service}/api/openapi.json",
            f"--checks={','.join(_CHECKS)}",
            "--phases=examples,fuzzing",
            "--max-examples=4",
            f"--max-time={_BOUND_S}",
            "--continue-on-failure",
            "--exclude-path=/export/dataset.{suffix}",  # tests/server/test_export.py makes each
            "--suppress-health-check=all",
            "--generation-deterministic",
            "--request-timeout=60",
            "--warnings=off",
            "--no-color",
        ],
        cwd=tmp_path,
        env=os.environ
        | {"SCHEMATHESIS_HOOKS": "tests.server.schemathesis_hooks", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
