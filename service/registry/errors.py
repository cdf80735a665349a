"""When the registry says no: a conflict that a diagram may catch by its code."""

from __future__ import annotations

from collections.abc import Iterable

from service.errors import Conflict


class ActionRefused(Conflict):
    """The records do not allow the action.

    ``error_code`` is what an error boundary event on the service task catches.
    """

    def __init__(self, error_code: str, message: str, *, cure: str = "", clauses: Iterable[str] = ()) -> None:
        self.error_code = error_code
        super().__init__(message, cure=cure, clauses=clauses, details={"error_code": error_code})
