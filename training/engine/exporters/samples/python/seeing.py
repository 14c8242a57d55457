"""From a picture to what a model finds in it, by contract.json, whatever runs the model."""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from tiles import Found, merged, on_picture, windows

HERE = Path(__file__).parent
MODEL = json.loads((HERE / "contract.json").read_text(encoding="utf-8"))


def tensor(square):
    pixels = (np.asarray(square, np.float32) - np.float32(MODEL["mean"])) / np.float32(MODEL["std"])
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])


def classify(ask, picture):
    scores = ask(tensor(picture.resize((MODEL["image_size"],) * 2, Image.Resampling.BILINEAR)))[0][0]
    return [{"label": MODEL["labels"][i], "score": float(scores[i])} for i in scores.argsort()[::-1]]


def detect(ask, picture, least_score):
    side, tile, found = MODEL["tiles"]["image"], MODEL["image_size"], []
    square = picture.resize((side, side), Image.Resampling.BILINEAR)
    for window in windows(tile, MODEL["tiles"]["along_a_side"]):
        part = square.crop([round(side * edge) for edge in window])
        scores, boxes = (output[0] for output in ask(tensor(part)))  # column 0 is the background
        for anchor, label in np.argwhere(scores[:, 1:] > max(least_score, MODEL["score_threshold"])):
            box = on_picture(boxes[anchor].tolist(), window)
            found.append(Found(float(scores[anchor, label + 1]), int(label), box, window))
    best = merged(found, MODEL["nms_threshold"])[: MODEL["most_detections"]]
    scale = (*picture.size, *picture.size)
    return [
        {"label": MODEL["labels"][one.label], "score": one.score, "box": [s * b for s, b in zip(scale, one.box)]}
        for one in best
    ]


def print_found(ask):
    """`ask` takes the model's input and gives its outputs; the picture and the least score stand in the command."""
    path = sys.argv[1] if len(sys.argv) > 1 else HERE / "sample.png"
    least_score = float(sys.argv[2]) if len(sys.argv) > 2 else MODEL["shown_score"]
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    found = classify(ask, picture) if MODEL["task"] == "classification" else detect(ask, picture, least_score)
    for one in found:
        print(json.dumps(one))
