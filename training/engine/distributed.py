"""Several processes that train one network, as `torchrun` starts them: one a GPU, or on a CPU for tests.

Each takes its share of every step's images. A loss that is a mean over objects divides by `mean_count`, so that the
mean of all processes' gradients is the gradient of the whole batch.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

T = TypeVar("T")


def rank() -> int:
    """0 where there is one process, and of the process that writes."""
    return dist.get_rank() if dist.is_initialized() else 0


def world_size() -> int:
    return dist.get_world_size() if dist.is_initialized() else 1


@contextmanager
def joined() -> Iterator[None]:
    """Inside, the processes that `torchrun` started know each other. Nothing where it did not."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or dist.is_initialized():
        yield
        return
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def mean_count(count: Tensor) -> Tensor:
    """The mean over the processes of how many objects (or images) each has, at least 1 of all together."""
    total = count.detach().to(torch.float32).clone()
    if world_size() > 1:
        dist.all_reduce(total)
    return total.clamp(min=1) / world_size()


def average_gradients(parameters: Sequence[nn.Parameter]) -> None:
    """Give all processes the mean of their gradients. All of them hold the same parameters."""
    if world_size() == 1:
        return
    for parameter in parameters:
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
    grads = [parameter.grad for parameter in parameters if parameter.grad is not None]
    flat = torch.cat([grad.flatten() for grad in grads])
    dist.all_reduce(flat)
    flat /= world_size()
    for grad, mean in zip(grads, torch.split(flat, [grad.numel() for grad in grads]), strict=True):
        grad.copy_(mean.view_as(grad))


def mean_values(values: dict[str, float]) -> dict[str, float]:
    """The mean of each number over the processes."""
    if world_size() == 1 or not values:
        return values
    means = torch.tensor(list(values.values()), dtype=torch.float64, device=_own_device())
    dist.all_reduce(means)
    return dict(zip(values, (means / world_size()).tolist(), strict=True))


def merged(mine: Sequence[T], count: int) -> list[T]:
    """What all processes have of a sequence of `count`, every n-th each, in its order."""
    if world_size() == 1:
        return list(mine)
    parts: list[Sequence[T]] = [()] * world_size()
    dist.all_gather_object(parts, list(mine))
    return [parts[i % world_size()][i // world_size()] for i in range(count)]


def wait() -> None:
    """Until all processes are here."""
    if world_size() > 1:
        dist.barrier()


@contextmanager
def first_alone() -> Iterator[None]:
    """The first process goes through before the others: what it fetches they find."""
    if rank():
        wait()
    yield
    if not rank():
        wait()


def _own_device() -> torch.device:
    return torch.device("cuda", torch.cuda.current_device()) if torch.cuda.is_available() else torch.device("cpu")
