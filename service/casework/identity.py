"""What people change about their own account."""

from __future__ import annotations

from service.casework.actors import Actor
from service.errors import Invalid
from service.store import attempts, people
from service.store.db import transaction

SHORTEST = 10


def change_password(actor: Actor, password_hash: str, password: str) -> None:
    """Set a person's own password; ``password`` is only looked at. Raises Invalid."""
    if len(password) < SHORTEST or actor.username.casefold() in password.casefold():
        raise Invalid("新密码太容易猜中", cure=f"请用至少 {SHORTEST} 个字符，且不含用户名")
    with transaction() as connection:
        people.set_password(connection, actor.id, password_hash)
        attempts.note(connection, "change_password", actor.username, "")
