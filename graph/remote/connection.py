"""Connections that end at a deadline, whatever the other side does.

Time-outs of sockets begin anew with each byte, so that a server that trickles would hold
its client for ever. So the connection tells its socket to a watch, which ends it.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Any, Self

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

_CONNECTIONS = 32


class Deadline:
    """When an answer must be there."""

    def __init__(self, timeout_s: float) -> None:
        """Begin to count."""
        self.timeout_s = timeout_s
        self._end = time.monotonic() + timeout_s

    @property
    def left_s(self) -> float:
        """Seconds that are left; a little above 0 when none are."""
        return max(self._end - time.monotonic(), 0.001)

    @property
    def is_over(self) -> bool:
        """Whether it has passed."""
        return time.monotonic() >= self._end


class Watch:
    """Ends the connection of this thread's request at its deadline."""

    _of_thread = threading.local()

    def __init__(self, deadline: Deadline) -> None:
        """Begin with its `with` block."""
        self._timer = threading.Timer(deadline.left_s, self._end)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_over = False

    @classmethod
    def current(cls) -> Watch | None:
        """That of the request which this thread is at."""
        found: Watch | None = getattr(cls._of_thread, "watch", None)
        return found

    def attach(self, connected: socket.socket) -> None:
        """Watch a socket."""
        with self._lock:
            self._socket = connected
            self._shut()

    def _end(self) -> None:
        with self._lock:
            self._is_over = True
            self._shut()

    def _shut(self) -> None:
        if self._is_over and self._socket is not None:
            with contextlib.suppress(OSError):
                # A TLS socket's own method would take its state from under the thread that reads.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        Watch._of_thread.watch = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        Watch._of_thread.watch = None
        self._timer.cancel()
        with self._lock:
            self._socket = None


def connection_pools() -> urllib3.PoolManager:
    """Pools of connections, for many threads, that tell their sockets to the current watch."""
    pools = urllib3.PoolManager(maxsize=_CONNECTIONS)
    pools.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return pools


class _Watched(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        self._tell()

    def putrequest(self, *arguments: Any, **options: Any) -> None:
        self._tell()
        super().putrequest(*arguments, **options)

    def _tell(self) -> None:
        watch = Watch.current()
        if watch is not None and self.sock is not None:
            watch.attach(self.sock)


class _SecureWatched(_Watched, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Watched


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureWatched
