"""Blueprints that say everything about an operation in one place: who may, what comes in, what goes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import marshmallow
import orjson
from flask import Request, Response
from flask.json.provider import JSONProvider
from flask_smorest import Blueprint
from webargs import core
from webargs.flaskparser import FlaskParser

from service.api.access import Access, allow
from service.api.idempotency import HEADER, once
from service.errors import BadRequest, Problem, XuejiError

View = TypeVar("View", bound=Callable[..., Any])
Schema = marshmallow.Schema | type[marshmallow.Schema]


READS = "_reads"  # the mark of a view that changes nothing though its method says so
_CHANGING = {"POST", "PUT", "DELETE"}
_KEY = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "maxLength": 255},
    "description": "同一请求重发时给出同一个值，只生效一次（保存 24 小时）",
}


class Unsupported(XuejiError):
    """The body is of a type nobody asked for."""

    code, status = "unsupported_media_type", 415


class Json(JSONProvider):
    """JSON by orjson: fast, bounded in depth, strict about UTF-8 and numbers."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, default=str).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = orjson.dumps(self._prepare_response_obj(args, kwargs), default=str)
        return Response(body, mimetype="application/json")


# A filter that is passed over would answer more than was asked for.
_UNKNOWN = {
    **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
    "query": marshmallow.RAISE,
    "form": marshmallow.EXCLUDE,
}


class Parser(FlaskParser):
    """Reads what a request brings; what it cannot read is a BadRequest that names every wrong field."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = _UNKNOWN

    def _raw_load_json(self, req: Request) -> Any:
        content = req.get_data(cache=True)
        if not content.strip():
            return core.missing
        if not req.is_json:
            raise Unsupported("请求体不是 JSON", cure="请用 Content-Type: application/json")
        return read_json(content)

    def handle_error(self, error: marshmallow.ValidationError, *_: Any, **__: Any) -> NoReturn:
        raise BadRequest(
            "请求中有不能接受的内容", cure="请按所列各项改正", problems=_problems(error.messages)
        ) from error


def read_json(content: bytes) -> Any:
    """JSON as data. Raises BadRequest."""
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadRequest(
            f"请求体不是有效的 JSON：{_place(error)}", cure="请核对括号、引号和编码（UTF-8）"
        ) from error
    if b"\\u0000" in content and _holds_nul(found):
        raise BadRequest("请求体中含有空字符（NUL）", cure="请去掉后重试")
    return found


def _place(error: orjson.JSONDecodeError) -> str:
    return f"第 {error.lineno} 行第 {error.colno} 列"


def _holds_nul(thing: Any) -> bool:
    """Whether a NUL character stands anywhere; without recursion, as the data may be deep."""
    todo = [thing]
    while todo:
        one = todo.pop()
        if isinstance(one, str) and "\0" in one:
            return True
        if isinstance(one, dict):
            todo.extend([*one.keys(), *one.values()])
        elif isinstance(one, list):
            todo.extend(one)
    return False


def _problems(messages: Any, path: str = "") -> list[Problem]:
    """Marshmallow's tree of messages as a flat list."""
    if isinstance(messages, dict):
        items = [(_step(path, str(key)), value) for key, value in messages.items()]
        return [problem for where, value in items for problem in _problems(value, where)]
    if isinstance(messages, list):
        return [problem for value in messages for problem in _problems(value, path)]
    return [Problem(message=str(messages), where=path)]


def _step(path: str, key: str) -> str:
    if key in {"json", "query", "form", "files", "_schema"} and not path:
        return ""
    return path if key == "_schema" else f"{path}.{key[:100]}".lstrip(".")


@dataclass(frozen=True, kw_only=True)
class Op:
    """One operation. ``status`` is that of success; ``raw`` the media type of an answer that is no schema's."""

    may: Access
    summary: str
    about: str = ""
    query: Schema | None = None
    body: Schema | None = None
    form: Schema | None = None
    answer: Schema | None = None
    status: int = 200
    raw: str = ""
    reads: bool = False  # a POST that only asks
    told_once: str = ""  # the part of the answer that no repeat tells


class Resource(Blueprint):  # type: ignore[misc]
    """The operations on one kind of thing."""

    ARGUMENTS_PARSER = Parser()

    def operation(self, method: str, path: str, op: Op) -> Callable[[View], View]:
        """Register a handler; it gets the path's values by name, then query, body and form as it declared them."""

        def register(view: View) -> View:
            handler: Callable[..., Any] = view
            for location, schema, media in (
                ("form", op.form, "multipart/form-data"),
                ("json", op.body, None),
                ("query", op.query, None),
            ):
                if schema is not None:
                    ready = (
                        schema() if isinstance(schema, type) else schema
                    )  # webargs would make one a request
                    arguments = self.arguments(ready, location=location, content_type=media, required=False)
                    handler = arguments(handler)
            described = f"{op.about}\n\n{op.may.sentence}。".strip()
            open_to_all: dict[str, Any] = {} if op.may.signed_in else {"security": []}
            handler = self.doc(summary=op.summary, description=described, **open_to_all)(handler)
            handler = self.response(op.status, op.answer, content_type=op.raw or None)(handler)
            if method in _CHANGING and op.may.signed_in and not op.reads:
                handler = once(self.doc(parameters=[_KEY] if method == "POST" else [])(handler), op.told_once)
            handler = allow(op.may)(handler)
            setattr(handler, READS, op.reads)
            name = re.sub(r"\W", "_", f"{view.__name__}_{method}_{path}")
            self.route(path, methods=[method], endpoint=name)(handler)
            return view

        return register
