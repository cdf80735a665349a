"""The description of the API is whole, and its page needs nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

from sqlalchemy import event
from werkzeug.serving import make_server

from service.store.db import db
from tests.api.desk import HEAD, Desk

DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def test_every_operation_is_described_in_chinese(desk: Desk) -> None:
    document = desk.get("", "/openapi.json")
    assert document["openapi"].startswith("3.")
    for path, item in document["paths"].items():
        for method in ("get", "post", "put", "delete"):
            if method in item:
                operation = item[method]
                assert re.search(r"[\u4e00-\u9fff]", operation["summary"]), path
                assert "登录" in operation["description"], path
                assert "default" in operation["responses"], path


def test_errors_are_described_as_problems(desk: Desk) -> None:
    document = desk.get("", "/openapi.json")
    answer = document["components"]["responses"]["DEFAULT_ERROR"]
    assert list(answer["content"]) == ["application/problem+json"]
    assert "clauses" in document["components"]["schemas"]["Problem"]["properties"]


def test_every_reference_of_the_document_leads_somewhere(desk: Desk) -> None:
    document = desk.get("", "/openapi.json")
    text = desk.call("", "GET", "/openapi.json").get_data(as_text=True)
    for section, name in set(re.findall(r'"#/components/(\w+)/(\w+)"', text)):
        assert name in document["components"][section]


def test_the_page_shows_every_operation_and_loads_nothing(desk: Desk) -> None:
    answer = desk.call("", "GET", "/docs")
    assert answer.mimetype == "text/html"
    page = answer.get_data(as_text=True)
    assert 'lang="zh-CN"' in page
    assert not re.search(r"""(src|href)=["'](https?:)?//""", page)
    assert "<script" not in page
    for path in desk.get("", "/openapi.json")["paths"]:
        assert path in page
    for anchor in set(re.findall(r'href="#([^"]+)"', page)):
        assert f'id="{anchor}"' in page


def test_every_address_stands_in_the_docs(desk: Desk) -> None:
    text = DOCS.read_text()
    missing = [path for path in desk.get("", "/openapi.json")["paths"] if path not in text]
    assert missing == []


def test_completing_over_http_costs_no_statement_more_than_the_verb(fresh_desk: Desk) -> None:
    desk = fresh_desk
    desk.deploy_small()
    first, second = desk.begin(), desk.begin()
    desk.complete(HEAD, first.task, decision="approve")  # everything that is remembered is remembered now
    seen: list[str] = []
    with desk.app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
        assert desk.complete(HEAD, second.task, decision="approve").status_code == 204
    assert not [statement for statement in seen if "unit_role" in statement]
    assert len(seen) <= 12
    seen.clear()
    desk.get(HEAD, "/engine-rest/task")
    assert len(seen) == 1


def test_the_program_of_the_page_runs_as_it_is_written(fresh_desk: Desk) -> None:
    found = re.search(r"## A client from beginning to end.*?```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert found is not None
    server = make_server("127.0.0.1", 0, fresh_desk.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        environment = {**os.environ, "XUEJI": f"http://127.0.0.1:{server.port}", "no_proxy": "*"}
        command = [sys.executable, "-c", found.group(1)]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    finally:
        server.shutdown()
        thread.join()
    assert done.returncode == 0, done.stdout + done.stderr
    outcome, *events = done.stdout.splitlines()
    assert outcome == "转学办结"
    assert len(events) >= 9
    assert fresh_desk.sql("select school from enrolment where student = 'qiaoxi_g4'") == [
        ("changan_first_primary",)
    ]


def test_a_body_that_must_be_there_is_described_so(desk: Desk) -> None:
    document = desk.get("", "/openapi.json")
    assert document["paths"]["/api/cases"]["post"]["requestBody"]["required"] is True
    claim = document["paths"]["/engine-rest/task/{task_id}/claim"]["post"]["requestBody"]
    assert claim["required"] is False
    assert "/api/token" in document["info"]["description"]
