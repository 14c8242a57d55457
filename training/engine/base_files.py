"""A file of weights that somebody brings as the base of a run: a checkpoint of ours, or weights of the run's model.

Nothing in it is executed. Weights may have any number of labels, whose names the file does not tell.
"""

from dataclasses import replace
from pathlib import Path

from training.engine import checkpoint
from training.engine.catalog import model_info
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.errors import CheckpointError, WeightsError
from training.engine.families import build_network
from training.engine.model_info import ModelInfo
from training.engine.weight_files import State, base_labels, read_weights
from training.engine.weights import load_state


def as_checkpoint(path: Path, config: Config) -> Checkpoint:
    """What a run with this config can begin with. Raises WeightsError where the file's tensors are not the model's."""
    if not path.is_file():
        raise WeightsError(f"There is no file {path}.")
    if path.suffix == ".safetensors":
        return _of_weights(path, config)
    try:
        return checkpoint.load(path)
    except CheckpointError:
        return _of_weights(path, config)


def _of_weights(path: Path, config: Config) -> Checkpoint:
    info = model_info(config.model)
    state = read_weights(info, path)
    count = label_count_of(state, info)
    network = build_network(info, count, config.image_size)
    load_state(network, state, path)
    network.fold()
    published = count == info.weights.label_count
    labels = base_labels(info) if published else [f"label {i}" for i in range(1, count + 1)]
    plain = replace(info.default_config, image_size=config.image_size)
    lineage = (f"weights from {path.name}, of unknown licence",)
    return Checkpoint(
        info.name, info.task, tuple(labels), config.image_size, plain, network.state_dict(), lineage=lineage
    )


def label_count_of(state: State, info: ModelInfo) -> int:
    """By the size of its head: the side of a tensor that grows from one label to two. Raises WeightsError."""
    one, two = (build_network(info, count, info.image_sizes.least).state_dict() for count in (1, 2))
    for name, tensor in one.items():
        for axis, (least, more) in enumerate(zip(tensor.shape, two[name].shape, strict=True)):
            if least != more and name in state and state[name].ndim > axis:
                labels, rest = divmod(int(state[name].shape[axis]) - int(least), int(more) - int(least))
                if rest == 0 and labels >= 0:
                    return labels + 1
                raise WeightsError(f"{name} has {state[name].shape[axis]} rows, which is no number of labels.")
    raise WeightsError(f"The file has no head of {info.title}.")
