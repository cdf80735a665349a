"""DMN files: what is read, and what is refused with file, decision, rule, column and cure."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.engine.decisions import parse_dmn
from service.engine.expressions import Names
from service.errors import BadDefinition
from tests.engine.tables import DMN_11, DMN_12, DMN_13, decision, file_of, literal, table

PROCESSES = Path(__file__).parents[2] / "processes"
ONE: list[Any] = [([">5"], ["1"])]


def simple(**options: Any) -> str:
    return table("t", [("x", "number")], [("out", "number")], options.pop("rows", ONE), **options)


def refusal(content: bytes) -> BadDefinition:
    with pytest.raises(BadDefinition) as caught:
        parse_dmn(content, "t.dmn")
    assert caught.value.problem.file == "t.dmn"
    return caught.value


@pytest.mark.parametrize("namespace", [DMN_11, DMN_12, DMN_13])
def test_three_versions_of_dmn_are_read(namespace: str) -> None:
    found = parse_dmn(file_of(simple(), namespace=namespace), "t.dmn")["t"]
    assert found.evaluate(Names(values={"x": 6}), "singleEntry").value == 1


def test_what_stock_dmn_js_writes_is_read() -> None:
    content = """<?xml version="1.0" encoding="UTF-8"?>
    <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="defs" name="DRD"
        xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/"
        xmlns:biodi="http://bpmn.io/schema/dmn/biodi/2.0" namespace="http://camunda.org/schema/1.0/dmn"
        exporter="Camunda Modeler" exporterVersion="5.30.0">
      <inputData id="data" name="班额"><variable id="v" name="size" typeRef="number" /></inputData>
      <knowledgeSource id="source" name="办法" />
      <decision id="class_cap" name="班额上限">
        <variable id="v2" name="cap" typeRef="number" />
        <informationRequirement id="ir"><requiredInput href="#data" /></informationRequirement>
        <authorityRequirement id="ar"><requiredAuthority href="#source" /></authorityRequirement>
        <decisionTable id="table" hitPolicy="FIRST" biodi:annotationsWidth="400">
          <input id="i1" label="学段" biodi:width="192">
            <inputExpression id="e1" typeRef="string"><text>stage</text></inputExpression>
            <inputValues id="iv"><text>"primary","junior"</text></inputValues>
          </input>
          <output id="o1" label="上限" name="cap" typeRef="number" biodi:width="192" />
          <rule id="r1"><!-- why -->
            <description>小学 MOE2016-3.6-a</description>
            <inputEntry id="c1"><text>"primary"</text></inputEntry>
            <outputEntry id="c2"><text>4<!-- not 5 -->5</text></outputEntry>
          </rule>
          <rule id="r2">
            <inputEntry id="c3"><text></text></inputEntry>
            <outputEntry id="c4"><text><![CDATA[50]]></text></outputEntry>
            <annotationEntry><text>XX2018-23-d</text></annotationEntry>
          </rule>
        </decisionTable>
      </decision>
      <textAnnotation id="note"><text>…</text></textAnnotation>
      <dmndi:DMNDI><dmndi:DMNDiagram><dmndi:DMNShape dmnElementRef="class_cap">
        <dc:Bounds height="80" width="180" x="160" y="100" /></dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>
    </definitions>"""
    found = parse_dmn(content.encode(), "class_cap.dmn")["class_cap"]
    assert found.name == "班额上限"
    assert [rule.clauses for rule in found.rules] == [("MOE2016-3.6-a",), ("XX2018-23-d",)]
    assert found.evaluate(Names(values={"stage": "primary"}), "singleEntry").value == 45
    assert found.evaluate(Names(values={"stage": "senior"}), "singleEntry").value == 50


@pytest.mark.parametrize(
    ("decisions", "element", "sentence"),
    [
        ([simple(), simple()], "t", "出现了两次"),
        ([simple(policy="SOME")], "t", "命中策略“SOME”不认识"),
        ([simple(policy="FIRST/SUM")], "t", "汇总只用于 COLLECT"),
        ([simple(policy="COLLECT/AVG")], "t", "“AVG”用不上"),
        ([table("t", [], [("a", ""), ("b", "")], [], policy="COLLECT/SUM")], "t", "只能有一个输出列"),
        ([table("t", [], [("a", "string")], [], policy="COLLECT/SUM")], "t", "“a”不是数字"),
        ([simple(policy="PRIORITY")], "t", "可选值"),
        ([simple(policy="OUTPUT ORDER")], "t", "可选值"),
        ([simple(rows=[(["5", "6"], ["1"])])], "t", "第 1 条规则有 2 个输入格和 1 个输出格，应有 1 个"),
        ([simple(rows=[(["5"], [])])], "t", "0 个输出格"),
        ([simple(rows=[(["5"], ["1"]), (["> >"], ["1"])])], "t", "第 2 条规则，列“x”：“> >”"),
        ([simple(rows=[(['"a"'], ["1"])])], "t", "第 1 条规则，列“x”：“\"a\"”：这一列是数字"),
        ([simple(rows=[(["5"], ['"a"'])])], "t", "第 1 条规则，输出“out”"),
        ([simple(rows=[(["> dais(1)"], ["1"])])], "t", "没有函数“dais”"),
        ([simple(rows=[(["5"], ["now(1)"])])], "t", "不能有 1 个参数"),
        ([simple(rows=[(["5"], ["3"])], values="1,2")], "t", "“3”不在可选值里"),
        ([simple(values="> 1")], "t", "一串常量"),
        ([table("t", [("", "")], [("out", "")], [])], "t", "输入列“第 1 列”"),
        ([table("t", [("a.b", "")], [("out", "")], [])], "t", "输入列“a.b”"),
        ([table("t", [("a", "money")], [("out", "")], [])], "t", "类型“money”不认识"),
        ([table("t", [], [("out", "money")], [])], "t", "输出列“out”的类型"),
        ([table("t", [], [("a", ""), ("a", "")], [])], "t", "每个都要有不同的 name"),
        ([table("t", [], [("", ""), ("a", "")], [])], "t", "每个都要有不同的 name"),
        ([table("t", [], [], [])], "t", "没有输出列"),
        ([decision("t", "")], "t", "决策是空的"),
        ([decision("", "<literalExpression/>")], "", "没有 id"),
        ([literal("t", "")], "t", "空的"),
        ([literal("t", "a.b")], "t", "不能用“.”取属性"),
        ([literal("t", "a", "money")], "t", "类型“money”不认识"),
        ([decision("t", "<context/>")], "t", "上下文"),
        ([decision("t", "<invocation/>")], "t", "调用"),
        ([decision("t", '<literalExpression expressionLanguage="groovy"/>')], "t", "groovy"),
        ([decision("t", '<knowledgeRequirement><requiredKnowledge href="#b"/></knowledgeRequirement>')], "t", "BKM"),
        (['<businessKnowledgeModel id="b"/>'], "b", "BKM"),
        (['<import namespace="n"/>'], "", "引入"),
        ([literal("t", "a", requires=["a"])], "t", "所需的决策“a”不存在"),
        ([literal("a", "b", requires=["b"]), literal("b", "a", requires=["a"])], "a", "a → b → a"),
        (
            [literal("a", "1"), literal("b", "1", variable="a"), literal("t", "a", requires=["a", "b"])],
            "t",
            "都提供“a”",
        ),
        ([], "", "没有决策"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place_and_cure(
    decisions: list[str], element: str, sentence: str
) -> None:
    error = refusal(file_of(*decisions))
    assert sentence in str(error)
    assert error.problem.where == element
    assert error.problem.cure


def test_a_required_decision_of_another_file_is_refused() -> None:
    arrow = '<informationRequirement><requiredDecision href="other.dmn#a"/></informationRequirement>'
    assert "不在本文件里" in str(refusal(file_of(decision("t", arrow + "<literalExpression/>"))))


def test_a_default_output_is_refused_rather_than_ignored() -> None:
    content = file_of(simple()).replace(b'name="out" typeRef="number">', b'name="out"><defaultOutputEntry/>')
    assert "默认输出" in str(refusal(content))


def test_rule_ids_are_needed_and_unique() -> None:
    rows = [(["5"], ["1"]), (["6"], ["1"])]
    content = file_of(simple(rows=rows))
    assert "第 1 条和第 2 条规则 id 相同（t_1）" in str(refusal(content.replace(b'"t_2"', b'"t_1"')))
    assert "第 2 条规则没有 id" in str(refusal(content.replace(b' id="t_2"', b"")))


def test_all_mistakes_of_a_table_are_told_at_once() -> None:
    rows = [([">"], ["1"]), (["5"], ['"a"']), (["5"], ["b.c"])]
    error = refusal(file_of(simple(rows=rows)))
    assert "有 3 处错误" in error.message
    assert ["第 1 条规则，列“x”" in error.problems[0].message, len(error.problems)] == [True, 3]
    assert all(problem.cure and problem.line for problem in error.problems)


def test_a_line_is_named() -> None:
    content = file_of("\n\n", simple(rows=[(["> >"], ["1"])]).replace("<rule", "\n<rule"))
    assert refusal(content).problem.line == 4


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no xml",
        b"<definitions",
        b"<definitions/>",
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
        b'<x xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_dmn_is_said_so(content: bytes) -> None:
    assert refusal(content).problem.cure


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE definitions>",
        '<!DOCTYPE definitions [<!ENTITY a "5">]>',
        '<!DOCTYPE definitions [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE definitions SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE definitions [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
    ],
)
def test_doctypes_and_entities_are_refused(doctype: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        content = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{file_of(simple()).decode()}'
        assert "DOCTYPE" in str(refusal(content.encode(encoding)))


def test_a_file_or_table_too_large_is_refused() -> None:
    assert "MB" in str(refusal(b" " * 5_000_001))
    assert "太大" in str(refusal(file_of(simple(rows=ONE * 2_001))))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 600), st.integers(0, 80))
def test_a_damaged_file_is_refused_or_read(noise: bytes, position: int, cut: int) -> None:
    content = file_of(simple())
    damaged = content[:position] + noise + content[position + cut :]
    with suppress(BadDefinition):
        parse_dmn(damaged, "t.dmn")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="<>=[]().,-\"'not12ax ", max_size=12), min_size=3, max_size=3))
def test_any_cells_are_compiled_or_refused(cells: list[str]) -> None:
    rows = [([cells[0]], [cells[1]]), ([cells[2]], ["1"])]
    with suppress(BadDefinition):
        parse_dmn(file_of(simple(rows=rows)), "t.dmn")


@pytest.mark.parametrize(
    "path", sorted(PROCESSES.rglob("*.dmn")), ids=lambda path: str(path.relative_to(PROCESSES))
)
def test_the_tables_of_the_project_compile(path: Path) -> None:
    assert parse_dmn(path.read_bytes(), path.name)
