"""Says where the service is, once it has answered for the first time.

A process of its own beside the server; it ends when it has spoken, or the server has gone.
"""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request

_TIMEOUT_S = 60
_PAUSE_S = 0.05


def announce(url: str) -> int:
    """Wait for `url` to answer and print it; 0 when it did."""
    server = os.getppid()
    probe = url.replace("//0.0.0.0", "//127.0.0.1").replace("//[::]", "//[::1]")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _TIMEOUT_S
    while time.monotonic() < deadline and os.getppid() == server:
        try:
            with opener.open(f"{probe}/healthz", timeout=2):
                print(f"Shuangma is at {url}/", flush=True)
                return 0
        except (urllib.error.URLError, OSError):
            time.sleep(_PAUSE_S)
    print(f"The service at {url} does not answer.", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(announce(sys.argv[1]))
