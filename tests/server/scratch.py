"""A service of a test's own, over a small store that it may write to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.conftest import Service, run, start
from tests.server.http import Answer, Body, get, post, request

TOKEN = "scratch-token-0123456789abcdef"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SPARQL_QUERY, SPARQL_UPDATE = "application/sparql-query", "application/sparql-update"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
_VALUES = " ".join(f"VALUES ?v{i} {{ 1 2 3 4 5 6 7 8 9 }}" for i in range(20))
CROSS_PRODUCT = f"SELECT (COUNT(*) AS ?n) WHERE {{ {_VALUES} FILTER(?v0 + ?v19 < 0) }}"
"""A query that would take for ever, on any store."""


@dataclass(frozen=True)
class Scratch:
    """A running service, what it was started from, and the ways to ask it."""

    service: Service
    folder: Path

    @property
    def url(self) -> str:
        return self.service.url

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def token_file(self) -> Path:
        return self.folder / "tokens"

    def query(self, text: str, accept: str = "*/*", **parameters: str) -> Answer:
        return get(f"{self.url}/sparql?{urlencode({'query': text} | parameters)}", accept)

    def select(self, text: str, **parameters: str) -> list[dict[str, Any]]:
        """The solutions of a SELECT, each variable with its term as SPARQL's JSON has it."""
        answer = self.query(text, "application/sparql-results+json", **parameters)
        assert answer.status == 200, answer.body
        bindings: list[dict[str, Any]] = json.loads(answer.body)["results"]["bindings"]
        return bindings

    def value(self, text: str, **parameters: str) -> str:
        """The only value of the only solution."""
        ((term,),) = (row.values() for row in self.select(text, **parameters))
        return str(term["value"])

    def count(self, where: str = "?s ?p ?o", **parameters: str) -> int:
        return int(self.value(f"SELECT (COUNT(*) AS ?n) WHERE {{ {where} }}", **parameters))

    def update(self, text: str, **headers: str) -> Answer:
        return post(f"{self.url}/update", text.encode(), SPARQL_UPDATE, BEARER | headers)

    def graph_url(self, iri: str | None) -> str:
        """The address of a graph; without a name that of the unnamed graph."""
        return f"{self.url}/store?" + (f"graph={quote(iri, safe='')}" if iri else "default")

    def write(
        self,
        method: str,
        url: str,
        body: Body = None,
        content_type: str = "text/turtle",
        **headers: str,
    ) -> Answer:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return request(method, url, body, BEARER | {"Content-Type": content_type} | told)


@contextmanager
def serving(
    folder: Path, data: str, *arguments: str, tokens: bool = True, **environment: str
) -> Iterator[Scratch]:
    """Load TriG into a store of its own and serve it, with settings as arguments or variables."""
    source, token_file = folder / "data.trig", folder / "tokens"
    source.write_text(data, encoding="utf-8")
    loaded = run("load", source, "--store", folder / "store")
    assert loaded.returncode == 0, loaded.stderr
    given = list(arguments)
    if tokens:
        token_file.write_text(f"{TOKEN}\n", encoding="utf-8")
        given += ["--token-file", str(token_file)]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(f"SHUANGMA_{name.upper()}", value)
        service = start("--store", folder / "store", "--port", "0", *given)
    try:
        yield Scratch(service, folder)
    finally:
        service.stop()
