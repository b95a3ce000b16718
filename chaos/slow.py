"""Slow clients, which never finish their headers or their body."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

HEADERS = b"POST /api/v1/users/login HTTP/1.1\r\nHost: learnpath\r\n"
BODY = HEADERS + b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
PAUSE = 0.5  # seconds between two bytes


@contextlib.contextmanager
def slow_clients(url: str, count: int) -> Iterator[None]:
    """Let `count` clients send a byte every PAUSE, half of them in headers, half in a body.

    They connect again when the server closes the connection.
    """
    end = threading.Event()
    clients = [
        threading.Thread(target=_send_slowly, args=(url, opening, end))
        for _ in range(count // 2)
        for opening in (HEADERS, BODY)
    ]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        end.set()
        for client in clients:
            client.join()


def _send_slowly(url: str, opening: bytes, end: threading.Event) -> None:
    place = urlsplit(url)
    while not end.is_set():
        with (
            contextlib.suppress(OSError),
            socket.create_connection((place.hostname, place.port), timeout=5) as connection,
        ):
            connection.sendall(opening)
            while not end.wait(PAUSE):
                connection.sendall(b"x" if opening is BODY else b"X-Slow: 1\r\n")
