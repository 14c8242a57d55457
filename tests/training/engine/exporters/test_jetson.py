"""What a Jetson does with its file: jetson-inference's reading, rewritten, and the script, run by a real shell."""

import hashlib
import os
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest

from tests.training.engine.exporters.conftest import CLASSIFIER, DETECTOR, MakeArtifact
from tests.training.engine.exporters.test_artifacts import read_report
from training.engine.checkpoint import Checkpoint
from training.engine.errors import TargetError
from training.engine.exporters import jetson_client
from training.engine.exporters.jetson import expect_tensorrt

RED, FAR = (0.1, 0.1, 0.5, 0.5), (0.6, 0.6, 0.9, 0.9)


def test_pixels_are_counted_from_the_left_and_the_top() -> None:
    picture = np.arange(5 * 4 * 3, dtype=np.uint8).reshape(5, 4, 3)

    assert jetson_client.sampled(picture, 2).tolist() == picture[[0, 2]][:, [0, 2]].tolist()
    assert (
        jetson_client.sampled(picture, 8)[..., 0].tolist()
        == picture[[0, 0, 1, 1, 2, 3, 3, 4]][:, [0, 0, 1, 1, 2, 2, 3, 3], 0].tolist()
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(RED, 0.6, 0), (FAR, 0.9, 0)], [(FAR, 0.9, 0), (RED, 0.6, 0)]),
        ([(RED, 0.6, 0), ((0.1, 0.1, 0.5, 0.55), 0.9, 0)], [((0.1, 0.1, 0.5, 0.55), 0.9, 0)]),
        ([((0.1, 0.1, 0.45, 0.55), 0.6, 0), (RED, 0.9, 0)], [((0.1, 0.1, 0.5, 0.55), 0.9, 0)]),
        ([(RED, 0.6, 0), (RED, 0.9, 1)], [(RED, 0.9, 1), (RED, 0.6, 0)]),
        ([(RED, 0.49, 0)], []),
    ],
    ids=["apart", "inside", "united", "other label", "under the threshold"],
)
def test_boxes_of_a_label_that_share_most_of_their_area_are_united(
    rows: list[tuple[tuple[float, ...], float, int]], expected: list[tuple[tuple[float, ...], float, int]]
) -> None:
    scores = np.zeros((len(rows), 3), np.float32)
    for i, (_, score, label) in enumerate(rows):
        scores[i, 1 + label] = score

    found = jetson_client.detected(scores, np.array([box for box, _, _ in rows], np.float32), threshold=0.5)

    assert found.labels.tolist() == [label for _, _, label in expected]
    assert found.scores.tolist() == pytest.approx([score for _, score, _ in expected])
    assert found.boxes.numpy() == pytest.approx(np.array([box for box, _, _ in expected]).reshape(-1, 4))


def test_a_detector_is_as_good_under_detect_net_as_by_itself(detector_artifact: MakeArtifact) -> None:
    report = read_report(detector_artifact("jetson"))

    metrics = report["metrics"]
    assert report["parity"]["client"] == "detectnet"
    assert metrics["client_AP50"] > 0.9 * metrics["checkpoint_AP50"]
    assert metrics["client_AP"] > 0.9 * metrics["checkpoint_AP"]


def test_a_classifier_is_measured_under_image_net(make_artifact: MakeArtifact) -> None:
    report = read_report(make_artifact(CLASSIFIER, "jetson"))

    assert report["parity"]["client"] == "imagenet"
    assert report["metrics"]["client_accuracy"] == report["metrics"]["accuracy"]


def test_the_file_has_the_names_and_shapes_that_detect_net_looks_for(
    detector: Checkpoint, detector_artifact: MakeArtifact, tmp_path: Path
) -> None:
    model = onnx.load(unpacked(detector_artifact("jetson"), tmp_path) / "model.onnx")
    side = 2 * detector.image_size

    shapes = {
        value.name: [axis.dim_value for axis in value.type.tensor_type.shape.dim]
        for value in (*model.graph.input, *model.graph.output)
    }
    assert shapes == {"input_0": [1, 3, side, side], "scores": [1, 1000, 3], "boxes": [1, 1000, 4]}
    assert [opset.version for opset in model.opset_import] == [13]


def test_an_operator_that_tensorrt_lacks_is_named() -> None:
    nodes = [onnx.helper.make_node(name, ["x"], ["y"]) for name in ("Relu", "NonZero", "Mod")]
    graph = onnx.helper.make_graph(nodes, "three", [], [])

    with pytest.raises(TargetError, match=r"^Tiny can't be converted to jetson: TensorRT 8.2 has no Mod, NonZero.$"):
        expect_tensorrt(onnx.helper.make_model(graph), "Tiny")


@pytest.mark.parametrize("model", [DETECTOR, CLASSIFIER])
def test_the_script_forgets_the_engine_of_another_model(
    model: str, make_artifact: MakeArtifact, tmp_path: Path
) -> None:
    folder, engine = unpacked(make_artifact(model, "jetson"), tmp_path), "model.onnx.1.1.8201.GPU.FP16.engine"
    program = "detectnet" if "ssd" in model else "imagenet"
    stand_in = tmp_path / "bin" / program
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@"\ntouch "{folder / engine}"\n')
    stand_in.chmod(0o755)

    def run() -> list[str]:
        environment = os.environ | {"PATH": f"{stand_in.parent}:{os.environ['PATH']}"}
        command = ["sh", str(folder / "run.sh"), "photo of mine.jpg", "--threshold=0.3"]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    (folder / engine).write_text("of an earlier model")
    said = run()
    assert (folder / engine).read_text() == "", "the stale engine was used"
    assert said[0] == f"--model={folder / 'model.onnx'}"
    assert said[-2:] == ["photo of mine.jpg", "--threshold=0.3"]
    (folder / engine).write_text("of this model")
    run()
    assert (folder / engine).read_text() == "of this model"
    with (folder / "model.onnx").open("ab") as file:
        file.write(b"\0")
    run()
    assert (folder / engine).read_text() == ""


def unpacked(out: Path, tmp_path: Path) -> Path:
    folder = tmp_path / hashlib.sha256(str(out).encode()).hexdigest()[:8]
    with zipfile.ZipFile(out / "artifact.zip") as archive:
        archive.extractall(folder)
    return folder
