"""What is no expression, or cannot be worked out: a sentence with file, element and cure."""

from __future__ import annotations

import pytest

from service.engine.expressions import EvaluationError, UnknownName, compile_value
from service.errors import BadDefinition
from tests.engine.test_expressions import value


def refusal(text: str) -> BadDefinition:
    with pytest.raises(BadDefinition) as caught:
        compile_value(text, file="transfer.bpmn", element="gate")
    return caught.value


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("nothing < 5", "nothing 是空"),
        ("1 < nothing < 3", "nothing 是空"),
        ("'a' < 5", "文字和整数不能比大小"),
        ("true < 2", "不能比大小"),
        ("materials > 3", "materials 是列表"),
        ("'x' in nothing", "nothing 是空"),
        ("5 in 'a5'", "in 的右边"),
        ("grade and graduating", "grade 是整数"),
        ("graduating and decision", "decision 是文字"),
        ("not decision", "decision 是文字"),
        ("1 if grade else 2", "grade 是整数"),
        ("grade + decision", "decision 是文字"),
        ("nothing + 1", "nothing 是空"),
        ("materials + materials", "materials 是列表"),
        ("'a' * 3", "乘除只用于数字"),
        ("grade / places", "除数是零"),
        ("-decision", "负号后面应是数字"),
        ("day > date('2026-02-28') and '2026-02-30' < date('2026-03-01')", "没有这一天"),
        ("date('soon')", "日期"),
        ("len(nothing)", "nothing 是空"),
        ("max(empty_list)", "列表是空的"),
        ("duration('P1M') < duration('P31D')", "单位不同"),
        ("1000000000000000 * 10", "太大"),
    ],
)
def test_what_cannot_be_worked_out_names_file_element_and_variable(source: str, sentence: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        value(source)
    error = caught.value
    assert sentence in str(error)
    assert (error.problem.file, error.problem.where) == ("transfer.bpmn", "gate")
    assert error.problem.cure
    assert error.details["expression"]


def test_an_unknown_name_is_named_with_its_place() -> None:
    with pytest.raises(UnknownName) as caught:
        value("desision == 'approve'")
    assert caught.value.name == "desision"
    assert str(caught.value).startswith("transfer.bpmn:gate：没有名为“desision”的变量或事实")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("${}", "空的"),
        ("${a", "没有对应的 }"),
        ("${'a}", "没有对应的 }"),
        ("#{a}", "请改写为 ${…}"),
        ("${a = 1}", "判断相等写作 =="),
        ("${a.b}", "不能用“.”取属性"),
        ("${a is None}", "== null"),
        ("${a == }", "没有写完"),
        ("${a b}", "放错了地方"),
        ("${(a}", "右括号"),
        ("${a == “b”}", "半角"),
        ("${a，b}", "全角标点"),
        ("${年级 > 3}", "文字请加引号"),
        ("${a % 2}", "取余"),
        ("${a & b}", "and 或 &&"),
        ("${a ? 1}", "条件 ? 甲 : 乙"),
        ("${1 if a}", "甲 if 条件 else 乙"),
        ("${workng_days(10)}", "working_days()"),
        ("${working_days()}", "working_days(10)"),
        ("${working_days(1, 2)}", "不能有 2 个参数"),
        ("${days(n=10)}", "roll"),
        ("${days(10, roll=true, roll=true)}", "只写一次"),
        ("${days(roll=true, 10)}", "roll= 要写在最后"),
        ("${len('a', roll=true)}", "没有参数 roll"),
        (r"${'\x41'}", "转义"),
        ("${3rd}", "不能以数字开头"),
        ("${a; b}", "只能有一句"),
        ("${123456789012345678}", "太大"),
    ],
)
def test_what_is_no_expression_is_refused_with_a_cure(text: str, sentence: str) -> None:
    error = refusal(text)
    assert sentence in str(error)
    assert (error.problem.file, error.problem.where) == ("transfer.bpmn", "gate")
    assert error.problem.cure
