"""Idempotency-Key: a request that is sent twice is done once, and the second gets the first one's answer.

Kept are answers of requests that succeeded; one that changed nothing may be sent again under the same key.
It must not know what a request does.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from flask import Response, make_response, request

from service.api.context import actor
from service.errors import BadRequest, Conflict, Invalid
from service.store import requests, waiting
from service.store.requests import RequestKey

HEADER = "Idempotency-Key"
ONCE = "_once"  # the mark of a view that takes a key
REPLAYED = "Idempotent-Replayed"
WAIT_SECONDS = 5.0
_LONGEST = 255


class Reused(Invalid):
    """The key stands for another request."""

    code = "idempotency_key_reused"


def once(handler: Callable[..., Any], told_once: str = "") -> Callable[..., Any]:
    """Wrap a handler that changes something; without the header it costs nothing.

    The part of its answer named ``told_once`` is told once and not kept: null in every repeat.
    """

    @wraps(handler)
    def call(*args: Any, **values: Any) -> Any:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(*args, **values)
        asked = RequestKey(person=actor().id, key=_checked(key), fingerprint=_fingerprint())
        return _first_answer(asked) or _do(asked, lambda: handler(*args, **values), told_once)

    setattr(call, ONCE, True)
    return call


def _checked(key: str) -> str:
    if not 0 < len(key) <= _LONGEST or not key.isascii() or not key.isprintable():
        raise BadRequest(f"{HEADER} 无效", cure=f"请用 1 至 {_LONGEST} 个可见的 ASCII 字符，如 UUID")
    return key


def _fingerprint() -> str:
    """Digest of what is asked. The parts of an upload are told apart by their content: the boundary is random."""
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    if request.mimetype != "multipart/form-data":
        digest.update(request.get_data(cache=True))
        return digest.hexdigest()
    # A part may come without a name: it is told apart all the same.
    for name, value in sorted(request.form.items(multi=True), key=lambda item: (str(item[0]), item[1])):
        digest.update(f"\n{name}={len(value)}:{value}".encode())
    for name, file in sorted(
        request.files.items(multi=True), key=lambda item: (str(item[0]), item[1].filename or "")
    ):
        content = file.stream.read()
        file.stream.seek(0)
        digest.update(f"\n{name}/{file.filename}={hashlib.sha256(content).hexdigest()}".encode())
    return digest.hexdigest()


def _first_answer(asked: RequestKey) -> Response | None:
    """The answer of the request that came first; None when this one is it. Waits a while for one at work."""
    row = requests.take(asked)
    if row is None or row.status is not None or row.fingerprint != asked.fingerprint:
        return None if row is None else _told(row, asked)
    end = time.monotonic() + WAIT_SECONDS
    with waiting.listening(waiting.ANSWERS) as wait:
        while (row := requests.take(asked)) is not None and row.status is None:
            left = end - time.monotonic()
            if left <= 0:
                raise _unanswered(row.committed)
            wait(left)
    return None if row is None else _told(row, asked)


def _told(row: Any, asked: RequestKey) -> Response:
    if row.fingerprint != asked.fingerprint:
        raise Reused(f"{HEADER} 已用于另一个请求", cure="不同的请求请用不同的值")
    answer = Response(requests.body_of(asked, row), status=row.status, mimetype=row.media_type or None)
    answer.headers[REPLAYED] = "true"
    return answer


def _unanswered(committed: bool) -> Conflict:
    if committed:
        return Conflict("同一请求已经生效，但它的答复没有保存下来", cure="请查询办件或任务的现状，不要重发")
    return Conflict("同一请求正在处理", cure="请稍后用同一个值重试", details={"retryAfter": 1})


def _do(asked: RequestKey, act: Callable[[], Any], told_once: str) -> Response:
    try:
        with requests.marking(asked):
            answer = make_response(act())
    except BaseException:
        requests.drop(asked)
        raise
    if answer.status_code >= 400:
        requests.drop(asked)
    else:
        body = answer.get_data()
        if told_once:
            body = orjson.dumps({**orjson.loads(body), told_once: None})
        requests.answered(asked, answer.status_code, answer.mimetype or "", body)
    return answer
