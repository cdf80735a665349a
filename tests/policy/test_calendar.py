"""Legal limits, terms and windows as they hold in a region."""

from __future__ import annotations

import timeit
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.clock import ZONE
from service.errors import BadDefinition
from service.policy.calendar import Calendar, Limit, days, months, weeks, working_days, years
from service.policy.regions import Regions
from tests.policy.places import NATION, PROCESSES, XINXIANG, project

REGIONS = Regions.load(PROCESSES)
NATIONAL = Calendar.load(PROCESSES, REGIONS.chain("000000"))
XINXIANG_CALENDAR = Calendar.load(PROCESSES, REGIONS.chain("410702"))
LINXIA = Calendar.load(PROCESSES, REGIONS.chain("622901"))
SHANGHAI = Calendar.load(PROCESSES, REGIONS.chain("310115"))

KNOWN_DAYS = st.dates(date(2024, 6, 1), date(2028, 6, 30))
MUCH_EARLIER = st.dates(date(2024, 6, 1), date(2025, 12, 31))


def at(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("base", "limit", "ends"),
    [
        (at(9, 3, 9), days(90), at(12, 3)),
        (at(9, 3, 9), days(0), at(9, 4)),
        (at(9, 3, 9), weeks(2), at(9, 18)),
        (at(9, 3, 9), working_days(10), at(9, 18)),
        (date(2026, 1, 31), months(1), at(3, 1)),
        (date(2026, 12, 31), months(2), at(3, 1, year=2027)),
        (date(2024, 2, 29), years(1), at(3, 1, year=2025)),
        (date(2026, 9, 1), years(3), at(9, 2, year=2029)),
    ],
)
def test_the_first_day_does_not_count_and_the_last_ends_at_midnight(
    base: datetime | date, limit: Limit, ends: datetime
) -> None:
    assert NATIONAL.deadline(base, limit) == ends


def test_make_up_days_count_and_holidays_do_not() -> None:
    # 20 September 2026 is a worked Sunday; 25 September is the Mid-Autumn Festival.
    assert NATIONAL.is_working_day(date(2026, 9, 20))
    assert not NATIONAL.is_working_day(date(2026, 9, 25))
    assert NATIONAL.deadline(at(9, 18), working_days(1)) == at(9, 21)
    assert NATIONAL.deadline(at(9, 24), working_days(1)) == at(9, 29)


def test_a_limit_moves_off_a_day_off_only_when_told() -> None:
    saturday = date(2026, 9, 12)
    assert NATIONAL.deadline(at(9, 5), weeks(1)) == at(9, 13)
    assert NATIONAL.deadline(at(9, 5), weeks(1), roll=True) == at(9, 15)
    assert saturday.weekday() == 5


def test_a_limit_counts_backwards_too() -> None:
    assert NATIONAL.before(date(2027, 1, 22), working_days(10)) == at(1, 8, year=2027)
    assert NATIONAL.before(date(2026, 3, 31), months(1)) == at(2, 28)
    assert NATIONAL.before(at(9, 3, 23), days(3)) == at(8, 31)


def test_an_instant_elsewhere_counts_as_the_day_it_is_here() -> None:
    utc = datetime.fromisoformat("2026-09-02T17:00:00+00:00")
    assert NATIONAL.deadline(utc, days(1)) == at(9, 5)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        NATIONAL.deadline(at(9, 3).replace(tzinfo=None), days(1))


@pytest.mark.parametrize("n", [-1, True, 1.5, "3"])
def test_a_limit_is_a_whole_number_from_zero(n: object) -> None:
    with pytest.raises(BadDefinition, match="期限的数目"):
        Limit("day", n)  # type: ignore[arg-type]


def test_a_limit_beyond_all_calendars_is_refused() -> None:
    with pytest.raises(BadDefinition, match="超出了日历的范围"):
        NATIONAL.deadline(at(9, 1), years(9000))


def test_a_year_without_a_file_is_an_error_that_names_it() -> None:
    with pytest.raises(BadDefinition, match="没有 2029 年的工作日历") as caught:
        NATIONAL.deadline(date(2028, 12, 28), working_days(10))
    assert "processes/calendar/2029.yaml" in caught.value.problem.cure
    with pytest.raises(BadDefinition, match="没有 2023 年的工作日历"):
        NATIONAL.is_working_day(date(2023, 12, 31))


@given(KNOWN_DAYS, st.integers(1, 60))
def test_counting_agrees_with_walking_day_by_day(base: date, n: int) -> None:
    day, left = base, n
    while left:
        day += timedelta(days=1)
        left -= NATIONAL.is_working_day(day)
    assert NATIONAL.deadline(base, working_days(n)).date() == day + timedelta(days=1)


@given(KNOWN_DAYS, st.integers(1, 60))
def test_counting_back_undoes_counting_on_from_a_working_day(base: date, n: int) -> None:
    start = NATIONAL.deadline(base, days(0), roll=True).date() - timedelta(days=1)
    reached = NATIONAL.deadline(start, working_days(n)).date() - timedelta(days=1)
    assert NATIONAL.before(reached, working_days(n)).date() == start


@given(MUCH_EARLIER, st.integers(0, 30))
def test_a_longer_limit_never_ends_earlier(base: date, n: int) -> None:
    for make in (working_days, days, weeks, months):
        assert NATIONAL.deadline(base, make(n)) <= NATIONAL.deadline(base, make(n + 1), roll=True)


def test_a_deadline_takes_less_than_fifty_microseconds() -> None:
    base = at(9, 3, 9)
    runs = 2_000
    best = min(timeit.repeat(lambda: NATIONAL.deadline(base, working_days(10)), number=runs, repeat=3))
    assert best / runs < 50e-6


def test_in_the_term_this_term_is_meant() -> None:
    day = date(2026, 11, 20)
    term = XINXIANG_CALENDAR.term(day)
    assert term is not None
    assert (term.school_year, term.number) == (2026, 1)
    assert XINXIANG_CALENDAR.term_start(day) == date(2026, 9, 1)
    assert XINXIANG_CALENDAR.term_end(day) == term.end
    assert not XINXIANG_CALENDAR.in_school_holiday(day)


def test_in_the_holidays_the_next_term_is_meant() -> None:
    day = date(2026, 8, 20)
    assert XINXIANG_CALENDAR.term(day) is None
    assert XINXIANG_CALENDAR.in_school_holiday(day)
    assert XINXIANG_CALENDAR.term_start(day) == date(2026, 9, 1)
    assert (XINXIANG_CALENDAR.school_year(day), XINXIANG_CALENDAR.term_number(day)) == (2026, 1)
    assert XINXIANG_CALENDAR.term_end(day) > XINXIANG_CALENDAR.term_start(day)


def test_the_last_day_of_a_term_belongs_to_it() -> None:
    end = SHANGHAI.term_end(date(2025, 11, 3))
    assert end == date(2026, 1, 30)
    assert SHANGHAI.term(end) is not None
    assert SHANGHAI.term(end + timedelta(days=1)) is None


@pytest.mark.parametrize("day", [date(2025, 8, 31), date(2028, 8, 1)])
def test_a_day_beyond_the_known_terms_is_an_error(day: date) -> None:
    with pytest.raises(BadDefinition, match="不知道") as caught:
        XINXIANG_CALENDAR.term(day)
    assert caught.value.problem.file == "processes/regions/410700-xinxiang/terms.yaml"
    with pytest.raises(BadDefinition, match="不知道"):
        XINXIANG_CALENDAR.window_open("transfer_term_start", at(day.month, day.day, year=day.year))


def test_years_not_yet_published_are_provisional() -> None:
    assert [NATIONAL.provisional(year) for year in range(2024, 2029)] == [False, False, False, True, True]


@pytest.mark.parametrize("calendar", [NATIONAL, XINXIANG_CALENDAR, LINXIA, SHANGHAI])
def test_no_transfer_is_started_in_the_national_pause(calendar: Calendar) -> None:
    moments = [at(7, 14, 23, 59), at(7, 15), at(8, 14, 23, 59), at(8, 15)]
    assert [calendar.window_open("transfer_start", one) for one in moments] == [True, False, False, True]
    assert [calendar.window_open("transfer_pause", one) for one in moments] == [False, True, True, False]


def test_after_graduation_cases_start_in_two_windows() -> None:
    moments = [at(2, 28), at(3, 1), at(5, 31, 23), at(6, 1), at(8, 14), at(8, 15), at(12, 14, 23), at(12, 15)]
    opened = [NATIONAL.window_open("after_graduation_start", one) for one in moments]
    assert opened == [False, True, True, False, False, True, True, False]


def test_xinxiang_starts_transfers_within_a_month_of_term_start() -> None:
    moments = [at(8, 31, 23, 59), at(9, 1), at(10, 1, 23, 59), at(10, 2), at(2, 22, year=2027)]
    opened = [XINXIANG_CALENDAR.window_open("transfer_term_start", one) for one in moments]
    assert opened == [False, True, True, False, True]


def test_linxia_handles_transfers_at_the_end_of_a_term_and_ten_working_days_into_it() -> None:
    moments = [at(8, 31), at(9, 1), at(9, 15, 23), at(9, 16), at(1, 1, year=2027), at(1, 15, year=2027)]
    opened = [LINXIA.window_open("transfer_term_start", one) for one in moments]
    assert opened == [False, True, True, False, False, True]
    january = [at(1, day, year=2027) for day in range(1, 32)]
    inside = [one for one in january if LINXIA.window_open("transfer_term_start", one)]
    assert sum(LINXIA.is_working_day(one) for one in inside) == 10


def test_shanghai_closes_a_week_after_term_start() -> None:
    moments = [at(8, 25), at(9, 8, 23, 59), at(9, 9), at(11, 1)]
    assert [SHANGHAI.window_open("transfer_term_start", one) for one in moments] == [True, True, False, False]


def test_a_window_nobody_names_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadDefinition, match="没有名为“transfer_term_start”的窗口") as caught:
        NATIONAL.window_open("transfer_term_start", at(9, 3))
    assert "after_graduation_start、transfer_pause、transfer_start" in caught.value.problem.cure


def test_every_window_names_its_clauses() -> None:
    for calendar in (NATIONAL, XINXIANG_CALENDAR, LINXIA, SHANGHAI):
        for name in calendar.window_names():
            assert calendar.window(name, date(2026, 9, 3)).clauses


WINDOW = "windows:\n  w: {{ label: 窗, clauses: [A2020-1], open: [{{ from: {first}, to: {last} }}] }}\n"


def small(root: Path, files: dict[str, str]) -> Calendar:
    project(root, {"processes/calendar/2026.yaml": (PROCESSES / "calendar/2026.yaml").read_text(), **files})
    processes = root / "processes"
    return Calendar.load(processes, Regions.load(processes).chain("410702"))


def test_the_nearest_region_in_force_gives_a_window(tmp_path: Path) -> None:
    ended = XINXIANG.replace("2027-12-31", "2026-06-30")
    calendar = small(
        tmp_path,
        {
            "processes/windows.yaml": WINDOW.format(first="01-01", last="12-31"),
            "processes/regions/410700-xinxiang/region.yaml": ended,
            "processes/regions/410700-xinxiang/windows.yaml": WINDOW.format(first="03-01", last="03-31"),
        },
    )
    assert [calendar.window_open("w", one) for one in (at(3, 1), at(4, 1), at(7, 1))] == [True, False, True]


def test_a_dated_windows_file_holds_from_its_day(tmp_path: Path) -> None:
    calendar = small(
        tmp_path,
        {
            "processes/windows.yaml": WINDOW.format(first="01-01", last="03-31"),
            "processes/since-2026-03-01/windows.yaml": WINDOW.format(first="05-01", last="05-31"),
        },
    )
    assert [calendar.window_open("w", one) for one in (at(2, 28), at(3, 1), at(5, 1))] == [True, False, True]


def test_a_window_may_run_over_new_year(tmp_path: Path) -> None:
    calendar = small(tmp_path, {"processes/windows.yaml": WINDOW.format(first="12-15", last="01-15")})
    opened = [calendar.window_open("w", one) for one in (at(1, 15), at(1, 16), at(12, 15))]
    assert opened == [True, False, True]


def test_a_region_without_any_terms_says_so_when_asked(tmp_path: Path) -> None:
    calendar = small(tmp_path, {"processes/region.yaml": NATION})
    with pytest.raises(BadDefinition, match="不知道 2026-09-03 前后的学期起止"):
        calendar.term_start(date(2026, 9, 3))
