"""What a drawn diagram looks like, in numbers: where its shapes, lines and labels lie."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
LINE = "{http://www.omg.org/spec/DD/20100524/DI}"

Point = tuple[float, float]
Segment = tuple[Point, Point]
Box = tuple[float, float, float, float]

ROUND = {36.0: 5.0, 50.0: 13.0}  # what a circle and a diamond leave free at the corners of their boxes
LETTER, LINE_HEIGHT = 11.0, 14.0  # of labels, as bpmn-js draws them


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


def box(holder: etree._Element) -> Box:
    return (number(holder, "x"), number(holder, "y"), number(holder, "width"), number(holder, "height"))


def overlap(one: Box, other: Box, by: float = 2.0) -> bool:
    """Whether two boxes share more than an edge."""
    return all(min(one[i] + one[i + 2], other[i] + other[i + 2]) - max(one[i], other[i]) > by for i in (0, 1))


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


def marker(bounds: Box) -> Box:
    """Where a closed activity shows the plus of what is inside."""
    x, y, width, height = bounds
    return (x + width / 2 - 7, y + height - 20, 14, 14)


def text_width(text: str) -> float:
    """About how wide a name is drawn: a Chinese character is as wide as the letters are high."""
    return sum(LETTER if ord(letter) > 0xFF else LETTER / 2 for letter in text)


def as_box(segment: Segment) -> Box:
    """A line as a box one point thick."""
    (a, b), (c, d) = segment
    return (min(a, c) - 0.5, min(b, d) - 0.5, abs(a - c) + 1, abs(b - d) + 1)
