"""ISO 8601 texts of timers and tables."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.clock import ZONE
from service.engine.iso import Duration, parse_cycle, parse_date, parse_duration, parse_instant, parse_time

BASE = datetime(2026, 1, 31, 9, tzinfo=ZONE)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("P10D", at(2026, 2, 10, 9)),
        ("P2W", at(2026, 2, 14, 9)),
        ("P1M", at(2026, 2, 28, 9)),
        ("P1Y1M", at(2027, 2, 28, 9)),
        ("P2Y1M", at(2028, 2, 29, 9)),
        ("P1M1D", at(2026, 3, 1, 9)),
        ("PT36H", at(2026, 2, 1, 21)),
        ("PT1M", at(2026, 1, 31, 9, 1)),
        ("P1DT1H1M1.5S", at(2026, 2, 1, 10, 1, 1, 500_000)),
        ("PT0S", BASE),
    ],
)
def test_durations_are_added_to_an_instant(text: str, end: datetime) -> None:
    assert parse_duration(text).add_to(BASE) == end


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1",
        "1D",
        "P1H",
        "PT1D",
        "P1DT",
        "P-1D",
        "-P1D",
        "P1.5D",
        "P1M1Y",
        "p1d",
        "P1D ",
        "P9999999999D",
    ],
)
def test_what_is_no_duration_is_said_so(text: str) -> None:
    with pytest.raises(ValueError, match="不是 ISO 8601 时长"):
        parse_duration(text)


def test_durations_too_long_for_the_calendar() -> None:
    with pytest.raises(ValueError, match="超出了日历的范围"):
        parse_duration("P9999Y").add_to(BASE)
    with pytest.raises(ValueError, match="太长"):
        parse_duration("P999999999W")


def test_a_signed_duration_counts_backwards() -> None:
    assert parse_duration("-P1M1D", signed=True).add_to(at(2026, 3, 31, 9)) == at(2026, 2, 27, 9)
    assert parse_duration("-P1D", signed=True).text == "-P1D"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-03", at(2026, 9, 3)),
        ("2026-09-03T09:00", at(2026, 9, 3, 9)),
        ("2026-09-03 09:00:30", at(2026, 9, 3, 9, 0, 30)),
        ("2026-09-03T09:00:00.25", at(2026, 9, 3, 9, 0, 0, 250_000)),
        ("2026-09-03T01:00:00Z", at(2026, 9, 3, 9)),
        ("2026-09-03T01:00:00+00:00", at(2026, 9, 3, 9)),
        ("2026-09-03T24:00:00", at(2026, 9, 4)),
        ("2026-12-31T24:00", at(2027, 1, 1)),
    ],
)
def test_instants_without_a_zone_are_told_in_ours(text: str, expected: datetime) -> None:
    found = parse_instant(text)
    assert found == expected
    assert found.tzinfo is ZONE


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-9-3", "20260903", "2026-02-30", "2026-13-01", "2026-09-03T25:00", "2026-09-03T24:01",
     "2026-09-03T09:00+99:00", "2026-09-03T09", "9999-12-31T24:00", "2026-W36-4"],
)  # fmt: skip
def test_what_is_no_instant_is_said_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"[日时钟]"):
        parse_instant(text)


def test_days_and_times_of_day() -> None:
    assert parse_date("2024-02-29") == date(2024, 2, 29)
    assert parse_time("09:30").minute == 30
    for bad in ("9:30", "24:00", "09:60", "noon"):
        with pytest.raises(ValueError, match="钟点"):
            parse_time(bad)
    with pytest.raises(ValueError, match="没有这一天"):
        parse_date("2026-02-29")


@pytest.mark.parametrize(
    ("text", "count", "start", "duration", "end"),
    [
        ("R/PT1H", None, None, "PT1H", None),
        ("R3/P1D", 3, None, "P1D", None),
        ("R0/P1D", 0, None, "P1D", None),
        ("R/2026-09-01/P1M", None, at(2026, 9, 1), "P1M", None),
        ("R5/2026-09-01T08:00:00Z/P1W", 5, at(2026, 9, 1, 16), "P7D", None),
        ("R/P1W/2027-07-01", None, None, "P7D", at(2027, 7, 1)),
        ("R/2026-09-01/P1W/2027-07-01", None, at(2026, 9, 1), "P7D", at(2027, 7, 1)),
    ],
)
def test_cycles(
    text: str, count: int | None, start: datetime | None, duration: str, end: datetime | None
) -> None:
    cycle = parse_cycle(text)
    assert (cycle.count, cycle.start, cycle.duration.text, cycle.end) == (count, start, duration, end)


@pytest.mark.parametrize(
    "text",
    ["", "R", "R/", "P1D", "R3", "Rx/P1D", "R/2026-09-01", "R/PT0S", "R/P1D/P1D", "R/P1D/2026-09-01/x"],
)
def test_what_is_no_cycle_is_said_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"[循时]"):
        parse_cycle(text)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 60),
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=500)),
    st.booleans(),
)
def test_a_duration_survives_its_own_writing(months: int, exact: timedelta, backwards: bool) -> None:
    duration = Duration(months, exact)
    if backwards:
        duration = -duration
    assert parse_duration(duration.text, signed=True) == duration


@settings(max_examples=100, deadline=None)
@given(
    st.builds(
        datetime.combine,
        st.dates(date(1992, 1, 1), date(2200, 1, 1)),
        st.times(),
        st.sampled_from([UTC, ZONE]),
    )
)
def test_an_instant_survives_its_own_writing(moment: datetime) -> None:
    assert parse_instant(moment.isoformat()) == moment


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="RPT0123456789YMWDHS/-:.Z ", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_duration, parse_instant, parse_cycle, parse_date, parse_time):
        with suppress(ValueError):
            parse(text)
