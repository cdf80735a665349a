"""The grammar of the expression language: tokens to a small tree, and nothing else can come out.

The language is its own, not Python's: what the grammar lacks (attributes, subscripts, comprehensions,
lambdas) cannot be written at all. Length, depth and number of nodes are bounded. It must not evaluate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.engine.expression_tokens import BadSyntax, Token, tokenize
from service.engine.expression_tree import Binary, Call, Choice, Compare, Items, Literal, Name, Node, Unary
from service.policy.values import is_number

DEEPEST = 30
MOST_NODES = 300

_COMPARISONS = {"==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_JUEL = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_CONSTANTS: dict[str, Any] = {
    "true": True,
    "false": False,
    "null": None,
    "True": True,
    "False": False,
    "None": None,
}
_RESERVED = frozenset({*_JUEL, "and", "or", "not", "in", "if", "else", "empty", "then"})
_FOREIGN = {
    "is": "与空值比较请写 == null",
    "lambda": "不支持 lambda",
    "for": "不支持 for 循环；判断列表请用 in 或 contains()",
    "div": "除法写作 /",
    "mod": "不支持取余",
    "instanceof": "不支持 instanceof",
    "..": "范围要有括号，例如 [1..5]",
    "?": "格子里直接写比较或函数，例如 > 3，不写“?”",
    "and": '一格之内同时成立写成范围，例如 [date("2026-03-01")..date("2026-05-31")]，或拆成两列',
}


def parse(source: str, *, feel: bool = False) -> Node:
    """The tree of a whole source. Raises BadSyntax."""
    parser = Parser(source, feel=feel)
    node = parser.expression()
    parser.expect_end()
    return node


class Parser:
    """Recursive descent over the tokens; ``feel`` admits what decision tables write differently."""

    def __init__(self, source: str, *, feel: bool = False) -> None:
        self.tokens = tokenize(source)
        self.index = 0
        self.feel = feel
        self._depth = 0
        self._made = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def accept(self, *texts: str) -> str:
        """Take the next token if it is one of these words or signs; its text, else an empty one."""
        token = self.token
        if token.kind in ("word", "sign") and token.text in texts:
            self.index += 1
            return token.text
        return ""

    def expect(self, text: str, cure: str) -> None:
        if not self.accept(text):
            raise self.unexpected(cure)

    def expect_end(self) -> None:
        if self.token.kind != "end":
            raise self.unexpected("请检查这里是否缺少运算符、引号或括号")

    def unexpected(self, cure: str) -> BadSyntax:
        token = self.token
        if token.kind == "end":
            return BadSyntax("表达式没有写完", cure, token.position)
        if token.text == "=":
            cure = "判断相等写作 =="
        cure = _FOREIGN.get(token.text, cure)
        return BadSyntax(f"第 {token.position + 1} 个字符处的“{token.text}”放错了地方", cure, token.position)

    def make(self, node: Node) -> Node:
        """Count a new node against the bound."""
        self._made += 1
        if self._made > MOST_NODES:
            raise BadSyntax(f"表达式的成分超过 {MOST_NODES} 个", "请把判断拆到决策表里", self.token.position)
        return node

    def expression(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise BadSyntax(f"括号嵌套超过 {DEEPEST} 层", "请把判断拆到决策表里", self.token.position)
        node = self._feel_choice() if self.feel and self.accept("if") else self._choice()
        self._depth -= 1
        return node

    def _choice(self) -> Node:
        node = self._logic("or", ("or", "||"), self._conjunction)
        if self.accept("?"):
            then = self.expression()
            self.expect(":", "条件表达式写作 条件 ? 甲 : 乙")
            return self.make(Choice(node, then, self.expression()))
        if self.accept("if"):
            condition = self._logic("or", ("or", "||"), self._conjunction)
            self.expect("else", "条件表达式写作 甲 if 条件 else 乙")
            return self.make(Choice(condition, node, self.expression()))
        return node

    def _feel_choice(self) -> Node:
        condition = self.expression()
        self.expect("then", "条件表达式写作 if 条件 then 甲 else 乙")
        then = self.expression()
        self.expect("else", "条件表达式写作 if 条件 then 甲 else 乙")
        return self.make(Choice(condition, then, self.expression()))

    def _conjunction(self) -> Node:
        return self._logic("and", ("and", "&&"), self._negation)

    def _logic(self, sign: str, spellings: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        node = operand()
        while self.accept(*spellings):
            node = self.make(Binary(sign, node, operand()))
        return node

    def _negation(self) -> Node:
        if self.token.text == "not" and self.token.kind == "word":
            self.index += 1
            return self._nested("not", self._negation)
        return self._comparison()

    def _nested(self, sign: str, operand: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise BadSyntax(f"运算符连写超过 {DEEPEST} 个", "请删去多余的运算符", self.token.position)
        node = operand()
        self._depth -= 1
        return self.make(Unary(sign, node))

    def _comparison(self) -> Node:
        first = self.sum()
        rest: list[tuple[str, Node]] = []
        while sign := self._comparison_sign():
            rest.append((sign, self.sum()))
        return self.make(Compare(first, tuple(rest))) if rest else first

    def _comparison_sign(self) -> str:
        if self.token.text == "not" and self.tokens[self.index + 1].text == "in":
            self.index += 2
            return "not in"
        if self.feel and self.accept("="):
            return "=="
        taken = self.accept(*_COMPARISONS, *_JUEL, "in")
        return _JUEL.get(taken, taken)

    def sum(self) -> Node:
        """Operands of a comparison: everything that binds closer than it."""
        node = self._product()
        while sign := self.accept("+", "-"):
            node = self.make(Binary(sign, node, self._product()))
        return node

    def _product(self) -> Node:
        node = self._prefixed()
        while sign := self.accept("*", "/"):
            node = self.make(Binary(sign, node, self._prefixed()))
        return node

    def _prefixed(self) -> Node:
        if self.accept("!"):
            return self._nested("not", self._prefixed)
        if self.accept("empty"):
            return self._nested("empty", self._prefixed)
        if self.accept("-"):
            return _negative(self._nested("-", self._prefixed))
        return self._primary()

    def _primary(self) -> Node:
        token = self.token
        if token.kind == "value":
            self.index += 1
            return self.make(Literal(token.value))
        if self.accept("("):
            node = self.expression()
            self.expect(")", "缺少右括号")
            return node
        if self.accept("["):
            return self.make(Items(self._list("]", "列表写作 ['甲', '乙']")))
        if token.kind == "word":
            return self._word(token)
        raise self.unexpected("请检查这里是否缺少值、引号或括号")

    def _word(self, token: Token) -> Node:
        if token.text in _CONSTANTS:
            self.index += 1
            return self.make(Literal(_CONSTANTS[token.text]))
        if token.text in _RESERVED or token.text in _FOREIGN:
            raise self.unexpected("请检查这里是否缺少值或括号")
        self.index += 1
        key = self._long_name(token.text) if self.feel else token.text
        if self.accept("("):
            return self._call(key)
        return self.make(Name(key))

    def _long_name(self, first: str) -> str:
        """FEEL's one builtin with spaces in its name."""
        words = [token.text for token in self.tokens[self.index : self.index + 2]]
        if first == "date" and words == ["and", "time"] and self.tokens[self.index + 2].text == "(":
            self.index += 2
            return "date_and_time"
        return first

    def _call(self, key: str) -> Node:
        arguments: list[Node] = []
        roll: Node | None = None
        while not self.accept(")"):
            if self.token.kind == "word" and self.tokens[self.index + 1].text == "=" and not self.feel:
                if self.token.text != "roll" or roll is not None:
                    raise self.unexpected("按名字传的参数只有 roll=true 一个，且只写一次")
                self.index += 2
                roll = self.expression()
            elif roll is not None:
                raise self.unexpected("roll= 要写在最后")
            else:
                arguments.append(self.expression())
            if self.token.text != ")":
                self.expect(",", "参数之间用逗号隔开，最后写右括号")
        return self.make(Call(key, tuple(arguments), roll))

    def _list(self, closing: str, cure: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while not self.accept(closing):
            items.append(self.expression())
            if self.token.text != closing:
                self.expect(",", cure)
        return tuple(items)


def _negative(node: Node) -> Node:
    """A number with its sign is a literal; anything else stays a negation."""
    match node:
        case Unary(operand=Literal(value=value)) if is_number(value):
            return Literal(-value)
    return node
