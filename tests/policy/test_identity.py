"""Identity numbers: form, date and check digit."""

from __future__ import annotations

from datetime import date

import pytest

from service.policy import identity


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("11010519491231002X", True),  # the example of GB 11643
        ("440524188001010014", True),
        ("110105194912310021", False),
        ("11010519491331002X", False),
        ("11010519491231002x", False),
        ("01010519491231002X", False),
        ("1101051949123100", False),
        ("", False),
    ],
)
def test_a_number_is_valid_only_with_form_date_and_check_digit(number: str, valid: bool) -> None:
    assert identity.is_valid(number) is valid


def test_a_number_holds_the_birth_date() -> None:
    assert identity.birth_date("11010519491231002X") == date(1949, 12, 31)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("号码11010519491231002X。", "号码******************。"),
        ("G11010519491231002x", "*" * 19),
        ("打 13912345678 联系", "打 *********** 联系"),
        ("110105194912310021", "110105194912310021"),  # the check digit is wrong: another kind of number
        ("01m8az13912345678tbe1", "01m8az13912345678tbe1"),  # an id of ours
        ("130102-2026-000012", "130102-2026-000012"),
    ],
)
def test_numbers_in_texts_are_made_unreadable(text: str, hidden: str) -> None:
    assert identity.redacted(text) == hidden
    assert identity.holds_number(text) == (hidden != text and "139" not in text)
