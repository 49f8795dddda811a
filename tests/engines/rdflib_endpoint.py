"""rdflib-endpoint: RDFLib in memory behind FastAPI, in a virtual environment of its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.engines.cache import CACHE, filling
from tests.engines.engine import Engine, answers
from tests.engines.process import Process, free_ports, run

NAME = "rdflib-endpoint"
_VERSION = "0.6.3"
_FOLDER = f"rdflib-endpoint-{_VERSION}"
# Parsing 100,000 triples with RDFLib takes about ten seconds.
_START_TIMEOUT_S = 600


def available() -> str | None:
    if (CACHE / _FOLDER).exists():
        return None
    try:
        with filling(_FOLDER) as folder:
            run([sys.executable, "-m", "venv", folder])
            package = f"rdflib-endpoint[web,cli]=={_VERSION}"
            run([_python(folder), "-m", "pip", "install", "--quiet", "--no-input", package])
    except RuntimeError as error:
        return str(error)
    return None


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def start(folder: Path, files: Sequence[Path] = ()) -> Engine:
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}/"
    # The scripts of an environment that was moved name its old place; its Python does not.
    process = Process(
        [
            *(_python(CACHE / _FOLDER), "-m", "rdflib_endpoint", "serve", "--enable-update"),
            *("--host", "127.0.0.1", "--port", str(port)),
            *files,
        ],
        folder / "rdflib-endpoint.log",
        cwd=folder,
    )
    process.wait_until(lambda: answers(url), _START_TIMEOUT_S)
    return Engine(NAME, _VERSION, url, process, url)
