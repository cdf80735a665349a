"""What each role gets from the routes that keep to Camunda: more rows of the table in test_access."""

from __future__ import annotations

KEEPERS, DEPLOYERS, LOOKERS = {"admin", "operator"}, {"analyst", "admin"}, {"admin", "operator", "analyst"}
_DEFINITION, _INSTANCE = "/engine-rest/process-definition", "/engine-rest/process-instance/<instance_id>"
POWERS: dict[str, set[str]] = {
    "DELETE /engine-rest/deployment/<deployment_id>": DEPLOYERS,
    f"PUT {_DEFINITION}/suspended": KEEPERS,
    f"PUT {_DEFINITION}/key/<key>/suspended": KEEPERS,
    f"PUT {_DEFINITION}/key/<key>/tenant-id/<tenant>/suspended": KEEPERS,
    f"GET {_DEFINITION}/<definition_id>/statistics": LOOKERS,
    f"GET {_DEFINITION}/key/<key>/statistics": LOOKERS,
    f"GET {_DEFINITION}/key/<key>/tenant-id/<tenant>/statistics": LOOKERS,
    f"GET {_INSTANCE}/variables/<name>": KEEPERS,
    f"PUT {_INSTANCE}/variables/<name>": KEEPERS,
    f"DELETE {_INSTANCE}/variables/<name>": KEEPERS,
    "GET /engine-rest/history/variable-instance": KEEPERS,
    "GET /engine-rest/history/variable-instance/count": KEEPERS,
    "GET /engine-rest/history/incident": KEEPERS,
    "GET /engine-rest/history/incident/count": KEEPERS,
}

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
    "GET /engine-rest/deployment/none/resources":     (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /engine-rest/deployment/none/resources/x":   (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /engine-rest/deployment/none/resources/x/data": (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "DELETE /engine-rest/deployment/none":            (401, 403, 403, 403, 403, 403, 404, 403, 404),
    "PUT /engine-rest/process-definition/suspended":  (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "PUT /engine-rest/process-definition/key/none/suspended": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "PUT /engine-rest/process-definition/key/none/tenant-id/410700/suspended":
        (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "GET /engine-rest/process-definition/none/statistics": (401, 403, 403, 403, 403, 403, 404, 404, 404),
    "GET /engine-rest/process-definition/key/small/statistics": (401, 403, 403, 403, 403, 403, 200, 200, 200),
    "GET /engine-rest/process-definition/key/none/tenant-id/410700/statistics":
        (401, 403, 403, 403, 403, 403, 404, 404, 404),
    "GET /engine-rest/process-definition/none/startForm": (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /engine-rest/process-definition/key/small/startForm": (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/process-definition/key/none/tenant-id/410700/startForm":
        (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /engine-rest/process-definition/none/diagram": (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /engine-rest/process-definition/key/small/diagram": (401, 204, 204, 204, 204, 204, 204, 204, 204),
    "GET /engine-rest/process-definition/key/none/tenant-id/410700/diagram":
        (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /engine-rest/process-definition/none/form-variables": (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /engine-rest/process-definition/key/small/form-variables":
        (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/process-definition/key/none/tenant-id/410700/form-variables":
        (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "POST /engine-rest/process-definition/none/submit-form": (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "POST /engine-rest/process-definition/key/none/submit-form": (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "POST /engine-rest/process-definition/key/none/tenant-id/410700/submit-form":
        (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "POST /engine-rest/process-instance":             (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "POST /engine-rest/process-instance/count":       (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/process-instance/{instance}/variables/none": (401, 403, 403, 403, 403, 403, 403, 404, 404),
    "PUT /engine-rest/process-instance/{instance}/variables/none": (401, 403, 403, 403, 403, 403, 403, 204, 204),
    "DELETE /engine-rest/process-instance/{instance}/variables/none":
        (401, 403, 403, 403, 403, 403, 403, 204, 204),
}  # fmt: skip

# What everybody who is signed in gets alike.
_EVERYBODY = {
    200: (
        "GET /engine-rest/history/process-instance",
        "GET /engine-rest/history/process-instance/count",
        "POST /engine-rest/history/process-instance",
        "POST /engine-rest/history/process-instance/count",
        "GET /engine-rest/history/task/count",
        "POST /engine-rest/history/task",
        "POST /engine-rest/history/task/count",
        "GET /engine-rest/decision-definition",
        "GET /engine-rest/decision-definition/count",
        "GET /engine-rest/tenant",
        "GET /engine-rest/tenant/count",
        "GET /engine-rest/group",
        "GET /engine-rest/group/count",
        "GET /engine-rest/user",
        "GET /engine-rest/user/count",
        "GET /engine-rest/identity/groups",
        "GET /engine-rest/filter",
        "GET /engine-rest/filter/count",
    ),
    400: (
        "GET /engine-rest/history/activity-instance/count",
        "GET /engine-rest/history/user-operation/count",
        "POST /engine-rest/filter/create",
        "PUT /engine-rest/filter/none",
        "POST /engine-rest/task/{task}/attachment/create",
    ),
    404: (
        "GET /engine-rest/decision-definition/none",
        "GET /engine-rest/decision-definition/none/xml",
        "GET /engine-rest/decision-definition/none/diagram",
        "GET /engine-rest/decision-definition/key/none",
        "GET /engine-rest/decision-definition/key/none/xml",
        "GET /engine-rest/decision-definition/key/none/tenant-id/410700",
        "GET /engine-rest/decision-definition/key/none/tenant-id/410700/xml",
        "POST /engine-rest/decision-definition/none/evaluate",
        "POST /engine-rest/decision-definition/key/none/evaluate",
        "POST /engine-rest/decision-definition/key/none/tenant-id/410700/evaluate",
        "GET /engine-rest/tenant/none",
        "GET /engine-rest/group/none",
        "GET /engine-rest/user/none/profile",
        "GET /engine-rest/filter/none",
        "DELETE /engine-rest/filter/none",
        "GET /engine-rest/filter/none/list",
        "POST /engine-rest/filter/none/list",
        "GET /engine-rest/filter/none/count",
        "POST /engine-rest/filter/none/count",
        "GET /engine-rest/filter/none/singleResult",
        "GET /engine-rest/task/{task}/attachment/none",
        "GET /engine-rest/task/{task}/attachment/none/data",
        "DELETE /engine-rest/task/{task}/attachment/none",
    ),
}
TABLE |= {line: (401, *[status] * 8) for status, lines in _EVERYBODY.items() for line in lines}
TABLE |= {
    "GET /engine-rest/task/{task}/attachment":        (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "GET /engine-rest/history/variable-instance":     (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "GET /engine-rest/history/variable-instance/count": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "GET /engine-rest/history/incident":              (401, 403, 403, 403, 403, 403, 403, 200, 200),
    "GET /engine-rest/history/incident/count":        (401, 403, 403, 403, 403, 403, 403, 200, 200),
}  # fmt: skip
