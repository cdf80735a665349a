"""The table of every element and what happens with it, made by running each: docs/elements.md.

``python -m tests.elements`` writes it. The elements stand in tests/engine/elements.txt:

    ## name in Chinese | name in BPMN        a row; ``# heading`` begins a table
    a sentence                               what happens
    ~ a sentence                             how it is drawn in Camunda Modeler
    > do a; wait 1 => b                      these steps lead to these open tasks: it runs
    - => a                                   the same, for what is only drawn
    ! rule element                           this rule tells of this element: refused, or a warning
    the sketch; lines of XML are put in as they are, after ``^`` beside the process; ``---`` begins a called process
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from service.checks.findings import Finding, Severity
from service.checks.frame import all_rules
from service.checks.inspection import models
from service.checks.rulebook import Rulebook
from service.engine import Instance, compile_files
from service.settings import ROOT
from tests.engine.sketch import sketch
from tests.engine.world import Run, World

SOURCE = Path(__file__).parent / "engine" / "elements.txt"
PAGE = ROOT / "docs" / "elements.md"
TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="sample" name="t"><literalExpression id="l">
<text>"yes"</text></literalExpression></decision></definitions>"""
HEAD = """# 图上的每个元素会怎样

本页由 `python -m tests.elements` 逐个运行生成：每一行都真的画出来、编译、运行（每一步保存再读回），或由检查拒绝。
没有一种元素会被悄悄忽略。

**执行**：按 BPMN 2.0 执行。**说明**：只给人看，不影响办理。
**拒绝**：不能部署，检查指出元素、原因和改法。**提醒**：可以部署，没有作用。
**怎样画**：在 Camunda Modeler（BPMN diagram，Camunda Platform 7）里，“扳手”是元素旁的 Change element，
“Timer：Type”是右边属性面板的组和栏；测试在 Modeler 自己的编辑器里照这一栏画出每一种，部署并经 HTTP 办一遍。
属性名、变量名怎样写见[画法](notation.md)。
"""


@dataclass
class Element:
    """One row."""

    name: str
    sentence: str = ""
    walks: list[tuple[str, str]] = field(default_factory=list)
    drawn: bool = False
    refused: str = ""
    how: str = ""  # how it is drawn: which field of the modeler's panel takes what
    lines: list[str] = field(default_factory=list)

    def files(self) -> list[bytes]:
        """The diagrams: the process and what it calls."""
        inside = [line for line in self.lines if line.strip().startswith("<")]
        beside = [line[1:] for line in self.lines if line.startswith("^")]
        text = "\n".join(line for line in self.lines if not line.strip().startswith(("<", "^")))
        first, *called = text.split("\n---\n")
        drawn = sketch(first, "p", "示例").decode()
        drawn = drawn.replace("</bpmn:process>", "".join(inside) + "</bpmn:process>")
        drawn = drawn.replace("<bpmn:process", "".join(beside) + "<bpmn:process", 1)
        return [drawn.encode(), *(sketch(each, f"p{number}") for number, each in enumerate(called, 2))]


def elements() -> Iterator[tuple[str, list[Element]]]:
    """The tables by heading."""
    for part in SOURCE.read_text(encoding="utf-8").split("\n# "):
        heading, *blocks = part.removeprefix("# ").split("\n## ")
        yield heading.strip(), [_element(block.splitlines()) for block in blocks]


def _element(lines: list[str]) -> Element:
    one = Element(name=lines[0])
    for line in lines[1:]:
        if line.startswith(("> ", "- ")):
            one.drawn |= line.startswith("-")
            steps, _, shown = line[2:].partition("=>")
            one.walks.append((steps.strip(), shown.strip()))
        elif line.startswith("~ "):
            one.how = line[2:]
        elif line.startswith("! "):
            one.refused = line[2:]
        elif not one.sentence and not one.walks and not one.refused:
            one.sentence = line
        else:
            one.lines.append(line)
    return one


def happens(one: Element) -> tuple[str, str]:
    """What happens with an element, and the sentence for it. Asserts that it does."""
    if one.refused:
        found = _finding(one)
        word = "拒绝" if found.severity is Severity.ERROR else "提醒"
        return word, f"{found.sentence}。{found.cure}（规则 [{found.rule}](rules/{found.rule}.md)）"
    for steps, shown in one.walks:
        seen = _walk(one, steps)
        assert seen == shown, f"{one.name}: {steps} leads to {seen}, not {shown}"
    return ("说明" if one.drawn else "执行"), one.sentence


def _walk(one: Element, steps: str) -> str:
    """The open tasks after some steps, saved and loaded after each; ``done`` when the process is over."""
    world = World()
    for number, content in enumerate(one.files(), 1):
        name = "p.bpmn" if number == 1 else f"p{number}.bpmn"
        for definition in compile_files({name: content, "sample.dmn": TABLE}, name, digest=name):
            world.definitions[definition.process_id] = definition
    todo = [step.split() for step in steps.split(";") if step.strip()]
    at = todo.pop(0)[1] if todo and todo[0][0] == "start" else ""
    run = Run(world, Instance.start(world.definitions["p"], world, {"x": False}, by="starter", at=at))
    for verb, *words in todo:
        _step(run, verb, words)
    return "done" if run.completed else ",".join(sorted(run.tasks))


def _step(run: Run, verb: str, words: list[str]) -> None:
    if verb == "do":
        run.do(words[0])
    elif verb == "wait":
        run.wait(days=int(words[0]))
    elif verb == "message":
        assert run.message(words[0])
    elif verb == "signal":
        assert run.signal(words[0])
    elif verb == "set":
        run.set(**{words[0]: True})
    elif verb == "fail":
        run.fail(*words)
    else:
        assert verb == "thrown", verb
        assert words[0] in [each.name for each in run.thrown]


def _finding(one: Element) -> Finding:
    rule, element = one.refused.split()
    (module,) = (each for each in all_rules() if each.rule.id == rule)
    book = _book().with_uploads({"000000": {"p.bpmn": one.files()[0]}})
    (model,) = models(book, names=["p.bpmn"], regions=["000000"])
    found = [each for each in module.run(model) if each.element == element]
    assert found, f"{one.name}: {rule} says nothing of {element}"
    return found[0]


@cache
def _book() -> Rulebook:
    return Rulebook(ROOT / "processes", ROOT / "forms")


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for heading, rows in elements():
        parts.append(f"## {heading}\n\n| 元素 | BPMN | | 会怎样 | 怎样画 |\n|---|---|---|---|---|")
        for one in rows:
            name, _, bpmn = one.name.partition(" | ")
            word, sentence = happens(one)
            parts[-1] += f"\n| {name} | `{bpmn}` | {word} | {sentence} | {one.how} |"
        parts[-1] += "\n"
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
