import torch
from hypothesis import given
from hypothesis import strategies as st

from training.engine.detectors.anchors import Decoder, encode, match, pairwise_iou

ANCHORS = torch.tensor([[0.0, 0.0, 0.5, 0.5], [0.5, 0.5, 1.0, 1.0], [0.4, 0.4, 0.6, 0.6]])


def test_iou_by_hand() -> None:
    boxes = torch.tensor([[0.0, 0.0, 0.5, 0.5], [0.25, 0.0, 0.75, 0.5]])
    torch.testing.assert_close(pairwise_iou(boxes, ANCHORS[:1])[:, 0], torch.tensor([1.0, 1 / 3]))


def test_every_box_gets_its_best_anchor_however_poor() -> None:
    anchors, boxes = match(torch.tensor([[0.9, 0.9, 1.0, 1.0]]), ANCHORS)
    assert (anchors.tolist(), boxes.tolist()) == ([1], [0])


def test_an_anchor_far_from_any_box_is_background() -> None:
    anchors, _ = match(torch.tensor([[0.0, 0.0, 0.45, 0.5]]), ANCHORS)
    assert anchors.tolist() == [0]


def test_no_box_matches_nothing() -> None:
    anchors, boxes = match(torch.zeros(0, 4), ANCHORS)
    assert (len(anchors), len(boxes)) == (0, 0)


side = st.tuples(st.floats(0, 0.8), st.floats(0.05, 0.2))


@given(x=side, y=side)
def test_decoding_undoes_encoding(x: tuple[float, float], y: tuple[float, float]) -> None:
    box = torch.tensor([[x[0], y[0], x[0] + x[1], y[0] + y[1]]]).repeat(len(ANCHORS), 1)
    torch.testing.assert_close(Decoder(ANCHORS)(encode(box, ANCHORS)[None])[0], box, atol=1e-4, rtol=0)
