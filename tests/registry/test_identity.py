"""Identity numbers: form, date and check digit."""

from __future__ import annotations

from datetime import date

import pytest

from service.registry import identity


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
