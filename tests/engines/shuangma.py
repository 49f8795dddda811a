"""Shuangma itself, as a user starts it: `shuangma load`, then `shuangma serve`."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.engines.engine import Engine, answers
from tests.engines.process import Process, run

NAME = "shuangma"
_COMMAND = Path(sys.executable).parent / "shuangma"


def available() -> str | None:
    if not _COMMAND.exists():
        return "the command `shuangma` is not installed"
    if "\n  load " not in run([_COMMAND, "--help"]):
        return "this `shuangma` has no `load`"
    return None


def load(folder: Path, files: Sequence[Path]) -> None:
    """Bulk-load files into the dataset in `folder`, as its command line does."""
    run([_COMMAND, "load", *files, "--store", folder])


def start(folder: Path, files: Sequence[Path] = (), *arguments: str) -> Engine:
    """As every peer's; `arguments` are those of `shuangma serve`."""
    store = folder / "store"
    if not files:
        # What is loaded, be it nothing, is served; without it, `serve` builds the articles.
        files = [folder / "nothing.nq"]
        files[0].touch()
    load(store, files)
    token = run([_COMMAND, "token", "create", "--store", store]).split()[-1]
    process = Process(
        [_COMMAND, "serve", "--store", store, "--port", "0", *arguments],
        folder / "shuangma.log",
        cwd=folder,
    )
    process.wait_until(lambda: bool(re.search(r"Shuangma is at http://\S+", process.output())))
    found = re.search(r"Shuangma is at (http://\S+)", process.output())
    assert found
    url = found[1].rstrip("/")
    process.wait_until(lambda: answers(f"{url}/sparql"))
    return Engine(
        NAME,
        run([_COMMAND, "--version"]).split()[-1],
        f"{url}/sparql",
        process,
        f"{url}/update",
        f"{url}/store",
        {"Authorization": f"Bearer {token}"},
    )
