"""Diagrams as pictures: everything is drawn, small enough to take in, and no line crosses another."""

from __future__ import annotations

from itertools import combinations
from math import ceil
from pathlib import Path

import pytest

from tests.pictures import (
    BPMN,
    DC,
    DI,
    LINE_HEIGHT,
    as_box,
    box,
    cross,
    is_node,
    levels,
    lines,
    marker,
    number,
    overlap,
    read,
    small_shapes,
    text_width,
)

PROCESSES = Path(__file__).parents[1] / "processes"
DIAGRAMS = sorted(PROCESSES.rglob("*.bpmn"))
MOST_NODES = 25  # of one level: what a person takes in at a glance
WIDEST_AND_HIGHEST = (2800, 1400)  # shown at two thirds of its size, a picture is still read without a glass
HEADING = 30  # of a lane, where its name stands


every_diagram = pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: str(path.relative_to(PROCESSES)))


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
    hosts = {one.get("id"): one.get("attachedToRef") for one in root.iter(f"{BPMN}boundaryEvent")}
    shapes = small_shapes(root)
    stacked = [
        (one, other)
        for one, other in combinations(shapes, 2)
        if hosts.get(one) != other and hosts.get(other) != one and overlap(shapes[one], shapes[other])
    ]
    assert not stacked


@every_diagram
def test_no_event_hides_what_a_closed_activity_shows(path: Path) -> None:
    root = read(path)
    shapes = small_shapes(root)
    calls = {str(one.get("id")) for one in root.iter(f"{BPMN}callActivity")}
    hidden = [
        (event.get("id"), host)
        for event in root.iter(f"{BPMN}boundaryEvent")
        for host in [str(event.get("attachedToRef"))]
        if host in calls and overlap(marker(shapes[host]), shapes[str(event.get("id"))])
    ]
    assert not hidden


@every_diagram
def test_no_label_lies_across_a_border(path: Path) -> None:
    """A label is wholly inside or wholly outside an open subprocess or a pool's heading."""
    root = read(path)
    holders = {
        str(shape.get("bpmnElement")): box(bounds)
        for shape in root.iter(f"{DI}BPMNShape")
        for bounds in shape.iterfind(f"{DC}Bounds")
        if shape.get("isExpanded") == "true"
    }
    across = [
        (label.getparent().getparent().get("bpmnElement"), name)
        for label in root.iterfind(f".//{DI}BPMNLabel/{DC}Bounds")
        for name, (x, y, width, height) in holders.items()
        for side in (((x, y), (x, y + height)), ((x + width, y), (x + width, y + height)))
        if overlap(as_box(side), box(label), by=0.9)
    ]
    assert not across


@every_diagram
def test_open_subprocesses_leave_the_lanes_heading_free(path: Path) -> None:
    root = read(path)
    boxes = {
        str(shape.get("bpmnElement")): box(bounds)
        for shape in root.iter(f"{DI}BPMNShape")
        for bounds in shape.iterfind(f"{DC}Bounds")
    }
    left = [boxes[str(one.get("id"))][0] + HEADING for one in root.iter(f"{BPMN}lane")]
    lying = [
        str(one.get("id"))
        for one in root.iter(f"{BPMN}subProcess")
        if left and boxes[str(one.get("id"))][0] < min(left)
    ]
    assert not lying


@every_diagram
def test_labels_have_room_for_their_text(path: Path) -> None:
    """A label too narrow breaks into more lines than its box has and runs into what lies below."""
    root = read(path)
    names = {str(one.get("id")): str(one.get("name")) for one in root.iter() if one.get("name")}
    short = [
        name
        for label in root.iterfind(f".//{DI}BPMNLabel/{DC}Bounds")
        for name in [str(label.getparent().getparent().get("bpmnElement"))]
        for width, height in [box(label)[2:]]
        if ceil(text_width(names.get(name, "")) / width) * LINE_HEIGHT > height + LINE_HEIGHT / 2
    ]
    assert not short


@every_diagram
def test_a_picture_fits_one_screen(path: Path) -> None:
    """Shown on a screen of 1 900 by 1 000, letters stay readable."""
    corners = [
        (x + width, y + height)
        for shape in read(path).iter(f"{DI}BPMNShape")
        for x, y, width, height in map(box, shape.iterfind(f"{DC}Bounds"))
    ]
    starts = [
        (x, y)
        for shape in read(path).iter(f"{DI}BPMNShape")
        for x, y, *_ in map(box, shape.iterfind(f"{DC}Bounds"))
    ]
    for axis, most in enumerate(WIDEST_AND_HIGHEST):
        assert max(corner[axis] for corner in corners) - min(start[axis] for start in starts) <= most


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
