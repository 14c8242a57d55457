"""JSON that strangers make to harm, or tools by mistake; each file lies beside the picture a.jpg of 64×48."""

import base64
import json
from typing import Any

from tests.annotations.hostile_rows import Row
from tests.annotations.images import picture


def coco(categories: Any = ({"id": 1, "name": "cat"},), annotations: Any = (), **more: Any) -> bytes:
    images = [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 48}]
    return json.dumps({"images": images, "categories": categories, "annotations": annotations, **more}).encode()


def boxed(*box: Any) -> bytes:
    """One annotation with this box."""
    return coco(annotations=[{"id": 1, "image_id": 1, "category_id": 1, "bbox": list(box)}])


def many_boxes(count: int) -> bytes:
    one = {"image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9]}
    return coco(annotations=[{"id": number, **one} for number in range(count)])


def embedding(data: str) -> bytes:
    """LabelMe's, with the picture in itself."""
    return json.dumps({"shapes": [], "imagePath": "b.jpg", "imageData": data}).encode()


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


JSON: dict[str, Row] = {
    "JSON nested 100,000 deep": ("coco", "a.json", lambda: b'{"images": ' + b"[" * 100_000, "unreadable", "", None),
    "JSON nested 100,000 deep in an item": (
        "coco",
        "a.json",
        lambda: coco()[:-2] + b'{"x": ' * 100_000,
        "unreadable",
        "nested more than 100 deep",
        None,
    ),
    "JSON that is cut off": (
        "coco",
        "a.json",
        lambda: many_boxes(50)[:-90],
        "unreadable",
        "not readable as JSON",
        None,
    ),
    "a number of 100,000 digits": (
        "coco",
        "a.json",
        lambda: boxed(1, 1, 9, 9).replace(b"9]", b"9" * 100_000 + b"]"),
        "unreadable",
        "integer overflow",
        None,
    ),
    "a list where an object must be": (
        "coco",
        "a.json",
        lambda: coco(annotations=[[], None, 3, "x"]),
        "bad_annotation",
        "without an image_id: 4",
        (1, 0),
    ),
    "a size of 1e308": ("coco", "a.json", lambda: boxed(1, 1, 1e308, 1e308), "cut", "outside the image", (1, 1)),
    "a size that is no number": (
        "coco",
        "a.json",
        lambda: boxed(1, 1, float("nan"), 9),
        "not_finite",
        "no number",
        (1, 0),
    ),
    "a size that is negative": ("coco", "a.json", lambda: boxed(20, 20, -5, -5), "swapped", "put right", (1, 1)),
    "10**400": ("coco", "a.json", lambda: boxed(1, 1, 10**400, 9), "unreadable", "integer overflow", None),
    "6,000 boxes on one image": ("coco", "a.json", lambda: many_boxes(6_000), "too_many", "5001 annotations", (0, 0)),
    "100,000 categories": (
        "coco",
        "a.json",
        lambda: coco([{"id": n, "name": f"c{n}"} for n in range(100_000)]),
        "unreadable",
        "more than 10000 categories",
        None,
    ),
    "a category name of 1 MB": (
        "coco",
        "a.json",
        lambda: coco(
            [{"id": 1, "name": "n" * 2**20}], [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9]}]
        ),
        "unknown_label",
        "unknown label",
        None,
    ),
    "keys that stand twice": (
        "coco",
        "a.json",
        lambda: coco()[:-1] + b', "images": [{"id": 7, "file_name": "b.jpg"}]}',
        "no_image",
        "no image b.jpg",
        (1, 0),
    ),
    "half a character": (
        "coco",
        "a.json",
        lambda: coco(
            [{"id": 1, "name": "c\ud800t"}], [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9]}]
        ),
        "unknown_label",
        "'c?t'",
        None,
    ),
    "JSON as UTF-16": (
        "coco",
        "a.json",
        lambda: boxed(1, 1, 9, 9).decode().encode("utf-16"),
        "encoding",
        "UTF-16",
        (1, 1),
    ),
    "a line of 5 MB": (
        "labelme",
        "a.json",
        lambda: b'{"shapes": [], "imagePath": "a.jpg", "flags": "' + b"x" * 5 * 2**20 + b'"}',
        "unreadable",
        "more than 4 MB",
        (0, 0),
    ),
    "a picture in the file that is no base64": (
        "labelme",
        "b.json",
        lambda: embedding("../../etc/passwd?"),
        "embedded",
        "there is no image b.jpg; the picture in the file is taken",
        (1, 0),
    ),
    "a page of HTML as the picture in the file": (
        "labelme",
        "b.json",
        lambda: embedding(f"data:image/png;base64,{in_base64(b'<script>alert(1)</script>')}"),
        "embedded",
        "the picture in the file is taken",
        (1, 0),
    ),
    "a picture in the file that breaks off": (
        "labelme",
        "b.json",
        lambda: embedding(in_base64(picture(5)[:-300])),
        "embedded",
        "the picture in the file is taken",
        (1, 0),
    ),
    "a path that leaves the data set": (
        "labelme",
        "a.json",
        lambda: b'{"shapes": [], "imagePath": "../../../../etc/passwd"}',
        "renamed",
        "which is not there",
        (1, 0),
    ),
    "an address of the machine itself": (
        "labelstudio",
        "a.json",
        lambda: b'[{"data": {"image": "file:///etc/passwd"}, "annotations": [{"result": []}]}]',
        "no_image",
        "no image etc/passwd",
        (1, 0),
    ),
    "an address within": (
        "labelstudio",
        "a.json",
        lambda: b'[{"data": {"image": "http://169.254.169.254/x.jpg"}, "annotations": [{"result": []}]}]',
        "no_image",
        "no image x.jpg",
        (1, 0),
    ),
}
