"""Chooses anchors and image size for a set whose boxes are too small for the model as it comes: torch-free.

Pretrained heads hang on their anchors, so theirs stay as they are, and nothing changes where they serve the set. Where
they don't, anchors of the missed boxes' shapes stand beside them on a finer map; where its cells are still too
coarse, the image is larger, with the same anchors in pixels, and training sees crops of the usual size. Where the
largest image is needed, the network magnifies it.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from annotations.dataset.records import ImageRecord
from training.engine.anchor_layout import AnchorLayout, Corners, Shape
from training.engine.config import MOST_PICTURE, Config
from training.engine.effort import cut_outs_across
from training.engine.model_info import ModelInfo
from training.engine.tiles import in_tile, picture_side

MATCH_IOU = 0.5
"""A box finds an anchor when one overlaps it by this: what training matches by."""
SERVED = 0.8
"""From this share of boxes that find an anchor on, the anchors serve the set."""
LABEL_SERVED = 0.5
"""The same of one label's boxes, where the anchors serve the set: a label is not lost among larger ones."""
LABEL_BOXES = 20
"""Of a label with fewer, nothing can be said."""
FINE_SHAPES = 3
LARGER = ((416, 1), (512, 1), (640, 1), (768, 1), (1024, 1), (1280, 1), (1280, 2))
"""Image sizes in pixels, and how many times the network magnifies them."""
WORTH_A_SIZE = 0.03
"""What a larger image must add to the share of boxes that find an anchor: it costs time on every device."""
MOST_BOXES = 1000
"""Boxes that are looked at, spread evenly over the set."""
MOST_OF_LABEL = 100
"""To find the label that is served worst."""
FOR_NEW_HEADS: dict[str, Any] = {"optimizer": "adamw", "learning_rate": 0.002, "batch_size": 4}
"""AdamW and small steps: what says something of fine anchors begins at random."""
MOST_ADVISED = 6
"""Tiles along a side that the advice goes up to: 36 passes for each image."""
EPOCHS_OF_CROPS = 12
"""Where an epoch has fewer cut-outs than boxes, so that it leaves some out, or the model learns slowly from them."""
ROUNDS = 15
"""Of k-means: more change nothing that is seen."""


@dataclass(frozen=True, slots=True)
class AnchorFit:
    """A config, and the shares of the set's boxes that find an anchor as the model comes and with this config."""

    config: Config
    asked: Config
    share_before: float
    share: float
    in_tiles: tuple[int, float] | None = None
    """Where that share is too small: the tiles along a side that would do, and the share of boxes then."""
    label: str = ""
    """The label whose boxes these are shares of; empty: of all."""

    @property
    def advice(self) -> str:
        """What stands in the way and what is done, for the log and the page; empty where the anchors serve."""
        return " ".join(filter(None, (self._done, self._left)))

    @property
    def _left(self) -> str:
        """What the person may do."""
        if self.in_tiles is None:
            return ""
        tiles, share = self.in_tiles
        return f"With {tiles} tiles along a side it would be {1 - share:.0%}: see the expert settings."

    @property
    def _done(self) -> str:
        if self.config == self.asked:
            return ""
        size, epochs = self.config.image_size, self.config.epochs
        way = f"The run looks at {size} px" if size != self.asked.image_size else "The run stays at this size"
        way += f", magnified {self.config.magnify} times," if self.config.magnify != self.asked.magnify else ""
        longer = f" and takes {epochs} epochs" if epochs != self.asked.epochs else ""
        boxes = f"the boxes of “{self.label}”" if self.label else "the boxes"
        return (
            f"{1 - self.share_before:.0%} of {boxes} are too small for this model at {self.asked.image_size} px. "
            f"{way} with finer anchors, which leaves {1 - self.share:.0%}{longer}."
        )


def as_in(base: Config, config: Config, info: ModelInfo) -> tuple[Config, str]:
    """`config` with the image size and the anchors of an earlier run's, whose heads hang on them; and a log line."""
    own = replace(
        config,
        image_size=base.image_size,
        crop=base.crop,
        magnify=base.magnify,
        tiles=base.tiles,
        anchor_scale=base.anchor_scale,
        fine_anchors=base.fine_anchors,
    )
    own = _learning_anew(own, info)
    told = f"The run looks at {own.image_size} px with the anchors of its base: the weights are for these."
    return own, "" if own == config else told


def fit(config: Config, info: ModelInfo, images: Sequence[ImageRecord]) -> AnchorFit | None:
    """The config for the boxes of these training images; None where nothing is to choose or there is no box."""
    if info.anchors is None or config.fit == "none" or config.fine_anchors:
        return None
    boxes, label, measured = box_shares(images, config), "", images
    if not boxes:
        return None
    before = share_of_served(info.anchors, config.image_size, boxes)
    if before >= SERVED:
        label = _lost_label(config, info.anchors, images)
        if not label:
            return AnchorFit(config, config, before, before)
        measured = [_only(label, image) for image in images]
        boxes = box_shares(measured, config)
        before = share_of_served(info.anchors, config.image_size, boxes)
    best = _with_fine_anchors(config, info, config.image_size, config.magnify, boxes, before)
    if config.fit == "auto" and config.tiles == 1:
        for size, magnify in LARGER:
            if best.share >= SERVED and best.config.image_size < size:
                break
            if size > config.image_size and size in info.image_sizes and magnify >= config.magnify:
                larger = _with_fine_anchors(config, info, size, magnify, boxes, before)
                best = larger if larger.share >= best.share + WORTH_A_SIZE else best
    in_tiles = None if best.share >= SERVED else _in_tiles(config, info, measured)
    found = _for_longer(_learning_anew(best.config, info), info, images)
    return replace(best, config=found, in_tiles=in_tiles, label=label)


def _lost_label(config: Config, layout: AnchorLayout, images: Sequence[ImageRecord]) -> str:
    """The label that the anchors serve worst, where that is not enough; empty where there is none."""
    shares = {
        label: share_of_served(layout, config.image_size, _thinned(boxes, MOST_OF_LABEL))
        for label, boxes in _boxes_by_label(images, config).items()
        if len(boxes) >= LABEL_BOXES
    }
    worst = min(shares, key=lambda label: (shares[label], label), default="")
    return worst if worst and shares[worst] < LABEL_SERVED else ""


def _only(label: str, image: ImageRecord) -> ImageRecord:
    return replace(image, annotations=tuple(one for one in image.annotations if one.label == label))


def _in_tiles(config: Config, info: ModelInfo, images: Sequence[ImageRecord]) -> tuple[int, float] | None:
    """The fewest tiles that serve the set, and the share of boxes that find an anchor then; None where none do."""
    size = config.image_size
    for tiles in range(config.tiles + 1, MOST_ADVISED + 1):
        if picture_side(size, tiles) <= MOST_PICTURE:
            tiled = replace(config, tiles=tiles)
            found = _with_fine_anchors(tiled, info, size, tiled.magnify, box_shares(images, tiled), 0.0)
            if found.share >= SERVED:
                return tiles, found.share
    return None


def chosen(config: Config, info: ModelInfo, images: Sequence[ImageRecord], base: Config | None) -> tuple[Config, str]:
    """`config` with the anchors and image size of its base, or those that serve the images; and a log line.

    `base`: of the run whose checkpoint it starts from.
    """
    if base is not None and base.fits_anchors and base.model == config.model:
        return as_in(base, config, info)
    found = fit(config, info, images)
    return (config, "") if found is None else (found.config, found.advice)


def box_shares(images: Iterable[ImageRecord], config: Config) -> list[Corners]:
    """At most MOST_BOXES of the images' boxes, as shares of what the network sees: the image, or a tile of it."""
    return _thinned(list(chain.from_iterable(_boxes_by_label(images, config).values())), MOST_BOXES)


def _boxes_by_label(images: Iterable[ImageRecord], config: Config) -> dict[str, list[Corners]]:
    found: dict[str, list[Corners]] = {}
    for image in images:
        for annotation in image.annotations:
            if (box := annotation.box) and box.area > 0 and not annotation.is_crowd:
                corners = (
                    box.x_min / image.width,
                    box.y_min / image.height,
                    box.x_max / image.width,
                    box.y_max / image.height,
                )
                seen = corners if config.tiles == 1 else in_tile(corners, config.image_size, config.tiles)
                found.setdefault(annotation.label, []).append(seen)
    return found


def _thinned(boxes: Sequence[Corners], most: int) -> list[Corners]:
    count = min(most, len(boxes))
    return [boxes[i * len(boxes) // count] for i in range(count)]


def share_of_served(layout: AnchorLayout, image_size: int, boxes: Sequence[Corners]) -> float:
    """The share of boxes that find an anchor."""
    return sum(iou >= MATCH_IOU for iou in layout.best_ious(boxes, image_size)) / len(boxes)


def layout_of(config: Config, layout: AnchorLayout) -> AnchorLayout:
    """The model's layout with what the config changes in it, as shares of the whole image."""
    return replace(layout.scaled(config.anchor_scale), fine=config.fine_anchors)


def _learning_anew(config: Config, info: ModelInfo) -> Config:
    """With FOR_NEW_HEADS where there are fine anchors, unless another way was asked for."""
    own = info.default_config
    same = all(getattr(config, name) == getattr(own, name) for name in FOR_NEW_HEADS)
    learns_anew = config.fine_anchors and same and FOR_NEW_HEADS["optimizer"] in info.optimizers
    return replace(config, **FOR_NEW_HEADS) if learns_anew else config


def _for_longer(config: Config, info: ModelInfo, images: Sequence[ImageRecord]) -> Config:
    """With EPOCHS_OF_CROPS, unless the model's own do or another number was asked for."""
    if not config.crop or config.epochs != info.default_config.epochs:
        return config
    of_images = [list(chain.from_iterable(_boxes_by_label([image], config).values())) for image in images]
    boxes = list(chain.from_iterable(of_images))
    lengths = [max(x_max - x_min, y_max - y_min) * config.image_size for x_min, y_min, x_max, y_max in boxes]
    cut_outs = cut_outs_across(lengths, config.crop) ** 2
    leaves_out = len(boxes) > cut_outs * sum(map(bool, of_images))
    return replace(config, epochs=EPOCHS_OF_CROPS) if leaves_out or not info.quick_on_crops else config


def _with_fine_anchors(
    config: Config, info: ModelInfo, size: int, magnify: int, boxes: Sequence[Corners], before: float
) -> AnchorFit:
    layout = info.anchors
    assert layout is not None
    scale = config.image_size / (size * magnify)
    crop = info.image_sizes.at_most(config.image_size // magnify) if size > config.image_size else 0
    larger = replace(config, image_size=size, crop=crop, magnify=magnify, anchor_scale=scale)
    ious = layout_of(larger, layout).best_ious(boxes, larger.magnified_size)
    missed = [box for box, iou in zip(boxes, ious, strict=True) if iou < MATCH_IOU]
    if not missed:
        return AnchorFit(larger, config, before, 1.0)
    shapes = [(box[2] - box[0], box[3] - box[1]) for box in missed]
    fitted = replace(larger, fine_anchors=tuple(typical_shapes(shapes, FINE_SHAPES)))
    return AnchorFit(fitted, config, before, share_of_served(layout_of(fitted, layout), fitted.magnified_size, boxes))


def typical_shapes(shapes: Sequence[Shape], count: int) -> list[Shape]:
    """`count` shapes by k-means on 1 - IoU (Redmon & Farhadi 2017), started at quantiles of area."""
    ordered = sorted(set(shapes), key=_area)
    count = min(count, len(ordered))
    centres = [ordered[(2 * i + 1) * len(ordered) // (2 * count)] for i in range(count)]
    for _ in range(ROUNDS):
        groups: list[list[Shape]] = [[] for _ in centres]
        for shape in shapes:
            groups[max(range(count), key=lambda i: _shape_iou(shape, centres[i]))].append(shape)
        centres = [_mean(group) if group else centre for group, centre in zip(groups, centres, strict=True)]
    return sorted(((round(w, 5), round(h, 5)) for w, h in centres), key=_area)


def _shape_iou(one: Shape, other: Shape) -> float:
    shared = min(one[0], other[0]) * min(one[1], other[1])
    return shared / (_area(one) + _area(other) - shared)


def _area(shape: Shape) -> float:
    return shape[0] * shape[1]


def _mean(shapes: Sequence[Shape]) -> Shape:
    """The geometric mean: sizes are told apart by factors."""
    return tuple(math.exp(sum(math.log(shape[side]) for shape in shapes) / len(shapes)) for side in (0, 1))  # type: ignore[return-value]
