"""Runs the Flask application for a request that is whole, and takes its whole reply (PEP 3333)."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response

from graph.spool import Spool
from server.protocol.message import Reply, Request


class SpoolBody:
    """A response's body that is a file already; the server sends it without reading it here."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool

    def __iter__(self) -> Iterator[bytes]:
        yield self.spool.read()


def spool_response(spool: Spool, content_type: str) -> Response:
    """A response of Flask's whose body is a spool."""
    response = Response(SpoolBody(spool), content_type=content_type, direct_passthrough=True)
    response.content_length = spool.size
    return response


def environment_of(request: Request) -> dict[str, Any]:
    """The request as WSGI has it."""
    host = urlsplit(request.origin)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": request.query_string.decode("latin-1"),
        "SERVER_NAME": host.hostname or "localhost",
        "SERVER_PORT": _port(host.netloc) or ("443" if host.scheme == "https" else "80"),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": request.client or "127.0.0.1",
        "CONTENT_LENGTH": str(request.body.size),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": host.scheme,
        "wsgi.input": _input(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        elif name != "content-length":
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return environ


def _port(netloc: str) -> str:
    port = netloc.rpartition("@")[2].rpartition(":")[2]
    return port if port.isdigit() else ""


def _input(body: Spool) -> io.BufferedIOBase:
    if body.descriptor is None:
        return io.BytesIO(body.read())
    file = os.fdopen(os.dup(body.descriptor), "rb")
    file.seek(0)
    return file


def answer_page(app: Flask, request: Request) -> Reply:
    """Have the application answer, in this thread."""
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        started[:] = [status, headers]
        return lambda _part: None

    body: Iterable[bytes] = app(environment_of(request), start_response)
    try:
        whole = body.spool if isinstance(body, SpoolBody) else b"".join(body)
    finally:
        close = getattr(body, "close", None)
        if close:
            close()
    status, headers = started
    told: dict[str, str] = {}
    for name, value in headers:
        told[name] = f"{told[name]}\n{value}" if name in told else value
    told.pop("Content-Length", None)
    return Reply(int(status.partition(" ")[0]), told, whole)


def error_page(app: Flask, request: Request, error: Reply) -> Reply:
    """An error's document as a page for people."""
    from flask import json

    from server.errors import problem

    assert isinstance(error.body, bytes)
    told = json.loads(error.body)
    extra = {n: v for n, v in told.items() if n not in {"type", "title", "status", "detail"}}
    with app.request_context(environment_of(request)):
        response = app.process_response(problem(error.status, told["detail"], **extra))
        return Reply(error.status, dict(response.headers), response.get_data())
