"""Materials: uploaded, seen by the parties alone, handed in with a form, swept when forgotten."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from service.casework import housekeeping
from service.casework.installation import office
from tests.api.conftest import OpenDesk
from tests.api.desk import DECISIONS, FORMS, HEAD, REGISTRAR, STRANGER, Desk, form
from tests.engine.sketch import sketch
from tests.files import pdf, picture

FILES = form("papers_start", {"type": "filepicker", "key": "papers", "multiple": True, "accept": ".png,.pdf"})
DECISION = form(
    "papers_decision",
    {"type": "radio", "key": "decision", "values": DECISIONS, "validate": {"required": True}},
    {"type": "textfield", "key": "proof", "properties": {"kind": "file"}},
)
PROCESS = """
    start begin form=papers_start
    user approve groups=head@receiving_school form=papers_decision name=校长审批 doc=MOE2016-3.1-a
    end granted
    begin -> approve -> granted
"""


@pytest.fixture(scope="module")
def papers(application_of: OpenDesk) -> Iterator[Desk]:
    with application_of() as desk:
        files = {
            "papers.bpmn": sketch(PROCESS, "papers", "附件流程", cite="assumed"),
            "papers_start.form": json.dumps(FILES).encode(),
            "papers_decision.form": json.dumps(DECISION).encode(),
        }
        assert FORMS
        answer = desk.deploy(files)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        yield desk


def upload(desk: Desk, who: str, content: bytes, name: str = "户口簿.png", **given: Any) -> TestResponse:
    headers = given.pop("headers", None)
    data = {**given, "file": FileStorage(io.BytesIO(content), name, content_type="text/html")}
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return desk.call(who, "POST", "/api/materials", data=body, headers=headers, content_type=kind)


def kept(desk: Desk, who: str = REGISTRAR, content: bytes = b"", **given: Any) -> dict[str, Any]:
    answer = upload(desk, who, content or picture(), **given)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.json
    return found


def begin(desk: Desk, *materials: str) -> tuple[str, str]:
    """A case with these papers: its number and open task."""
    answer = desk.start(key="papers", papers=list(materials))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    (task,) = desk.get("admin", "/engine-rest/task", processInstanceId=answer.json["id"])
    return answer.json["businessKey"], task["id"]


def test_a_draft_is_its_uploaders_alone_until_it_is_handed_in(papers: Desk) -> None:
    content = picture()
    mine = kept(papers, content=content)
    assert mine["digest"] == hashlib.sha256(content).hexdigest()
    assert (mine["media_type"], mine["case"]) == ("image/png", None)
    path = f"/api/materials/{mine['id']}"
    assert papers.call(HEAD, "GET", path).status_code == 404
    assert mine["id"] in [one["id"] for one in papers.get(REGISTRAR, "/api/materials")]
    number, task = begin(papers, mine["id"])
    assert papers.get(HEAD, path)["case"] == number
    assert [one["id"] for one in papers.get(HEAD, "/api/materials", case=number)] == [mine["id"]]
    assert papers.get(STRANGER, "/api/materials", case=number) == []
    for tail in ("", "/content"):
        assert papers.call(STRANGER, "GET", path + tail).status_code == 404
    assert papers.call(HEAD, "GET", f"{path}/content").get_data() == content
    assert papers.call(REGISTRAR, "DELETE", path).status_code == 409, "what is handed in stays"
    entries = papers.sql(
        "select verb, actor, detail::text from journal where case_number = %s order by id", number
    )
    assert [entry[:2] for entry in entries] == [("start", REGISTRAR), ("read_material", HEAD)]
    assert mine["digest"] in entries[0][2]
    assert papers.complete(HEAD, task, decision="approve", proof=mine["id"]).status_code == 204


def test_nobody_hands_in_what_is_another_persons_or_another_cases(papers: Desk) -> None:
    other = kept(papers, HEAD)
    for wrong in (other["id"], "none"):
        answer = papers.start(key="papers", papers=[wrong])
        assert answer.status_code == 422
        assert answer.json["errors"][0]["where"] == "papers"
    mine = kept(papers)
    _, task = begin(papers, mine["id"])
    again = papers.start(key="papers", papers=[mine["id"]])
    assert again.status_code == 422, "it belongs to the first case"
    number, second = begin(papers)
    assert papers.complete(HEAD, second, decision="approve", proof=mine["id"]).status_code == 422
    assert papers.get(HEAD, "/api/materials", case=number) == [], "a refused form attaches nothing"
    answer = papers.complete(HEAD, second, decision="approve", proof=other["id"])
    assert answer.status_code == 204
    assert papers.get(REGISTRAR, f"/api/materials/{other['id']}")["case"] == number
    assert task


def test_a_party_adds_papers_to_a_case_and_its_task(papers: Desk) -> None:
    number, task = begin(papers)
    for_task = kept(papers, HEAD, pdf(), name="证明", task=task, description="补交")
    assert (for_task["case"], for_task["task"], for_task["name"]) == (number, task, "证明.pdf")
    for_case = kept(papers, REGISTRAR, case=number)
    listed = papers.get(HEAD, "/api/materials", case=number)
    assert [one["id"] for one in listed] == [for_task["id"], for_case["id"]]
    assert [one["id"] for one in papers.get(HEAD, "/api/materials", task=task)] == [for_task["id"]]
    assert upload(papers, STRANGER, picture(), case=number).status_code == 404
    assert upload(papers, STRANGER, picture(), task=task).status_code == 404
    assert upload(papers, "operator", picture(), case=number).status_code == 403
    assert upload(papers, HEAD, picture(), case="none", task=task).status_code == 404
    papers.complete(HEAD, task, decision="approve")
    assert upload(papers, HEAD, picture(), case=number).status_code == 409


def test_a_content_is_kept_once(papers: Desk) -> None:
    content = picture()
    first, second = kept(papers, content=content), kept(papers, HEAD, content)
    assert first["id"] != second["id"]
    assert papers.sql("select count(*) from material_content where digest = %s", first["digest"]) == [(1,)]
    repeated = [
        upload(papers, REGISTRAR, content, headers={"Idempotency-Key": "upload"}).json["id"] for _ in range(2)
    ]
    assert repeated[0] == repeated[1]


def test_what_is_no_material_is_refused(papers: Desk) -> None:
    limit = 2048 * 1024
    page = upload(papers, REGISTRAR, b"<html>", name="a.png")
    assert (page.status_code, page.json["code"]) == (422, "not_a_material")
    assert upload(papers, REGISTRAR, picture() + b"\0" * limit).status_code == 413
    assert papers.call(REGISTRAR, "POST", "/api/materials", data={"case": "x"}).status_code == 400
    assert papers.sql(
        "select count(*) from journal where verb = 'upload_material' and detail->>'size' = '6'"
    ) == [(0,)]


def test_files_are_given_out_so_that_nothing_runs(papers: Desk) -> None:
    made = kept(papers, content=pdf(), name='../../evil"\r\nX: y<script>.html')
    path = f"/api/materials/{made['id']}/content"
    for how in ("attachment", "inline"):
        answer = papers.call(REGISTRAR, "GET", path, query_string={"as": how})
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith(f"{how}; filename*=UTF-8''")
        assert disposition.endswith(".pdf")
        assert not set('<>"\r\n/') & set(disposition)
    image = kept(papers)
    answer = papers.call(REGISTRAR, "GET", f"/api/materials/{image['id']}/content")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_drafts_are_taken_back_or_swept(papers: Desk) -> None:
    taken, old, fresh = kept(papers), kept(papers), kept(papers)
    used = kept(papers)
    begin(papers, used["id"])
    assert papers.call(HEAD, "DELETE", f"/api/materials/{taken['id']}").status_code == 404
    assert papers.call(REGISTRAR, "DELETE", f"/api/materials/{taken['id']}").status_code == 204
    long_ago = "update material set recorded_at = now() - interval '31 days' where id = any(%s)"
    papers.sql(long_ago, [old["id"], used["id"]])
    papers.sql("update material_content set touched_at = now() - interval '2 hours'")
    with papers.app.app_context():
        assert housekeeping.sweep_materials(office()) >= 3
    assert papers.call(REGISTRAR, "GET", f"/api/materials/{old['id']}").status_code == 404
    for stays in (fresh, used):
        assert papers.call(REGISTRAR, "GET", f"/api/materials/{stays['id']}/content").status_code == 200
    left = papers.sql("select digest from material_content")
    assert {(fresh["digest"],), (used["digest"],)} <= set(left)
    assert not {(taken["digest"],), (old["digest"],)} & set(left)


def test_one_person_cannot_fill_the_disk_with_drafts(fresh_desk: Desk) -> None:
    one = kept(fresh_desk)
    fresh_desk.sql(
        """insert into material (id, digest, name, media_type, size, by, at)
           select 'm' || n, digest, name, media_type, size, by, at from material, generate_series(1, 99) n
           where id = %s""",
        one["id"],
    )
    assert upload(fresh_desk, REGISTRAR, picture()).status_code == 409
    assert upload(fresh_desk, HEAD, picture()).status_code == 201
