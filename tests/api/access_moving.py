"""What each role gets from the routes that move cases and try again: more rows of the table in test_access."""

from __future__ import annotations

KEEPERS, LOOKERS = {"admin", "operator"}, {"admin", "operator", "analyst"}
POWERS: dict[str, set[str]] = {
    "PUT /engine-rest/job/<job_id>/retries": KEEPERS,
    "POST /engine-rest/migration/generate": LOOKERS,
    "POST /engine-rest/migration/validate": LOOKERS,
    "POST /engine-rest/migration/execute": KEEPERS,
    "POST /engine-rest/migration/executeAsync": KEEPERS,
    "GET /engine-rest/batch": LOOKERS,
    "GET /engine-rest/batch/count": LOOKERS,
    "GET /engine-rest/batch/statistics": LOOKERS,
    "GET /engine-rest/batch/<batch_id>": LOOKERS,
    "GET /engine-rest/batch/<batch_id>/statistics": LOOKERS,
    "POST /engine-rest/process-instance/<instance_id>/modification": KEEPERS,
    "POST /api/moves/preview": LOOKERS,
    "POST /api/moves": KEEPERS,
    "GET /api/moves/<batch_id>": LOOKERS,
    "GET /api/instances/<instance_id>/steps": KEEPERS,
    "POST /api/instances/<instance_id>/restart": KEEPERS,
    "GET /api/instances/<instance_id>/undo": KEEPERS,
    "POST /api/instances/<instance_id>/undo": KEEPERS,
}

#                                                     nobody str  reg  head off  res  ana  ope  adm
TABLE = {
    "PUT /engine-rest/job/none/retries": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "POST /engine-rest/migration/generate": (401, 403, 403, 403, 403, 403, 400, 400, 400),
    "POST /engine-rest/migration/validate": (401, 403, 403, 403, 403, 403, 400, 400, 400),
    "POST /engine-rest/migration/execute": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "POST /engine-rest/migration/executeAsync": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "GET /engine-rest/batch": (401, 403, 403, 403, 403, 403, 200, 200, 200),
    "GET /engine-rest/batch/count": (401, 403, 403, 403, 403, 403, 200, 200, 200),
    "GET /engine-rest/batch/statistics": (401, 403, 403, 403, 403, 403, 200, 200, 200),
    "GET /engine-rest/batch/none": (401, 403, 403, 403, 403, 403, 404, 404, 404),
    "GET /engine-rest/batch/none/statistics": (401, 403, 403, 403, 403, 403, 404, 404, 404),
    "POST /engine-rest/process-instance/{instance}/modification": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "POST /api/moves/preview": (401, 403, 403, 403, 403, 403, 400, 400, 400),
    "POST /api/moves": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "GET /api/moves/none": (401, 403, 403, 403, 403, 403, 404, 404, 404),
    "GET /api/instances/{instance}/steps": (401, 403, 403, 403, 403, 403, 403, 200, 200),
    "POST /api/instances/{instance}/restart": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "GET /api/instances/{instance}/undo": (401, 403, 403, 403, 403, 403, 403, 404, 404),
    "POST /api/instances/{instance}/undo": (401, 403, 403, 403, 403, 403, 403, 404, 404),
}  # fmt: skip
