"""Resident identity numbers (公民身份号码): form, birth date and check digit as GB 11643 lays them down.

Only arithmetic; the store decides how a number is kept.
"""

from __future__ import annotations

import re
from datetime import date

from service.policy.values import to_date

_FORM = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_CHECKS = "10X98765432"


def check_digit(first_seventeen: str) -> str:
    """The eighteenth character that belongs to the first seventeen."""
    total = sum(int(digit) * (1 << (17 - place)) for place, digit in enumerate(first_seventeen))
    return _CHECKS[total % 11]


def birth_date(number: str) -> date | None:
    """The birth date a well-formed number holds."""
    return to_date(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")


def is_valid(number: str) -> bool:
    """Whether the number has the right form, a possible birth date and the right check digit."""
    if not _FORM.fullmatch(number) or birth_date(number) is None:
        return False
    return check_digit(number[:17]) == number[17]
