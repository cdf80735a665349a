"""The part of FEEL a form may hide a field with."""

from __future__ import annotations

import pytest

from service.policy.form_conditions import ConditionError, parse_condition
from service.policy.values import Value


@pytest.mark.parametrize(
    ("source", "answers", "holds"),
    [
        ('=decision != "reject"', {"decision": "reject"}, False),
        ('=decision != "reject"', {"decision": "approve"}, True),
        ('=decision != "reject"', {}, True),
        ('= decision = "reject"', {}, False),
        ("=decision = null", {}, True),
        ('=note = ""', {"note": None}, True),
        ("=n = 3", {"n": 3}, True),
        ("=n = 1", {"n": True}, False),
        ("=n = 1.5", {"n": 1.5}, True),
        ("=agreed", {"agreed": True}, True),
        ("=agreed", {"agreed": "true"}, False),
        ("=agreed = false", {"agreed": False}, True),
        ('=a = "1" or b = "2" and c = "3"', {"a": "1"}, True),
        ('=(a = "1" or b = "2") and c = "3"', {"a": "1"}, False),
        ('=not(a = "1")', {"a": "2"}, True),
        ('=list contains(papers, "other")', {"papers": ["x", "other"]}, True),
        ('=not(list contains(papers, "other"))', {}, True),
        (r'=a = "说\"好\""', {"a": '说"好"'}, True),
    ],
)
def test_conditions_are_worked_out(source: str, answers: dict[str, Value], holds: bool) -> None:
    assert parse_condition(source).holds(answers) is holds


def test_a_condition_knows_what_it_reads() -> None:
    found = parse_condition('=a = "1" and (b or list contains(c, "x"))')
    assert found.names == {"a", "b", "c"}
    assert found.compared == (("a", "1"), ("c", "x"))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('decision = "a"', "以 = 开头"),
        ("=", "条件不完整"),
        ("=a =", "右边只能是"),
        ("=a = b", "右边只能是"),
        ('="a" = a', "应当是字段的 key"),
        ("=a > 3", "看不懂“> 3”"),
        ("=a.b = 1", "看不懂“.b = 1”"),
        ("=a = 1 b", "看不懂“b”"),
        ("=(a = 1", "缺少“)”"),
        ("=not a", "缺少“(”"),
        ("=true", "应当是字段的 key"),
        ("=list contains(a, 1)", "写成 list contains"),
        ("=today() = 1", "看不懂“(”"),
        ("=" + "(" * 20 + "a" + ")" * 20, "嵌套太深"),
        ("=a or " + "a or " * 200 + "a", "超过 500 个字符"),
        ("=if a then b else c", "看不懂“a”"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(source: str, words: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_condition(source)
    assert words in str(caught.value)
