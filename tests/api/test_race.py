"""Six people complete the same twenty tasks at the same time: twenty are accepted, a hundred learn who was first."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from tests.api.desk import HEAD, PASSWORD, SCHOOL, Desk

TASKS, PEOPLE = 20, 6


def test_of_six_who_complete_at_once_one_is_accepted(fresh_desk: Desk) -> None:
    desk = fresh_desk
    assert desk.deploy_small().status_code == 200
    names = {HEAD: desk.sql("select name from person where id = %s", HEAD)[0][0]}
    for number in range(1, PEOPLE):
        person = f"{SCHOOL}.head{number}"
        names[person] = f"校长{number}"
        desk.sql(
            "insert into person (id, username, name, password_hash) select %s, %s, %s, password_hash "
            "from person where id = %s",
            *(person, person, names[person], HEAD),
        )
        desk.sql(
            "insert into unit_role (person, role, unit, trained, filed) values (%s, 'head', %s, '2020-01-01', "
            "'2020-01-01')",
            *(person, SCHOOL),
        )
        assert desk.get(person, "/engine-rest/task/count") == {"count": 0}  # signed in once, before the race
    tasks = [desk.begin().task for _ in range(TASKS)]
    together = Barrier(PEOPLE)

    def race(person: str) -> list[tuple[str, str, int, Any]]:
        client = desk.app.test_client()
        answers = []
        for task in tasks:
            together.wait(60)
            body = {"variables": {"decision": {"value": "approve"}}}
            path = f"/engine-rest/task/{task}/complete"
            answer = client.post(path, json=body, auth=(person, PASSWORD))
            answers.append((task, person, answer.status_code, answer.json))
        return answers

    with ThreadPoolExecutor(PEOPLE) as pool:
        answers = [one for part in pool.map(race, names) for one in part]
    assert Counter(status for _, _, status, _ in answers) == {204: TASKS, 409: TASKS * (PEOPLE - 1)}
    first = {task: names[person] for task, person, status, _ in answers if status == 204}
    assert first.keys() == set(tasks)
    for task, _, status, told in answers:
        if status == 409:
            assert told["winner"] == first[task]
            assert first[task] in told["detail"]
    done = desk.sql("select completed_by, count(*) from user_task where state = 'completed' group by 1")
    assert sum(number for _, number in done) == TASKS
    assert desk.sql("select count(*) from journal where verb = 'complete'") == [(TASKS,)]
