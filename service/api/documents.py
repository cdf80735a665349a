"""The description of the API: the OpenAPI document, and a page made from it that needs nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, render_template
from flask_smorest import Api

from service.api.access import PUBLIC, allow
from service.api.errors import MEDIA_TYPE
from service.api.problem import ProblemSchema

_METHODS = ("get", "post", "put", "delete")

_ABOUT = (
    "办理学籍业务的接口。/api 为本系统所有，/engine-rest 沿用 Camunda 7 的地址和名称。"
    "先 POST /api/token 取得令牌（8 小时），此后带请求头 Authorization: Bearer …；也可用 HTTP Basic。\n\n"
    "办一件业务：POST /api/students/find 找到学生；GET /engine-rest/process-definition/key/{key}/deployed-start-form "
    "看要填什么；POST /api/cases 发起；GET /engine-rest/task 看待办；POST /engine-rest/task/{task_id}/claim 签收；"
    "GET /engine-rest/task/{task_id}/deployed-form 看表单；POST /api/tasks/{task_id}/complete 办结；"
    "GET /api/cases/{number} 和 /api/cases/{number}/timeline 跟踪。\n\n"
    "错误一律是 application/problem+json：400 请求不对，401 未登录，403 无权，404 没有或无权知道，"
    "409 他人已先办理或状态不符，412 已被改动，422 填写有误或不符合规定（errors 逐条列出），"
    "429 过于频繁，503 稍后重试。"
    "修改类请求可带 Idempotency-Key，重发只生效一次。"
)


class DescribedApi(Api):  # type: ignore[misc]
    """flask-smorest's collector of descriptions; errors are answered by errors alone."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        return


@dataclass(frozen=True)
class Documents:
    """Made when first asked for, then kept."""

    api: Api

    @cached_property
    def data(self) -> dict[str, Any]:
        """The OpenAPI document."""
        data: dict[str, Any] = orjson.loads(orjson.dumps(self.api.spec.to_dict(), default=str))
        data["components"]["securitySchemes"] = {
            "basic": {"type": "http", "scheme": "basic"},
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        }
        data["security"] = [{"basic": []}, {"bearer": []}]
        data["info"]["description"] = _ABOUT
        for operation in (
            one for item in data["paths"].values() for one in item.values() if "responses" in one
        ):
            _say_whether_required(operation, data["components"]["schemas"])
        for answer in data["components"].get("responses", {}).values():
            content = answer.get("content", {})
            if "application/json" in content:
                content[MEDIA_TYPE] = content.pop("application/json")
        return data

    @cached_property
    def content(self) -> bytes:
        """The document as it is served."""
        return orjson.dumps(self.data)


def _say_whether_required(operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """A body some part of which must be there must be there."""
    body = operation.get("requestBody")
    if body is not None:
        told = next(iter(body["content"].values()))["schema"]
        schema = schemas.get(told.get("$ref", "").rpartition("/")[2], told)
        body["required"] = bool(schema.get("required"))


def install(app: Flask, api: Api) -> None:
    """Serve the document and the page."""
    documents = Documents(api)
    pages = Blueprint("documents", __name__, template_folder="templates")

    @pages.get("/openapi.json")
    @allow(PUBLIC)
    def openapi() -> Response:
        return Response(documents.content, mimetype="application/json")

    @pages.get("/docs")
    @allow(PUBLIC)
    def docs() -> str:
        return render_template("api.html", document=documents.data, tags=list(by_tag(documents.data)))

    app.register_blueprint(pages)


def by_tag(document: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each tag with its operations, in the order they were registered."""
    for tag in document.get("tags", ()):
        yield (
            tag,
            [
                {
                    **operation,
                    "path": path,
                    "method": method.upper(),
                    "parameters": _parameters(item, operation),
                }
                for path, item in document["paths"].items()
                for method, operation in item.items()
                if method in _METHODS and tag["name"] in operation.get("tags", ())
            ],
        )


def _parameters(item: Mapping[str, Any], operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [*item.get("parameters", ()), *operation.get("parameters", ())]
