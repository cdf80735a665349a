"""The web server as the product starts it, under clients that are slow on purpose or send bombs.

Nobody else may wait for them or get a 5xx: everybody's requests must be answered while the attack goes on. The bound is
a client's patience, which the attack outlasts many times; nothing is timed.
"""

from __future__ import annotations

import base64
import http.client
import os
import resource
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from service.serving import HEAD_SECONDS
from service.settings import Settings
from service.supervisor import programs
from service.supervisor.ports import free_port

MANY = 60  # more than three times the threads of both processes
PATIENCE = 20.0
REGISTRAR = "changan_first_primary.registrar"
BASIC = "Basic " + base64.b64encode(f"{REGISTRAR}:demo".encode()).decode()
HEAD = f"POST /api/tasks/bulk HTTP/1.1\r\nHost: x\r\nAuthorization: {BASIC}\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def port(
    tmp_path_factory: pytest.TempPathFactory,
    clone_database: Callable[[str], Any],
    ready_template: str,
    redis_url: str,
) -> Iterator[int]:
    folder, chosen = tmp_path_factory.mktemp("web"), free_port()
    for name in ("run", "log"):
        (folder / name).mkdir()
    with clone_database(ready_template) as url:
        environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "PORT": str(chosen),
            "DATABASE_URL": url,
            "REDIS_URL": redis_url,
            "XUEJI_DEMO": "1",
            "XUEJI_SECRET_KEY": "attacked" * 8,
        }
        settings = Settings(data_dir=folder, port=chosen, demo=True)
        spec = programs.web(settings, environment)
        log = (folder / "log" / "web.txt").open("w")
        with log, subprocess.Popen(spec.command, env=environment, stdout=log, stderr=log) as process:
            try:
                assert spec.ready is not None
                spec.ready(lambda: process.poll() is None)
                yield chosen
            finally:
                process.terminate()
                process.wait(30)
        told = Path(log.name).read_text()
        assert "Traceback" not in told, told[-3000:]


def opened(port: int, sent: str | bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), 5)
    connection.sendall(sent.encode() if isinstance(sent, str) else sent)
    return connection


def everybody_is_served(port: int, patience: float = PATIENCE) -> None:
    """Fresh connections and kept ones, reading and writing."""
    for turn in range(10):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
        for path in ("/health", "/api/me", f"/engine-rest/task?maxResults={turn + 1}"):
            client.request("GET", path, headers={"Authorization": BASIC})
            answer = client.getresponse()
            answer.read()
            assert answer.status == 200
        client.request(
            "POST", "/engine-rest/task", "{}", {"Authorization": BASIC, "Content-Type": "application/json"}
        )
        assert client.getresponse().status == 200
        client.close()


ATTACKS: dict[str, str] = {
    "says nothing": "",
    "one byte of a head": "G",
    "a head without its end": "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "a body that does not come": f"{HEAD}Content-Length: 1000\r\n\r\n",
    "one byte of a body": f"{HEAD}Content-Length: 1000\r\n\r\n{{",
    "an upload that stops": f"{HEAD}Content-Length: 5000000\r\n\r\n" + "x" * 100_000,
    "chunks without end": f"{HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
    "half a chunk": f"{HEAD}Transfer-Encoding: chunked\r\n\r\nffff\r\nabc",
    "chunks that seem to end": f"{HEAD}Transfer-Encoding: chunked\r\n\r\n99\r\n\r\n0\r\n\r\n",
    "waits to be told": f"{HEAD}Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
    "one request, then half of another": "GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /health HTT",
}


@pytest.mark.parametrize("sent", ATTACKS.values(), ids=ATTACKS.keys())
def test_slow_clients_hold_nobody_up(port: int, sent: str) -> None:
    with ExitStack() as attackers:
        for _ in range(MANY):
            attackers.enter_context(opened(port, sent))
        everybody_is_served(port)


@pytest.mark.skipif(
    resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 8_000,
    reason="as many connections need as many open files",
)
def test_more_slow_clients_than_places_make_room_for_others(port: int) -> None:
    """Gunicorn keeps a thousand connections a process: those that have waited longest go, before their time is up."""
    with ExitStack() as attackers:
        for _ in range(2_600):
            attackers.enter_context(opened(port, "G"))
        everybody_is_served(port, patience=HEAD_SECONDS / 2)


def test_clients_that_drip_hold_nobody_up(port: int) -> None:
    with ExitStack() as stack:
        attackers = [stack.enter_context(opened(port, "GET /health HTTP/1.1\r\nX: ")) for _ in range(MANY)]
        for _ in range(3):
            for attacker in attackers:
                attacker.sendall(b"x")
            everybody_is_served(port)


def test_a_slow_client_that_is_honest_is_served_in_the_end(port: int) -> None:
    body = b'{"action": "claim", "tasks": ["none"]}'
    with opened(port, f"{HEAD}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n") as slow:
        for byte in body:
            slow.sendall(bytes([byte]))
            time.sleep(0.01)
        assert answered(slow).startswith(b"HTTP/1.1 200")
    with opened(port, f"{HEAD}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n") as slow:
        for byte in body:
            slow.sendall(b"1\r\n" + bytes([byte]) + b"\r\n")
        slow.sendall(b"0\r\n\r\n")
        assert answered(slow).startswith(b"HTTP/1.1 200")
    with opened(
        port, f"{HEAD}Connection: close\r\nExpect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n"
    ) as slow:
        slow.settimeout(PATIENCE)
        assert slow.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        slow.sendall(body)
        assert answered(slow).startswith(b"HTTP/1.1 200")


def answered(connection: socket.socket) -> bytes:
    connection.settimeout(PATIENCE)
    told = b""
    try:
        while piece := connection.recv(65536):
            told += piece
    except ConnectionResetError:
        pass
    return told


BAD_HEADS: dict[str, bytes] = {
    "a head without end": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"y" * 200_000,
    "a long line": b"GET /" + b"y" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long field": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 9_000 + b"\r\n\r\n",
    "many fields": b"GET / HTTP/1.1\r\nHost: x\r\n"
    + b"".join(b"X%d: y\r\n" % n for n in range(100))
    + b"\r\n",
    "no http": b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
    "a length that is none": b"POST /api/token HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"POST /api/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 5\r\n\r\nabcde",
    "length and chunks": b"POST /api/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk of no size": b"POST /api/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "more than anybody takes": b"POST /api/token HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
}


@pytest.mark.parametrize("sent", BAD_HEADS.values(), ids=BAD_HEADS.keys())
def test_what_is_no_request_is_refused(port: int, sent: bytes) -> None:
    with opened(port) as connection:
        with suppress(ConnectionError):
            connection.sendall(sent)
        told = answered(connection)
    assert told[:11] in (b"HTTP/1.1 40", b"HTTP/1.1 41", b"HTTP/1.1 43"), told[:200]
    everybody_is_served(port)


def part(name: str, content: str = "x", file: str = "") -> str:
    named = f'; filename="{file}"' if file else ""
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n{content}\r\n'


BOMBS: dict[str, str] = {
    "thousands of fields": "".join(part(f"f{n}") for n in range(5_000)),
    "thousands of files": "".join(part(f"f{n}", file=f"f{n}.bpmn") for n in range(5_000)),
    "a huge name": part("n" * 900_000),
    "a huge file name": part("file", file="n" * 900_000),
    "a huge field": part("case", "y" * 2_000_000),
    "fields of a part without end": "--b\r\n" + "X: y\r\n" * 100_000,
    "no end": part("file", "y" * 1000, file="a.png"),
    "boundaries": "--b\r\n" * 100_000,
}


@pytest.mark.parametrize("path", ["/api/materials", "/engine-rest/deployment/create"])
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_bombs_of_parts_are_refused(port: int, path: str, bomb: str) -> None:
    who = "Basic " + base64.b64encode(b"analyst:demo").decode() if "deployment" in path else BASIC
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = {"Authorization": who, "Content-Type": "multipart/form-data; boundary=b"}
    client.request("POST", path, bomb + "--b--\r\n" if bomb != BOMBS["no end"] else bomb, sent)
    answer = client.getresponse()
    assert answer.status in (400, 413, 422), answer.read()[:500]
    client.close()
