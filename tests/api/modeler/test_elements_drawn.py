"""Each element of docs/elements.md drawn in Camunda Modeler's own editor, deployed, and run through HTTP."""

from __future__ import annotations

import re

from tests.api.desk import Desk
from tests.api.modeler import editor
from tests.api.modeler.deployable import FORMS, deployable
from tests.api.modeler.plan import Plan, plan
from tests.api.modeler.walking import Walk
from tests.elements import TABLE, Element, elements

ROWS = {f"drawn_{number:02}": one for number, one in enumerate(one for _, rows in elements() for one in rows)}
RUNS = {key: one for key, one in ROWS.items() if not one.refused}


def plans(key: str, one: Element) -> list[Plan]:
    return [plan(name, content) for name, content in deployable(one, key).items()]


def test_each_element_is_drawn_deployed_and_runs(fresh_desk: Desk) -> None:
    made = [each for key, one in RUNS.items() for each in plans(key, one)]
    saved = editor.drawn([{"name": one.name, "steps": one.steps} for one in made])

    files = {name: xml.encode() for name, xml in saved.items()}
    answer = fresh_desk.deploy({**files, **FORMS, "sample.dmn": TABLE})
    assert answer.status_code == 200, answer.json["detail"]

    wrong = []
    for key, one in RUNS.items():
        for steps, shown in one.walks:
            try:
                seen = Walk(fresh_desk, key).go(steps)
            except (AssertionError, ValueError) as error:
                seen = str(error)
            if seen != shown:
                wrong.append(f"{key} {one.name}: {steps} leads to {seen}, not {shown}")
    assert not wrong, "\n".join(wrong)


# Words of the screen in the page: capitalised English, neither in backquotes nor a link.
ASIDE = re.compile(r"`[^`]*`|\[[^\]]*\]\([^)]*\)")
WORDS = re.compile(r"[A-Z][A-Za-z]*(?:[ -]?[A-Za-z-]+)*(?: \([a-z-]+\))?")
OF_NO_SCREEN = {"ISO"}


def test_the_page_tells_only_of_what_the_plans_click_on() -> None:
    """The plans are carried out above: a word that none of them uses may not exist in the editor."""
    told = {key: set().union(*(each.told() for each in plans(key, one))) for key, one in RUNS.items()}
    everything = set().union(*told.values()) | OF_NO_SCREEN
    for key, one in RUNS.items():
        words = set(WORDS.findall(ASIDE.sub("·", one.how)))
        unknown = {word for word in words if word not in everything}
        assert not unknown, f"{one.name}: no plan clicks on {unknown}"
        assert not words or words & told[key], f"{one.name}: its own plan uses nothing the page tells"
