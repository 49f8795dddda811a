"""Every `shuangma` and `curl` command in the README runs as written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, SHUANGMA, start

BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.strip()]


TOKEN = "a-token-of-the-test"


@pytest.fixture(scope="module")
def own_service(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service over a copy of the project's articles, which the README's commands may change."""
    made = tmp_path_factory.mktemp("service")
    shutil.copytree(store, made / "store")
    (made / "tokens").write_text(TOKEN)
    running = start("--store", made / "store", "--port", "0", "--token-file", made / "tokens")
    yield running.url
    running.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "data", made / "data")
    return made


def test_the_readme_has_commands() -> None:
    assert len(COMMANDS) >= 12
    assert all(line.startswith(("shuangma ", "curl ")) for line in COMMANDS)


@pytest.mark.timeout(300)
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_each_command_of_the_readme_runs(own_service: str, folder: Path) -> None:
    path = f"{SHUANGMA.parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "TOKEN": TOKEN}
    for command in COMMANDS:
        command = command.replace("http://127.0.0.1:8080", own_service)
        command = re.sub(r"^curl ", "curl --silent --show-error --fail --max-time 60 ", command)
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        assert done.stdout or "-o " in command or "--output" in command, command


def test_the_table_in_the_readme_is_what_the_query_answers(service: str, folder: Path) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    shown = re.search(r"```text\n(.*?)```", text, re.DOTALL)
    assert shown is not None
    query = next(line for line in COMMANDS if line.startswith("shuangma query"))
    environment = os.environ | {"PATH": f"{SHUANGMA.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", query],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert [line.rstrip() for line in done.stdout.splitlines()] == [
        line.rstrip() for line in shown[1].splitlines()
    ]
