"""`oxigraph serve`: the server of the engine that Shuangma embeds, from PyPI."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.engines.engine import Engine, answers
from tests.engines.process import Process, free_ports, run

NAME = "oxigraph"


def binary() -> str | None:
    """Where the program is, if it is installed."""
    return shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which(
        "oxigraph"
    )


def available() -> str | None:
    return None if binary() else "the PyPI package `oxigraph` is not installed"


def load(folder: Path, files: Sequence[Path]) -> None:
    """Bulk-load files into the database in `folder`, as its command line does."""
    program = binary()
    assert program
    for file in files:
        run([program, "load", "--location", folder, "--file", file])


def start(folder: Path, files: Sequence[Path] = ()) -> Engine:
    program = binary()
    assert program
    location = folder / "database"
    load(location, files)
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    process = Process(
        [
            program,
            "serve",
            "--location",
            location,
            "--bind",
            f"127.0.0.1:{port}",
            "--union-default-graph",
        ],
        folder / "oxigraph.log",
        cwd=folder,
    )
    process.wait_until(lambda: answers(f"{url}/query"))
    return Engine(
        NAME,
        run([program, "--version"]).split()[-1],
        f"{url}/query",
        process,
        f"{url}/update",
        f"{url}/store",
    )
