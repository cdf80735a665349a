"""Small forms for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping

from service.policy.forms import Form, parse_form

Component = Mapping[str, object]
OPTIONS = [{"label": "通过", "value": "approve"}, {"label": "不通过", "value": "reject"}]


def part(kind: str, key: str, **more: object) -> dict[str, object]:
    """One component."""
    return {"type": kind, "id": f"f_{key}", "key": key, "label": f"字段{key}", "layout": {"row": "r"}, **more}


def form(*components: Component, **top: object) -> Form:
    """A form of some components."""
    data = {"type": "default", "id": "review", "schemaVersion": 19, "components": components, **top}
    return parse_form(json.dumps(data).encode(), "forms/review.form")


DECISION = part("radio", "decision", values=OPTIONS, validate={"required": True})
