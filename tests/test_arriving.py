"""Where a request ends, however it is cut into pieces on its way."""

from __future__ import annotations

import socket
from random import Random

import pytest

from service.serving.arriving import MOST_HEAD, Arriving, State

PLAIN = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
BODY = b"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\nhello\r\n\r\nyou"
CHUNKED = (
    b"POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5;name=value\r\nab\r\n0\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n"
)
EXPECTING = b"PUT /d HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok"


def arrived(pieces: list[bytes]) -> list[bytes]:
    """The requests that become whole, as the server's parser would read them."""
    near, far = socket.socketpair()
    found: list[bytes] = []
    arriving = Arriving()
    with near, far:
        for piece in pieces:
            far.sendall(piece)
            while arriving.read(near) is State.WHOLE:
                found.append(arriving.unreader().read(1 << 20))
                done, arriving = arriving, arriving.following()
                done.close()
        assert not arriving.begun
        far.close()
        assert arriving.read(near) is State.GONE
    arriving.close()
    return found


def pieces(data: bytes, seed: int) -> list[bytes]:
    random, found = Random(seed), []
    while data:
        size = random.choice((1, 2, 3, 7, 50, 1000))
        found.append(data[:size])
        data = data[size:]
    return found


@pytest.mark.parametrize("seed", range(40))
def test_requests_are_told_apart_wherever_they_are_cut(seed: int) -> None:
    requests = [PLAIN, BODY, CHUNKED, PLAIN, CHUNKED, BODY]
    Random(seed).shuffle(requests)
    assert arrived(pieces(b"".join(requests), seed)) == requests


def test_who_waits_to_be_told_is_known_and_the_parser_need_not_tell_again() -> None:
    near, far = socket.socketpair()
    arriving = Arriving()
    with near, far:
        far.sendall(EXPECTING[:-2])
        assert arriving.read(near) is State.PART
        assert arriving.expects
        far.sendall(EXPECTING[-2:])
        assert arriving.read(near) is State.WHOLE
    told = arriving.unreader().read(1 << 20)
    arriving.close()
    assert told == EXPECTING.replace(b"Expect: 100-continue\r\n", b"")


HEAD = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
WRONG = {
    b"G" * (MOST_HEAD + 1): State.LONG_HEAD,
    b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n": State.LONG_BODY,
    HEAD + b"zz\r\n": State.MALFORMED,
    HEAD + b"-1\r\n": State.MALFORMED,
    HEAD + b"0x1\r\n": State.MALFORMED,
    HEAD + b"1\na\r\n": State.MALFORMED,
    HEAD + b"1\r\nab\r\n": State.MALFORMED,
    HEAD + b"0\r\nno trailer\r\n": State.MALFORMED,
    HEAD + b"1" * 5000: State.MALFORMED,
    HEAD + b"fffffffffffffff\r\n" + b"a" * 10: State.PART,
}


@pytest.mark.parametrize(("sent", "state"), WRONG.items())
def test_what_never_ends_or_is_wrong_is_known_for_it(sent: bytes, state: State) -> None:
    near, far = socket.socketpair()
    arriving = Arriving()
    with near, far:
        for piece in (sent[at : at + 16_000] for at in range(0, len(sent), 16_000)):
            far.sendall(piece)
            arriving.read(near)
    arriving.close()
    assert arriving.state is state
