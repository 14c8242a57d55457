"""A `.tflite` file in 8 bits whose input and outputs stay floats, as MediaPipe wants them.

Small are the convolutions, the products and what lies between them; what follows the last of these (boxes from
offsets, softmax) stays as it is. Activations are small too where the scores of training images bear that.
"""

import contextlib
import re
import sys
import warnings
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import numpy as np

from training.engine.exporters.answers import Floats
from training.engine.exporters.eight_bits import SCORE_CHANGE, EightBits, Inputs, layers_to_spare, mean_change
from training.engine.exporters.flatbuffer import constant_bytes, operator_name, read_model, write_model
from training.engine.exporters.tflite_half import WEIGHTED

BIAS_RANGE = 2.0**29 / 255
"""A bias is stored as int32 in steps of input scale x weight scale; the input's scale is taken as 1/255 at least."""


def to_int8(content: bytes, scores: int, inputs: Inputs) -> tuple[bytes, EightBits]:
    """`scores` is the output, by its place, whose change decides over activations; over weights see `eight_bits`."""
    lifted = lift_weights(content)
    small = with_small_activations(lifted, inputs)
    if mean_change(*(_outputs(one, scores, inputs()) for one in (content, small))) <= SCORE_CHANGE:
        return small, EightBits(activations=True)

    def said(of: Collection[str], seen: Inputs) -> Iterator[Floats]:
        return _outputs(with_small_weights(lifted, of) if of else content, scores, seen())

    layers = _layers(content)
    spared = layers_to_spare(layers, inputs, said)
    return with_small_weights(lifted, set(layers) - set(spared)), EightBits(activations=False, float_layers=spared)


def with_small_activations(content: bytes, inputs: Inputs) -> bytes:
    """Ranges are the extremes seen: the quantizer's own moving average forgets the few high scores."""
    from ai_edge_quantizer import calibrator, qtyping, recipe_manager
    from ai_edge_quantizer.utils import qsv_utils

    manager = recipe_manager.RecipeManager()
    kind = qtyping.TFLOperationName.ALL_SUPPORTED
    manager.add_static_config(_scope(content), kind, activation_num_bits=8, weight_num_bits=8)
    signature, name = _signature(content)
    with _quiet():
        seen = calibrator.Calibrator(content, num_threads=1, qsv_update_func=qsv_utils.min_max_update)
        for image in inputs():
            seen.calibrate({signature: [{name: image[None]}]}, manager)
    return _quantized(content, manager, seen.get_model_qsvs())


def with_small_weights(content: bytes, layers: Collection[str]) -> bytes:
    """Of these layers. Activations are floats between layers; inside one its runtime makes 8 bits of them by what it
    sees."""
    from ai_edge_quantizer import qtyping, recipe_manager

    manager = recipe_manager.RecipeManager()
    manager.add_dynamic_config(_pattern(layers), qtyping.TFLOperationName.ALL_SUPPORTED, num_bits=8)
    return _quantized(content, manager, None)


def lift_weights(content: bytes) -> bytes:
    """Gives each channel whose weights are nearly zero one weight that is large enough for its bias.

    A label that never occurs has such a channel. Its bias would not fit into int32, and clipped it reads as the score
    0.5. What is added changes an output by less than 0.001 of the bias.
    """
    model = read_model(content)
    graph = model.subgraphs[0]
    for operator in graph.operators:
        name = operator_name(model, operator)
        if name not in WEIGHTED or len(operator.inputs) < 3 or operator.inputs[2] < 0:
            continue
        weight, bias = (graph.tensors[int(i)] for i in operator.inputs[1:3])
        stored, offsets = (constant_bytes(model, tensor) for tensor in (weight, bias))
        if stored is None or offsets is None:
            continue
        values = np.frombuffer(stored, np.float32).reshape(weight.shape).copy()
        channels = np.moveaxis(values, -1 if name == "DEPTHWISE_CONV_2D" else 0, 0)
        least = np.abs(np.frombuffer(offsets, np.float32)) * 127 / BIAS_RANGE
        faint = np.abs(channels).max(tuple(range(1, channels.ndim))) < least
        channels[(faint, *[0] * (channels.ndim - 1))] = least[faint]
        model.buffers[weight.buffer].data = np.frombuffer(values.tobytes(), np.uint8)
    return write_model(model)


def _scope(content: bytes) -> str:
    """A pattern of the outputs' names of those operators that are a layer with weights, or lead to one."""
    model = read_model(content)
    graph = model.subgraphs[0]
    leading: set[int] = set()
    names = []
    for operator in reversed(graph.operators):
        if operator_name(model, operator) in WEIGHTED or leading.intersection(map(int, operator.outputs)):
            leading.update(map(int, operator.inputs))
            names += [_text(graph.tensors[int(i)].name) for i in operator.outputs]
    return _pattern(names)


def _layers(content: bytes) -> list[str]:
    """Those that have weights, by the name of their output."""
    model = read_model(content)
    graph = model.subgraphs[0]
    weighted = [operator for operator in graph.operators if operator_name(model, operator) in WEIGHTED]
    return [_text(graph.tensors[int(operator.outputs[0])].name) for operator in weighted]


def _pattern(names: Iterable[str]) -> str:
    return f"^(?:{'|'.join(map(re.escape, names))});?$"


def _quantized(content: bytes, manager: Any, ranges: Any) -> bytes:
    from ai_edge_quantizer import quantizer

    with _quiet():
        made = quantizer.Quantizer(content, manager.get_quantization_recipe())
        return bytes(made.quantize(ranges, enable_progress_bar=False, enable_progress_report=False).quantized_model)


def _outputs(content: bytes, place: int, images: Iterator[Floats]) -> Iterator[Floats]:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    given, wanted = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[place]["index"]
    for image in images:
        interpreter.set_tensor(given, image[None])
        interpreter.invoke()
        yield interpreter.get_tensor(wanted)


def _signature(content: bytes) -> tuple[str, str]:
    (signature,) = read_model(content).signatureDefs
    return _text(signature.signatureKey), _text(signature.inputs[0].name)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The quantizer talks on stdout, where an export tells its progress, and warns that it keeps all tensors."""
    with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name
