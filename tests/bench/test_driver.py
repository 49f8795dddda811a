"""The client reads answers as they come, whole or in pieces, and counts them rightly."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator, Sequence
from itertools import repeat

import pytest

from tests.bench.connection import Connection, Failure
from tests.bench.driver import drive

_REQUEST = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
_SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
_CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n1a;name=value\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n"
)
_CLOSED = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello"


def _serve(listener: socket.socket, answers: Sequence[list[bytes]], *, close: bool) -> None:
    """Give each request the next answer, piece by piece."""
    connection, _ = listener.accept()
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for pieces in answers:
            if not connection.recv(4096):
                return
            for piece in pieces:
                connection.sendall(piece)
        if not close:
            connection.recv(4096)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def _ask(
    listener: socket.socket, answers: Sequence[list[bytes]], *, close: bool = False
) -> list[int]:
    """How many bytes of body the client saw in each answer."""
    server = threading.Thread(target=_serve, args=(listener, answers), kwargs={"close": close})
    server.start()
    connection = Connection("127.0.0.1", listener.getsockname()[1])
    seen = []
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ)
            for _ in answers:
                connection.send(_REQUEST)
                while True:
                    assert selector.select(10), "nothing came"
                    if connection.receive():
                        break
                seen.append(connection.body_bytes)
    finally:
        connection.close()
        server.join(10)
    return seen


def _bytewise(answer: bytes) -> list[bytes]:
    return [answer[place : place + 1] for place in range(len(answer))]


@pytest.mark.parametrize(
    ("answer", "size"), [(_SIZED, 5), (_CHUNKED, 31)], ids=["sized", "chunked"]
)
def test_an_answer_is_read_to_its_end_however_it_is_cut(
    answer: bytes, size: int, listener: socket.socket
) -> None:
    cuts = [[answer[:place], answer[place:]] for place in range(1, len(answer))]
    answers = [[answer], *cuts, _bytewise(answer), [answer]]
    assert _ask(listener, answers) == [size] * len(answers)


def test_an_answer_without_a_length_ends_with_its_connection(listener: socket.socket) -> None:
    assert _ask(listener, [[_CLOSED]], close=True) == [5]


@pytest.mark.parametrize(
    "answer",
    [_SIZED[:-1], _CHUNKED[:-3], b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"],
    ids=["short", "without its last chunk", "refused"],
)
def test_an_answer_that_is_no_success_is_a_failure(answer: bytes, listener: socket.socket) -> None:
    with pytest.raises(Failure):
        _ask(listener, [[answer]], close=True)


def test_a_load_counts_what_was_answered_in_its_time(listener: socket.socket) -> None:
    server = threading.Thread(
        target=_serve, args=(listener, [[_SIZED]] * 1_000_000), kwargs={"close": True}
    )
    server.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    load = drive(url, repeat(_REQUEST), seconds=0.2, warm_up_s=0.1, clients=1)
    server.join(10)
    assert not load.failures
    assert load.requests == len(load.latencies) > 0
    assert load.size_bytes == 5 * load.requests
    assert load.seconds >= 0.2
    assert 0 < load.percentile(50) <= load.percentile(99) < 0.2


def test_a_load_ends_where_a_cycle_does(listener: socket.socket) -> None:
    server = threading.Thread(
        target=_serve, args=(listener, [[_SIZED]] * 1_000_000), kwargs={"close": True}
    )
    server.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    load = drive(url, repeat(_REQUEST), seconds=0, cycle=7, warm_up_s=0, clients=1)
    server.join(10)
    assert load.requests == len(load.latencies) == 7


def test_a_client_comes_back_to_an_engine_that_closes_its_connections(
    listener: socket.socket,
) -> None:
    def serve() -> None:
        for _ in range(3):
            connection, _ = listener.accept()
            with connection:
                assert connection.recv(4096)
                connection.sendall(_CLOSED)

    server = threading.Thread(target=serve)
    server.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    load = drive(url, repeat(_REQUEST), seconds=0, cycle=3, warm_up_s=0, clients=1)
    server.join(10)
    assert not load.failures
    assert (load.requests, load.size_bytes) == (3, 15)
