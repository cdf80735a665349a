"""Demonstration data: the worlds of processes/ with one password for everybody."""

from __future__ import annotations

from argon2 import PasswordHasher

from service.casework.rules import Rules
from service.registry.world_data import WorldData
from service.registry.world_file import load_world
from service.store.db import transaction
from service.store.seed import seed

DEMO_PASSWORD = "demo"  # noqa: S105  the published password of demonstration accounts


def seed_demo(rules: Rules) -> WorldData:
    """Add the demonstration world to the database; whatever is there already stays as it is."""
    world = load_world(rules.processes, rules.law)
    with transaction() as connection:
        seed(connection, world, PasswordHasher().hash(DEMO_PASSWORD))
    return world
