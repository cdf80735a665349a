"""Resident identity numbers (公民身份号码): form, birth date and check digit as GB 11643 lays them down.

Also how numbers look when masked, and how they are found in texts they do not belong in. Only arithmetic; the store
decides how a number is kept.
"""

from __future__ import annotations

import re
from datetime import date

from service.policy.values import to_date

_FORM = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
# Not inside longer words: ids and digests are no numbers of people.
_NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?:[GLJ]?(?P<id>[1-9]\d{16}[\dXx])|(?P<phone>1[3-9]\d{9}))(?![0-9A-Za-z])", re.ASCII
)
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


def normal(number: str) -> str:
    """As people type it: without spaces, the check digit in upper case."""
    return "".join(number.split()).upper()


# How many signs of a number are shown at each end.
_SHOWN = {
    "id_number": (2, 2),
    "student_number": (3, 2),
    "local_number": (2, 2),
    "guardian_phone": (3, 2),
}


def masked(text: str, kind: str) -> str:
    """A number as everybody may see it. Of an identity number little enough that birth date and place, which
    others may know, do not give the rest away; of a telephone what one needs to tell two apart."""
    shown = _SHOWN.get(kind, (0, 0))
    first, last = shown if len(text) > 2 * sum(shown) else (0, 0)
    return text[:first] + "*" * (len(text) - first - last) + text[len(text) - last :]


def redacted(text: str) -> str:
    """A text with every identity number (also inside a student number) and mobile number in it made unreadable."""
    return _NUMBERS.sub(_hide, text)


def holds_number(text: str) -> bool:
    """Whether an identity number stands in a text."""
    return any(is_valid(found.group("id").upper()) for found in _NUMBERS.finditer(text) if found.group("id"))


def _hide(found: re.Match[str]) -> str:
    number = found.group("id")
    if number is not None and not is_valid(number.upper()):
        return found.group()
    return "*" * len(found.group())
