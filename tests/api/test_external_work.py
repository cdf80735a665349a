"""External workers: two clients nobody here wrote work a topic to its end; leases, failures, business errors."""

from __future__ import annotations

import shutil
import subprocess
import threading
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.api.desk import HEAD, PASSWORD, REGISTRAR, Begun, Desk

ROOT = Path(__file__).parents[2]
WORK = "/engine-rest/external-task"
TOPIC = "check_remark"
# The topic's worker decides; a business error leads to the third end.
ERRAND = f"""
    start begin form=small_decision
    work look topic={TOPIC}
    on look boundary bad error=unreadable
    xor decided default=no
    end granted
    end refused
    end unreadable_end
    begin -> look -> decided
    decided -> granted : ${{decision == 'approve' and note == 'x'}}
    decided -> refused as no
    bad -> unreadable_end
"""


def files(desk: Desk) -> dict[str, bytes]:
    found = desk.files(ERRAND, "errand")
    del found["small_start.form"]
    return found


@pytest.fixture(scope="module")
def counter(shared_desk: Desk) -> Desk:
    answer = shared_desk.deploy(files(shared_desk))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return shared_desk


@pytest.fixture(scope="module")
def address(counter: Desk) -> Iterator[str]:
    """The application behind a real socket."""
    server = make_server("127.0.0.1", 0, counter.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/engine-rest"
    server.shutdown()
    thread.join(5)
    server.server_close()


def begin(desk: Desk, note: str = "x") -> Begun:
    started = desk.start(key="errand", decision="reject", note=note)
    assert started.status_code == 200, started.get_data(as_text=True)
    return Begun(instance=started.json["id"], case=started.json["businessKey"], task="")


def fetch(desk: Desk, worker: str = "w", **more: Any) -> list[dict[str, Any]]:
    body = {
        "workerId": worker,
        "maxTasks": 5,
        "topics": [{"topicName": TOPIC, "lockDuration": 60000}],
        **more,
    }
    answer = desk.post("operator", f"{WORK}/fetchAndLock", body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: list[dict[str, Any]] = answer.json
    return found


def state(desk: Desk, begun: Begun) -> Any:
    return desk.get("admin", f"/engine-rest/history/process-instance/{begun.instance}")["endActivityId"]


def test_the_python_client_works_a_topic_to_its_end(counter: Desk, address: str) -> None:
    """Each first try fails; the second completes the one case and ends the other in an error."""
    begun, broken = begin(counter), begin(counter, "broken")
    auth = {"auth_basic": {"username": "operator", "password": PASSWORD}}
    config = {**auth, "maxTasks": 1, "lockDuration": 10000, "asyncResponseTimeout": 1000}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it uses is deprecated by others
        worker_module = import_module("camunda.external_task.external_task_worker")
    worker = worker_module.ExternalTaskWorker(worker_id="py-worker", base_url=address, config=config)
    seen = []

    def act(task: Any) -> Any:
        seen.append((task.get_topic_name(), task.get_business_key(), task.get_variable("note")))
        if seen.count(seen[-1]) == 1:
            return task.failure("没有信号", "trace", max_retries=1, retry_timeout=0)
        if task.get_variable("note") == "broken":
            return task.bpmn_error("unreadable", "看不清")
        return task.complete({"decision": "approve"})

    expected = {(TOPIC, begun.case, "x"), (TOPIC, broken.case, "broken")}
    for _ in range(20):  # it works in threads of its own: a round may find nothing to fetch yet
        worker._fetch_and_execute_safe([TOPIC], act)
        if None not in [state(counter, one) for one in (begun, broken)]:
            break
    assert (len(seen), set(seen)) == (4, expected)
    assert [state(counter, one) for one in (begun, broken)] == ["granted", "unreadable_end"]


def modules(folder: Path) -> Path:
    """Where the JavaScript client lies: in the checkout, or fetched for this test."""
    name = "camunda-external-task-client-js"
    if (ROOT / "node_modules" / name).is_dir():
        return ROOT / "node_modules"
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("node and npm are absent: apt-get install nodejs npm")
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", f"{name}@3.1.0"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        pytest.skip(f"npm could not fetch {name}: {done.stderr.strip().splitlines()[-1:]}")
    return folder / "node_modules"


def test_the_javascript_client_works_a_topic_to_its_end(counter: Desk, address: str, tmp_path: Path) -> None:
    """Like the Python one's."""
    found = modules(tmp_path)
    begun, broken = begin(counter), begin(counter, "broken")
    script = Path(__file__).with_name("worker.mjs")
    command = ["node", str(script), address, TOPIC, "operator", PASSWORD, str(found), "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [state(counter, one) for one in (begun, broken)] == ["granted", "unreadable_end"]


def test_a_lease_keeps_others_away_and_its_holder_is_named(counter: Desk) -> None:
    begun = begin(counter)
    (mine,) = fetch(counter, "first")
    assert (mine["businessKey"], mine["variables"]["note"]["value"]) == (begun.case, "x")
    assert fetch(counter, "second") == []
    late = counter.post("operator", f"{WORK}/{mine['id']}/complete", {"workerId": "second"})
    assert (late.status_code, late.json["winner"]) == (409, "first")
    assert counter.get("operator", f"{WORK}/count", workerId="first", locked="true") == {"count": 1}
    extend = {"workerId": "first", "newDuration": 1}
    assert counter.post("operator", f"{WORK}/{mine['id']}/extendLock", extend).status_code == 204
    (again,) = fetch(counter, "second", asyncResponseTimeout=2000)
    assert again["id"] == mine["id"], "a lease that has run out is anybody's"
    assert counter.post("operator", f"{WORK}/{mine['id']}/unlock").status_code == 204
    assert counter.get("operator", f"{WORK}/{mine['id']}")["workerId"] is None
    fetch(counter, "third")
    assert counter.post("operator", f"{WORK}/{mine['id']}/complete", {"workerId": "third"}).status_code == 204
    assert counter.call("operator", "GET", f"{WORK}/{mine['id']}").status_code == 404
    assert state(counter, begun) == "refused"


def test_a_failure_waits_and_without_tries_becomes_an_incident(counter: Desk) -> None:
    begun = begin(counter)
    (work,) = fetch(counter)
    path = f"{WORK}/{work['id']}"
    failure = {
        "workerId": "w",
        "errorMessage": "没有信号",
        "errorDetails": "trace",
        "retries": 1,
        "retryTimeout": 60000,
    }
    assert counter.post("operator", f"{path}/failure", failure).status_code == 204
    assert fetch(counter) == [], "it rests until its timeout"
    counter.post("operator", f"{path}/unlock")
    fetch(counter)
    assert (
        counter.post("operator", f"{path}/failure", {"workerId": "w", "errorMessage": "x"}).status_code == 204
    )
    assert fetch(counter) == []
    (incident,) = counter.get("operator", "/engine-rest/incident", processInstanceId=begun.instance)
    assert incident["incidentType"] == "external"
    assert counter.call("operator", "DELETE", f"/engine-rest/incident/{incident['id']}").status_code == 204
    assert counter.get("operator", path)["retries"] == 1
    (again,) = fetch(counter)
    assert again["errorMessage"] == "x"
    assert counter.call("operator", "PUT", f"{path}/retries", json={"retries": 3}).status_code == 204
    assert counter.call("operator", "PUT", f"{path}/priority", json={"priority": 9}).status_code == 204
    body = {"workerId": "w", "errorCode": "unreadable"}
    assert counter.post("operator", f"{path}/bpmnError", body).status_code == 204
    assert state(counter, begun) == "unreadable_end"


def test_work_belongs_to_keepers(counter: Desk) -> None:
    assert counter.call(HEAD, "GET", WORK).status_code == 403
    body = {"workerId": "w", "maxTasks": 1, "topics": []}
    assert counter.post(HEAD, f"{WORK}/fetchAndLock", body).status_code == 403
    assert counter.post("operator", f"{WORK}/fetchAndLock", body).json == []
    assert counter.post("operator", f"{WORK}/x-1/complete", {"workerId": "w"}).status_code == 404


def test_work_and_its_topics_are_looked_for_in_both_ways(counter: Desk) -> None:
    begun = begin(counter)
    asked = {"topicName": TOPIC, "processInstanceId": begun.instance}
    (found,) = counter.post(
        "operator", WORK, {**asked, "sorting": [{"sortBy": "createTime", "sortOrder": "desc"}]}
    ).json
    assert found == counter.get("operator", WORK, **asked)[0]
    assert counter.post("operator", f"{WORK}?maxResults=0", asked).json == []
    assert counter.post("operator", f"{WORK}/count", asked).json == {"count": 1}
    assert counter.post("operator", f"{WORK}/count", {**asked, "locked": True}).json == {"count": 0}
    assert counter.post("operator", WORK, {"unknown": 1}).status_code == 400
    assert TOPIC in counter.get("operator", f"{WORK}/topic-names")
    assert TOPIC in counter.get("operator", f"{WORK}/topic-names", withUnlockedTasks="true")
    assert TOPIC not in counter.get(
        "operator", f"{WORK}/topic-names", withUnlockedTasks="true", firstResult="1"
    )
    assert counter.post(HEAD, f"{WORK}/count", asked).status_code == 403


def test_a_message_reaches_the_case_whose_variables_it_names(fresh_desk: Desk) -> None:
    desk = fresh_desk
    text = """
    start begin form=small_start
    catch word message=good_word properties=sent_by:registrar@receiving_school
    xor which default=other
    end heard
    end unheard
    begin -> word -> which
    which -> heard : ${remark == 'a'}
    which -> unheard as other
    """
    files = desk.files(text, "wordy")
    del files["small_decision.form"]
    answer = desk.deploy(files)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    cases = {}
    for remark, student in (("a", "qiaoxi_g4"), ("b", "changan_g3")):
        started = desk.start(key="wordy", remark=remark, student=student)
        assert started.status_code == 200, started.get_data(as_text=True)
        cases[remark] = started.json["businessKey"]
    message: dict[str, Any] = {"messageName": "good_word"}
    assert desk.post(REGISTRAR, "/engine-rest/message", message).status_code == 409, "two wait for it"
    for remark, end in (("b", "unheard"), ("a", "heard")):
        keys = {"correlationKeys": {"remark": {"value": remark}}}
        sent = desk.post(REGISTRAR, "/engine-rest/message", {**message, **keys})
        assert sent.status_code == 204, sent.get_data(as_text=True)
        assert desk.get(REGISTRAR, f"/api/cases/{cases[remark]}")["outcome"] == end
