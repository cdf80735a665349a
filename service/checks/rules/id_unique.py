"""One id, one thing: across the files of a region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.dialect import line_of
from service.errors import BadDefinition

rule = Rule(
    id="id_unique",
    title="id 不重复",
    severity=Severity.ERROR,
    kinds=("bpmn", "dmn"),
    why="流程 id 和决策 id 在一个地区的全部文件里不能重复，否则引用时不知道用哪一个；一个文件里的元素 id 也不能重复。",
    cure="给其中一个换一个 id",
)

_IDENTIFIED = {"bpmn": "process", "dmn": "decision"}


def check(model: Model) -> Iterator[Finding]:
    if model.xml is None:
        return
    ids = [(element.get("id", ""), element) for element in model.xml.iter("{*}" + _IDENTIFIED[model.kind])]
    others = _defined_elsewhere(model)
    for name, element in ids:
        if name in others:
            sentence = f"{name} 在 {others[name]} 中已经有了"
            yield Finding(sentence=sentence, element=name, line=line_of(element))
    count = Counter(value for element in model.xml.iter() if (value := element.get("id")))
    for name, number in count.items():
        if number > 1:
            yield Finding(
                sentence=f"id {name} 在文件里出现 {number} 次", element=name, line=_line(model, name)
            )


def _line(model: Model, name: str) -> int:
    assert model.xml is not None
    lines = [line_of(element) for element in model.xml.iter() if element.get("id") == name]
    return lines[-1]


def _defined_elsewhere(model: Model) -> dict[str, str]:
    found: dict[str, str] = {}
    for source in model.bundle.files.values():
        if source.name.endswith(f".{model.kind}") and source.name != model.source.name:
            try:
                found.update(dict.fromkeys(model.bundle.references(source.name).defines, source.path))
            except BadDefinition:
                continue  # told of at that file
    return found
