"""Messages to workers. A message carries ids only; the rows say what is to be done."""

import logging
import threading
from functools import partial

from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)

stopping = threading.Event()
"""Set when this worker process is asked to leave: each job's next beat gives it back to the queue."""


def enqueue(task_name: str, *arguments: int | str, queue: str = "default") -> None:
    """Send a task after commit. A broker that is away loses nothing: the reaper sends again."""
    transaction.on_commit(partial(_send, task_name, arguments, queue))


def _send(task_name: str, arguments: tuple[int | str, ...], queue: str) -> None:
    from kombu.exceptions import OperationalError

    from boxwright.celery import app

    if getattr(settings, "JOBS_INLINE", False):
        if task_name not in app.tasks:  # importing checks all models anew, each time
            app.loader.import_default_modules()
        app.tasks[task_name].apply(args=arguments, throw=True)
        return
    try:
        app.send_task(task_name, args=arguments, queue=queue, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("%s%r was not sent (%s); it stays queued and is sent again", task_name, arguments, error)
