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


Box = tuple[float, float, float, float]


def box(holder: etree._Element) -> Box:
    return (number(holder, "x"), number(holder, "y"), number(holder, "width"), number(holder, "height"))


def overlap(one: Box, other: Box, by: float = 2.0) -> bool:
    """Whether two boxes share more than an edge."""
    return all(min(one[i] + one[i + 2], other[i] + other[i + 2]) - max(one[i], other[i]) > by for i in (0, 1))


ROUND = {36.0: 5.0, 50.0: 13.0}  # what a circle and a diamond leave free at the corners of their boxes


def small_shapes(root: etree._Element) -> dict[str, Box]:
    """Events, gateways and tasks by id; what holds others (pools, lanes, open subprocesses) is left out."""
    holders = {str(one.get("id")) for one in root.iter(f"{BPMN}participant", f"{BPMN}lane")}
    return {
        str(shape.get("bpmnElement")): filled(box(bounds))
        for shape in root.iter(f"{DI}BPMNShape")
        for bounds in shape.iterfind(f"{DC}Bounds")
        if shape.get("isExpanded") != "true" and str(shape.get("bpmnElement")) not in holders
    }


def filled(bounds: Box) -> Box:
    """The part of the box its shape really fills."""
    x, y, width, height = bounds
    corner = ROUND.get(width, 0.0) if width == height else 0.0
    return (x + corner, y + corner, width - 2 * corner, height - 2 * corner)


@every_diagram
def test_no_label_lies_on_a_shape(path: Path) -> None:
    root = read(path)
    shapes = small_shapes(root)
    covered = [
        (label.getparent().getparent().get("bpmnElement"), name)
        for label in root.iterfind(f".//{DI}BPMNLabel/{DC}Bounds")
        for name, shape in shapes.items()
        if overlap(box(label), shape)
    ]
    assert not covered


@every_diagram
def test_no_line_runs_through_a_label(path: Path) -> None:
    root = read(path)
    labels = [
        (label.getparent().getparent().get("bpmnElement"), box(label))
        for label in root.iterfind(f".//{DI}BPMNLabel/{DC}Bounds")
    ]
    struck = [
        (name, flow)
        for flow, segments in lines(root).items()
        for name, label in labels
        if any(overlap(as_box(segment), label, by=0.9) for segment in segments)
    ]
    assert not struck


@every_diagram
def test_shapes_do_not_lie_on_each_other(path: Path) -> None:
    root = read(path)
    on_edges = {str(one.get("id")) for one in root.iter(f"{BPMN}boundaryEvent")}
    shapes = small_shapes(root)
    stacked = [
        (one, other)
        for one, other in combinations(shapes, 2)
        if (one in on_edges) == (other in on_edges) and overlap(shapes[one], shapes[other])
    ]
    assert not stacked


@every_diagram
def test_no_line_runs_through_a_shape(path: Path) -> None:
    root = read(path)
    flows = {
        str(one.get("id")): (one.get("sourceRef"), one.get("targetRef"))
        for one in root.iter(f"{BPMN}sequenceFlow")
    }
    edges = {str(one.get("id")): one.get("attachedToRef") for one in root.iter(f"{BPMN}boundaryEvent")}
    shapes = small_shapes(root)
    through = [
        (flow, name)
        for flow, segments in lines(root).items()
        for name, shape in shapes.items()
        if flow in flows and name not in flows[flow] and edges.get(str(flows[flow][0])) != name
        if any(overlap(as_box(segment), shape, by=0.0) for segment in segments)
    ]
    assert not through


def as_box(segment: Segment) -> Box:
    """A line as a box one point thick."""
    (a, b), (c, d) = segment
    return (min(a, c) - 0.5, min(b, d) - 0.5, abs(a - c) + 1, abs(b - d) + 1)
