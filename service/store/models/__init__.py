"""Every table of the product."""

from service.store.models.cases import (
    Case,
    CaseParty,
    Instance,
    Submission,
    Subscription,
    TaskComment,
    TaskFilter,
    Timer,
    UserTask,
)
from service.store.models.deployments import DecisionTable, Definition, Deployment, Resource, StartEvent
from service.store.models.guardians import GuardianCode
from service.store.models.materials import Material, MaterialContent
from service.store.models.moves import Batch, BatchItem, Undo
from service.store.models.opinions import Opinion
from service.store.models.records import (
    Inbox,
    Incident,
    JournalEntry,
    JournalHead,
    JournalLink,
    Outbox,
    OverdueEntry,
    Setting,
)
from service.store.models.registry import (
    Enrolment,
    Person,
    PersonalData,
    RecordMove,
    SchoolClass,
    Student,
    StudentNumber,
    SuspensionPeriod,
    Unit,
    UnitRole,
)
from service.store.models.requests import EndedSession, IdempotencyKey, SignInAttempt
from service.store.models.substitutes import Substitute

__all__ = [
    "Batch",
    "BatchItem",
    "Case",
    "CaseParty",
    "DecisionTable",
    "Definition",
    "Deployment",
    "EndedSession",
    "Enrolment",
    "GuardianCode",
    "IdempotencyKey",
    "Inbox",
    "Incident",
    "Instance",
    "JournalEntry",
    "JournalHead",
    "JournalLink",
    "Material",
    "MaterialContent",
    "Opinion",
    "Outbox",
    "OverdueEntry",
    "Person",
    "PersonalData",
    "RecordMove",
    "Resource",
    "SchoolClass",
    "Setting",
    "SignInAttempt",
    "StartEvent",
    "Student",
    "StudentNumber",
    "Submission",
    "Subscription",
    "Substitute",
    "SuspensionPeriod",
    "TaskComment",
    "TaskFilter",
    "Timer",
    "Undo",
    "Unit",
    "UnitRole",
    "UserTask",
]
