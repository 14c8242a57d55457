"""The Celery app: RabbitMQ or Redis in production, a folder under `var/` in embedded mode."""

import os

from celery import Celery
from django.conf import settings

from boxwright import folder_queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boxwright.settings")

QUEUES = ("default", "train", "export")
POLL_SECONDS = 0.1

app = Celery("boxwright")


def _broker() -> dict[str, object]:
    if settings.BROKER_URL:
        # Whoever sends waits for nothing: a message that no broker takes stays a row, and is sent again.
        quick = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
        return {"broker_url": settings.BROKER_URL, "broker_transport_options": quick}
    for part in ("messages", "control", "processed"):
        (settings.QUEUE_FOLDER / part).mkdir(parents=True, exist_ok=True)
    folder_queue.register()
    return {
        "broker_url": f"{folder_queue.SCHEME}://localhost",
        "broker_transport_options": {
            "polling_interval": POLL_SECONDS,
            "data_folder_in": str(settings.QUEUE_FOLDER / "messages"),
            "data_folder_out": str(settings.QUEUE_FOLDER / "messages"),
            "control_folder": str(settings.QUEUE_FOLDER / "control"),
            "processed_folder": str(settings.QUEUE_FOLDER / "processed"),
            "store_processed": False,
        },
    }


app.conf.update(
    **_broker(),
    task_default_queue="default",
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    broker_connection_retry_on_startup=True,
    # Cancel, progress and heartbeats are rows; what Celery adds to them is files that nobody reads.
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    imports=["boxwright.jobs.tasks", "boxwright.operations.tasks", "boxwright.teams.tasks", "boxwright.projects.tasks"],
    timezone="UTC",
)
