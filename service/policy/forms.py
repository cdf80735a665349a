"""Forms as form-js writes them, and the check of what people submit against them.

A form is refused as a whole if the server could not hold a submission to it; nothing in it is silently
ignored. It must not know tasks, variables or who submits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePath

from service.errors import BadDefinition, Invalid, Problem
from service.policy.form_checks import AnswerError
from service.policy.form_conditions import Condition
from service.policy.form_fields import Field, condition_of, is_field, parse_field
from service.policy.form_parts import Part
from service.policy.form_types import Option
from service.policy.strict_json import load
from service.policy.values import Value

__all__ = ["Field", "Form", "Option", "parse_form"]

Hides = tuple[Condition, ...]

_SHOWN_ONLY = frozenset({"text", "html", "spacer", "separator", "image", "button"})
_TOP = frozenset(
    {
        "id",
        "type",
        "name",
        "components",
        "schemaVersion",
        "executionPlatform",
        "executionPlatformVersion",
        "exporter",
        "properties",
    }
)
_BOX = frozenset(
    {
        "id",
        "type",
        "key",
        "label",
        "components",
        "layout",
        "conditional",
        "showOutline",
        "verticalAlignment",
    }
)
_DEEPEST = 6
_MOST_FIELDS = 200
_MOST_PROBLEMS = 50


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form that can be held against submissions."""

    id: str
    name: str
    file: str
    fields: tuple[Field, ...]
    _order: tuple[Field, ...] = field(repr=False, compare=False)
    _keys: frozenset[str] = field(repr=False, compare=False)

    def field(self, key: str) -> Field | None:
        """The field of a key."""
        return next((one for one in self.fields if one.key == key), None)

    def validate(self, values: Mapping[str, object]) -> dict[str, Value]:
        """The clean answers: one for every field that takes one, empty for those left out or hidden.

        So a later submission of the same form also takes back what an earlier one said. Raises Invalid
        with a Problem per field, ``where`` its key.
        """
        problems = [_unknown(key) for key in values if key not in self._keys]
        answers: dict[str, Value] = {}
        hidden: set[str] = set()
        for each in self._order:
            if each.hides and any(hide.holds(answers) for hide in each.hides):
                hidden.add(each.key)
            try:
                self._answer(each, values.get(each.key), answers, each.key in hidden)
            except AnswerError as wrong:
                problems.append(Problem(message=f"“{each.label}”{wrong}", where=each.key))
        if problems:
            raise Invalid("表单填写有误", problems=self._in_order(problems))
        taking = (one for one in self.fields if not one.display_only)
        return {one.key: answers.get(one.key, one.empty) for one in taking}

    def _in_order(self, problems: list[Problem]) -> list[Problem]:
        """As the form asks, unknown keys last, and not endlessly many."""
        places = {one.key: place for place, one in enumerate(self.fields)}
        return sorted(problems, key=lambda one: places.get(one.where, len(places)))[:_MOST_PROBLEMS]

    def _answer(self, one: Field, given: object, answers: dict[str, Value], hidden: bool) -> None:
        if one.display_only:
            return
        if hidden:
            if given not in (None, "", [], False):
                raise AnswerError("现在不需要填写，请留空")
            return
        value = None if given is None else one.check(given)
        if one.required and (value is None or value is False or value == []):
            raise AnswerError("必须勾选" if one.type == "checkbox" else "必须填写")
        answers[one.key] = one.empty if value is None else value


def parse_form(content: bytes, file: str) -> Form:
    """A form-js file as a Form; BadDefinition lists everything in it that cannot be used."""
    data = load(content, file)
    if not isinstance(data, dict):
        raise BadDefinition("不是表单", file=file, cure="用表单编辑器保存")
    top = Part(data, file, "")
    form_id = _head(top, file)
    fields = _fields(top)
    _check_conditions(top, fields)
    return Form(
        id=form_id,
        name=top.text("name") or _heading(data) or form_id,
        file=file,
        fields=fields,
        _order=_ordered(top, fields),
        _keys=frozenset(one.key for one in fields),
    )


def _head(top: Part, file: str) -> str:
    top.only(_TOP, "表单")
    if top.text("type") != "default" or not top.count("schemaVersion"):
        raise top.bad("不是 form-js 表单", '须有 "type": "default" 和 "schemaVersion"')
    form_id, stem = top.text("id"), PurePath(file).stem
    if form_id != stem:
        raise top.bad(f"表单的 id“{form_id}”与文件名不一致", f"把 id 改成“{stem}”，或把文件改名")
    return form_id


def _heading(data: Mapping[str, object]) -> str:
    """The first heading of the form's texts, which is where form-js puts a title."""
    rows = data.get("components")
    texts = (row.get("text") for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
    first = next((text for text in texts if isinstance(text, str) and text.lstrip().startswith("#")), "")
    return first.lstrip("# \n").splitlines()[0].strip() if first else ""


def _fields(top: Part) -> tuple[Field, ...]:
    found: list[Field] = []
    problems: list[Problem] = []
    for part, hides in _parts(top, (), 0):
        try:
            found.extend(_one(part, hides, found))
        except BadDefinition as error:
            problems.append(error.problem)
    if len(found) > _MOST_FIELDS:
        raise top.bad(f"字段多于 {_MOST_FIELDS} 个", "拆成几个表单")
    if problems:
        raise BadDefinition(f"表单有 {len(problems)} 处不能使用", file=top.file, problems=problems)
    return tuple(found)


def _parts(box: Part, hides: Hides, depth: int) -> Iterator[tuple[Part, Hides]]:
    """Every component that is not a mere box, with the conditions of the boxes around it."""
    if depth > _DEEPEST:
        raise box.bad("分组嵌套太深", "减少嵌套")
    rows = box.get("components", list, "列表")
    for row in rows if isinstance(rows, list) else ():
        data = row if isinstance(row, dict) else {}
        part = Part(data, box.file, str(data.get("key") or data.get("id") or "?"))
        if part.text("type") in ("group", "columns"):
            part.only(_BOX, "分组")
            yield from _parts(part, (*hides, *condition_of(part)), depth + 1)
        else:
            yield part, hides


def _one(part: Part, hides: Hides, before: list[Field]) -> Iterator[Field]:
    kind = part.text("type")
    if kind in _SHOWN_ONLY:
        return
    if not is_field(kind):
        cure = "改用文本、数字、单选、下拉、勾选、多选、标签、日期或附件"
        raise part.bad(f"组件类型“{kind}”不受支持", cure)
    found = parse_field(part, hides)
    if any(one.key == found.key for one in before):
        raise part.bad(f"key“{found.key}”用了两次", "每个字段用不同的 key")
    yield found


def _check_conditions(top: Part, fields: tuple[Field, ...]) -> None:
    known = {one.key: one for one in fields if not one.display_only}
    for one in fields:
        for condition in one.hides:
            for key in sorted(condition.names - known.keys()):
                cure = "条件只能用本表单里要填写的字段"
                raise BadDefinition(f"隐藏条件里的“{key}”不是字段", file=top.file, element=one.key, cure=cure)
            for key, literal in condition.compared:
                _check_literal(top, one, known[key], literal)


def _check_literal(top: Part, one: Field, read: Field, literal: Value) -> None:
    options = [option.value for option in read.options]
    if options and literal not in (None, "", *options):
        cure = f"可用：{'、'.join(options)}"
        message = f"隐藏条件里“{read.key}”没有选项“{literal}”"
        raise BadDefinition(message, file=top.file, element=one.key, cure=cure)


def _ordered(top: Part, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Fields so that each comes after those its conditions read."""
    by_key = {one.key: one for one in fields}
    reads = {one.key: sorted({key for hide in one.hides for key in hide.names}) for one in fields}
    try:
        return tuple(by_key[key] for key in TopologicalSorter(reads).static_order())
    except CycleError as error:
        names = "、".join(dict.fromkeys(error.args[1]))
        raise top.bad(f"隐藏条件互相依赖：{names}", "去掉其中一个条件") from error


def _unknown(key: str) -> Problem:
    shown = key[:40]
    return Problem(message=f"表单没有“{shown}”这一项", where=shown, cure="去掉它")
