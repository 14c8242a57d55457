"""What the model finds: `python sample.py [PICTURE [LEAST_SCORE]]`; requirements.txt says what that needs."""

import json
import sys
from pathlib import Path

import mediapipe
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from PIL import Image, ImageOps
from tiles import Found, merged, on_picture, windows

HERE = Path(__file__).parent
MODEL = json.loads((HERE / "contract.json").read_text(encoding="utf-8"))
BASE = BaseOptions(model_asset_path=str(HERE / "model.tflite"))  # labels and preprocessing are in the file


def as_mediapipe(picture):
    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.array(picture))


def classify(picture):
    with vision.ImageClassifier.create_from_options(vision.ImageClassifierOptions(base_options=BASE)) as task:
        said = task.classify(as_mediapipe(picture)).classifications[0].categories
    return [{"label": one.category_name, "score": one.score} for one in said]


def detect(picture, least_score):
    options = vision.ObjectDetectorOptions(
        base_options=BASE, score_threshold=least_score, max_results=MODEL["most_detections"]
    )
    found = []
    with vision.ObjectDetector.create_from_options(options) as task:
        for window in windows(MODEL["image_size"], MODEL["tiles"]["along_a_side"]):
            part = picture.crop([round(edge * side) for edge, side in zip(window, picture.size * 2)])
            for one in task.detect(as_mediapipe(part)).detections:
                box, label = one.bounding_box, one.categories[0]
                sides = (box.origin_x, box.origin_y, box.origin_x + box.width, box.origin_y + box.height)
                shares = [side / whole for side, whole in zip(sides, part.size * 2)]
                found.append(Found(label.score, label.category_name, on_picture(shares, window), window))
    best = merged(found, MODEL["nms_threshold"])[: MODEL["most_detections"]]
    scale = picture.size * 2
    return [{"label": one.label, "score": one.score, "box": [s * b for s, b in zip(scale, one.box)]} for one in best]


path = sys.argv[1] if len(sys.argv) > 1 else HERE / "sample.png"
least_score = float(sys.argv[2]) if len(sys.argv) > 2 else MODEL["shown_score"]
picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
for one in classify(picture) if MODEL["task"] == "classification" else detect(picture, least_score):
    print(json.dumps(one))
