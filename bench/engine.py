"""Engine: load + complete + save one user task, after 5, 20, 100 and 500 completed ones, against stock SpiffWorkflow.

Both run the same process (two lanes of review in a loop, eight form values) and both save to bytes after every step.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from statistics import median
from time import perf_counter
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from bench.report import Report
from service.clock import ZONE
from service.engine import Definition, Instance, UserTaskWait, compile_files

POINTS = (5, 20, 100, 500)
SAMPLES = 15
FORM: dict[str, Any] = {
    "decision": "again",
    "opinion": "材料齐全，同意按程序继续办理" * 8,
    **{f"field_{number}": "样例数据" * 12 for number in range(6)},
}

_FLOW = (
    ("start", "again", ""),
    ("again", "prepare", ""),
    ("prepare", "fork", ""),
    ("fork", "a", ""),
    ("fork", "b", ""),
    ("a", "join", ""),
    ("b", "join", ""),
    ("join", "review", ""),
    ("review", "more", ""),
    ("more", "again", "decision == 'again'"),
    ("more", "end", "decision != 'again'"),
)
_NODES = {
    "start": "startEvent",
    "again": "exclusiveGateway",
    "prepare": "userTask",
    "fork": "parallelGateway",
    "a": "userTask",
    "b": "userTask",
    "join": "parallelGateway",
    "review": "userTask",
    "more": "exclusiveGateway",
    "end": "endEvent",
}


def diagram(wrap: Callable[[str], str]) -> bytes:
    """The benchmark's process; ``wrap`` writes a condition the way an engine wants it."""
    nodes = "".join(f'<bpmn:{kind} id="{name}" name="{name}" />' for name, kind in _NODES.items())
    flows = "".join(_flow(number, *flow, wrap) for number, flow in enumerate(_FLOW))
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="b" id="d"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<bpmn:process id="p" isExecutable="true">{nodes}{flows}</bpmn:process></bpmn:definitions>'
    ).encode()


def _flow(number: int, source: str, target: str, condition: str, wrap: Callable[[str], str]) -> str:
    inner = ""
    if condition:
        text = wrap(condition)
        inner = (
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{text}</bpmn:conditionExpression>'
        )
    return f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


class _Quiet:
    """A host that has nothing to tell; the process asks for nothing."""

    now = datetime(2026, 9, 1, 9, tzinfo=ZONE)

    def __init__(self, definition: Definition) -> None:
        self.found = definition

    def by_digest(self, _digest: str, _process: str) -> Definition:
        return self.found

    def calendar(self, _tenant: str | None) -> None:
        return None

    def fact(self, name: str) -> None:
        raise KeyError(name)


class Ours:
    """This product's engine."""

    def __init__(self) -> None:
        source = diagram(lambda condition: f"${{{condition}}}")
        (definition,) = compile_files({"p.bpmn": source}, "p.bpmn", digest="bench")
        self.host: Any = _Quiet(definition)
        instance = Instance.start(definition, self.host)
        self.open = [wait.id for wait in instance.settle().created]
        self.state = instance.save()

    def step(self) -> None:
        instance = Instance.load(self.state, self.host)
        instance.complete(self.open.pop(0), FORM)
        self.open += [wait.id for wait in instance.settle().created if isinstance(wait, UserTaskWait)]
        self.state = instance.save()


class Stock:
    """SpiffWorkflow as it comes, with its own serializer."""

    def __init__(self) -> None:
        parser = BpmnParser()
        text = diagram(lambda condition: condition.replace("'", "&quot;"))
        parser.add_bpmn_xml(etree.parse(io.BytesIO(text)), filename="p.bpmn")
        self.serializer = BpmnWorkflowSerializer()
        workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        workflow.do_engine_steps()
        self.state = self.serializer.serialize_json(workflow)

    def step(self) -> None:
        workflow = self.serializer.deserialize_json(self.state)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        task.set_data(**FORM)
        task.run()
        workflow.do_engine_steps()
        self.state = self.serializer.serialize_json(workflow)


def measure(engine: Ours | Stock, points: tuple[int, ...]) -> dict[int, tuple[float, int]]:
    """Median milliseconds of a step around each point, and the bytes of the state there."""
    found, done = {}, 0
    for point in points:
        while done < point - SAMPLES // 2:
            engine.step()
            done += 1
        times = []
        for _ in range(SAMPLES):
            begun = perf_counter()
            engine.step()
            times.append((perf_counter() - begun) * 1000)
        done += SAMPLES
        found[point] = median(times), len(engine.state)
    return found


def run(report: Report) -> None:
    """Measure both and add the table."""
    ours = measure(Ours(), POINTS)
    stock = measure(Stock(), POINTS[:-1])  # stock needs minutes for 500
    rows = []
    for point in POINTS:
        mine, size = ours[point]
        other = stock.get(point)
        rows.append(
            (
                str(point),
                f"{mine:.3f}",
                f"{size / 1024:.1f}",
                f"{other[0]:.2f}" if other else "–",
                f"{other[1] / 1024:.1f}" if other else "–",
                f"{other[0] / mine:.0f} ×" if other else "–",
            )
        )
    report.table(
        "engine: load + complete + save, one user task",
        ("done before", "ms", "KB", "stock ms", "stock KB", "stock / ours"),
        rows,
    )
    flat = ours[500][0] / ours[5][0]
    report.bar("engine ≤ 1 ms a completion", max(ms for ms, _ in ours.values()), 1.0, "ms", most=True)
    report.bar("engine flat: 500 done / 5 done", flat, 2.0, "×", most=True)
    report.bar("stock / ours at 20 done", stock[20][0] / ours[20][0], 5.0, "×")
    report.bar("stock / ours at 100 done", stock[100][0] / ours[100][0], 20.0, "×")
