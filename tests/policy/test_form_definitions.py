"""A form the server could not hold a submission to is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import BadDefinition
from service.policy.forms import parse_form
from tests.policy.places import ROOT
from tests.policy.sheets import DECISION, OPTIONS, Component, form, part


def refusal(*components: Component, **top: object) -> str:
    with pytest.raises(BadDefinition) as caught:
        form(*components, **top)
    return str(caught.value)


@pytest.mark.parametrize(
    ("component", "words"),
    [
        (part("dynamiclist", "f"), "组件类型“dynamiclist”不受支持"),
        (part("expression", "f"), "组件类型“expression”不受支持"),
        (part("iframe", "f"), "组件类型“iframe”不受支持"),
        (part("select", "f", valuesExpression="=x"), "没有固定的选项"),
        (part("select", "f", valuesKey="x"), "没有固定的选项"),
        (part("radio", "f", values=[*OPTIONS, OPTIONS[0]]), "选项“approve”为空或重复"),
        (part("radio", "f", values=[{"label": "一", "value": 1}]), "“value”应当是文字"),
        (part("textfield", "f", validate={"required": "=x"}), "“required”用了表达式"),
        (part("number", "f", validate={"min": "=x"}), "“min”用了表达式"),
        (part("textfield", "f", readonly="=x"), "“readonly”用了表达式"),
        (part("textfield", "f", validate={"max": 3}), "校验的设置“max”不受支持"),
        (part("textfield", "f", valeus=[]), "组件的设置“valeus”不受支持"),
        (part("textfield", "f", validate={"pattern": "(a+)+"}), "重复的组里又有重复"),
        (part("textfield", "f", validate={"pattern": "a", "maxLength": 500}), "最长 100 个字"),
        (part("textfield", "f", validate={"validationType": "phone"}), "“phone”不受支持"),
        (part("textfield", "f", validate={"minLength": -1}), "不能是负数"),
        (part("textfield", "a.b"), "key“a.b”不合规则"),
        (part("textfield", "f", properties={"kind": "school"}), "属性 kind 的值“school”不认识"),
        (part("textfield", "f", disabled=True, validate={"required": True}), "只供查看的项不能必填"),
        (part("textfield", "f", conditional={"hide": "=today() > x"}), "无法核对"),
        (part("textfield", "f", conditional={"hide": "=g"}), "隐藏条件里的“g”不是字段"),
        (part("textfield", "f", conditional={"show": "=g"}), "条件的设置“show”不受支持"),
        (part("radio", "f", values=OPTIONS, defaultValue="maybe"), "默认值不合要求"),
        (part("datetime", "f", subtype="datetime"), "只支持日期"),
        (part("datetime", "f", subtype="date", disallowPassedDates=True), "不限制过去的日期"),
        (part("number", "f", serializeToString=True), "数字不能作为文字提交"),
        ({"type": "group", "id": "g", "path": "p", "components": []}, "分组的设置“path”不受支持"),
    ],
)
def test_what_the_server_cannot_hold_a_submission_to_is_refused(component: Component, words: str) -> None:
    message = refusal(component)
    assert words in message
    assert "forms/review.form" in message


def test_a_condition_on_an_option_that_does_not_exist_is_refused() -> None:
    note = part("textfield", "note", conditional={"hide": '=decision = "rejct"'})
    assert "“decision”没有选项“rejct”" in refusal(DECISION, note)


def test_conditions_that_depend_on_each_other_are_refused() -> None:
    first = part("textfield", "a", conditional={"hide": '=b = "x"'})
    assert "互相依赖" in refusal(first, part("textfield", "b", conditional={"hide": '=a = "x"'}))


def test_all_that_is_wrong_is_told_at_once() -> None:
    message = refusal(
        part("table", "a"), part("textfield", "b.c"), part("textfield", "d"), part("number", "d")
    )
    assert "表单有 3 处不能使用" in message
    assert all(word in message for word in ("table", "b.c", "key“d”用了两次"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"id": "review",\n "id": "x"}', ":2：键“id”重复"),
        (b'{\t"id": "review",\n\t"id": "x"}', "键“id”重复"),
        (b'{"id": \n}', "forms/review.form:2：不是有效的 JSON"),
        (b"\xff\xfe", "不是有效的 JSON"),
        (b'{"id": NaN}', "不是有效的 JSON"),
        (b"[" * 100_000, "不是有效的 JSON"),
        (b"[]", "不是表单"),
        (b'{"id": "review", "type": "default", "components": []}', "不是 form-js 表单"),
        (b'{"id": "other", "type": "default", "schemaVersion": 19, "components": []}', "与文件名不一致"),
        (b'{"id": "review", "type": "default", "schemaVersion": 19, "component": []}', "“component”不受支持"),
        (
            b'{"id": "review", "type": "default", "schemaVersion": 19, "components": [1]}',
            "组件类型“”不受支持",
        ),
    ],
)
def test_a_file_that_is_no_form_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(BadDefinition) as caught:
        parse_form(content, "forms/review.form")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("forms/**/*.form")) + sorted(ROOT.glob("processes/**/*.form"))
)
def test_the_projects_own_forms_can_be_read(path: Path) -> None:
    assert parse_form(path.read_bytes(), path.name).fields
