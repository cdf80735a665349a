"""The one error of the supervisor."""

from __future__ import annotations

from service.errors import XuejiError


class CannotStart(XuejiError):
    """The installation cannot be started; the message says why, the cure what to do."""

    code, status = "cannot_start", 500
