"""What a run computes on: a CUDA device where there is one, else the cores that the process may use."""

import os
from contextlib import AbstractContextManager

import torch

from training.engine.config import Precision


def choose_device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def use_threads(wanted: int) -> int:
    """Compute on `wanted` threads (0: as many as there are usable cores); returns the number in use."""
    threads = wanted or usable_cores()
    torch.set_num_threads(threads)
    return threads


def fast_arithmetic(device: torch.device, precision: Precision = "auto") -> AbstractContextManager[object]:
    """bf16 where it is asked for, or helps: on CUDA. On CPUs it makes MobileNetV3 slower."""
    is_half = precision == "bf16" or (precision == "auto" and device.type == "cuda")
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=is_half)
