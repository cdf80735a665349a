"""Expressions nobody thought of: text at random, sources at random, quoting, arithmetic."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.engine.expressions import EvaluationError, compile_value
from service.errors import BadDefinition
from tests.engine.test_expressions import value


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    for candidate in (text, f"${{{text}}}"):
        with suppress(BadDefinition):
            compile_value(candidate, file="f", element="e")


_ATOMS = st.sampled_from(
    ["1", "0", "2.5", "grade", "places", "nothing", "'a'", "day", "true", "materials", "null"]
)
_SIGNS = st.sampled_from(
    ["+", "-", "*", "/", "==", "!=", "<", ">=", "and", "or", "in", "not in", "&&", "eq", "if graduating else"]
)
_SOURCES = st.recursive(
    _ATOMS,
    lambda inner: (
        st.builds(lambda a, sign, b: f"({a} {sign} {b})", inner, _SIGNS, inner)
        | st.builds(lambda a: f"(not {a})", inner)
        | st.builds(lambda a: f"len([{a}, {a}])", inner)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(_SOURCES)
def test_whatever_compiles_gives_a_value_or_a_sentence(source: str) -> None:
    with suppress(EvaluationError):
        value(source)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
@example("#{")
@example("${}")
def test_every_text_can_be_quoted(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    assert value(f"'{quoted}'") == text


@settings(max_examples=100, deadline=None)
@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.integers(1, 1000))
def test_numbers_are_pythons(a: int, b: int, c: int) -> None:
    assert value(f"({a} + {b}) * {c} - {a}") == (a + b) * c - a
    assert value(f"{a} < {b}") == (a < b)
    assert value(f"{a} / {c}") == a / c
