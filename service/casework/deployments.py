"""Deploying: a region's files become immutable definitions, all of a deployment or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from service.casework import deciding, self_starts
from service.casework.context import Office
from service.checks.gate import Verdict, judge_folder, judge_upload
from service.checks.quarantine import screen
from service.engine import Definition, compile_files
from service.errors import BadDefinition, BadRequest, Problem
from service.ids import new_id
from service.policy.forms import parse_form
from service.policy.library import Bundle, Library, overlay
from service.policy.regions import NATIONAL
from service.store import definitions as rows
from service.store.db import transaction
from service.store.definitions import DefinitionRow
from service.store.notes import note
from service.store.progress import read_clock
from service.store.rows import NewEntry

FOLDER = "processes"  # the source of deployments made from files on disk


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What a deployment made: its id and the definitions that are new.

    Where nothing was new it is the earlier deployment that holds; ``unchanged`` are the definitions in force.
    """

    id: str
    name: str
    source: str
    tenant: str | None
    definitions: tuple[DefinitionRow, ...]
    unchanged: tuple[DefinitionRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    bundle: Bundle
    definition: Definition
    since: date | None


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What is to be deployed, by whom and where; without ``files`` it is what lies in processes/."""

    name: str
    source: str = ""
    tenant: str | None = None
    by: str = "system"
    files: Mapping[str, bytes] | None = None
    replace_uploads: bool = False  # put the folder's files back in place of uploaded ones

    @property
    def region(self) -> str:
        return self.tenant or NATIONAL


def deploy_folder(
    office: Office, by: str = "system", *, replace_uploads: bool = False, verdict: Verdict | None = None
) -> tuple[Deployed, ...]:
    """Deploy what lies in processes/ and has changed: the nation's, then each region's with a folder.

    Raises BadDefinition with every finding and every failed scenario (``verdict``, if they are judged already).
    """
    rules, parcels = office.shelf.rules, []
    library = rules.library()
    for region in rules.law.regions.with_folders():
        tenant = None if region.code == NATIONAL else region.code
        parcel = Parcel(
            name=region.name, source=FOLDER, tenant=tenant, by=by, replace_uploads=replace_uploads
        )
        parcels.append((parcel, list(_candidates(library, region.code, None))))
    with transaction() as connection:
        changed = any(_is_new(connection, item, parcel) for parcel, items in parcels for item in items)
    if not changed:
        return ()
    (verdict or judge_folder(rules.rulebook())).enforce()
    with transaction() as connection:
        rows.lock_deployments(connection)
        made = [_store(office, connection, [batch]) for batch in parcels]
    return tuple(done for done in made if done is not None)


def deploy_upload(office: Office, parcel: Parcel) -> Deployed:
    """Deploy uploaded files for a region: they stand in place of the region's files of the same name.

    A narrower region that takes such a file over from this one gets a new version too. Raises BadDefinition (file,
    element, cure) and changes nothing when any of them cannot be used.
    """
    if not parcel.files:
        raise BadRequest("没有上传文件", cure="请至少上传一个 .bpmn、.dmn 或 .form 文件")
    screen(parcel.files)  # read in a process with a time limit before this one reads it
    rules = office.shelf.rules
    rules.law.regions.get(parcel.region)
    library = rules.library()
    candidates = list(_candidates(library, parcel.region, parcel.files))
    _check_used(candidates, parcel.files)
    judge_upload(rules.rulebook(), parcel.region, parcel.files).enforce()
    heirs = [
        (replace(parcel, tenant=code, files=files), list(_candidates(library, code, files)))
        for code, files in _heirs(library, parcel)
    ]
    with transaction() as connection:
        rows.lock_deployments(connection)
        done = _store(office, connection, [(parcel, candidates), *heirs])
        detail = {"name": parcel.name, "files": sorted(parcel.files), "deployment": done.id if done else None}
        note(connection, NewEntry(actor=parcel.by, verb="deploy", element=parcel.region, detail=detail))
        return done or _as_before(connection, candidates, parcel)


def _heirs(library: Library, parcel: Parcel) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Narrower regions with a folder, and the uploaded files they have no own file of."""
    files = parcel.files or {}
    for region in library.regions.with_folders():
        chain = [one.code for one in library.regions.chain(region.code)]
        if region.code == parcel.region or parcel.region not in chain:
            continue
        nearer = set(chain[: chain.index(parcel.region)])
        own = {
            source.name
            for source in library.bundle(region.code, date.max).files.values()
            if source.region in nearer
        }
        inherited = {name: content for name, content in files.items() if name not in own}
        if inherited:
            yield region.code, inherited


def _check_used(candidates: list[_Candidate], files: Mapping[str, bytes]) -> None:
    """A file that no diagram leans on would be kept for nothing, and nobody would notice."""
    used = {name for item in candidates for name in item.bundle.closure(item.definition.file)}
    problems = [
        Problem(
            message="没有流程图用到这个文件", file=name, cure="与用到它的流程图一起部署，或核对文件名和引用"
        )
        for name in sorted(files.keys() - used)
    ]
    if problems:
        raise BadDefinition("有上传的文件没有被用到", file=problems[0].file, problems=problems)


def _as_before(connection: Connection, candidates: list[_Candidate], parcel: Parcel) -> Deployed:
    """Nothing was new: the deployment and the definitions that are in force already."""
    found = [
        rows.latest(connection, item.definition.process_id, parcel.tenant, item.since) for item in candidates
    ]
    unchanged = tuple(row for row in found if row is not None)
    return Deployed(
        id=unchanged[0].deployment,
        name=parcel.name,
        source=parcel.source,
        tenant=parcel.tenant,
        definitions=(),
        unchanged=unchanged,
    )


def _candidates(library: Library, code: str, upload: Mapping[str, bytes] | None) -> Iterator[_Candidate]:
    """Every definition of a region, for every day from which its files differ."""
    changes = library.changes(code)
    seen: dict[str, str] = {}  # a day on which a file's closure does not differ needs no version of its own
    for since in changes:
        bundle = library.bundle(code, since)
        if upload:
            bundle = overlay(bundle, upload)
        for name in bundle.files:
            if name.endswith(".bpmn") and (not upload or set(bundle.closure(name)) & upload.keys()):
                digest = bundle.digest(name)
                if seen.get(name) != digest:
                    seen[name] = digest
                    yield from _compiled(bundle, name, code, since)


def _compiled(bundle: Bundle, name: str, code: str, since: date) -> Iterator[_Candidate]:
    contents = {each: bundle.files[each].content for each in bundle.closure(name)}
    for each, content in contents.items():
        if each.endswith(".form"):
            parse_form(content, each)  # one that nobody could submit must not come into force
    tenant = None if code == NATIONAL else code
    # The same files under another region are another definition: its calendar and its calls differ.
    digest = f"{bundle.digest(name)}@{code}"
    for definition in compile_files(contents, name, digest=digest, tenant=tenant):
        yield _Candidate(bundle=bundle, definition=definition, since=None if since == date.min else since)


def _store(
    office: Office, connection: Connection, batches: list[tuple[Parcel, list[_Candidate]]]
) -> Deployed | None:
    """Write what is new, as one deployment under the first batch's name; None when nothing is.

    ``definitions`` of the answer are the first batch's own; what its heirs got is found by the deployment's id.
    """
    fresh = [(item, part) for part, items in batches for item in items if _is_new(connection, item, part)]
    if not fresh:
        return None
    parcel = batches[0][0]
    deployment = new_id()
    closures = [_closure(item) for item, _ in fresh]
    # By content, not by name: a file of one name may differ from one day of coming into force to the next.
    rows.store_resources(
        connection, {digest: content for found in closures for digest, content in found.values()}
    )
    digests = {file: digest for found in closures for file, (digest, _) in found.items()}
    now, _ = read_clock(connection)
    head = {
        "id": deployment,
        "name": parcel.name,
        "source": parcel.source,
        "tenant": parcel.tenant,
        "by": parcel.by,
    }
    rows.store_deployment(connection, head, digests, now)
    made = []
    for item, part in fresh:
        row = _row(connection, item, deployment, part)
        rows.store_definition(connection, row)
        self_starts.arm(office, connection, row, item.definition, now)
        if part is parcel:
            made.append(row)
    deciding.keep(connection, deployment, zip((part.tenant for _, part in fresh), closures, strict=True))
    rows.bump_release(connection)
    return Deployed(
        id=deployment, name=parcel.name, source=parcel.source, tenant=parcel.tenant, definitions=tuple(made)
    )


def _closure(item: _Candidate) -> dict[str, tuple[str, bytes]]:
    """Every file a definition uses: name → digest and content."""
    files = {file: item.bundle.files[file].content for file in item.bundle.closure(item.definition.file)}
    return {file: (hashlib.sha256(content).hexdigest(), content) for file, content in files.items()}


def _is_new(connection: Connection, item: _Candidate, parcel: Parcel) -> bool:
    newest = rows.latest(connection, item.definition.process_id, parcel.tenant, item.since)
    if newest is None:
        return True
    if newest.uploaded and not parcel.files and not parcel.replace_uploads:
        return False  # an upload stays in force until the folder's file is put back on purpose
    return newest.digest != item.definition.digest


def _row(connection: Connection, item: _Candidate, deployment: str, parcel: Parcel) -> DefinitionRow:
    definition, bundle = item.definition, item.bundle
    version = rows.next_version(connection, definition.process_id, parcel.tenant)
    closure = {file: digest for file, (digest, _) in _closure(item).items()}
    walk = [
        {"region": step.region, "name": step.name_zh, "verdict": step.verdict, "path": step.path}
        for step in bundle.provenance(definition.file)
    ]
    return DefinitionRow(
        id=f"{definition.process_id}:{version}:{new_id()}",
        key=definition.process_id,
        version=version,
        tenant=parcel.tenant,
        name=definition.name,
        version_tag=definition.process.version_tag,
        file=definition.file,
        digest=definition.digest,
        closure=closure,
        provenance={"walk": walk},
        deployment=deployment,
        in_force_from=item.since,
        in_force_until=None,
        start_form=definition.start_form,
        stages=sorted(bundle.region.stages),
        uploaded=parcel.files is not None,
        paused=False,
    )
