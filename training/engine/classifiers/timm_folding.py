"""Which BatchNorms of any network can be folded: seen while an image goes through.

The order in which modules are registered does not tell: some norms come before their convolution, and what some
convolutions give is also added elsewhere.
"""

from collections import Counter
from typing import Any

import torch
from timm.layers import BatchNormAct2d
from timm.layers.conv2d_same import Conv2dSame
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

CONVOLUTIONS = (nn.Conv2d, Conv2dSame)
NORMS = (nn.BatchNorm2d, BatchNormAct2d)


class Watch(TorchDispatchMode):
    """Counts how often an operator takes each tensor, and remembers what convolutions gave and norms took."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.uses: Counter[int] = Counter()
        self.given: dict[int, tuple[str, Tensor]] = {}  # with the tensor, or its id would be another's
        self.calls: Counter[str] = Counter()
        self.pairs: list[tuple[int, str]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.uses.update(id(one) for one in tree_leaves((args, kwargs)) if isinstance(one, Tensor))
        return func(*args, **(kwargs or {}))

    def gave(self, name: str, output: Tensor) -> None:
        self.calls[name] += 1
        self.given[id(output)] = (name, output)
        self.uses[id(output)] = 0

    def took(self, name: str, seen: Tensor) -> None:
        self.calls[name] += 1
        if id(seen) in self.given:
            self.pairs.append((id(seen), name))

    def folding(self) -> list[tuple[str, str]]:
        """Names of convolution and norm, where both ran once and nothing but the norm took what it gave."""
        found = [(self.given[key][0], norm) for key, norm in self.pairs if self.uses[key] == 1]
        return [(conv, norm) for conv, norm in found if self.calls[conv] == self.calls[norm] == 1]


@torch.no_grad()
def folding_pairs(network: nn.Module, image: Tensor) -> list[tuple[str, str]]:
    """Names of each convolution and of the BatchNorm that takes all that it gives; of a network in eval mode."""
    watch, hooks = Watch(), []
    for name, module in network.named_modules():
        if type(module) in CONVOLUTIONS:
            hooks.append(module.register_forward_hook(lambda _m, _i, output, name=name: watch.gave(name, output)))
        elif type(module) in NORMS:
            hooks.append(module.register_forward_pre_hook(lambda _m, inputs, name=name: watch.took(name, inputs[0])))
    with watch:
        network(image)
    for hook in hooks:
        hook.remove()
    return watch.folding()


def behind(norm: nn.Module) -> nn.Module:
    """What a BatchNorm does besides normalising."""
    return nn.Sequential(norm.drop, norm.act) if isinstance(norm, BatchNormAct2d) else nn.Identity()
