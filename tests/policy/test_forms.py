"""Submissions are held against their form."""

from __future__ import annotations

import timeit
from collections.abc import Mapping

import pytest

from service.errors import Invalid
from service.policy.forms import Form
from tests.policy.sheets import DECISION, OPTIONS, Component, form, part


def wrong(one: Form, values: Mapping[str, object]) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        one.validate(values)
    return {problem.where: problem.message for problem in caught.value.problems}


REASON = part(
    "select",
    "reason",
    values=[{"label": "材料不全", "value": "papers"}],
    validate={"required": True},
    conditional={"hide": '=decision != "reject"'},
)


def test_every_field_has_an_answer_the_empty_ones_too() -> None:
    one = form(
        part("textfield", "name"),
        part("number", "n"),
        part("checkbox", "agreed"),
        part("checklist", "papers", values=OPTIONS),
        part("datetime", "day", subtype="date"),
        part("filepicker", "proof"),
        DECISION,
    )
    empty: dict[str, object] = {
        "name": None,
        "n": None,
        "agreed": False,
        "papers": [],
        "day": None,
        "proof": [],
    }
    assert one.validate({"decision": "approve"}) == {**empty, "decision": "approve"}


def test_empty_lists_are_not_shared_between_submissions() -> None:
    one = form(part("taglist", "tags", values=OPTIONS))
    first = one.validate({})["tags"]
    assert isinstance(first, list)
    first.append("x")
    assert one.validate({}) == {"tags": []}


def test_a_field_hidden_by_an_answer_is_neither_required_nor_accepted() -> None:
    one = form(REASON, DECISION)
    assert one.validate({"decision": "approve"}) == {"reason": None, "decision": "approve"}
    assert one.validate({"decision": "approve", "reason": None})["reason"] is None
    assert wrong(one, {"decision": "approve", "reason": "papers"}) == {
        "reason": "“字段reason”现在不需要填写，请留空"
    }
    assert wrong(one, {"decision": "reject"}) == {"reason": "“字段reason”必须填写"}


def test_hiding_a_group_hides_what_is_in_it() -> None:
    inner = part("textfield", "note", validate={"required": True})
    group = {
        "type": "group",
        "id": "g",
        "components": [inner],
        "conditional": {"hide": '=decision = "approve"'},
    }
    one = form(DECISION, group)
    assert one.validate({"decision": "approve"})["note"] is None
    assert wrong(one, {"decision": "reject"}) == {"note": "“字段note”必须填写"}


def test_a_hidden_field_counts_as_null_for_those_hidden_by_it() -> None:
    more = part("textfield", "more", conditional={"hide": "=reason = null"})
    one = form(more, REASON, DECISION)
    assert wrong(one, {"decision": "approve", "more": "x"}).keys() == {"more"}
    assert one.validate({"decision": "reject", "reason": "papers", "more": "x"})["more"] == "x"


def test_texts_are_trimmed_and_blank_ones_are_missing() -> None:
    one = form(part("textfield", "name", validate={"required": True}), part("textarea", "note"))
    assert one.validate({"name": "  张 三 ", "note": "一\r\n二\n"}) == {"name": "张 三", "note": "一\n二"}
    assert wrong(one, {"name": "  　"}) == {"name": "“字段name”必须填写"}


def test_unknown_keys_are_refused() -> None:
    one = form(part("textfield", "name"))
    assert wrong(one, {"nmae": "张三"}) == {"nmae": "表单没有“nmae”这一项"}
    assert len(wrong(one, {f"k{n}": 1 for n in range(1000)})) == 50


def test_problems_come_in_the_order_of_the_form() -> None:
    one = form(REASON, DECISION)
    assert list(wrong(one, {"decision": "maybe", "reason": 3, "x": 1})) == ["reason", "decision", "x"]


TEXT = part("textfield", "f", validate={"minLength": 2, "maxLength": 4, "pattern": "^[一-龥]+$"})
NUMBER = part("number", "f", decimalDigits=1, validate={"min": 1, "max": 10})
WHOLE = part("number", "f", decimalDigits=0)
DAY = part("datetime", "f", subtype="date")
MANY = part("checklist", "f", values=OPTIONS)
MAIL = part("textfield", "f", validate={"validationType": "email"})
FILE = part("filepicker", "f")
FILES = part("filepicker", "f", multiple=True)


@pytest.mark.parametrize(
    ("component", "value", "clean"),
    [
        (TEXT, "张三", "张三"),
        (NUMBER, 1.5, 1.5),
        (NUMBER, 10, 10),
        (WHOLE, 3.0, 3),
        (DAY, "2028-02-29", "2028-02-29"),
        (DAY, "", None),
        (MANY, ["reject"], ["reject"]),
        (MAIL, "a@b.cn", "a@b.cn"),
        (FILE, "id1", ["id1"]),
        (FILES, ["id1", "id2"], ["id1", "id2"]),
        (part("checkbox", "f"), True, True),
        (part("select", "f", values=OPTIONS), "", None),
    ],
)
def test_good_answers_come_back_clean(component: Component, value: object, clean: object) -> None:
    answer = form(component).validate({"f": value})["f"]
    assert (answer, type(answer)) == (clean, type(clean))


@pytest.mark.parametrize(
    ("component", "value", "words"),
    [
        (TEXT, "张", "至少要 2 个字，现在是 1 个"),
        (TEXT, "一二三四五", "最多 4 个字，现在是 5 个"),
        (TEXT, "abc", "格式不对"),
        (TEXT, 12, "应当是文字，现在是整数"),
        (part("textfield", "f"), "a\nb", "只能是一行文字"),
        (part("textfield", "f"), "a\x00b", "控制字符"),
        (part("textarea", "f"), "a\ud800b", "不能使用的控制字符"),
        (part("textfield", "f"), "x" * 1001, "最多 1000 个字"),
        (NUMBER, 0.5, "不能小于 1"),
        (NUMBER, 11, "不能大于 10"),
        (NUMBER, 1.25, "最多 1 位小数"),
        (NUMBER, "5", "应当是数字，现在是文字"),
        (NUMBER, True, "应当是数字，现在是是/否"),
        (WHOLE, 1.5, "应当是整数"),
        (WHOLE, float("nan"), "数字太大或不是有限的数"),
        (WHOLE, 10**400, "数字太大或不是有限的数"),
        (DAY, "2026-02-30", "应当是真实的日期，如 2026-09-01，现在是“2026-02-30”"),
        (DAY, 20260901, "应当是真实的日期"),
        (MANY, ["maybe"], "没有“maybe”这个选项"),
        (MANY, ["reject", "reject"], "有重复的项"),
        (MANY, "reject", "应当是选项的列表，现在是文字"),
        (MANY, [1], "应当是选项的列表"),
        (DECISION, "wrong", "没有“wrong”这个选项"),
        (DECISION, ["approve"], "应当是一个选项，现在是列表"),
        (part("checkbox", "f"), "yes", "应当是 true 或 false，现在是文字"),
        (part("checkbox", "f", validate={"required": True}), False, "必须勾选"),
        (part("checklist", "f", values=OPTIONS, validate={"required": True}), [], "必须填写"),
        (MAIL, "a@b", "格式不对，应当是电子邮箱"),
        (FILE, ["id1", "id2"], "只能有一个文件"),
        (FILES, [f"id{n}" for n in range(101)], "最多 100 项"),
    ],
)
def test_bad_answers_are_refused_naming_the_label(component: Component, value: object, words: str) -> None:
    key = str(component["key"])
    message = wrong(form(component), {key: value})[key]
    assert message.startswith(f"“字段{key}”")
    assert words in message


def test_what_is_only_shown_takes_no_answer() -> None:
    one = form(part("textfield", "name", readonly=True), part("textfield", "id", disabled=True), DECISION)
    assert one.validate({"name": "换名", "decision": "approve"}) == {"decision": "approve"}


def test_texts_pictures_and_buttons_are_no_fields() -> None:
    shown = ({"type": kind, "id": kind} for kind in ("html", "spacer", "separator", "image", "button"))
    one = form({"type": "text", "id": "t", "text": "# 转学审核\n请核对"}, *shown, DECISION)
    assert [each.key for each in one.fields] == ["decision"]
    assert one.name == "转学审核"


def test_custom_properties_are_exposed() -> None:
    unit = part("textfield", "school", properties={"kind": "unit", "party": "receiving_school", "level": "a"})
    field = form(unit).field("school")
    assert field is not None
    assert (field.kind, field.party, field.properties["level"]) == ("unit", "receiving_school", "a")
    assert form(DECISION).field("school") is None


def test_a_field_tells_its_label_options_and_default() -> None:
    field = form(part("radio", "d", values=OPTIONS, defaultValue="approve", description="请选择")).fields[0]
    assert [(one.value, one.label) for one in field.options] == [("approve", "通过"), ("reject", "不通过")]
    assert (field.label, field.description, field.default) == ("字段d", "请选择", "approve")


def test_ten_fields_are_checked_in_less_than_a_hundred_microseconds() -> None:
    texts = [part("textfield", f"t{n}", validate={"pattern": "^[a-z]+$", "maxLength": 20}) for n in range(5)]
    one = form(*texts, DAY, part("number", "n"), part("checklist", "c", values=OPTIONS), DECISION, REASON)
    values = {f"t{n}": "abcdef" for n in range(5)}
    filled = {**values, "f": "2026-09-01", "n": 3, "c": ["approve"], "decision": "reject", "reason": "papers"}
    runs = 500
    best = min(timeit.repeat(lambda: one.validate(filled), number=runs, repeat=3))
    assert best / runs < 100e-6
