"""Runs the program of a Core ML file operator by operator, in torch: Core ML itself runs on Apple's systems alone.

What is read is the file as it is shipped, its weights too. What each operator means stands in coremltools' sources
(`converters/mil/mil/ops/defs`), by which the ones here were written.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

Inputs = dict[str, Any]
Operator = Callable[[Inputs], Any]


def unknown_operators(function: Any) -> list[str]:
    """Those that `run` does not know."""
    return sorted({operation.op_type for operation in function.operations} - OPERATORS.keys() - {"const"})


@torch.inference_mode()
def run(function: Any, image: Tensor) -> dict[str, Tensor]:
    """A loaded function's outputs by name, of pixels [1, 3, S, S]."""
    (name,) = function.inputs
    known: dict[str, Any] = {name: image}
    for operation in function.operations:
        if operation.op_type == "const":
            continue
        given = {key: _value(one, known) for key, one in operation.inputs.items() if one is not None}
        found = OPERATORS[operation.op_type](given)
        found = found if isinstance(found, Sequence) and not isinstance(found, Tensor) else [found]
        known |= {output.name: value for output, value in zip(operation.outputs, found, strict=True)}
    return {output.name: known[output.name] for output in function.outputs}


def _value(variable: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(variable, tuple | list):
        return [_value(one, known) for one in variable]
    if variable.name in known:
        return known[variable.name]
    value = variable.val
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return torch.from_numpy(value.astype(np.float32))
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return value


def _conv(given: Inputs) -> Tensor:
    weight, strides, dilations = given["weight"], given["strides"], given["dilations"]
    reach = [(side - 1) * step + 1 for side, step in zip(weight.shape[2:], dilations, strict=True)]
    image = _padded(given, given["x"], reach, strides, 0.0)
    return F.conv2d(image, weight, given.get("bias"), strides, 0, dilations, given["groups"])


def _padded(given: Inputs, image: Tensor, reach: Sequence[int], strides: Sequence[int], value: float) -> Tensor:
    """As `pad_type` says: `custom` is above, below, left, right; `same` keeps the size, the odd pixel at the end."""
    kind = given["pad_type"]
    if kind == "valid":
        return image
    if kind == "custom":
        above, below, left, right = given["pad"]
        return F.pad(image, (left, right, above, below), value=value)
    pads: list[int] = []
    for length, side, step in zip(image.shape[:1:-1], reach[::-1], strides[::-1], strict=True):
        whole = max(0, (-(-length // step) - 1) * step + side - length)
        few, many = whole // 2, whole - whole // 2
        pads += [few, many] if kind == "same" else [many, few]
    return F.pad(image, pads, value=value)


def _max_pool(given: Inputs) -> Tensor:
    sides, strides = given["kernel_sizes"], given["strides"]
    image = _padded(given, given["x"], sides, strides, -torch.inf)
    return F.max_pool2d(image, sides, strides, ceil_mode=given["ceil_mode"])


def _avg_pool(given: Inputs) -> Tensor:
    sides, strides = given["kernel_sizes"], given["strides"]
    image = _padded(given, given["x"], sides, strides, 0.0)
    total = F.avg_pool2d(image, sides, strides, ceil_mode=given["ceil_mode"])
    if not given["exclude_padding_from_average"]:
        return total
    inside = _padded(given, torch.ones_like(given["x"]), sides, strides, 0.0)
    return total / F.avg_pool2d(inside, sides, strides, ceil_mode=given["ceil_mode"])


def _slice(given: Inputs) -> Tensor:
    image, begin, end = given["x"], given["begin"], given["end"]
    none = [False] * len(begin)
    no_begin, no_end, single = (given.get(f"{name}_mask", none) for name in ("begin", "end", "squeeze"))
    steps = given.get("stride", [1] * len(begin))
    places: list[Any] = []
    for i in range(len(begin)):
        if single[i]:
            places.append(begin[i])
        else:
            places.append(slice(None if no_begin[i] else begin[i], None if no_end[i] else end[i], steps[i]))
    return image[tuple(places)]  # type: ignore[no-any-return]


def _pad(given: Inputs) -> Tensor:
    sides = given["pad"]
    pairs = [sides[i : i + 2] for i in range(0, len(sides), 2)]
    mode = {"constant": "constant", "reflect": "reflect", "replicate": "replicate"}[given["mode"]]
    value = float(given["constant_val"]) if mode == "constant" else None
    return F.pad(given["x"], [one for pair in reversed(pairs) for one in pair], mode, value)


def _split(given: Inputs) -> Sequence[Tensor]:
    image, axis = given["x"], given["axis"]
    sizes = given.get("split_sizes") or [image.shape[axis] // given["num_splits"]] * given["num_splits"]
    parts: Sequence[Tensor] = image.split(sizes, axis)
    return parts


def _batch_norm(given: Inputs) -> Tensor:
    """What scales each channel by itself, too: the converter makes one of a multiplication and a sum."""
    mean, variance, gamma, beta = (given.get(name) for name in ("mean", "variance", "gamma", "beta"))
    return F.batch_norm(given["x"], mean, variance, gamma, beta, eps=float(given["epsilon"]))


def _nearest(given: Inputs) -> Tensor:
    factors = (float(given["scale_factor_height"]), float(given["scale_factor_width"]))
    return F.interpolate(given["x"], scale_factor=factors, mode="nearest")


def _transposed(matrix: Tensor, is_turned: bool) -> Tensor:
    return matrix.transpose(-1, -2) if is_turned else matrix


def _of_two(function: Callable[[Any, Any], Any]) -> Operator:
    return lambda given: function(torch.as_tensor(given["x"]), torch.as_tensor(given["y"]))


def _over(function: Callable[..., Tensor]) -> Operator:
    return lambda given: function(given["x"], dim=given["axes"], keepdim=given["keep_dims"])


OPERATORS: dict[str, Operator] = {
    "add": _of_two(torch.add),
    "avg_pool": _avg_pool,
    "batch_norm": _batch_norm,
    "cast": lambda given: given["x"],  # between floats of two lengths: all are 32 bits here
    "classify": lambda given: (given["probabilities"], given["probabilities"]),  # the best label's name; each's score
    "clip": lambda given: given["x"].clamp(float(given["alpha"]), float(given["beta"])),
    "concat": lambda given: torch.cat(given["values"], given["axis"]),
    "conv": _conv,
    "exp": lambda given: given["x"].exp(),
    "expand_dims": lambda given: given["x"].reshape(_expanded(given["x"].shape, given["axes"])),
    "gelu": lambda given: F.gelu(given["x"], approximate="none" if given["mode"] == "EXACT" else "tanh"),
    "identity": lambda given: given["x"],
    "leaky_relu": lambda given: F.leaky_relu(given["x"], float(given["alpha"])),
    "linear": lambda given: F.linear(given["x"], given["weight"], given.get("bias")),
    "log": lambda given: (given["x"] + float(given["epsilon"])).log(),
    "matmul": lambda given: (
        _transposed(given["x"], given["transpose_x"]) @ _transposed(given["y"], given["transpose_y"])
    ),
    "max_pool": _max_pool,
    "maximum": _of_two(torch.maximum),
    "minimum": _of_two(torch.minimum),
    "mul": _of_two(torch.mul),
    "pad": _pad,
    "pow": _of_two(torch.pow),
    "real_div": _of_two(torch.div),
    "reduce_max": _over(torch.amax),
    "reduce_mean": _over(torch.mean),
    "reduce_sum": _over(torch.sum),
    "relu": lambda given: given["x"].relu(),
    "relu6": lambda given: F.relu6(given["x"]),
    "reshape": lambda given: given["x"].reshape(given["shape"]),
    "rsqrt": lambda given: (given["x"] + float(given["epsilon"])).rsqrt(),
    "sigmoid": lambda given: given["x"].sigmoid(),
    "sigmoid_hard": lambda given: (given["x"] * float(given["alpha"]) + float(given["beta"])).clamp(0, 1),
    "silu": lambda given: F.silu(given["x"]),
    "slice_by_index": _slice,
    "softmax": lambda given: given["x"].softmax(given["axis"]),
    "softplus": lambda given: F.softplus(given["x"]),
    "split": _split,
    "sqrt": lambda given: given["x"].sqrt(),
    "square": lambda given: given["x"].square(),
    "squeeze": lambda given: given["x"].squeeze(tuple(given["axes"])),
    "sub": _of_two(torch.sub),
    "tanh": lambda given: given["x"].tanh(),
    "thresholded_relu": lambda given: torch.where(given["x"] >= float(given["alpha"]), given["x"], 0.0),
    "transpose": lambda given: given["x"].permute(given["perm"]),
    "upsample_nearest_neighbor": _nearest,
}
"""Those that networks of images are made of."""


def _expanded(shape: Sequence[int], axes: Sequence[int]) -> list[int]:
    count, left = len(shape) + len(axes), list(shape)
    added = {axis % count for axis in axes}
    return [1 if i in added else left.pop(0) for i in range(count)]
