"""The web server's threads: they stay with a client who goes on, and nobody waits for that."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from service.serving import Worker
from service.supervisor.ports import free_port

THREADS = 2


class Patient(Worker):
    """Waits so long for the next request that a busy machine cannot hide that it does."""

    moment = 5000


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers the thread that worked and what was sent."""
    sent = environ["wsgi.input"].read()
    body = f"{threading.get_ident()} {environ['PATH_INFO']} {sent.decode()}".encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@contextmanager
def served(worker: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    options = ("--workers", "1", "--threads", str(THREADS), "--worker-class", worker, "--no-control-socket")
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *options]
    process = subprocess.Popen([*command, "tests.test_serving:app"], cwd=Path(__file__).parent.parent)
    try:
        _wait_for(port)
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    with served("service.serving.Worker") as running:
        yield running


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server did not start")


def ask(connection: http.client.HTTPConnection, path: str, body: str = "") -> list[str]:
    connection.request("POST", path, body)
    answer = connection.getresponse()
    assert answer.status == 200
    return answer.read().decode().split()


def test_a_client_that_goes_on_keeps_its_thread() -> None:
    with served("tests.test_serving.Patient") as (port, _):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        answers = [ask(connection, f"/{number}", "x" * 3000) for number in range(20)]
        connection.close()
    assert [path for _, path, _ in answers] == [f"/{number}" for number in range(20)]
    assert len({thread for thread, *_ in answers}) == 1


def test_more_clients_than_threads_all_get_their_answers(server: tuple[int, subprocess.Popen[bytes]]) -> None:
    clients = [http.client.HTTPConnection("127.0.0.1", server[0], timeout=5) for _ in range(THREADS * 4)]
    for turn in range(20):
        for number, client in enumerate(clients):
            assert ask(client, f"/{turn}/{number}")[1] == f"/{turn}/{number}"
    for client in clients:
        client.close()


def test_requests_sent_in_one_piece_are_answered_in_order(
    server: tuple[int, subprocess.Popen[bytes]],
) -> None:
    head = "GET /{} HTTP/1.1\r\nHost: x\r\nConnection: {}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server[0]), 5) as plain:
        plain.sendall((head.format("one", "keep-alive") + head.format("two", "close")).encode())
        answer = b""
        while piece := plain.recv(65536):
            answer += piece
    assert answer.count(b"200 OK") == 2
    assert answer.index(b"/one") < answer.index(b"/two")


def test_a_client_that_says_nothing_more_holds_nobody(server: tuple[int, subprocess.Popen[bytes]]) -> None:
    silent = [http.client.HTTPConnection("127.0.0.1", server[0], timeout=5) for _ in range(THREADS * 3)]
    for client in silent:
        ask(client, "/once")
    fresh = http.client.HTTPConnection("127.0.0.1", server[0], timeout=2)
    assert ask(fresh, "/fresh")[1] == "/fresh"
    for client in (*silent, fresh):
        client.close()


def test_it_ends_when_told_though_a_client_stays(server: tuple[int, subprocess.Popen[bytes]]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server[0], timeout=5)
    ask(connection, "/before")
    os.kill(server[1].pid, signal.SIGTERM)
    assert server[1].wait(10) == 0
    connection.close()
