"""Occasions: what the registry notices by itself as the business clock runs on.

A process of which a start event awaits an occasion's message is started by the system, for the student it happened to,
at the school that keeps the record. Which region has such a process is a matter of its files; nothing here knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """One occasion; ``message`` is the name of the message a start event awaits."""

    message: str
    label_zh: str
    doc_zh: str


SUSPENSION_OVER = "registry.suspension_over"
OCCASIONS: Mapping[str, Occasion] = {
    one.message: one
    for one in (
        Occasion(
            message=SUSPENSION_OVER,
            label_zh="休学期满",
            doc_zh="休学期满日的次日 00:00，学生仍在休学的，由系统为其发起；当时不能发起的，次日再看。"
            "延长后按新的期满日另算一次。",
        ),
    )
}
