"""Materials (附件): uploading files, looking at them and taking back drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, request
from marshmallow import EXCLUDE, Schema, fields

from service.api.access import SIGNED_IN, UPLOADING
from service.api.context import actor, office
from service.api.engine_rest.shared import Paged, page
from service.api.fields import Body, Choice, Moment, Text
from service.api.resource import Op, Resource
from service.casework import materials as verbs
from service.errors import BadRequest

materials = Resource("materials", __name__, url_prefix="/api/materials", description="附件")

# A picture needs nothing. Browsers show a PDF in a viewer of their own, which a sandbox would keep from starting.
_POLICY = {
    "image": "default-src 'none'; sandbox; frame-ancestors 'self'",
    "application": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
}


class MaterialUpload(Body):
    """The fields beside the file."""

    class Meta:
        unknown = EXCLUDE

    case = Text(load_default="", longest=100, metadata={"description": "受理编号；与 task 都省略即草稿"})
    task = Text(load_default="", longest=200, metadata={"description": "任务编号"})
    description = Text(load_default="", longest=500)


class MaterialQuery(Paged):
    """Of what."""

    case_number = Text(data_key="case", longest=100, metadata={"description": "受理编号；省略即自己的草稿"})
    task = Text(longest=200)


class How(Body):
    """To keep, or to look at."""

    as_ = Choice("attachment", "inline", data_key="as", load_default="attachment")


class Material(Schema):
    """A file that was handed in."""

    id = fields.String(required=True)
    name = fields.String()
    description = fields.String()
    media_type = fields.String(
        metadata={"description": "由内容认定：image/jpeg、image/png 或 application/pdf"}
    )
    size = fields.Integer(metadata={"description": "字节数"})
    digest = fields.String(metadata={"description": "内容的 SHA-256"})
    by = fields.String()
    by_name = fields.String()
    at = Moment(dump_only=True)
    case = fields.String(attribute="case_number", allow_none=True, metadata={"description": "空即草稿"})
    task = fields.String(allow_none=True)


@materials.operation(
    "POST",
    "",
    Op(
        may=UPLOADING,
        summary="上传附件",
        about="multipart/form-data，文件部件名为 file。只收 JPG、PNG、PDF，按内容认定，每个不超过 2 MB"
        "（processes/materials.yaml）。带 case 或 task 的随即归入办件，当事单位都能看到；都不带的是草稿，"
        "只有本人能看到，在表单的附件项中填入其 id 并提交后归入办件，久未提交的自动清除。",
        form=MaterialUpload,
        answer=Material,
        status=201,
    ),
)
def upload(form: Mapping[str, Any]) -> Mapping[str, Any]:
    files = list(request.files.values())
    if len(files) != 1:
        raise BadRequest("应有且只有一个文件", cure="用 multipart/form-data，文件部件名为 file")
    content = files[0].stream.read()
    given = verbs.Upload(content=content, name=files[0].filename or "", **form)
    return verbs.upload(office(), actor(), given)


@materials.operation(
    "GET",
    "",
    Op(
        may=SIGNED_IN,
        summary="办件或任务的附件，或自己的草稿",
        query=MaterialQuery,
        answer=Material(many=True),
    ),
)
def listed(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    wanted = {name: query[name] for name in ("case_number", "task") if name in query}
    return verbs.listed(actor(), wanted, page(query, {}))


@materials.operation("GET", "/<material>", Op(may=SIGNED_IN, summary="一个附件的说明", answer=Material))
def described(material: str) -> Mapping[str, Any]:
    return verbs.find(actor(), material)


@materials.operation(
    "GET",
    "/<material>/content",
    Op(
        may=SIGNED_IN,
        summary="下载（或用 as=inline 预览）附件",
        about="查看已归入办件的附件会记入办理记录。",
        query=How,
        raw="*/*",
    ),
)
def content(query: Mapping[str, Any], material: str) -> Response:
    return delivered(verbs.read(actor(), material), query["as_"])


class PassingOn(Body):
    """Why."""

    reason = Text(required=True, longest=500)


@materials.operation(
    "POST",
    "/<material>/pass-on",
    Op(
        may=SIGNED_IN,
        summary="把附件转给跨省办件的另一方",
        about="跨省转学双方各存各的附件，只有提交一方的当事单位能看到；对方确需查看的逐个转给，理由记入办理记录。",
        body=PassingOn,
        status=204,
    ),
)
def pass_on(body: Mapping[str, Any], material: str) -> Response:
    verbs.pass_on(actor(), material, body["reason"])
    return Response(status=204)


@materials.operation("DELETE", "/<material>", Op(may=SIGNED_IN, summary="删除自己的草稿附件", status=204))
def delete(material: str) -> Response:
    verbs.delete(actor(), material)
    return Response(status=204)


def delivered(file: verbs.Content, how: str) -> Response:
    """A file that a browser keeps or shows, and never runs."""
    answer = Response(file.content, mimetype=file.media_type)
    answer.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(file.name)}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = _POLICY[file.media_type.partition("/")[0]]
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
