"""The frame of the rules: what a rule is, finding them all, and running them over files.

A rule is a module of service/checks/rules with ``rule`` and ``check``; adding a file adds a rule.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from service.checks import rules
from service.checks.findings import Finding, Severity
from service.checks.model import Model

Check = Callable[[Model], Iterator[Finding]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule. ``kinds`` are the files it looks at; ``why`` and ``cure`` make its page."""

    id: str
    title: str
    severity: Severity
    kinds: tuple[str, ...]
    why: str
    cure: str


@dataclass(frozen=True)
class Module:
    """A rule with the function that checks it."""

    rule: Rule
    check: Check

    def run(self, model: Model) -> Iterator[Finding]:
        """The rule's findings in a file, complete."""
        if model.kind not in self.rule.kinds:
            return
        for found in self.check(model):
            yield replace(
                found,
                rule=self.rule.id,
                severity=self.rule.severity,
                file=model.source.path,
                cure=found.cure or self.rule.cure,
            )


@cache
def all_rules() -> tuple[Module, ...]:
    """Every rule, by id."""
    names = sorted(module.name for module in pkgutil.iter_modules(rules.__path__))
    return tuple(_load(name) for name in names)


def run_rules(models: Iterable[Model]) -> list[Finding]:
    """Every finding, each once: a file that several regions use is told of once."""
    found: dict[tuple[str, str, str, str], Finding] = {}
    for model in models:
        for one in _without_echo([each for module in all_rules() for each in module.run(model)]):
            found.setdefault((one.file, one.element, one.rule, one.sentence), one)
    return sorted(found.values(), key=lambda one: (one.severity, one.file, one.line, one.element))


def _without_echo(found: list[Finding]) -> list[Finding]:
    """What keeps a file from compiling is told by the rule that knows it best, if one does."""
    known = {(one.element, one.line) for one in found if one.rule != GENERAL}
    known |= {(one.element, 0) for one in found if one.rule != GENERAL}
    return [one for one in found if one.rule != GENERAL or not one.element or (one.element, 0) not in known]


GENERAL = "compiles"


def _load(name: str) -> Module:
    module = importlib.import_module(f"{rules.__name__}.{name}")
    rule: Rule = module.rule
    if rule.id != name:
        raise ValueError(f"rule {rule.id} lies in {name}.py")
    return Module(rule, module.check)
