"""What each worker begins with: the leftovers of killed workers are removed, housekeeping starts."""

from typing import Any

from celery.signals import worker_ready

from boxwright import scratch
from boxwright.operations import housekeeping


@worker_ready.connect
def _begin(**_signal: Any) -> None:
    scratch.sweep()
    housekeeping.start()
