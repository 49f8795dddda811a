"""`python -m tests.graph.dying_writer STORE ACT FOLDER`: writes that die at each of their steps.

A step is what Python asks of the file system (PEP 578 audit events), and a mark between the
change and its commit. For each step, a copy of STORE is made in FOLDER/<step>, and a process
does ACT on it and kills itself just before that step; the last copy is that of a process which
came to its end. Prints the steps. Forks, and so opens no database itself.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from pyoxigraph import Store as Database

from graph.store import Edition, EditionStore
from graph.updating import update
from graph.writing import EditionWriter, Written
from tests.graph.stores import BASE, publish

_STEPS = frozenset(
    {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "shutil.copyfile", "fcntl.flock"}
)
_CHANGED = "tests.changed"
_TEXT = f"""
    DELETE WHERE {{ <{BASE}s> ?p ?o }};
    INSERT DATA {{ <{BASE}s> <{BASE}said> 'new' . GRAPH <{BASE}g> {{ <{BASE}s> <{BASE}p> 'new' }} }}
"""


def _update(store: EditionStore) -> None:
    def change(database: Database, current: Edition | None) -> Written:
        done = update(database, _TEXT, None, current)
        sys.audit(_CHANGED)
        return done

    EditionWriter(store).write(change, "update")


def _restore(store: EditionStore) -> None:
    EditionWriter(store).restore(store.names()[0])


def _build(store: EditionStore) -> None:
    publish(store, 9)


ACTS = {"update": _update, "restore": _restore, "build": _build}


def _step(event: str, arguments: tuple[object, ...]) -> str | None:
    """What a step is called: those that differ only in the file of one folder are one."""
    if event == _CHANGED:
        return event
    if event == "open":
        flags = arguments[2]
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
        return f"open {arguments[0]}" if writes else None
    if event not in _STEPS:
        return None
    if event in {"os.link", "shutil.copyfile", "os.remove"}:
        path = Path(str(arguments[0]))
        return f"{event} {path.parent}/*{path.suffix}"
    return f"{event} {arguments[0]}"


def _die_at(wanted: int) -> list[str]:
    """Kill this process before its step of that number; what is returned grows by each step."""
    steps: list[str] = []

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        step = _step(event, arguments)
        if step is None or step in steps[-2:]:
            return
        steps.append(step)
        if len(steps) == wanted:
            print(step, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    return steps


def main(template: Path, act: str, folder: Path) -> None:
    for wanted in range(1, 200):
        copy = folder / f"{wanted:03d}"
        shutil.copytree(template, copy)
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _die_at(wanted)
            ACTS[act](EditionStore(copy))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
