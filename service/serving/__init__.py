"""The web server's own part: the application of its processes, and threads that only ever get whole requests.

It must not know what is served.
"""

from __future__ import annotations

import errno
import gc
import select
import selectors
import socket
import struct
import time
from functools import partial
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask
from gunicorn.workers.gthread import TConn, ThreadWorker

from service.app import create_app
from service.serving.arriving import Arriving, State

HEAD_SECONDS, BODY_SECONDS = 10.0, 120.0  # in which a head, and then a body, must have come
LAST_SECONDS = 2.0  # in which who is refused may read why, and a stopping server waits for the slow
SEND_SECONDS = 20  # in which a client must take some more of an answer
SPARE = 64  # places kept free for new connections: those that have waited longest make room
MOST_HELD = 256 << 20  # bytes of bodies not yet whole, in all
_LARGE = 1 << 20
_TOLD = {
    HTTPStatus.BAD_REQUEST: "请求体的分块（chunked）格式不对",
    HTTPStatus.REQUEST_TIMEOUT: "请求没有在规定的时间内发送完",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "请求头过长",
    HTTPStatus(413): "请求体过大",  # its name differs from one Python to the next
    HTTPStatus.SERVICE_UNAVAILABLE: "正在接收的文件太多，请稍后重试",
}
_REFUSED = {
    State.LONG_HEAD: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    State.LONG_BODY: HTTPStatus(413),
    State.MALFORMED: HTTPStatus.BAD_REQUEST,
}


def serve() -> Flask:
    """The application of a web server's process: nothing of it is garbage, so the collector need not look for any.

    A completion makes thousands of small objects and hardly a cycle among them; with Python's own thresholds the
    collector walks every diagram in memory again and again, for a fifth of the time of a request.
    """
    app = create_app()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    return app


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's threads, but the main thread gathers each request before one of them gets it.

    And a thread that has answered looks a moment whether the same client asks on: a program that works through its
    tasks asks again within a millisecond; giving its connection back to the main thread and fetching it again costs a
    quarter of a completion. Whoever waits for a thread goes first.
    """

    moment = 5  # milliseconds

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.coming: dict[TConn, None] = {}  # connections whose request is not whole, the oldest first

    # In the main thread ------------------------------------------------------------------------------------

    def accept(self, listener: Any) -> None:
        """A new connection: nobody serves it before it has said something whole."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
        conn = TConn(self.cfg, client, address, listener.getsockname())
        conn.arriving, conn.refused, conn.data_ready = Arriving(), False, True
        if self.nr_conns > self.worker_connections - SPARE and self.coming:
            self._drop(next(iter(self.coming)))
        self._gather(conn)

    def on_client_socket_readable(self, conn: TConn, client: Any) -> None:
        """A client that has been answered asks on."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._gather(conn)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """What has come of the next request already is not on the connection any more: gather on, or serve it."""
        kept = not fs.cancelled() and fs.exception() is None and fs.result() is True
        if kept and conn.arriving.whole:
            self.enqueue_req(conn)
        elif kept and conn.arriving.begun:
            self._gather(conn)
        else:
            super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Who has not sent a request in its time is told so; a stopping server does not wait for the slow."""
        now = time.monotonic()
        for conn in list(self.coming):
            if not self.alive:
                conn.timeout = min(conn.timeout, now + LAST_SECONDS)
            if conn.timeout <= now or not (self.alive or conn.arriving.begun):
                if conn.arriving.begun and not conn.refused:
                    self._refuse(conn, HTTPStatus.REQUEST_TIMEOUT)
                else:
                    self._drop(conn)

    def _gather(self, conn: TConn) -> None:
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + HEAD_SECONDS
        self.coming[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._more, conn))
        self._more(conn)

    def _more(self, conn: TConn, _sock: Any = None) -> None:
        """Some more of a request is there."""
        if conn not in self.coming:
            return
        if conn.refused:
            self._swallow(conn)
        else:
            self._take(conn)

    def _take(self, conn: TConn) -> None:
        arriving, in_body = conn.arriving, conn.arriving.in_body
        state = arriving.read(conn.sock)
        if state is State.WHOLE:
            self._leave(conn)
            self.enqueue_req(conn)
        elif state is State.GONE:
            self._drop(conn)
        elif state in _REFUSED:
            self._refuse(conn, _REFUSED[state])
        elif arriving.size > _LARGE and sum(one.arriving.size for one in self.coming) > MOST_HELD:
            self._refuse(conn, HTTPStatus.SERVICE_UNAVAILABLE)
        elif arriving.in_body and not in_body:
            conn.timeout = time.monotonic() + BODY_SECONDS
            if arriving.expects:
                _send(conn, b"HTTP/1.1 100 Continue\r\n\r\n")

    def _refuse(self, conn: TConn, status: HTTPStatus) -> None:
        """Say why, and stay a moment: hanging up on somebody who is still sending would take the answer away."""
        body = orjson.dumps({"title": status.phrase, "status": status.value, "detail": _TOLD[status]})
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/problem+json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        conn.refused, conn.timeout = True, time.monotonic() + LAST_SECONDS
        if not _send(conn, head.encode() + body):
            self._drop(conn)

    def _swallow(self, conn: TConn) -> None:
        try:
            if conn.sock.recv(1 << 16):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._drop(conn)

    def _leave(self, conn: TConn) -> None:
        del self.coming[conn]
        self.poller.unregister(conn.sock)

    def _drop(self, conn: TConn) -> None:
        self._leave(conn)
        conn.arriving.close()
        self.nr_conns -= 1
        conn.close()

    # In a thread -------------------------------------------------------------------------------------------

    def handle(self, conn: TConn) -> Any:
        """What ThreadWorker.handle answers: True when the connection is to be kept."""
        kept = self._serve(conn)
        while kept is True and self.alive and self._asks_on(conn):
            kept = self._serve(conn)
        return kept

    def _serve(self, conn: TConn) -> Any:
        """One whole request. Where the parser saw another end of it than we did, the connection ends."""
        conn.init()
        arriving: Arriving = conn.arriving
        gathered = conn.parser.unreader = arriving.unreader()
        conn.arriving = arriving.following()
        kept = super().handle(conn)
        whole = not gathered.buf.getvalue() and not gathered.chunk()
        arriving.close()
        return kept if whole else False

    def _asks_on(self, conn: TConn) -> bool:
        if not self.tpool._work_queue.empty():
            return False
        arriving: Arriving = conn.arriving
        waiting, end = select.poll(), time.monotonic() + self.moment / 1000
        waiting.register(conn.sock, select.POLLIN)
        while arriving.state is State.PART and (left := end - time.monotonic()) > 0:
            if waiting.poll(left * 1000):
                arriving.read(conn.sock)
        return arriving.whole


def _send(conn: TConn, data: bytes) -> bool:
    """A few bytes that fit into any connection's buffer."""
    try:
        sent: int = conn.sock.send(data)
    except OSError:
        return False
    return sent == len(data)
