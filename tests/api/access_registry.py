"""The part of the table of routes × roles about what Camunda has not; see ``test_access``."""

from __future__ import annotations

# What each person gets, in the order of test_access.PEOPLE.
#                                                     nobody str  reg  head off  res  ana  ope  adm
REGISTRY = {
    "GET /api/bulletin?month=2026-09":               (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/bulletin/summary?month=2026-09":       (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/bulletin/export?month=2026-09":        (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "POST /api/guardian/case":                       (400, 400, 400, 400, 400, 400, 400, 400, 400),
    "POST /api/guardian/recall":                     (400, 400, 400, 400, 400, 400, 400, 400, 400),
    "POST /api/cases":                               (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "GET /api/cases":                                (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/cases/count":                          (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/cases/{case}/timeline":                (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "POST /api/cases/{case}/withdraw":               (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "POST /api/cases/{case}/guardian-code":          (401, 404, 200, 200, 404, 404, 404, 403, 403),
    "GET /api/regions":                              (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/regions/000000":                       (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/calendar?month=2026-09":               (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/calendar/deadline?from=2026-09-03&n=10":
                                                     (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/students":                             (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/students/count":                       (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/students/changan_g3":                   (401, 404, 404, 404, 200, 200, 404, 200, 200),
    "GET /api/students/changan_g3/timeline":          (401, 404, 404, 404, 200, 200, 404, 200, 200),
    "GET /api/units":                                (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/units/count":                          (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/units/{school}":                       (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "POST /api/tasks/{task}/return":                 (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "GET /api/tasks/{task}/opinions":                (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "POST /api/tasks/{task}/opinions":               (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "GET /api/opinions":                             (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "POST /api/opinions/none":                       (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "DELETE /api/opinions/none":                     (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /api/substitutes":                          (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "POST /api/substitutes":                         (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "DELETE /api/substitutes/none":                  (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /api/materials":                            (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/materials?case={case}":                (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "POST /api/materials":                           (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "GET /api/materials/{material}":                 (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "GET /api/materials/{material}/content":         (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "POST /api/materials/{material}/pass-on":        (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "DELETE /api/materials/{material}":              (401, 404, 409, 409, 404, 404, 404, 409, 409),
}  # fmt: skip
