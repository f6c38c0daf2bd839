"""The Celery app: two queues, short tasks, and the sweep that makes losing any of them harmless."""

import os

from celery import Celery
from celery.signals import worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameday.settings")

from django.conf import settings

from gameday.pauses import settle

app = Celery("gameday")
app.conf.update(
    broker_url=settings.REDIS_URL,
    task_ignore_result=True,
    # Acknowledged when they begin, not when they end. The sweep rings again for a doorbell that is lost; but
    # one that is unacknowledged when the broker goes away ends the whole worker (kombu restores it over a
    # connection that is closed), and is delivered a second time after the visibility timeout.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    # A drive must outlive the broker: its run is safe only while somebody watches it.
    worker_cancel_long_running_tasks_on_connection_loss=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # for ever: nobody is there to start a worker that gave up
    broker_transport_options={
        "visibility_timeout": 3600,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "global_keyprefix": "gameday:",
    },
    task_default_queue="control",
    task_routes={"chaos.tasks.drive": {"queue": "drive"}},
    task_serializer="json",
    accept_content=["json"],
    task_publish_retry=False,
    beat_schedule={
        "sweep": {"task": "chaos.tasks.sweep", "schedule": 5.0, "options": {"expires": 10}},
        "sweep-clusters": {
            "task": "chaos.tasks.sweep_clusters",
            "schedule": 30.0,
            "options": {"expires": 60},
        },
        "contact-clusters": {
            "task": "chaos.tasks.contact_clusters",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
        "ingest-spool": {"task": "chaos.tasks.ingest_spool", "schedule": 15.0, "options": {"expires": 15}},
        "hear-watchdogs": {
            "task": "chaos.tasks.hear_watchdogs",
            "schedule": 15.0,
            "options": {"expires": 15},
        },
        "ask-workers": {"task": "chaos.tasks.ask_workers", "schedule": 10.0, "options": {"expires": 10}},
    },
    beat_schedule_filename=str(settings.STATE_DIR / "celerybeat"),
    timezone="UTC",
)
app.autodiscover_tasks(["chaos"])
worker_ready.connect(settle)
worker_process_init.connect(settle)
