"""Compiled definitions and forms, kept in memory: compiled once, then shared by every thread of a process."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from service.casework.rules import Rules
from service.engine import Definition, compile_files
from service.errors import NotFound
from service.policy.forms import Form, parse_form
from service.policy.regions import NATIONAL
from service.store import definitions
from service.store.definitions import DefinitionRow


class Shelf:
    """Finds and compiles definitions. What is in force is asked anew after every deployment (``release``)."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._compiled: dict[tuple[str, str, str | None], Definition] = {}
        self._rows: dict[str, DefinitionRow] = {}
        self._by_digest: dict[tuple[str, str], str] = {}
        self._current: dict[tuple[str, str | None, date], str] = {}
        self._begun_by: dict[tuple[str, str | None, date], str | None] = {}
        self._forms: dict[tuple[str, str], Form] = {}
        self._release = -1
        self._lock = threading.Lock()

    def row(self, connection: Connection, definition_id: str) -> DefinitionRow:
        """The stored definition. Raises NotFound."""
        found = self._rows.get(definition_id) or definitions.by_id(connection, definition_id)
        if found is None:
            raise NotFound(f"没有流程定义 {definition_id}", cure="请用流程定义列表中的 id")
        self._rows[definition_id] = found
        self._by_digest[found.digest, found.key] = found.id
        return found

    def current_row(
        self, connection: Connection, key: str, tenant: str | None, on: date, release: int
    ) -> DefinitionRow | None:
        """The highest version of a region in force on a day; None when the region has none."""
        tenant = None if tenant == NATIONAL else tenant
        self._forget_before(release)
        known = self._current.get((key, tenant, on))
        if known is None:
            found = definitions.current(connection, key, tenant, on)
            if found is None:
                return None
            self._rows[found.id] = found
            self._by_digest[found.digest, found.key] = found.id
            self._current[key, tenant, on] = known = found.id
        return self._rows[known]

    def begun_by(
        self, connection: Connection, message: str, tenant: str | None, on: date, release: int
    ) -> DefinitionRow | None:
        """What a region has in force on a day that begins with a message; None when it has nothing of the kind."""
        tenant = None if tenant == NATIONAL else tenant
        self._forget_before(release)
        place = (message, tenant, on)
        known = self._begun_by.get(place, "")
        if known == "":
            found = self._first_begun_by(connection, *place)
            self._begun_by[place] = known = found.id if found is not None else None
        return self._rows[known] if known is not None else None

    def _first_begun_by(
        self, connection: Connection, message: str, tenant: str | None, on: date
    ) -> DefinitionRow | None:
        for row in definitions.in_force(connection, tenant, on):
            if not row.paused and self.compiled(connection, row).begins_with(message):
                self._rows[row.id] = row
                self._by_digest[row.digest, row.key] = row.id
                return row
        return None

    def _forget_before(self, release: int) -> None:
        """What was in force before the last deployment need not be so now."""
        with self._lock:
            if release != self._release:
                self._current.clear()
                self._begun_by.clear()
                self._release = release

    def current(
        self, connection: Connection, key: str, tenant: str | None, on: date, release: int
    ) -> Definition:
        """The compiled version in force; a region without its own falls back to the nearest wider one."""
        chain = self.rules.law.regions.chain(tenant or NATIONAL)
        for region in chain:
            row = self.current_row(connection, key, region.code, on, release)
            if row is not None:
                return self.compiled(connection, row)
        raise NotFound(f"没有可用的流程“{key}”", cure="请先部署该流程，或检查调用活动的被调用元素")

    def by_digest(self, connection: Connection, digest: str, key: str) -> Definition:
        """The very definition an instance refers to."""
        known = self._by_digest.get((digest, key))
        if known is None:
            found = definitions.by_digest(connection, digest, key)
            if found is None:
                raise NotFound(f"流程 {key} 的版本 {digest[:12]} 已不存在", cure="请从备份恢复该版本的部署")
            self._rows[found.id] = found
            self._by_digest[digest, key] = known = found.id
        return self.compiled(connection, self._rows[known])

    def id_of(self, definition: Definition) -> str:
        """The stored id of a compiled definition."""
        return self._by_digest[definition.digest, definition.process_id]

    def compiled(self, connection: Connection, row: DefinitionRow) -> Definition:
        key = (row.digest, row.key, row.tenant)
        if key not in self._compiled:
            files = self.files(connection, row)
            for definition in compile_files(files, row.file, digest=row.digest, tenant=row.tenant):
                self._compiled[row.digest, definition.process_id, row.tenant] = definition
        return self._compiled[key]

    def files(self, connection: Connection, row: DefinitionRow) -> Mapping[str, bytes]:
        """Every file of a definition's closure, by name."""
        contents = definitions.contents(connection, row.closure.values())
        return {name: contents[digest] for name, digest in row.closure.items()}

    def form(self, connection: Connection, row: DefinitionRow, form_id: str) -> Form:
        """A form as it was deployed with a definition. Raises NotFound."""
        name = f"{form_id}.form"
        digest = row.closure.get(name)
        if digest is None:
            raise NotFound(f"流程“{row.name}”没有表单 {form_id}", cure="请检查用户任务的表单引用")
        if (digest, name) not in self._forms:
            self._forms[digest, name] = parse_form(definitions.contents(connection, [digest])[digest], name)
        return self._forms[digest, name]

    def form_source(self, connection: Connection, row: DefinitionRow, form_id: str) -> bytes:
        """The form's JSON as deployed."""
        self.form(connection, row, form_id)
        digest = row.closure[f"{form_id}.form"]
        return definitions.contents(connection, [digest])[digest]
