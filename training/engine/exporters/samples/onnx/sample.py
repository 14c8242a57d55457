"""What the model finds: `python sample.py [PICTURE [LEAST_SCORE]]`; requirements.txt says what that needs."""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageOps
from tiles import Found, merged, on_picture, windows

HERE = Path(__file__).parent
MODEL = json.loads((HERE / "contract.json").read_text(encoding="utf-8"))
SESSION = onnxruntime.InferenceSession(HERE / "model.onnx", providers=["CPUExecutionProvider"])


def ask(square):
    pixels = (np.asarray(square, np.float32) - np.float32(MODEL["mean"])) / np.float32(MODEL["std"])
    return [output[0] for output in SESSION.run(None, {"input_0": pixels.transpose(2, 0, 1)[None]})]


def classify(picture):
    (scores,) = ask(picture.resize((MODEL["image_size"],) * 2, Image.Resampling.BILINEAR))
    return [{"label": MODEL["labels"][i], "score": float(scores[i])} for i in scores.argsort()[::-1]]


def detect(picture, least_score):
    side, tile, found = MODEL["tiles"]["image"], MODEL["image_size"], []
    square = picture.resize((side, side), Image.Resampling.BILINEAR)
    for window in windows(tile, MODEL["tiles"]["along_a_side"]):
        scores, boxes = ask(square.crop([round(side * edge) for edge in window]))  # column 0 is the background
        for anchor, label in np.argwhere(scores[:, 1:] > max(least_score, MODEL["score_threshold"])):
            box = on_picture(boxes[anchor].tolist(), window)
            found.append(Found(float(scores[anchor, label + 1]), int(label), box, window))
    best = merged(found, MODEL["nms_threshold"])[: MODEL["most_detections"]]
    scale = (*picture.size, *picture.size)
    return [
        {"label": MODEL["labels"][one.label], "score": one.score, "box": [s * b for s, b in zip(scale, one.box)]}
        for one in best
    ]


path = sys.argv[1] if len(sys.argv) > 1 else HERE / "sample.png"
least_score = float(sys.argv[2]) if len(sys.argv) > 2 else MODEL["shown_score"]
picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
for one in classify(picture) if MODEL["task"] == "classification" else detect(picture, least_score):
    print(json.dumps(one))
