"""What each role gets from the routes that keep to Camunda: more rows of the table in test_access."""

from __future__ import annotations

POWERS: dict[str, set[str]] = {}

#                                                     nobody str  reg  head off  res  ana  ope  adm
TABLE = {
    "GET /engine-rest/task/report/candidate-group-count": (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "POST /engine-rest/task/{task}/submit-form":     (401, 404, 403, 422, 404, 404, 404, 403, 403),
    "POST /engine-rest/task/{task}/delegate":        (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "POST /engine-rest/task/{task}/resolve":         (401, 404, 409, 409, 404, 404, 404, 409, 409),
    "POST /engine-rest/task/{task}/bpmnError":       (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "POST /engine-rest/task/{task}/identity-links":  (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "POST /engine-rest/task/{task}/identity-links/delete": (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "GET /engine-rest/task/{task}/comment":          (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "GET /engine-rest/task/{task}/comment/none":     (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "POST /engine-rest/task/{task}/comment/create":  (401, 400, 400, 400, 400, 400, 400, 400, 400),
}  # fmt: skip
