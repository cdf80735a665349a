"""Materials (附件): handing in files, looking at them, and letting a form refer to them.

A file is uploaded for a case (all its parties see it at once) or ahead of one: then it is a draft only its uploader
sees, until a form that names it is submitted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection

from service.casework import recognition
from service.casework.actors import Actor
from service.casework.context import Office
from service.errors import Conflict, Forbidden, Invalid, NotFound, Problem, TooLarge
from service.ids import new_id
from service.policy.forms import Form
from service.policy.values import Value
from service.store import materials as rows
from service.store import records
from service.store.db import transaction
from service.store.listing import Page
from service.store.notes import note
from service.store.progress import read_clock, read_task
from service.store.rows import NewEntry

_LONGEST_NAME = 150
_SUFFIXES = {"jpg": (".jpg", ".jpeg"), "png": (".png",), "pdf": (".pdf",)}


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file with what its sender says of it; ``case`` or ``task`` say where it belongs, neither: a draft."""

    content: bytes
    name: str = ""
    description: str = ""
    case: str = ""
    task: str = ""


@dataclass(frozen=True, kw_only=True)
class Content:
    """A file as it is given out."""

    name: str
    media_type: str
    digest: str
    content: bytes


def upload(office: Office, actor: Actor, given: Upload) -> Mapping[str, Any]:
    """Keep a file; the row of ``store.materials.MATERIALS``.

    Raises TooLarge, NotAMaterial (422), NotFound (case or task), Forbidden (no part in it), Conflict (closed, or too
    many drafts).
    """
    rules = office.shelf.rules.law.materials
    if len(given.content) > rules.largest_kb * 1024:
        raise TooLarge(f"文件大于 {rules.largest_kb} KB", cure="请缩小图片或压缩 PDF 后再传")
    kind = recognition.recognise(given.content, rules)
    with transaction() as connection:
        case = _place(connection, actor, given)
        if case is None and rows.drafts(connection, actor.id) >= rules.most_drafts:
            raise Conflict(f"您已有 {rules.most_drafts} 个尚未使用的附件", cure="请先删除不用的附件")
        row = {
            "id": new_id(),
            "digest": hashlib.sha256(given.content).hexdigest(),
            "name": _tidy(given.name, kind.name),
            "description": given.description,
            "media_type": kind.media_type,
            "size": len(given.content),
            "by": actor.id,
            "at": read_clock(connection)[0],
            "case_number": case,
            "task": given.task or None,
        }
        rows.insert(connection, row, given.content, sorted(actor.units))
        _note(connection, actor, "upload_material", row)
        found = rows.visible(connection, str(row["id"]), (), None)
    if found is None:
        raise NotFound("附件没有保存下来", cure="请重新上传")
    return found


def _place(connection: Connection, actor: Actor, given: Upload) -> str | None:
    """The case the file is for; None for a draft."""
    number = given.case
    if given.task:
        task = read_task(connection, given.task)
        if task is None or (number and task.case_number != number):
            raise NotFound("没有这个任务", cure="请核对任务编号，或刷新待办列表")
        number = task.case_number
    if not number:
        return None
    case = records.case(connection, number, sorted(actor.units), actor.sees_everything)
    if case is None:
        raise NotFound("没有这个办件", cure="请核对受理编号")
    if records.case(connection, number, sorted(actor.units), False) is None:
        raise Forbidden("只有办件的当事单位可以提交附件", cure="请由当事单位的人员提交")
    if case["closed_at"] is not None:
        raise Conflict("办件已经结束", cure="请刷新后查看办件状态")
    return number


def _tidy(name: str, kind: str) -> str:
    """A file name that is only a name, with the suffix of what the file is."""
    plain = PurePath(name.replace("\\", "/")).name
    plain = "".join(char for char in plain if char.isprintable() and char not in '<>:"|?*').strip(" .")
    plain = plain[-_LONGEST_NAME:] or "附件"
    return plain if plain.lower().endswith(_SUFFIXES[kind]) else f"{plain}{_SUFFIXES[kind][0]}"


def find(actor: Actor, material: str) -> Mapping[str, Any]:
    """One material the person may know of. Raises NotFound."""
    with transaction() as connection:
        return _visible(connection, actor, material)


def listed(actor: Actor, wanted: Mapping[str, Any], page: Page) -> Sequence[Mapping[str, Any]]:
    """Those of a case or task (``case_number``, ``task``), or the person's own drafts where neither is asked for."""
    conditions = dict(wanted) or {"draft_of": actor.id}
    if not actor.sees_everything:
        conditions["visible"] = {"units": sorted(actor.units), "person": actor.id}
    with transaction() as connection:
        return rows.MATERIALS.find(connection, conditions, page)


def read(actor: Actor, material: str) -> Content:
    """The file itself. Looking into somebody's papers is journaled."""
    with transaction() as connection:
        row = _visible(connection, actor, material)
        if row["case_number"] is not None:
            _note(connection, actor, "read_material", row)
        content = rows.content(connection, row["digest"])
    return Content(name=row["name"], media_type=row["media_type"], digest=row["digest"], content=content)


def delete(actor: Actor, material: str) -> None:
    """Take back a draft. What is handed in belongs to the case and stays. Raises NotFound, Forbidden, Conflict."""
    with transaction() as connection:
        row = _visible(connection, actor, material)
        if row["case_number"] is not None:
            raise Conflict("附件已随办件提交，不能删除", cure="如需更正，请另行上传并说明")
        if row["by"] != actor.id and "admin" not in actor.powers:
            raise Forbidden("只能删除自己上传的附件", cure="请由上传人删除")
        if not rows.delete_draft(connection, material):
            raise Conflict("附件刚刚被提交或删除", cure="请刷新后查看")
        _note(connection, actor, "delete_material", row)


def pass_on(actor: Actor, material: str, reason: str) -> None:
    """Let the other side of a case between two provinces see a material, for a reason that is journaled.

    A side hands in papers for its own review (MOE2013-14: each side's school and authority decide on their own); what
    the other needs of them is passed on one by one (assumed: no text says which, and MOE2013-25-b forbids more than is
    needed). Raises NotFound, Forbidden (not of the side that has it), Conflict (a draft, or passed on already).
    """
    with transaction() as connection:
        row = _visible(connection, actor, material)
        if rows.visible(connection, material, sorted(actor.units), actor.id) is None:
            raise Forbidden("只有提交附件一方的当事单位可以转给对方", cure="请由当事单位的人员办理")
        if row["case_number"] is None:
            raise Conflict("附件还没有归入办件", cure="请先随表单提交")
        if not rows.pass_on(connection, material):
            raise Conflict("各方都能看到这个附件，不需要转给对方", cure="请刷新后查看")
        _note(connection, actor, "pass_on_material", row, reason=reason)


def sweep(office: Office) -> int:
    """Remove drafts nobody handed in and contents nobody refers to; how many rows."""
    with transaction() as connection:
        return rows.sweep(connection, office.shelf.rules.law.materials.draft_days)


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """A form that is being handed in: by whom, for which case, under which key."""

    by: str
    case: str
    key: str
    region: str  # of the side it is handed in to
    task: str | None = None


def attach(
    connection: Connection, form: Form, values: Mapping[str, Value], to: Submitted
) -> dict[str, list[str]]:
    """Hand in the files a submission names; for the journal, their digests by id under ``materials``.

    Raises Invalid for an id that is neither a draft of the person nor of this case. Costs nothing without files.
    """
    named = {one.key: _ids(values.get(one.key)) for one in form.fields if one.takes_files}
    ids = sorted({each for several in named.values() for each in several})
    if not ids:
        return {}
    place = {"number": to.case, "task": to.task, "submission": to.key, "by": to.by, "region": to.region}
    found = rows.attach(connection, ids, place)
    problems = [
        Problem(message="没有这个附件，或它不是您上传的、也不属于本办件", where=key, cure="请重新上传")
        for key, several in named.items()
        if not found.keys() >= set(several)
    ]
    if problems:
        raise Invalid("表单填写有误", problems=problems)
    return {"materials": [f"{each}:{digest}" for each, digest in sorted(found.items())]}


def _ids(value: Value) -> Collection[str]:
    given = value if isinstance(value, list) else [value]
    return [str(one) for one in given if one]


def _visible(connection: Connection, actor: Actor, material: str) -> Mapping[str, Any]:
    row = rows.visible(connection, material, sorted(actor.units), None if actor.sees_everything else actor.id)
    if row is None:
        raise NotFound("没有这个附件", cure="请核对附件编号")
    return row


def _note(connection: Connection, actor: Actor, verb: str, row: Mapping[str, Any], **more: str) -> None:
    detail = {
        **more,
        "material": row["id"],
        "digest": row["digest"],
        "media_type": row["media_type"],
        "size": row["size"],
    }
    entry = NewEntry(actor=actor.id, verb=verb, detail=detail)
    note(connection, entry, case=row["case_number"])
