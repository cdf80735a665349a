"""A DMN file as plain data: which decisions stand in it, with their cells as text.

Reads what dmn-js and Camunda Modeler write (DMN 1.1 to 1.3) and refuses what the engine would have to ignore.
It must not know what a cell means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from service.errors import BadDefinition

LARGEST_FILE = 5_000_000
MOST_RULES = 2_000
MOST_COLUMNS = 60

_NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
}
_LANGUAGES = ("", "feel", "s-feel", "juel")
_LOGIC = {
    "context": "上下文",
    "invocation": "调用",
    "list": "列表",
    "relation": "关系表",
    "functionDefinition": "函数定义",
    "conditional": "条件",
    "filter": "筛选",
    "for": "循环",
    "every": "全称判断",
    "some": "存在判断",
}


@dataclass(frozen=True, kw_only=True)
class RawClause:
    """A column, or the expression of a decision: its text, type and the values allowed in it."""

    id: str
    name: str = ""
    label: str = ""
    text: str = ""
    type_ref: str = ""
    values: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class RawRule:
    """A row of a table."""

    id: str
    description: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """A decision table as written."""

    policy: str
    aggregation: str
    inputs: tuple[RawClause, ...]
    outputs: tuple[RawClause, ...]
    rules: tuple[RawRule, ...]


@dataclass(frozen=True, kw_only=True)
class RawDecision:
    """A decision as written: a table or an expression, and the ids of the decisions it needs."""

    id: str
    name: str
    variable: str
    requires: tuple[str, ...]
    logic: RawTable | RawClause
    line: int = 0


def read_decisions(content: bytes, file: str) -> tuple[RawDecision, ...]:
    """Every decision of a file. Raises BadDefinition."""
    return _Reader(file).decisions(content)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.space = ""

    def bad(
        self, message: str, cure: str, element: str = "", node: etree._Element | None = None
    ) -> BadDefinition:
        line = 0 if node is None else _line(node)
        return BadDefinition(message, file=self.file, element=element, line=line, cure=cure)

    def decisions(self, content: bytes) -> tuple[RawDecision, ...]:
        root = self._root(content)
        for node in root:
            if _local(node) == "businessKnowledgeModel":
                cure = "请把它的内容写进决策表或字面表达式"
                raise self.bad("不支持业务知识模型（BKM）", cure, node.get("id", ""), node)
            if _local(node) == "import":
                raise self.bad("不支持引入别的文件", "请把要用的决策放在同一个文件里", node=node)
        found = tuple(self._decision(node) for node in self._children(root, "decision"))
        if not found:
            raise self.bad("文件里没有决策", "请在 Modeler 中画一张决策表")
        self._check_unique(found)
        return found

    def _root(self, content: bytes) -> etree._Element:
        if len(content) > LARGEST_FILE:
            raise self.bad(f"文件超过 {LARGEST_FILE // 1_000_000} MB", "请拆成几个文件")
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            line = (error.position or (0, 0))[0]
            raise BadDefinition(
                f"不是有效的 XML（{error.msg}）", file=self.file, line=line, cure="请用 Modeler 重新保存"
            ) from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise self.bad("不允许 DOCTYPE 和实体声明", "请删去文件开头的 <!DOCTYPE …>")
        self.space, _, name = str(root.tag).removeprefix("{").rpartition("}")
        if name != "definitions" or self.space not in _NAMESPACES:
            raise self.bad("不是 DMN 1.1 至 1.3 的文件", "请用 Modeler 或 dmn-js 以 DMN 1.3 保存")
        return root

    def _children(self, node: etree._Element, *names: str) -> Iterator[etree._Element]:
        return (child for child in node if child.tag in [f"{{{self.space}}}{name}" for name in names])

    def _child(self, node: etree._Element, name: str) -> etree._Element | None:
        return next(self._children(node, name), None)

    def _text(self, node: etree._Element | None) -> str:
        """The text inside ``<text>``."""
        inner = None if node is None else self._child(node, "text")
        return "" if inner is None else "".join(str(part) for part in inner.itertext()).strip()

    def _decision(self, node: etree._Element) -> RawDecision:
        key = node.get("id", "")
        if not key:
            raise self.bad("决策没有 id", "请在 Modeler 中给决策填写 id", node.get("name", ""), node)
        variable = self._child(node, "variable")
        return RawDecision(
            id=key,
            name=node.get("name", "") or key,
            variable="" if variable is None else variable.get("name", ""),
            requires=tuple(self._requirements(node, key)),
            logic=self._logic(node, key),
            line=_line(node),
        )

    def _requirements(self, node: etree._Element, key: str) -> Iterator[str]:
        if self._child(node, "knowledgeRequirement") is not None:
            raise self.bad("不支持业务知识模型（BKM）", "请删去指向它的箭头", key, node)
        for requirement in self._children(node, "informationRequirement"):
            for required in self._children(requirement, "requiredDecision"):
                href = required.get("href", "")
                if not href.startswith("#") or len(href) < 2:
                    raise self.bad(
                        f"所需决策的引用“{href}”不在本文件里", "请引用同一文件中的决策", key, required
                    )
                yield href[1:]

    def _logic(self, node: etree._Element, key: str) -> RawTable | RawClause:
        for child in node:
            if _local(child) in _LOGIC and child.tag != f"{{{self.space}}}variable":
                cure = "请改用决策表或字面表达式"
                raise self.bad(f"不支持用“{_LOGIC[_local(child)]}”写的决策", cure, key, child)
        if (table := self._child(node, "decisionTable")) is not None:
            return self._table(table, key)
        if (literal := self._child(node, "literalExpression")) is not None:
            self._check_language(literal, key)
            variable = self._child(node, "variable")
            type_ref = literal.get("typeRef", "") or ("" if variable is None else variable.get("typeRef", ""))
            return RawClause(
                id=literal.get("id", key), text=self._text(literal), type_ref=type_ref, line=_line(literal)
            )
        raise self.bad("决策是空的", "请给它画一张决策表，或写一个字面表达式", key, node)

    def _table(self, node: etree._Element, key: str) -> RawTable:
        inputs = tuple(
            self._input(child, key, place) for place, child in _numbered(self._children(node, "input"))
        )
        outputs = tuple(
            self._output(child, key, place) for place, child in _numbered(self._children(node, "output"))
        )
        rules = tuple(
            self._rule(child, key, place) for place, child in _numbered(self._children(node, "rule"))
        )
        if len(inputs) + len(outputs) > MOST_COLUMNS or len(rules) > MOST_RULES:
            message = f"决策表太大（最多 {MOST_COLUMNS} 列、{MOST_RULES} 条规则）"
            raise self.bad(message, "请拆成几张表", key, node)
        if not outputs:
            raise self.bad("决策表没有输出列", "请至少加一个输出列", key, node)
        return RawTable(
            policy=node.get("hitPolicy", "UNIQUE"),
            aggregation=node.get("aggregation", ""),
            inputs=inputs,
            outputs=outputs,
            rules=rules,
        )

    def _input(self, node: etree._Element, key: str, place: int) -> RawClause:
        expression = self._child(node, "inputExpression")
        if expression is not None:
            self._check_language(expression, key)
        text = self._text(expression)
        return RawClause(
            id=node.get("id", ""),
            label=node.get("label", "") or text or f"第 {place} 列",
            text=text,
            type_ref="" if expression is None else expression.get("typeRef", ""),
            values=self._text(self._child(node, "inputValues")),
            line=_line(node),
        )

    def _output(self, node: etree._Element, key: str, place: int) -> RawClause:
        if self._child(node, "defaultOutputEntry") is not None:
            cure = "请改在最后加一条全是“-”的规则，策略用 FIRST"
            raise self.bad("不支持默认输出（defaultOutputEntry）", cure, key, node)
        name = node.get("name", "")
        return RawClause(
            id=node.get("id", ""),
            name=name,
            label=node.get("label", "") or name or f"第 {place} 个输出",
            type_ref=node.get("typeRef", ""),
            values=self._text(self._child(node, "outputValues")),
            line=_line(node),
        )

    def _rule(self, node: etree._Element, key: str, place: int) -> RawRule:
        identifier = node.get("id", "")
        if not identifier:
            raise self.bad(f"第 {place} 条规则没有 id", "请用 Modeler 重新保存，或补写 id", key, node)
        description = self._child(node, "description")
        notes = ["" if description is None else "".join(str(part) for part in description.itertext()).strip()]
        notes += [self._text(note) for note in self._children(node, "annotationEntry")]
        cells: dict[str, list[str]] = {"inputEntry": [], "outputEntry": []}
        for cell in self._children(node, "inputEntry", "outputEntry"):
            self._check_language(cell, key)
            cells[_local(cell)].append(self._text(cell))
        return RawRule(
            id=identifier,
            description="\n".join(note for note in notes if note),
            inputs=tuple(cells["inputEntry"]),
            outputs=tuple(cells["outputEntry"]),
            line=_line(node),
        )

    def _check_language(self, node: etree._Element, key: str) -> None:
        language = node.get("expressionLanguage", "")
        if language.lower() not in _LANGUAGES and "/feel" not in language.lower():
            raise self.bad(f"不支持表达式语言“{language}”", "请改用 FEEL", key, node)

    def _check_unique(self, decisions: Iterable[RawDecision]) -> None:
        seen: set[str] = set()
        for decision in decisions:
            if decision.id in seen:
                raise BadDefinition(
                    f"决策 id“{decision.id}”出现了两次",
                    file=self.file,
                    element=decision.id,
                    line=decision.line,
                    cure="请给其中一个换个 id",
                )
            seen.add(decision.id)


def _local(node: etree._Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _line(node: etree._Element) -> int:
    line: object = node.sourceline  # the stubs type it as an ellipsis
    return line if isinstance(line, int) else 0


def _numbered(nodes: Iterable[etree._Element]) -> Iterator[tuple[int, etree._Element]]:
    return enumerate(nodes, start=1)
