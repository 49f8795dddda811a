"""Runs the service under granian and says when it is ready to answer.

Granian forks its workers, so the process that does so has no threads and has opened
no database: a worker that inherits a held lock would hang. Hence a fresh program
image to serve from, and a process of its own to watch for the first answer.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import NoReturn

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels

from graph.errors import ShuangmaError
from graph.readers import allocator, processors
from server.configuration import Configuration

DEFAULT_PORT = 8080
_PORTS_TRIED = 50
_STOP_TIMEOUT_S = 3
_BACKLOG = 1024
_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # read by the library as it is imported


class PortTaken(ShuangmaError):
    """Another process listens on the port that was asked for."""


def free_port(host: str, wanted: int | None) -> int:
    """The port that was asked for, else the first free one from 8080 on.

    Raises `PortTaken` when the one asked for is not free.
    """
    candidates = (
        [wanted] if wanted is not None else range(DEFAULT_PORT, DEFAULT_PORT + _PORTS_TRIED)
    )
    for port in candidates:
        with closing(socket.socket(_family(host), socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except socket.gaierror as error:
                raise PortTaken(
                    f"{host} is no address of this machine. Name one with --host."
                ) from error
            except OSError as error:
                if wanted is not None:
                    message = f"Port {port} on {host} cannot be used: {error.strerror}."
                    raise PortTaken(f"{message} Name another with --port.") from error
                continue
            return int(probe.getsockname()[1])
    raise PortTaken(f"No port from {DEFAULT_PORT} on is free. Name one with --port.")


def serve(configuration: Configuration, host: str, port: int) -> NoReturn:
    """Replace this process by one that serves until interrupted."""
    os.environ.update(configuration.environment())
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "server.serving", host, str(port)])


def _run(host: str, port: int) -> None:
    configuration = Configuration.from_environment()
    with tempfile.TemporaryDirectory(prefix="shuangma-") as runtime:
        configuration = replace(configuration, runtime=runtime)
        os.environ.update(configuration.environment())
        if configuration.metrics == "on":
            configuration.metrics_folder.mkdir()
            os.environ[_METRICS_FOLDER] = str(configuration.metrics_folder)
        if configuration.affinity == "on":
            processors.choose(Path(runtime), configuration.workers)
        keeper = None if configuration.is_remote else _start_keeper(configuration)
        url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        subprocess.Popen([sys.executable, "-m", "server.announcement", url])
        try:
            Granian(
                target="server.workers:application",
                factory=True,
                address=host,
                port=port,
                interface=Interfaces.ASGINL,
                loop=Loops.uvloop,
                workers=configuration.workers,
                backlog=_BACKLOG,
                http=HTTPModes.http1,
                log_level=LogLevels.error,
                respawn_failed_workers=True,
                workers_kill_timeout=_STOP_TIMEOUT_S,  # a request may linger
            ).serve()
        finally:
            if keeper:
                keeper.terminate()
                keeper.wait()


def _start_keeper(configuration: Configuration) -> subprocess.Popen[bytes]:
    settings = asdict(configuration.reader_settings())
    return subprocess.Popen(
        [sys.executable, "-m", "graph.readers", json.dumps(settings, default=str)],
        stdin=subprocess.DEVNULL,
        env=allocator.environment(configuration.allocator) | os.environ,
    )


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


if __name__ == "__main__":
    _run(sys.argv[1], int(sys.argv[2]))
