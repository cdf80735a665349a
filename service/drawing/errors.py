"""The one error of drawing: something needed is absent, or the viewer refuses the file."""

from __future__ import annotations

from typing import ClassVar

from service.errors import XuejiError


class CannotDraw(XuejiError):
    """The picture cannot be made; ``cure`` says what to install or to correct."""

    code: ClassVar[str] = "cannot_draw"
    status: ClassVar[int] = 503
