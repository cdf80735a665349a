"""Student numbers (学籍号): the letter of its class and the identity number. It must not know how numbers are kept."""

from __future__ import annotations


def student_number(number_class: str, id_number: str | None) -> str | None:
    """The number of a class of numbers; None while the student has none."""
    return None if number_class == "none" or not id_number else f"{number_class}{id_number}"
