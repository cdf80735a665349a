"""Looking for suspensions that have run out costs the same however many suspensions there ever were."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from service.casework.context import Office
from service.store import occasions
from service.store.db import transaction

MANY = """
    insert into suspension_period (student, stage, since, until, ended, next_look, ground)
    select 'qiaoxi_g4', 'primary', date '2000-01-01' + n, date '2000-06-01' + n, date '2000-06-01' + n,
           case when n % 50 = 0 then date '2090-01-01' + n end, 'illness'
    from generate_series(1, 5000) n
"""


def test_the_next_one_is_found_by_its_index(office: Office) -> None:
    with transaction() as connection:
        connection.execute(text(MANY))
        plan = connection.execute(text(f"explain {occasions.TAKE}"), {"today": date(2027, 3, 2)}).scalars()
        told = "\n".join(plan)
        assert "ix_suspension_period_next_look" in told
        assert "Seq Scan on suspension_period" not in told
        assert occasions.next_look(connection) is not None
