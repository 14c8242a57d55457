"""Every model, target and quantization of the tables: made, executed, compared, packed; or refused."""

import functools
import hashlib
import json
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import onnx as onnx_format
import pytest
import torch
from onnx import numpy_helper
from safetensors.torch import load_file, save_file

from tests.training.engine.exporters.conftest import (
    CLASSIFIER,
    DETECTOR,
    Exporters,
    MakeArtifact,
    MakeCheckpoint,
    MakeExporters,
    broken,
    exporters_of,
)
from training.engine.catalog import MODELS, model_info
from training.engine.checkpoint import Checkpoint
from training.engine.data import read_run_folder
from training.engine.errors import ParityError
from training.engine.evaluate import evaluate
from training.engine.exporters import coreml, onnx, openvino, tflite_pack
from training.engine.exporters.answers import Squares
from training.engine.exporters.artifact import publish
from training.engine.exporters.exporter import Asked
from training.engine.exporters.flatbuffer import read_model, write_model
from training.engine.exporters.images import ExportImages
from training.engine.exporters.node_runtime import browser_files
from training.engine.exporters.samples import sample_files
from training.engine.progress import Silent
from training.engine.targets import TARGETS, ParityLimits, Verification

ImagesOf = Callable[[Checkpoint], ExportImages]

PAPERS = {
    *("README.txt", "labels.txt", "model-card.md", "parity.json", "lineage.json", "contract.json"),
    *("expected.json", "sample.png"),
}
OURS = PAPERS | {
    *(*onnx.PYTHON_FILES, *browser_files()),
    *(name for target in TARGETS for name in sample_files(target, 1)),
}
OF_CLASSIFIER = {"coreml", "openvino"}
"""Targets whose one conversion a day is a classifier's."""
OF_TIMM = "mobilenetv3_small_050.lamb_in1k"


def offered(model: str, target: str) -> list[str]:
    return model_info(model).quantizations_of(TARGETS[target])


def is_quick(model: str, target: str, quantization: str) -> bool:
    """Whether it is converted in every run of the tests; the others are in `make test-full`.

    A detector for each target but Core ML and OpenVINO, whose classifier is converted in half of the time, and one
    classifier more: its conversion to LiteRT takes ten seconds. Of small files LiteRT's.
    """
    if target in OF_CLASSIFIER or (model, target) == (CLASSIFIER, "onnx"):
        return (model, quantization) == (CLASSIFIER, "none")
    return model == DETECTOR and (quantization == "none" or target == "tflite")


CASES = [
    pytest.param(model, target, quantization, marks=() if is_quick(model, target, quantization) else pytest.mark.full)
    for model in (*MODELS, OF_TIMM)
    for target in TARGETS
    for quantization in offered(model, target)
]
QUANTIZED = [
    pytest.param(model, target, name, marks=() if is_quick(model, target, name) else pytest.mark.full)
    for model in (DETECTOR, CLASSIFIER)
    for target in TARGETS
    for name in offered(model, target)
    if name != "none"
]
UNQUANTIZED = [
    pytest.param(model, target, marks=() if is_quick(model, target, "none") else pytest.mark.full)
    for model in (DETECTOR, CLASSIFIER)
    for target in TARGETS
    if offered(model, target)
]
OF_CLASSIFIERS = [
    pytest.param(target, marks=() if target == "onnx" else pytest.mark.full)
    for target in TARGETS
    if offered(CLASSIFIER, target)
]


def read_report(out: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((out / "artifact.json").read_text())
    return report


def read_archive(out: Path, name: str) -> str:
    with zipfile.ZipFile(out / "artifact.zip") as archive:
        return archive.read(name).decode()


@pytest.mark.parametrize(("model", "target", "quantization"), CASES)
def test_it_answers_as_its_checkpoint(model: str, target: str, quantization: str, make_artifact: MakeArtifact) -> None:
    report = read_report(make_artifact(model, target, quantization))

    parity, limits, is_detector = report["parity"], TARGETS[target].limits[quantization], model_finds_boxes(model)
    assert parity["passed"]
    assert target == "torch" or parity["max_score"] > 0
    assert parity["max_score"] < (1e-4 if quantization == "none" else limits.score)
    assert parity["limit_score"] == limits.score
    assert parity["limit_metric_loss"] >= limits.metric_loss
    assert (
        parity["metric_loss"]
        == report["metrics"][f"checkpoint_{parity['metric']}"] - report["metrics"][parity["metric"]]
    )
    assert parity["verification"] in set(Verification)
    assert parity["runtime"]
    assert (parity["max_box_px"] is None, parity["limit_box_px"] is None) == (not is_detector, not is_detector)
    if is_detector and quantization == "none":
        assert target == "torch" or parity["max_box_px"] > 0
        assert parity["max_box_px"] < 0.05  # far below the limit: the limit is for bad luck, not for us


def test_a_detector_says_how_good_it_is_on_which_images(detector_artifact: MakeArtifact) -> None:
    report = read_report(detector_artifact("onnx"))

    parity, metrics = report["parity"], report["metrics"]
    assert (parity["images"], parity["images_available"], parity["split"]) == (6, 6, "val")
    assert parity["unmatched_detections"] == 0
    numbers = {"AP", "AP50"}
    assert set(metrics) == numbers | {f"{of}_{name}" for of in ("checkpoint", "client") for name in numbers}
    assert (parity["client"], parity["client_loss"]) == ("OpenCV", metrics["checkpoint_AP"] - metrics["client_AP"])
    assert report["latency_ms"] > 0
    assert metrics["checkpoint_AP50"] > 0.5


def test_the_checkpoint_is_as_good_on_the_whole_split_as_its_run_says(
    detector: Checkpoint, detector_artifact: MakeArtifact, raccoons: Path
) -> None:
    metrics = read_report(detector_artifact("onnx"))["metrics"]

    evaluation = evaluate(detector, read_run_folder(raccoons), raccoons, "val", Silent())
    assert evaluation.metrics == {name: pytest.approx(metrics[f"checkpoint_{name}"]) for name in ("AP", "AP50")}


def test_a_classifier_without_validation_images_says_what_it_was_compared_on(make_artifact: MakeArtifact) -> None:
    report = read_report(make_artifact(CLASSIFIER, "onnx"))

    assert (report["parity"]["images"], report["parity"]["split"]) == (6, "train")
    assert set(report["metrics"]) == {"accuracy", "checkpoint_accuracy", "client_accuracy"}


@pytest.mark.parametrize(("model", "target", "quantization"), CASES)
def test_the_zip_holds_what_the_report_says(
    model: str, target: str, quantization: str, make_artifact: MakeArtifact
) -> None:
    out = make_artifact(model, target, quantization)

    report, content = read_report(out), (out / "artifact.zip").read_bytes()
    assert (report["size"], report["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    with zipfile.ZipFile(out / "artifact.zip") as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    assert sizes == {file["name"]: file["size"] for file in report["files"]}
    assert set(sizes) > PAPERS
    assert json.loads(read_archive(out, "parity.json"))["parity"] == report["parity"]
    assert sorted(file.name for file in out.iterdir()) == ["artifact.json", "artifact.zip"]


@pytest.mark.parametrize(("model", "target"), UNQUANTIZED)
def test_labels_start_with_the_background_where_scores_do(
    target: str,
    model: str,
    make_artifact: MakeArtifact,
    checkpoint_of_model: MakeCheckpoint,
    exporters_of_model: MakeExporters,
) -> None:
    has_background = exporters_of_model(model)[target].names_background and model_finds_boxes(model)

    lines = read_archive(make_artifact(model, target), "labels.txt").split()
    assert lines == [*(["BACKGROUND"] if has_background else []), *checkpoint_of_model(model).labels]


@pytest.mark.parametrize("target", OF_CLASSIFIERS)
def test_the_same_checkpoint_gives_the_same_bytes(
    target: str,
    classifier: Checkpoint,
    graph_of_model: Callable[[str], bytes],
    images_of_task: ImagesOf,
    make_artifact: MakeArtifact,
    tmp_path: Path,
) -> None:
    exporter = exporters_of(functools.partial(graph_of_model, CLASSIFIER))[target]
    again = publish(exporter, classifier, images_of_task(classifier), tmp_path, "none", Silent())

    assert again["sha256"] == read_report(make_artifact(CLASSIFIER, target))["sha256"]


@pytest.mark.parametrize(("model", "target", "quantization"), QUANTIZED)
def test_a_quantization_makes_the_file_smaller(
    target: str, quantization: str, model: str, make_artifact: MakeArtifact
) -> None:
    whole, small = (read_report(make_artifact(model, target, name)) for name in ("none", quantization))

    assert model_size(small) < 0.6 * model_size(whole)


@pytest.mark.parametrize("target", ["onnx", "onnx-nms", "tflite", pytest.param("openvino", marks=pytest.mark.full)])
def test_the_code_in_the_readme_runs_as_it_stands(
    target: str, detector_artifact: MakeArtifact, raccoons: Path, tmp_path: Path
) -> None:
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(detector_artifact(target) / "artifact.zip") as archive:
        archive.extractall(unpacked)
    photo = max((raccoons / "images").iterdir(), key=lambda file: file.stat().st_size)
    (unpacked / "photo.jpg").write_bytes(photo.read_bytes())
    code = "\n".join(re.findall(r"^ {4}(.*)$", (unpacked / "README.txt").read_text(), re.MULTILINE))

    done = subprocess.run([sys.executable, "-c", code], cwd=unpacked, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert len(code.splitlines()) <= 10
    assert "raccoon" in done.stdout


@pytest.mark.parametrize(
    ("target", "files", "runtime"),
    [
        pytest.param("coreml", r"Model\.mlpackage/.*", "torch .*, operator by operator", marks=pytest.mark.full),
        pytest.param("openvino", r"model\.(xml|bin)", "OpenVINO 20", marks=pytest.mark.full),
        ("onnx", r"model\.onnx", "onnxruntime"),
        ("onnx-nms", r"model\.onnx", "onnxruntime"),
        ("jetson", r"model\.onnx|run\.sh", "onnxruntime"),
        ("torch", r"model\.pt2|model\.safetensors|config\.json|use\.py", "torch"),
        ("tflite", r"model\.tflite", "LiteRT"),
        ("tfjs", r"model\.json|group1-shard\d+of\d+\.bin", "tfjs"),
    ],
)
def test_its_files_and_the_runtime_that_ran_them_are_named(
    target: str, files: str, runtime: str, detector_artifact: MakeArtifact
) -> None:
    report = read_report(detector_artifact(target))

    assert all(re.fullmatch(files, file["name"]) for file in report["files"] if file["name"] not in OURS)
    assert re.match(runtime, report["parity"]["runtime"])
    assert report["parity"]["verification"] == ("converted_and_compared" if target == "coreml" else "run_here")


def model_finds_boxes(model: str) -> bool:
    return model_info(model).task == "detection"


def model_size(report: dict[str, Any]) -> int:
    return sum(file["size"] for file in report["files"] if file["name"] not in OURS)


# an artifact that answers differently is never a download (here, since each conversion takes seconds) ----------------


def break_onnx(folder: Path) -> None:
    """One bias of the last box layers, half a unit up."""
    model = onnx_format.load(folder / "model.onnx")
    biases = [tensor for tensor in model.graph.initializer if len(tensor.dims) == 1 and tensor.data_type == 1]
    values = numpy_helper.to_array(biases[-1]).copy()
    values += 0.5
    biases[-1].CopyFrom(numpy_helper.from_array(values, biases[-1].name))
    onnx_format.save(model, folder / "model.onnx")


def scale_onnx(folder: Path) -> None:
    """The first layer's weights, one percent up."""
    model = onnx_format.load(folder / "model.onnx")
    first = next(tensor for tensor in model.graph.initializer if len(tensor.dims) == 4)
    first.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(first) * np.float32(1.01), first.name))
    onnx_format.save(model, folder / "model.onnx")


def drop_label_onnx(folder: Path) -> None:
    model = onnx_format.load(folder / "model.onnx")
    labels = next(prop for prop in model.metadata_props if prop.key == "labels")
    labels.value = json.dumps(json.loads(labels.value)[:-1])
    onnx_format.save(model, folder / "model.onnx")


def swap_outputs_onnx(folder: Path) -> None:
    """`scores` are called `boxes`, and the other way round."""
    model = onnx_format.load(folder / "model.onnx")
    other = {"scores": "boxes", "boxes": "scores"}
    for node in model.graph.node:
        node.output[:] = [other.get(name, name) for name in node.output]
        node.input[:] = [other.get(name, name) for name in node.input]
    for output in model.graph.output:
        output.name = other.get(output.name, output.name)
    onnx_format.save(model, folder / "model.onnx")


def corrupt_onnx(folder: Path) -> None:
    """The file's first byte."""
    content = (folder / "model.onnx").read_bytes()
    (folder / "model.onnx").write_bytes(b"\xff" + content[1:])


def break_tflite(folder: Path) -> None:
    """The largest weight tensor, ten percent up."""
    model = read_model((folder / "model.tflite").read_bytes())
    largest = max((b for b in model.buffers if b.data is not None), key=lambda b: len(b.data))
    largest.data = np.frombuffer((np.frombuffer(largest.data.tobytes(), np.float32) * 1.1).tobytes(), np.uint8)
    (folder / "model.tflite").write_bytes(write_model(model))


def break_tfjs(folder: Path) -> None:
    """A kilobyte of weights in the first shard, gone."""
    shard = next(folder.glob("group1-shard1of*.bin"))
    content = bytearray(shard.read_bytes())
    content[2000:3024] = bytes(1024)
    shard.write_bytes(content)


def change_torch(factor: float) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        weights = load_file(folder / "model.safetensors")
        first = next(name for name, tensor in weights.items() if tensor.dim() == 4)
        weights[first] *= factor
        save_file(weights, folder / "model.safetensors")

    return change


def swap_outputs_torch(folder: Path) -> None:
    program = torch.export.load(folder / "model.pt2")
    program.graph.output_node().args = (program.graph.output_node().args[0][::-1],)
    specs = program.graph_signature.output_specs
    specs.reverse()
    torch.export.save(program, folder / "model.pt2")


def drop_label_torch(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["labels"].pop()
    (folder / "config.json").write_text(json.dumps(config))


def corrupt_torch(folder: Path) -> None:
    """The length of the header."""
    content = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(b"\xff" + content[1:])


def change_coreml(change: Callable[[Any], None]) -> Callable[[Path], None]:
    """Of what the package says of itself."""

    def damage(folder: Path) -> None:
        spec = coreml._read_spec(folder)
        change(spec)
        coreml._write_spec(folder, spec)

    return damage


def drop_label_coreml(spec: Any) -> None:
    spec.pipeline.models[1].nonMaximumSuppression.stringClassLabels.vector.pop()


def swap_outputs_coreml(spec: Any) -> None:
    stage = spec.pipeline.models[1].nonMaximumSuppression
    names = stage.coordinatesInputFeatureName, stage.confidenceInputFeatureName
    stage.confidenceInputFeatureName, stage.coordinatesInputFeatureName = names


def suppress_otherwise_coreml(spec: Any) -> None:
    spec.pipeline.models[1].nonMaximumSuppression.confidenceThreshold = 0.3


def scale_coreml(folder: Path) -> None:
    """The first layer's weights, one percent up."""
    operations = coreml._operations(coreml._read_spec(folder).pipeline.models[0])
    stored = (one.attributes["val"] for one in operations if one.type == "const")
    first = next(one for one in stored if one.type.tensorType.rank == 4 and one.HasField("blobFileValue"))
    path = folder / coreml.WEIGHTS_FOLDER / "weight.bin"
    content = bytearray(path.read_bytes())
    size, at = struct.unpack_from("<QQ", content, first.blobFileValue.offset + 8)  # after a mark and the kind
    content[at : at + size] = (np.frombuffer(content[at : at + size], np.float32) * np.float32(1.01)).tobytes()
    path.write_bytes(content)


def corrupt_coreml(folder: Path) -> None:
    """The first byte of its description."""
    path = folder / coreml.SPEC_FILE
    path.write_bytes(b"\xff" + path.read_bytes()[1:])


def change_openvino(change: Callable[[ET.Element], None]) -> Callable[[Path], None]:
    """Of the network's description."""

    def damage(folder: Path) -> None:
        tree = ET.parse(folder / openvino.MODEL_FILE)
        change(tree.getroot())
        tree.write(folder / openvino.MODEL_FILE)

    return damage


def drop_label_openvino(net: ET.Element) -> None:
    labels = next(net.iter("labels"))
    labels.set("value", json.dumps(json.loads(labels.attrib["value"])[:-1]))


def swap_outputs_openvino(net: ET.Element) -> None:
    other = {"scores": "boxes", "boxes": "scores"}
    for element in net.iter():
        for key in {"names", "output_names"} & element.attrib.keys():
            element.set(key, other.get(element.attrib[key], element.attrib[key]))


def scale_openvino(folder: Path) -> None:
    """The first layer's weights, one percent up."""
    constants = ET.parse(folder / openvino.MODEL_FILE).iterfind("layers/layer[@type='Const']/data")
    first = next(one for one in constants if one.attrib["shape"].count(",") == 3)
    at, size = int(first.attrib["offset"]), int(first.attrib["size"])
    content = bytearray((folder / "model.bin").read_bytes())
    content[at : at + size] = (np.frombuffer(content[at : at + size], np.float32) * np.float32(1.01)).tobytes()
    (folder / "model.bin").write_bytes(content)


def cut_openvino(folder: Path) -> None:
    """The second half of the weights."""
    content = (folder / "model.bin").read_bytes()
    (folder / "model.bin").write_bytes(content[: len(content) // 2])


def corrupt_openvino(folder: Path) -> None:
    """The first byte of its description."""
    path = folder / openvino.MODEL_FILE
    path.write_bytes(b"\xff" + path.read_bytes()[1:])


def suppress_otherwise(folder: Path) -> None:
    """Boxes of low scores go."""
    model = onnx_format.load(folder / "model.onnx")
    least = next(tensor for tensor in model.graph.initializer if tensor.name == "least")
    least.CopyFrom(numpy_helper.from_array(np.array([0.3], np.float32), "least"))
    onnx_format.save(model, folder / "model.onnx")


MOVED, REFUSED = r"The {target} model answers differently.*px", r".+"
ONNX_DAMAGE: dict[Callable[[Path], None], str] = {
    break_onnx: MOVED,
    scale_onnx: MOVED,
    swap_outputs_onnx: REFUSED,
    drop_label_onnx: r"names other labels",
    corrupt_onnx: REFUSED,
}
DAMAGE: dict[str, dict[Callable[[Path], None], str]] = {
    "onnx": ONNX_DAMAGE,
    "jetson": ONNX_DAMAGE,
    "onnx-nms": {suppress_otherwise: MOVED, **ONNX_DAMAGE},
    "torch": {
        change_torch(1.01): MOVED,
        swap_outputs_torch: REFUSED,
        drop_label_torch: r"names other labels",
        corrupt_torch: r"can't be loaded",
    },
    "coreml": {
        scale_coreml: MOVED,
        change_coreml(drop_label_coreml): r"names other labels",
        change_coreml(swap_outputs_coreml): REFUSED,
        change_coreml(suppress_otherwise_coreml): MOVED,
        corrupt_coreml: r"damaged",
    },
    "openvino": {
        scale_openvino: MOVED,
        change_openvino(swap_outputs_openvino): REFUSED,
        change_openvino(drop_label_openvino): r"names other labels",
        cut_openvino: r"damaged",
        corrupt_openvino: r"damaged",
    },
    "tflite": {break_tflite: MOVED},
    "tfjs": {break_tfjs: MOVED},
}
"""What happens to a target's files before their check, and what is then said."""
DAILY = {(target, next(iter(kinds))) for target, kinds in DAMAGE.items() if target not in {"jetson", *OF_CLASSIFIER}}
"""Tried in every run of the tests: each target's first, but for jetson, whose file is damaged as onnx's, and those of
which no detector is converted every day."""


@pytest.mark.parametrize(
    ("target", "damage"),
    [
        pytest.param(target, damage, marks=() if (target, damage) in DAILY else pytest.mark.full)
        for target, kinds in DAMAGE.items()
        for damage in kinds
    ],
)
def test_a_file_damaged_after_conversion_is_no_artifact(
    target: str,
    damage: Callable[[Path], None],
    detector: Checkpoint,
    detector_exporters: Exporters,
    images_of_task: ImagesOf,
    tmp_path: Path,
) -> None:
    (tmp_path / "artifact.zip").write_bytes(b"of an earlier attempt")

    damaged = broken(detector_exporters[target], damage)

    with pytest.raises(ParityError, match=DAMAGE[target][damage].format(target=target)):
        publish(damaged, detector, images_of_task(detector), tmp_path, "none", Silent())

    assert not (tmp_path / "artifact.zip").exists()
    if DAMAGE[target][damage] == MOVED:
        report = json.loads((tmp_path / "artifact.json").read_text())
        assert not report["parity"]["passed"]
        assert report["worst"]["pictures"]
        assert report["sha256"] is None
        assert [file.name for file in tmp_path.iterdir()] == ["artifact.json"]


@pytest.mark.parametrize("target", OF_CLASSIFIERS)
def test_pixels_in_another_order_fail_the_artifact(
    target: str, classifier: Checkpoint, classifier_exporters: Exporters, images_of_task: ImagesOf, tmp_path: Path
) -> None:
    exporter = classifier_exporters[target]

    def ask_with_channels_swapped(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
        return exporter.ask(folder, checkpoint, squares[..., ::-1])

    swapped = replace(exporter, ask=ask_with_channels_swapped)
    with pytest.raises(ParityError, match="scores by"):
        publish(swapped, classifier, images_of_task(classifier), tmp_path, "none", Silent())


def test_lost_accuracy_alone_fails_the_artifact(
    detector: Checkpoint,
    detector_exporters: Exporters,
    images_of_task: ImagesOf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A gain would be needed to pass: all else agrees."""
    strict = replace(TARGETS["onnx"], limits={"none": ParityLimits(metric_loss=-1.0)})
    monkeypatch.setitem(TARGETS, "onnx", strict)
    monkeypatch.setattr(ParityLimits, "on", lambda self, sizes, one_annotation: self)

    with pytest.raises(ParityError, match=r"a loss of .* AP, .* \(allowed: .*, -1, .*\)"):
        publish(detector_exporters["onnx"], detector, images_of_task(detector), tmp_path, "none", Silent())

    parity = json.loads((tmp_path / "artifact.json").read_text())["parity"]
    assert (parity["metric"], parity["limit_metric_loss"]) == ("AP", -1.0)
    assert parity["misses_metric_alone"]

    publish(detector_exporters["onnx"], detector, images_of_task(detector), tmp_path, "none", Silent(), released=True)

    parity = read_report(tmp_path)["parity"]
    assert (parity["passed"], parity["released"]) == (False, True)
    assert "A manager knew, and released it." in read_archive(tmp_path, "model-card.md")
    with zipfile.ZipFile(tmp_path / "artifact.zip") as archive:
        model = onnx_format.load_model_from_string(archive.read("model.onnx"))
    lineage = json.loads(next(prop.value for prop in model.metadata_props if prop.key == "lineage"))
    assert "released" in lineage["artifact"]


def test_what_answers_differently_is_not_released(
    detector: Checkpoint, detector_exporters: Exporters, images_of_task: ImagesOf, tmp_path: Path
) -> None:
    damaged = broken(detector_exporters["onnx"], scale_onnx)

    with pytest.raises(ParityError):
        publish(damaged, detector, images_of_task(detector), tmp_path, "none", Silent(), released=True)

    assert not (tmp_path / "artifact.zip").exists()
    assert not read_report(tmp_path)["parity"]["misses_metric_alone"]


def test_one_that_passes_is_none_that_was_released(
    classifier: Checkpoint, classifier_exporters: Exporters, images_of_task: ImagesOf, tmp_path: Path
) -> None:
    images = images_of_task(classifier)
    publish(classifier_exporters["onnx"], classifier, images, tmp_path, "none", Silent(), released=True)

    assert not read_report(tmp_path)["parity"]["released"]
    assert "released" not in read_archive(tmp_path, "lineage.json")


def test_a_detector_packed_with_another_suppression_fails(
    detector: Checkpoint,
    detector_exporters: Exporters,
    images_of_task: ImagesOf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tflite_pack, "UNIT_ANCHOR", np.array([0.02, 0.0, 1.0, 1.0], np.float32))

    with pytest.raises(ParityError, match="detections without a partner"):
        publish(detector_exporters["tflite"], detector, images_of_task(detector), tmp_path, "none", Silent())

    parity = json.loads((tmp_path / "artifact.json").read_text())["parity"]
    assert parity["max_box_px"] < 1.0  # the raw outputs agree: only the packing is wrong
    assert parity["unmatched_detections"] > 0
