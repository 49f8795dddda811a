"""Processes of an engine: started in a group of their own, measured, and stopped together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_POLL_S = 0.05
_STOP_TIMEOUT_S = 30


class Process:
    """A command that runs until it is stopped; what it prints goes to a file."""

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        cwd: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.log = log
        with log.open("wb") as output:
            self._running = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )

    def wait_until(self, ready: Callable[[], bool], timeout_s: float = 120) -> None:
        """Return once `ready`; stop the process and raise with its output if it never is."""
        for _ in range(int(timeout_s / _POLL_S)):
            if ready():
                return
            try:
                self._running.wait(_POLL_S)
            except subprocess.TimeoutExpired:
                continue
            break
        self.stop()
        raise RuntimeError(f"An engine did not start:\n{self.output()[-4000:]}")

    def output(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def stop(self) -> None:
        """Ask the process to end, and end what is left of all that it started."""
        self._running.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._running.wait(_STOP_TIMEOUT_S)
        with suppress(ProcessLookupError):
            os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait()

    def memory_bytes(self) -> int:
        """Resident memory of the process and its children; pages they share count once.

        Reads /proc, which only Linux has; 0 elsewhere.
        """
        return sum(map(_proportional_bytes, self._group()))

    def _group(self) -> list[int]:
        """Processes of the session that the command began, its own included."""
        members = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[3]) == self._running.pid:
                members.append(int(folder.name))
        return members


def _proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def free_ports(count: int) -> list[int]:
    """Ports on which nothing listens at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def run(command: Sequence[str | Path], *, cwd: Path | None = None) -> str:
    """Run a command to its end and return what it printed. Raises with its errors if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed ({done.returncode}):\n{done.stdout[-4000:]}")
    return done.stdout
