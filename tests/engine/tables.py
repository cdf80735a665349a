"""What the tests of expressions and tables share: DMN written in short, and a calendar of plain weekdays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from html import escape

from service.clock import day_of, end_of, midnight
from service.engine.iso import Duration
from service.policy.calendar import Limit

DMN_13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"
DMN_12 = "http://www.omg.org/spec/DMN/20180521/MODEL/"
DMN_11 = "http://www.omg.org/spec/DMN/20151101/dmn.xsd"

Column = tuple[str, str]  # expression or name, type
RowText = tuple[Sequence[str], Sequence[str]]


def file_of(*decisions: str, namespace: str = DMN_13) -> bytes:
    """A DMN file."""
    body = "".join(decisions)
    return f'<definitions xmlns="{namespace}" id="d" name="d" namespace="n">{body}</definitions>'.encode()


def table(
    key: str,
    inputs: Sequence[Column],
    outputs: Sequence[Column],
    rows: Sequence[RowText],
    *,
    policy: str = "",
    requires: Sequence[str] = (),
    values: str = "",
    notes: Sequence[str] = (),
) -> str:
    """A decision with a table; row n has id ``<key>_n``; ``values`` are the first output's allowed ones."""
    hit, _, aggregation = policy.partition("/")
    attributes = (f' hitPolicy="{hit}"' if hit else "") + (
        f' aggregation="{aggregation}"' if aggregation else ""
    )
    columns = "".join(
        f'<input id="{key}_i{n}" label="{name}"><inputExpression id="{key}_e{n}" typeRef="{kind}">'
        f"<text>{escape(name)}</text></inputExpression></input>"
        for n, (name, kind) in enumerate(inputs)
    )
    allowed = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
    columns += "".join(
        f'<output id="{key}_o{n}" name="{name}" typeRef="{kind}">{"" if n else allowed}</output>'
        for n, (name, kind) in enumerate(outputs)
    )
    rules = "".join(
        f'<rule id="{key}_{n}"><description>{notes[n - 1] if notes else ""}</description>'
        + "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in conditions)
        + "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in results)
        + "</rule>"
        for n, (conditions, results) in enumerate(rows, start=1)
    )
    return decision(
        key, f'<decisionTable id="{key}_t"{attributes}>{columns}{rules}</decisionTable>', requires
    )


def literal(key: str, text: str, kind: str = "", requires: Sequence[str] = (), variable: str = "") -> str:
    """A decision with an expression."""
    named = f'<variable name="{variable}" />' if variable else ""
    body = f'<literalExpression typeRef="{kind}"><text>{escape(text)}</text></literalExpression>'
    return decision(key, named + body, requires)


def decision(key: str, body: str, requires: Sequence[str] = ()) -> str:
    arrows = "".join(
        f'<informationRequirement><requiredDecision href="#{each}" /></informationRequirement>'
        for each in requires
    )
    return f'<decision id="{key}" name="{key}">{arrows}{body}</decision>'


def one_rule_table(condition: str = "-", result: str = '"yes"') -> bytes:
    """A table ``table`` with one input ``a``, one output and one rule."""
    return file_of(table("table", [("a", "")], [("out", "")], [([condition], [result])]))


class Weekdays:
    """A calendar for tests: Monday to Friday are working days, one term a half-year, a window that is open in May."""

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5

    def deadline(self, base: datetime | date, limit: Limit, roll: bool = False) -> datetime:
        last = self._counted(day_of(base), limit, 1)
        while roll and not self.is_working_day(last):
            last += timedelta(days=1)
        return end_of(last)

    def before(self, base: datetime | date, limit: Limit) -> datetime:
        return midnight(self._counted(day_of(base), limit, -1))

    def _counted(self, day: date, limit: Limit, sign: int) -> date:
        if limit.unit == "working_day":
            left = limit.n
            while left:
                day += timedelta(days=sign)
                left -= self.is_working_day(day)
            return day
        count = sign * limit.n
        months = {"month": count, "year": 12 * count}.get(limit.unit, 0)
        exact = timedelta(days={"day": count, "week": 7 * count}.get(limit.unit, 0))
        return Duration(months, exact).add_to(midnight(day)).date()

    def term_start(self, day: date) -> date:
        return date(day.year, 9, 1) if day.month >= 7 else date(day.year, 3, 1)

    def term_end(self, day: date) -> date:
        return date(day.year + 1, 1, 20) if day.month >= 7 else date(day.year, 6, 30)

    def term_number(self, day: date) -> int:
        return 1 if day.month >= 7 else 2

    def school_year(self, day: date) -> int:
        return day.year if day.month >= 7 else day.year - 1

    def in_school_holiday(self, day: date) -> bool:
        return day.month in (2, 7, 8)

    def window_open(self, name: str, at: datetime) -> bool:
        if name != "transfer":
            raise KeyError(name)
        return at.month == 5
