"""A real store, a real service on a free port, a real browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

# A change passes or fails by what it is, not by what chance comes upon that day; look for what
# nobody has thought of with `pytest --hypothesis-profile=default`.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")

ROOT = Path(__file__).parent.parent
SHUANGMA = Path(sys.executable).parent / "shuangma"
_READY_TIMEOUT_S = 60
# What takes longest is begun first, so that no core is idle at the end. pytest-xdist hands out
# whole files, in the order in which they are collected (`--no-loadscope-reorder`).
_FIRST = (
    "tests/server/test_things.py",
    "tests/server/test_readme.py",
    "tests/graph/test_dying_writer.py",
    "tests/graph/test_acknowledged_writes.py",
    "tests/browser/",
    "tests/server/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next(
            (i for i, path in enumerate(_FIRST) if item.nodeid.startswith(path)), len(_FIRST)
        )

    items.sort(key=place)


@dataclass
class Service:
    """A running `shuangma serve`; `url` has no slash at its end."""

    process: subprocess.Popen[str]  # the head of a process group of its own
    url: str = ""
    output: list[str] = field(default_factory=list)
    reader: threading.Thread = field(default_factory=threading.Thread)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        self._let_go()

    def kill(self) -> None:
        """End all its processes at once, as a machine that goes down does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self._let_go()

    def _let_go(self) -> None:
        self.reader.join(10)
        if self.process.stdout:
            self.process.stdout.close()


def start(*arguments: str | Path) -> Service:
    """Start `shuangma serve` with these arguments and wait for its address."""
    process = subprocess.Popen(
        [str(SHUANGMA), "serve", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )
    service = Service(process)
    ready = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            service.output.append(line)
            if match := re.search(r"http://\S+", line):
                service.url = match[0].rstrip("/")
                ready.set()
        ready.set()

    service.reader = threading.Thread(target=read, daemon=True)
    service.reader.start()
    ready.wait(_READY_TIMEOUT_S)
    if not service.url:
        service.stop()
        pytest.fail(f"The service did not start:\n{''.join(service.output)}")
    return service


def run(
    *arguments: str | Path, cwd: Path = ROOT, given: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a `shuangma` command to its end; `given` is its standard input."""
    return subprocess.run(
        [str(SHUANGMA), *map(str, arguments)],
        capture_output=True,
        text=True,
        input=given,
        cwd=cwd,
        timeout=110,
        check=False,
    )


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the project's articles, built by the command line."""
    folder = tmp_path_factory.mktemp("stores") / "store"
    built = run("build", "--store", folder)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="session")
def service(store: Path) -> Iterator[str]:
    """The address of a service over the project's articles."""
    running = start("--store", store, "--port", "0")
    yield running.url
    running.stop()


def chromium_path() -> str:
    """The Chromium that `CHROMIUM` names, or the first that is found."""
    names = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert found, "There is no Chromium. `make test` installs one; or name yours in CHROMIUM."
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium_path(),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with chromium() as launched:
        yield launched
