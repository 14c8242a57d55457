"""Which column is what, by the names that tools give them."""

import re
from dataclasses import dataclass, field

from annotations.dataset.attributes import CROWD, DEPICTION, DIFFICULT, INSIDE, OCCLUDED, POSE, TRUNCATED

IMAGE = (
    *("filename", "imagefilename", "imagename", "imagepath", "filepath", "image", "path", "file", "imageid", "img"),
    *("imgpath", "imgname", "imagefile", "imageuri", "uri", "gcsfilepath", "imageurl", "url", "picture", "name", "id"),
)
LABEL = (
    *("class", "label", "classname", "labelname", "category", "categoryname", "labels", "name", "object"),
    *("objectclass", "classlabel", "target", "species", "tag", "classid", "categoryid", "labelid"),
)
BOX = ("bbox", "box", "boundingbox", "bboxes")
SPLIT, GROUP = ("split", "set", "subset", "partition", "dataset", "usage"), ("group", "groupid", "sequence")
SCORE = ("score", "confidence", "conf", "probability")
ATTRIBUTES = ("attributes",)
FLAGS = {
    **{name: name for name in (DIFFICULT, TRUNCATED, OCCLUDED, CROWD, DEPICTION, INSIDE)},
    "iscrowd": CROWD,
    "isgroupof": CROWD,
    "groupof": CROWD,
    "isoccluded": OCCLUDED,
    "istruncated": TRUNCATED,
    "isdepiction": DEPICTION,
    "isinside": INSIDE,
}
CORNERS = (
    ("xmin", "x0", "x1", "left", "xtl", "bboxxmin", "boxxmin", "bboxx1", "topleftx", "minx"),
    ("ymin", "y0", "y1", "top", "ytl", "bboxymin", "boxymin", "bboxy1", "toplefty", "miny"),
    ("xmax", "x2", "x1", "right", "xbr", "bboxxmax", "boxxmax", "bboxx2", "bottomrightx", "maxx"),
    ("ymax", "y2", "y1", "bottom", "ybr", "bboxymax", "boxymax", "bboxy2", "bottomrighty", "maxy"),
)
CENTRES = (
    ("xcenter", "centerx", "cx", "xc", "xcentre", "centrex", "bboxcx", "bboxxcenter"),
    ("ycenter", "centery", "cy", "yc", "ycentre", "centrey", "bboxcy", "bboxycenter"),
)
SIZES = (
    ("w", "boxwidth", "bboxwidth", "bboxw", "bw", "width"),
    ("h", "boxheight", "bboxheight", "bboxh", "bh", "height"),
)
STARTS = (("x", "bboxx", "boxx", *CORNERS[0]), ("y", "bboxy", "boxy", *CORNERS[1]))
OF_IMAGE = (
    ("imagewidth", "imgwidth", "imagew", "imgw", "width"),
    ("imageheight", "imgheight", "imageh", "imgh", "height"),
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Places in a row, from 0. `box`: four places, or one that holds four numbers; none in a table of whole images.

    `fields`: of `image`, `label`, `split`, `group`, `score`, `width`, `height` and `attributes`; `flags`: attributes.
    `coordinates`: what the four are. `strange`: names of columns that nothing is made of.
    """

    fields: dict[str, int]
    box: tuple[int, ...] = ()
    coordinates: str = "corners"
    flags: dict[str, int] = field(default_factory=dict)
    strange: tuple[str, ...] = ()


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def columns_of(names: list[str]) -> Columns | None:
    """None where they name no image, or neither a label nor a box."""
    left = {plain(name): place for place, name in reversed(list(enumerate(names))) if plain(name)}
    image = _taken(left, IMAGE)
    box, coordinates = _box(left)
    fields = {"image": image, "label": _taken(left, LABEL)}
    if image is None or (fields["label"] is None and not box):
        return None
    fields |= {"width": _taken(left, OF_IMAGE[0]), "height": _taken(left, OF_IMAGE[1])}
    fields |= {"split": _taken(left, SPLIT), "group": _taken(left, GROUP)}
    fields |= {"score": _taken(left, SCORE), "attributes": _taken(left, ATTRIBUTES)}
    flags = {FLAGS[name]: left.pop(name) for name in list(left) if name in FLAGS}
    if (pose := left.pop(POSE, None)) is not None:
        flags[POSE] = pose
    strange = tuple(names[place] for place in sorted(left.values()))
    return Columns(
        {name: place for name, place in fields.items() if place is not None}, box, coordinates, flags, strange
    )


def _taken(left: dict[str, int], names: tuple[str, ...]) -> int | None:
    return next((left.pop(name) for name in names if name in left), None)


def _box(left: dict[str, int]) -> tuple[tuple[int, ...], str]:
    for coordinates, four in (
        ("corners", CORNERS),
        ("centre", (*CENTRES, *SIZES)),
        ("size", (*STARTS, *SIZES)),
        ("size", (BOX,)),
    ):
        rest = dict(left)
        places = [_taken(rest, names) for names in four]
        if None not in places:
            left.clear()
            left.update(rest)
            return tuple(place for place in places if place is not None), coordinates
    return (), "corners"
