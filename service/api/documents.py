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
        for answer in data["components"].get("responses", {}).values():
            content = answer.get("content", {})
            if "application/json" in content:
                content[MEDIA_TYPE] = content.pop("application/json")
        return data

    @cached_property
    def content(self) -> bytes:
        """The document as it is served."""
        return orjson.dumps(self.data)


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
