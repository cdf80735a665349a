"""The web server's own part: the application of its processes, and threads that stay with a client who goes on.

It must not know what is served.
"""

from __future__ import annotations

import gc
import select
from typing import Any

from flask import Flask
from gunicorn.workers.gthread import ThreadWorker

from service.app import create_app


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
    """Gunicorn's threads, but one that has answered looks a moment whether the same client asks on.

    A program that works through its tasks asks again within a millisecond; giving its connection back to the
    main thread and fetching it again costs a quarter of a completion. Whoever waits for a thread goes first.
    """

    moment = 5  # milliseconds

    def handle(self, conn: Any) -> Any:
        """What ThreadWorker.handle answers: True when the connection is to be kept."""
        kept = super().handle(conn)
        while kept is True and self.alive and self._asks_on(conn):
            kept = super().handle(conn)
        return kept

    def _asks_on(self, conn: Any) -> bool:
        if not self.tpool._work_queue.empty() or conn.is_http2:
            return False
        if conn.parser.unreader.buf.getvalue():
            return True  # read ahead already
        waiting = select.poll()
        waiting.register(conn.sock, select.POLLIN)
        return bool(waiting.poll(self.moment))
