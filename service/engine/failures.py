"""What an expression may ask of its surroundings, and how it says that it could not be worked out.

Operators and functions raise ``Failure``: a sentence without a place. Whoever evaluates a whole expression
turns it into an ``EvaluationError`` that names file and element. Nothing here knows syntax or diagrams.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from service.errors import XuejiError


class Scope(Protocol):
    """Where an expression finds its names and functions; asked only for what is really needed."""

    def name(self, key: str) -> Any:
        """The value of a variable or fact. Raises UnknownName when there is none."""

    def function(self, key: str) -> Callable[..., Any]:
        """A function of the language."""


class Failure(Exception):
    """Something cannot be worked out; the sentence says what, the cure what to write instead."""

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.message, self.cure = message, cure


class EvaluationError(XuejiError):
    """An expression or a decision table could not be worked out with the values at hand."""

    code: ClassVar[str] = "evaluation_failed"
    status: ClassVar[int] = 422


class UnknownName(EvaluationError):
    """A name that is neither a variable nor a fact."""

    def __init__(self, name: str, *, file: str = "", element: str = "") -> None:
        super().__init__(
            f"没有名为“{name}”的变量或事实",
            file=file,
            element=element,
            details={"name": name},
            cure="请检查拼写；变量要先由表单或服务任务写入。若是文字，请加引号",
        )
        self.name = name


class DecisionViolation(EvaluationError):
    """The rules that match contradict the table's hit policy."""

    code: ClassVar[str] = "decision_violation"


@dataclass(frozen=True, kw_only=True)
class Names:
    """A scope over plain mappings, for scenarios, previews and decisions that feed decisions."""

    values: Mapping[str, Any] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    def name(self, key: str) -> Any:
        if key not in self.values:
            raise UnknownName(key)
        return self.values[key]

    def function(self, key: str) -> Callable[..., Any]:
        if key not in self.functions:
            raise Failure(f"没有函数“{key}”")
        return self.functions[key]
