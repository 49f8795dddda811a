"""A store that was removed and made anew counts its editions from one again."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.conftest import run, start


@pytest.mark.parametrize(
    "path",
    [
        "/sparql?query=SELECT%20%3Fo%20%7B%3Fs%20%3Fp%20%3Fo%7D",
        "/store?default",
        "/resource?iri=urn%3As",
    ],
)
def test_what_a_client_kept_of_the_old_store_is_not_called_fresh(tmp_path: Path, path: str) -> None:
    marks = []
    for word in ("old", "new"):
        shutil.rmtree(tmp_path / "store", ignore_errors=True)
        data = tmp_path / f"{word}.nt"
        data.write_text(f'<urn:s> <urn:p> "{word}" .\n')
        assert run("load", data, "--store", tmp_path / "store").returncode == 0
        service = start("--store", tmp_path / "store", "--port", "0")
        try:
            kept = {"If-None-Match": marks[0]} if marks else {}
            accept = {"Accept": "text/csv, application/n-triples"}
            with urlopen(Request(service.url + path, headers=accept | kept), timeout=20) as answer:
                assert answer.status == 200
                assert word in answer.read().decode()
                marks.append(answer.headers["ETag"])
        finally:
            service.stop()
    assert marks[0] != marks[1]
