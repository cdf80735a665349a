"""The Celery application and its jobs. A job is three lines: it calls a verb of casework."""

from __future__ import annotations

from functools import lru_cache

from celery import Celery
from flask import Flask

from service.casework import batches, housekeeping, journal, messages, occasions, timers
from service.casework.installation import connect, office
from service.settings import Settings

SWEEP_SECONDS = 3.0
OUTBOX_SECONDS = 1.0
BATCH_SECONDS = 2.0
OCCASION_SECONDS = 60.0
EXPIRY_SECONDS = 600.0
SEAL_SECONDS = 10.0
SWEEP_MATERIALS_SECONDS = 3600.0

app = Celery("xueji", broker=Settings.from_env().redis_url)
app.conf.update(
    task_ignore_result=True,  # the database knows what happened; nobody asks Celery
    task_acks_late=True,  # a job of a killed worker is done by another: every verb can be repeated
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 300},
    timezone="Asia/Shanghai",
)


@lru_cache(maxsize=1)
def installation() -> Flask:
    """This worker process's own connection, made after the fork."""
    return connect(Settings.from_env(), "jobs")


@app.task(name="fire_due_timers")
def fire_due_timers() -> None:
    """Fire what is due."""
    with installation().app_context():
        timers.fire_due(office())


@app.task(name="deliver_outbox")
def deliver_outbox() -> None:
    """Bring about what verbs left to be done after their commit."""
    with installation().app_context():
        messages.deliver_outbox(office())


@app.task(name="open_due_cases")
def open_due_cases() -> None:
    """Start what awaits the end of a suspension."""
    with installation().app_context():
        occasions.open_due(office())


@app.task(name="move_cases")
def move_cases() -> None:
    """Move the next cases of the oldest batch."""
    with installation().app_context():
        batches.work_off(office())


@app.task(name="expire_requests")
def expire_requests() -> None:
    """Forget the keys of old requests and old wrong passwords."""
    with installation().app_context():
        housekeeping.expire_requests()


@app.task(name="sweep_materials")
def sweep_materials() -> None:
    """Remove drafts of materials nobody has handed in."""
    with installation().app_context():
        housekeeping.sweep_materials(office())


@app.task(name="seal_journal")
def seal_journal() -> None:
    """Chain what has been written in the journal."""
    with installation().app_context():
        journal.seal(Settings.from_env().secret_key)


# A beat nobody took in time is worth nothing: the next one does the same.
app.conf.beat_schedule = {
    job.name: {"task": job.name, "schedule": seconds, "options": {"expires": seconds}}
    for job, seconds in (
        (fire_due_timers, SWEEP_SECONDS),
        (deliver_outbox, OUTBOX_SECONDS),
        (move_cases, BATCH_SECONDS),
        (open_due_cases, OCCASION_SECONDS),
        (expire_requests, EXPIRY_SECONDS),
        (seal_journal, SEAL_SECONDS),
        (sweep_materials, SWEEP_MATERIALS_SECONDS),
    )
}
