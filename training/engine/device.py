"""What a run computes on: a CUDA device where there is one, else the cores that the process may use."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from training.engine.config import Precision

HALVES: dict[Precision, torch.dtype] = {"bf16": torch.bfloat16, "fp16": torch.float16}


def choose_device() -> torch.device:
    """On CUDA that of this process, where `torchrun` started several."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    torch.cuda.set_device(device)
    return device


def usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def use_threads(wanted: int) -> int:
    """Compute on `wanted` threads (0: as many as there are usable cores); returns the number in use."""
    threads = wanted or max(1, usable_cores() // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))
    torch.set_num_threads(threads)
    return threads


@contextmanager
def fast_arithmetic(device: torch.device, precision: Precision, pays_on_cpu: bool) -> Iterator[None]:
    """What is asked for; bf16 where it helps: on CUDA, and on CPUs that have it for networks measured to gain."""
    helps = device.type == "cuda" or (pays_on_cpu and cpu_has_bf16())
    is_half = precision in HALVES or (precision == "auto" and helps)
    half = HALVES.get(precision, torch.bfloat16)
    with torch.autocast(device.type, dtype=half, enabled=is_half):
        if is_half and half is torch.bfloat16 and device.type == "cpu":
            with _DepthwiseInFp32():
                yield
        else:
            yield


class _DepthwiseInFp32(TorchFunctionMode):
    """Keeps from the CPU's bf16 the depthwise convolutions that oneDNN, going back, computes as if they were dense.

    48 channels of 150 x 150 at stride 2: 82 CPU-ms for the gradient of 16 images, 13 in fp32; 120 of 40 x 40 with a
    kernel of 5 x 5: 86 for that of the weights, 28.
    """

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if function is not torch.conv2d or not _is_slow_in_bf16(*args, **kwargs):
            return function(*args, **kwargs)
        images, *others = args
        with torch.autocast("cpu", enabled=False):
            return function(images.float(), *others, **kwargs).bfloat16()


def _is_slow_in_bf16(
    _images: Tensor, weight: Tensor, _bias: object = None, stride: int | tuple[int, ...] = 1, *_: object, **__: object
) -> bool:
    """Whether this is a depthwise convolution with strides, or with a kernel over 3 x 3."""
    steps = (stride,) if isinstance(stride, int) else stride
    return weight.shape[1] == 1 and (max(weight.shape[2:]) > 3 or max(steps) > 1)


def loss_scaler(device: torch.device, precision: Precision) -> torch.amp.GradScaler:
    """Keeps small gradients of fp16 from becoming zero; idle elsewhere."""
    return torch.amp.GradScaler(device.type, enabled=precision == "fp16")


def cpu_has_bf16() -> bool:
    """Whether the CPU multiplies bf16: without it, torch only imitates it, slower than fp32."""
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether this is what torch says when there is no room, on a GPU or a CPU."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error)


def sent(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """On the device; to a GPU from pinned memory, while it still computes."""
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)


def release_memory(device: torch.device) -> None:
    """Give back what torch keeps for later."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
