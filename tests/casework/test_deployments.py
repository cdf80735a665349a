"""Deploying: contents are kept by what they are, heirs follow, uploads stay until put back on purpose."""

from __future__ import annotations

import hashlib

from service.casework import deployments
from service.casework.context import Office
from service.store.db import transaction
from service.store.definitions import by_id
from tests.casework.people import rows
from tests.engine.sketch import sketch

SMALL = """
start s doc=MOE2013-14-a
user {task} name=校长核办 groups=head@receiving_school form=school_approve doc=MOE2016-3.1-a
end done
s -> {task} -> done
"""


def test_every_definition_can_be_compiled_from_what_is_stored(office: Office) -> None:
    with transaction() as connection:
        for (identifier,) in rows("select id from definition"):
            row = by_id(connection, identifier)
            assert row is not None
            assert office.shelf.compiled(connection, row).process_id == row.key


def test_contents_are_stored_under_their_own_digest(office: Office) -> None:
    assert office
    for row in rows("select digest, content from resource"):
        assert hashlib.sha256(bytes(row.content)).hexdigest() == row.digest


def test_a_national_upload_reaches_every_region_that_has_no_file_of_its_own(office: Office) -> None:
    files = {"trial.bpmn": sketch(SMALL.format(task="approve"), "trial", "试办")}
    deployments.deploy_upload(office, deployments.Parcel(name="试", files=files))
    tenants = {row.tenant for row in rows("select tenant from definition where key = 'trial'")}
    assert tenants == {None, *(region.code for region in office.shelf.rules.law.regions.with_folders()[1:])}


def test_deploying_the_same_folder_again_makes_nothing_new(office: Office) -> None:
    assert deployments.deploy_folder(office) == ()
