"""Taking a deployment back that no case has used: what was in force before it holds again."""

from __future__ import annotations

from service.casework.actors import Actor
from service.errors import Conflict, NotFound
from service.store import definitions
from service.store import deployments as rows
from service.store.db import transaction
from service.store.listings import DEPLOYMENTS
from service.store.notes import note
from service.store.rows import NewEntry


def withdraw(actor: Actor, deployment: str) -> None:
    """Delete a deployment with its definitions. Raises NotFound, Conflict saying by what it is used."""
    actor.require("analyst", "admin")
    with transaction() as connection:
        definitions.lock_deployments(connection)
        row = DEPLOYMENTS.one(connection, {"id": deployment})
        if row is None:
            raise NotFound("没有这次部署", cure="请核对部署编号")
        used = rows.user(connection, deployment)
        if used is not None:
            key, version, case = used
            raise Conflict(
                f"这次部署的流程“{key}”第 {version} 版已被办件使用（如 {case}）",
                cure="用过的部署不能删除；要停用请暂停该流程定义，或部署新的版本",
            )
        armed = rows.armed(connection, deployment)
        if armed is not None:
            raise Conflict(
                f"这次部署的流程“{armed}”正等着由时钟或信号发起",
                cure="请部署新的版本代替它，或暂停该流程定义",
            )
        gone = rows.delete(connection, deployment)
        if gone is None:
            raise Conflict("刚刚有办件按这次部署的流程发起", cure="用过的部署不能删除")
        detail = {
            "deployment": deployment,
            "name": row["name"],
            "tenant": row["tenant"],
            "definitions": [*gone],
        }
        note(connection, NewEntry(actor=actor.id, verb="delete_deployment", detail=detail))
        definitions.bump_release(connection)
