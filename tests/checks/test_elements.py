"""Every element of the notation runs, is drawn for people only, or is refused: nothing is silently ignored."""

from __future__ import annotations

import pytest

from service.engine.vocabulary import ACTIVITIES, EVENTS, GATEWAYS, UNSUPPORTED
from tests.elements import PAGE, Element, elements, happens, page

ROWS = [one for _, rows in elements() for one in rows]


@pytest.mark.parametrize("one", ROWS, ids=lambda one: one.name)
def test_what_the_table_says_of_an_element_happens(one: Element) -> None:
    word, sentence = happens(one)
    assert word
    assert sentence
    assert bool(one.how) is (word in ("执行", "说明")), "what runs says how it is drawn"


def test_the_page_is_as_the_elements_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.elements"


def test_no_kind_of_element_is_missing() -> None:
    named = " ".join(one.name for one in ROWS)
    choreography = {"choreographyTask", "subChoreography", "callChoreography"}
    missing = [kind for kind in EVENTS | GATEWAYS | ACTIVITIES | UNSUPPORTED.keys() if kind not in named]
    assert set(missing) <= choreography
