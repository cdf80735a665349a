"""A request as it arrives: read off its connection without waiting, until it is whole.

Knows how long a request is (RFC 9112), nothing of what it says. Whoever sends slowly keeps a place in a list and some
bytes, but no thread: threads get whole requests only.
"""

from __future__ import annotations

import re
import socket
from enum import Enum, auto
from tempfile import SpooledTemporaryFile
from typing import IO

from gunicorn.http.unreader import Unreader

MOST_HEAD = 64 << 10
MOST_BODY = 64 << 20  # what an application takes is less, and it says so better
_IN_MEMORY = 256 << 10
_PIECE = 64 << 10
_MOST_LINE = 4 << 10  # of a chunk's size and of each trailer
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d{1,18})[ \t]*(?=\r\n)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding[ \t]*:[^\r\n]*chunked", re.IGNORECASE)
_SIZE = re.compile(rb"([0-9a-fA-F]{1,15})(?:[ \t]*;[^\r\n]*)?\r\n")
_TRAILER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*\r\n")
_EXPECT = re.compile(rb"\r\nexpect[ \t]*:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)


class State(Enum):
    """How far a request has come; all but PART are final."""

    PART = auto()
    WHOLE = auto()
    GONE = auto()  # the client has hung up
    LONG_HEAD = auto()
    LONG_BODY = auto()
    MALFORMED = auto()


class Chunks:
    """Finds the end of a chunked body: a size, as many bytes, an end of line; after the size 0 trailers, a blank."""

    def __init__(self) -> None:
        self._line, self._skip = bytearray(), 0
        self._next = self._size  # what the line now coming is
        self.ended = self.malformed = False

    def feed(self, data: bytes) -> int:
        """How many of the bytes belong to the body."""
        place = 0
        while place < len(data) and not self.ended:
            if self._skip:
                step = min(self._skip, len(data) - place)
                self._skip -= step
                place += step
                continue
            end = data.find(b"\n", place)
            stop = len(data) if end < 0 else end + 1
            self._line += data[place:stop]
            place = stop
            if len(self._line) > _MOST_LINE:
                self._break_off()
            elif end >= 0:
                line, self._line = bytes(self._line), bytearray()
                self._next(line)
        return place

    def _size(self, line: bytes) -> None:
        size = _SIZE.fullmatch(line)
        if size is None:
            self._break_off()
            return
        self._skip = int(size.group(1), 16)
        self._next = self._after_data if self._skip else self._trailer

    def _after_data(self, line: bytes) -> None:
        self._next = self._size
        if line != b"\r\n":
            self._break_off()

    def _trailer(self, line: bytes) -> None:
        if line == b"\r\n":
            self.ended = True
        elif not _TRAILER.fullmatch(line):
            self._break_off()

    def _break_off(self) -> None:
        self.ended = self.malformed = True


class Arriving:
    """One request, and what has come of the one after it."""

    def __init__(self, begun: bytes = b"") -> None:
        self.state = State.PART
        self.expects = False  # the client waits to be told to go on
        self._head = bytearray()
        self._kept: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  closed by close
        self._left: int | None = None  # bytes of the body still to come; None where it is chunked
        self._chunks: Chunks | None = None
        self._after = b""
        self.in_body = False
        self.size = 0
        if begun:
            self._feed(begun)

    @property
    def begun(self) -> bool:
        return bool(self._head) or self.in_body

    @property
    def whole(self) -> bool:
        return self.state is State.WHOLE

    def read(self, sock: socket.socket) -> State:
        """Take what is there."""
        while self.state is State.PART:
            try:
                data = sock.recv(_PIECE, socket.MSG_DONTWAIT)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                data = b""
            if data:
                self._feed(data)
            else:
                self.state = State.GONE
            if len(data) < _PIECE:
                break
        return self.state

    def unreader(self) -> Unreader:
        """The whole request for gunicorn's parser; after it comes nothing."""
        self._kept.seek(0)
        return Gathered(bytes(self._head), self._kept)

    def following(self) -> Arriving:
        """The next request on the same connection."""
        return Arriving(self._after)

    def close(self) -> None:
        """Nobody reads it any more."""
        self._kept.close()

    def _feed(self, data: bytes) -> None:
        if self.in_body:
            self._feed_body(data)
            return
        before = max(0, len(self._head) - len(_END) + 1)
        self._head += data
        end = self._head.find(_END, before)
        if end >= 0:
            end += len(_END)
            rest = bytes(self._head[end:])
            del self._head[end:]
            self._begin_body()
            self._feed_body(rest)
        if len(self._head) > MOST_HEAD:
            self.state = State.LONG_HEAD

    def _begin_body(self) -> None:
        self.in_body = True
        head = bytes(self._head)
        if _CHUNKED.search(head):
            self._chunks = Chunks()
        else:
            length = _LENGTH.search(head)
            self._left = int(length.group(1)) if length else 0
        if _EXPECT.search(head):
            self.expects, self._head = True, bytearray(_EXPECT.sub(b"", head))
        if (self._left or 0) > MOST_BODY:
            self.state = State.LONG_BODY

    def _feed_body(self, data: bytes) -> None:
        if self.state is not State.PART:
            return
        if self._chunks is not None:
            taken = self._chunks.feed(data)
            ended = self._chunks.ended
        else:
            taken = min(len(data), self._left or 0)
            self._left = (self._left or 0) - taken
            ended = self._left == 0
        self._kept.write(data[:taken])
        self.size += taken
        if self._chunks is not None and self._chunks.malformed:
            self.state = State.MALFORMED
        elif ended:
            self.state, self._after = State.WHOLE, data[taken:]
        elif self.size > MOST_BODY:
            self.state = State.LONG_BODY


class Gathered(Unreader):  # type: ignore[misc]
    """What gunicorn's parser reads instead of the connection."""

    def __init__(self, head: bytes, body: IO[bytes]) -> None:
        super().__init__()
        self.buf.write(head)
        self._body = body

    def chunk(self, size_hint: int | None = None) -> bytes:
        return b"" if self._body.closed else self._body.read(max(size_hint or 0, 8192))
