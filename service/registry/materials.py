"""What may be handed in as a material (附件): kinds, sizes, how long a draft is kept. Data, not code.

It must not know how a content is recognised or where it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.policy import strict_yaml
from service.policy.reader import Reader

KINDS = ("jpg", "png", "pdf")


@dataclass(frozen=True, kw_only=True)
class MaterialRules:
    """``types`` are of KINDS; sizes in KiB and pixels."""

    types: tuple[str, ...]
    largest_kb: int
    largest_pixels: int
    draft_days: int
    most_drafts: int

    @classmethod
    def load(cls, content: bytes, file: str) -> MaterialRules:
        """Read ``materials.yaml``. Raises BadDefinition."""
        top = Reader(strict_yaml.load(content, file), file, 1, "文件")
        row = top.table("materials")
        types = row.texts("types")
        for kind in types:
            if kind not in KINDS:
                raise row.bad(f"不能识别“{kind}”类文件", "types", f"可用：{'、'.join(KINDS)}")
        rules = cls(
            types=types,
            largest_kb=row.integer("largest_kb"),
            largest_pixels=row.integer("largest_pixels"),
            draft_days=row.integer("draft_days"),
            most_drafts=row.integer("most_drafts"),
        )
        row.done()
        top.done()
        return rules
