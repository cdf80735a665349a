"""Errors as the caller sees them: RFC 9457 problems that are Camunda errors at the same time.

Both name the kind ``type``; it holds Camunda's type name, which is also a relative URI reference as the RFC
wants. ``message`` is Camunda's: the sentence and every single finding; ``detail`` is the sentence.
Nothing of the inside is told: an unknown error is a number the operator finds in the log.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from service.errors import Problem, XuejiError
from service.ids import new_id
from service.store import failures

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_TYPES = {
    400: "InvalidRequestException",
    401: "AuthenticationException",
    403: "AuthorizationException",
    404: "InvalidRequestException",
}
_OTHER = "RestException"
_SENTENCES = {
    400: ("请求无法理解", "请核对请求的格式"),
    404: ("没有这个地址", "请核对路径；接口说明见 /docs"),
    405: ("这个地址不支持该方法", "可用的方法见响应头 Allow"),
    408: ("请求没有按时送达", "请重试"),
    413: ("请求体太大", "请缩小后重试"),
    414: ("地址太长", "请改用 POST 查询"),
    415: ("请求体的类型不受支持", "请用 Content-Type: application/json"),
}


class ParseFailure(XuejiError):
    """A deployment that cannot be parsed, told the way Camunda Modeler reads it."""

    code, status = "parse_error", 400


def install(app: Flask) -> None:
    """Answer every error of an application."""
    app.register_error_handler(XuejiError, of_known)
    app.register_error_handler(HTTPException, of_http)
    for kind in failures.DATABASE_ERRORS:
        app.register_error_handler(kind, of_database)
    app.register_error_handler(Exception, of_unknown)


def of_known(error: XuejiError) -> Response:
    """An error of ours."""
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s %s: %s", request.method, request.path, error, exc_info=error)
    body = {
        "type": kind_of(error),
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": str(error.problem),
        "message": str(error),
        "code": error.code,
        "clauses": list(error.problem.clauses),
        "errors": [told(problem) for problem in error.problems],
        "instance": request.path,
        **_place(error.problem),
        **error.details,
    }
    answer = _answer(body, error.status)
    if "retryAfter" in error.details:
        answer.headers["Retry-After"] = str(error.details["retryAfter"])
    return answer


def kind_of(error: XuejiError) -> str:
    """Camunda's name for an error."""
    if isinstance(error, ParseFailure):
        return "ParseException"
    if "winner" in error.details:
        return "TaskAlreadyClaimedException"
    return _TYPES.get(error.status, _OTHER)


def told(problem: Problem) -> dict[str, Any]:
    """One finding."""
    found = {"message": problem.message, "clauses": list(problem.clauses), **_place(problem)}
    return {"where": problem.where, **found} if problem.where else found


def of_http(error: HTTPException) -> Response:
    """An error of the web framework: no such address, wrong method, too large, …"""
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    status = error.code or 500
    sentence, cure = _SENTENCES.get(status, ("请求不能处理", "请核对后重试"))
    answer = _plain(status, HTTPStatus(status).name.lower(), sentence, cure)
    answer.headers.extend((name, value) for name, value in error.get_headers() if name not in _OWN_HEADERS)
    return answer


def of_database(error: Exception) -> Response:
    """The database could not do it: busy or away is worth a retry, an impossible value is not."""
    meaning = failures.meaning(error)
    if meaning is failures.Meaning.VALUE:
        return _plain(400, "bad_request", "请求中有数据库不能接受的值", "请核对取值后重试")
    if meaning is failures.Meaning.UNKNOWN:
        return of_unknown(error)
    log.warning("%s %s: %s", request.method, request.path, error)
    answer = _plain(503, "busy", "系统正忙，本次操作没有生效", "请稍后重试")
    answer.headers["Retry-After"] = "1"
    return answer


def of_unknown(error: Exception) -> Response:
    """A mistake of ours: logged under a number, which is all the caller learns."""
    reference = new_id()
    log.error("%s %s failed, reference %s", request.method, request.path, reference, exc_info=error)
    cure = f"请把编号 {reference} 告知系统管理员"
    return _plain(500, "internal_error", "系统内部错误，本次操作没有生效", cure, reference=reference)


_OWN_HEADERS = frozenset({"Content-Type", "Content-Length"})


def _plain(status: int, code: str, sentence: str, cure: str, **more: str) -> Response:
    detail = f"{sentence}。{cure}"
    body = {
        "type": "NotFoundException" if status == HTTPStatus.NOT_FOUND else _TYPES.get(status, _OTHER),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "message": detail,
        "code": code,
        "clauses": [],
        "errors": [],
        "instance": request.path,
        "cure": cure,
        **more,
    }
    return _answer(body, status)


def _place(problem: Problem) -> dict[str, Any]:
    known = {"file": problem.file, "element": problem.where, "line": problem.line, "cure": problem.cure}
    return {name: value for name, value in known.items() if value}


def _answer(body: dict[str, Any], status: int) -> Response:
    answer = Response(orjson.dumps(body, default=str), status=status, mimetype=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Basic realm="xueji", charset="UTF-8"'
    return answer
