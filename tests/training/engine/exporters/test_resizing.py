"""Pictures are stretched as OpenCV and TensorFlow.js do it; `test_mediapipe` asks MediaPipe."""

import json
import subprocess

import numpy as np
import pytest
from numpy.typing import NDArray

from training.engine.exporters.node_runtime import FOLDER, find_node
from training.engine.exporters.resizing import by_centres, by_corners

SIDE = 32
SIZES = [(64, 64), (75, 50), (20, 131), (1, 7)]
RESIZE = """
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
const picture = tf.tensor(JSON.parse(process.argv[1]), undefined, 'int32');
console.log(JSON.stringify(Array.from(tf.image.resizeBilinear(picture, [32, 32]).dataSync())));
"""


def picture(size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)


@pytest.mark.parametrize("size", SIZES)
def test_by_centres_as_opencv(size: tuple[int, int]) -> None:
    import cv2  # half a second: for the one process that runs this

    theirs = cv2.resize(picture(size), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)

    assert np.abs(by_centres(picture(size), SIDE).astype(int) - theirs).max() <= 1  # it counts in 1/2048


@pytest.mark.parametrize("size", SIZES)
def test_by_corners_as_tensorflow_js(size: tuple[int, int]) -> None:
    command = [find_node(), "--input-type=module", "-e", RESIZE, json.dumps(picture(size).tolist())]

    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=True)

    theirs = np.array(json.loads(done.stdout)).reshape(SIDE, SIDE, 3)
    assert np.abs(by_corners(picture(size), SIDE) - theirs).max() <= 0.51
