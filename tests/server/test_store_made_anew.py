"""A store that was removed and made anew counts its editions from one again."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import run, start
from tests.server.http import request

PATHS = (
    "/sparql?query=SELECT%20%3Fo%20%7B%3Fs%20%3Fp%20%3Fo%7D",
    "/store?default",
    "/resource?iri=urn%3As",
)


def test_what_a_client_kept_of_the_old_store_is_not_called_fresh(tmp_path: Path) -> None:
    marks: dict[str, str] = {}
    for word in ("old", "new"):
        shutil.rmtree(tmp_path / "store", ignore_errors=True)
        data = tmp_path / f"{word}.nt"
        data.write_text(f'<urn:s> <urn:p> "{word}" .\n')
        assert run("load", data, "--store", tmp_path / "store").returncode == 0
        service = start("--store", tmp_path / "store", "--port", "0")
        try:
            for path in PATHS:
                headers = {"Accept": "text/csv, application/n-triples"}
                if path in marks:
                    headers["If-None-Match"] = marks[path]
                answer = request("GET", service.url + path, headers=headers)
                assert answer.status == 200, path
                assert word in answer.body.decode(), path
                assert answer.headers["ETag"] != marks.get(path)
                marks[path] = answer.headers["ETag"]
        finally:
            service.stop()
