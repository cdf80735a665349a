"""Diagrams as pictures: everything is drawn, small enough to take in, and no line crosses another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from lxml import etree

PROCESSES = Path(__file__).parents[1] / "processes"
DIAGRAMS = sorted(PROCESSES.rglob("*.bpmn"))
MOST_NODES = 25  # of one level: what a person takes in at a glance

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
LINE = "{http://www.omg.org/spec/DD/20100524/DI}"

Point = tuple[float, float]
Segment = tuple[Point, Point]

every_diagram = pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: str(path.relative_to(PROCESSES)))


def read(path: Path) -> etree._Element:
    return etree.parse(str(path)).getroot()


def is_node(element: etree._Element) -> bool:
    name = str(element.tag).removeprefix(BPMN)
    return element.get("id") is not None and name.endswith(
        ("Event", "Gateway", "Task", "task", "callActivity", "subProcess", "transaction")
    )


def levels(root: etree._Element) -> Iterator[etree._Element]:
    yield from root.iter(f"{BPMN}process", f"{BPMN}subProcess", f"{BPMN}transaction")


def number(element: etree._Element, name: str) -> float:
    return float(element.get(name, "nan"))


def lines(root: etree._Element) -> dict[str, list[Segment]]:
    found: dict[str, list[Segment]] = {}
    for edge in root.iter(f"{DI}BPMNEdge"):
        points = [(number(p, "x"), number(p, "y")) for p in edge.iterfind(f"{LINE}waypoint")]
        found[str(edge.get("bpmnElement"))] = list(pairwise(points))
    return found


def cross(one: Segment, other: Segment) -> bool:
    """Whether two segments cut each other; lines that meet or run on top of each other do not."""

    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    (a, b), (c, d) = one, other
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


@every_diagram
def test_everything_is_drawn(path: Path) -> None:
    root = read(path)
    drawn = {str(shape.get("bpmnElement")) for shape in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")}
    wanted = {
        str(one.get("id")) for one in root.iter(f"{BPMN}sequenceFlow", f"{BPMN}lane", f"{BPMN}participant")
    }
    for level in levels(root):
        wanted |= {str(one.get("id")) for one in level if is_node(one)}

    assert wanted <= drawn, f"not drawn: {sorted(wanted - drawn)}"


@every_diagram
def test_a_level_can_be_taken_in_at_a_glance(path: Path) -> None:
    for level in levels(read(path)):
        assert sum(map(is_node, level)) <= MOST_NODES, level.get("id")


@every_diagram
def test_no_line_crosses_another(path: Path) -> None:
    drawn = lines(read(path))
    crossing = [
        (one, other)
        for one, other in combinations(drawn, 2)
        if any(cross(a, b) for a in drawn[one] for b in drawn[other])
    ]

    assert not crossing


@every_diagram
def test_deciding_gateways_ask_and_their_flows_answer(path: Path) -> None:
    root = read(path)
    flows = {str(flow.get("id")): flow for flow in root.iter(f"{BPMN}sequenceFlow")}
    for gateway in root.iter(f"{BPMN}exclusiveGateway", f"{BPMN}inclusiveGateway"):
        answers = [flows[str(way.text)] for way in gateway.iterfind(f"{BPMN}outgoing")]
        if len(answers) > 1:
            assert str(gateway.get("name")).endswith("？"), gateway.get("id")
            assert all(answer.get("name") for answer in answers), gateway.get("id")


@every_diagram
def test_shapes_lie_inside_their_pool(path: Path) -> None:
    root = read(path)
    pools = {str(one.get("id")) for one in root.iter(f"{BPMN}participant")}
    boxes = {
        str(shape.get("bpmnElement")): [number(box, side) for side in ("x", "y", "width", "height")]
        for shape in root.iter(f"{DI}BPMNShape")
        for box in shape.iterfind(f"{DC}Bounds")
    }
    if len(pools) != 1:
        return
    left, top, width, height = boxes[pools.pop()]
    outside = [
        name
        for name, (x, y, w, h) in boxes.items()
        if x < left or y < top or x + w > left + width or y + h > top + height
    ]
    assert not outside
