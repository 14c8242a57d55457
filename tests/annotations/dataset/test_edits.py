"""The law by which saves merge."""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.dataset.edits import AnnotationContent, Change, Edit, EditError, Frame, merge, parse_edit
from annotations.dataset.records import Box

State = Mapping[uuid.UUID, AnnotationContent]
IDS = [uuid.UUID(int=n) for n in range(6)]
FRAME = Frame(640, 480, boxes=True, labels={1: 1, 2: 2, 3: 2})

corners = st.integers(0, 300)
boxes = st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), corners, corners, st.integers(1, 99), st.integers(1, 99))


@st.composite
def edits(draw: st.DrawFn, ids: list[uuid.UUID]) -> Edit:
    touched = draw(st.lists(st.sampled_from(ids), unique=True))
    gone = draw(st.sets(st.sampled_from(touched))) if touched else set()
    contents = [
        AnnotationContent(id_, draw(st.sampled_from([1, 2])), draw(boxes), "human")
        for id_ in touched
        if id_ not in gone
    ]
    return Edit(tuple(contents), tuple(gone))


def apply(state: State, edit: Edit) -> State:
    kept = {id_: content for id_, content in state.items() if id_ not in edit.delete}
    return kept | {content.id: content for content in edit.upsert}


def change(edit: Edit, *, mine: bool) -> Change:
    return Change(mine, {content.id: content for content in edit.upsert}, frozenset(edit.delete))


states = st.dictionaries(st.sampled_from(IDS), boxes).map(
    lambda held: {id_: AnnotationContent(id_, 1, box, "human") for id_, box in held.items()}
)


@given(states, edits(IDS[:3]), edits(IDS[3:]))
def test_disjoint_edits_give_the_same_state_in_any_order(state: State, one: Edit, two: Edit) -> None:
    ends = []
    for first, second in ((one, two), (two, one)):
        between = apply(state, first)
        rest, conflicts = merge(second, between, [change(first, mine=False)])
        assert not conflicts
        ends.append(apply(between, rest))
    assert ends[0] == ends[1]


@given(states, edits(IDS))
def test_a_resend_leaves_nothing_to_do(state: State, edit: Edit) -> None:
    first, _ = merge(edit, state, [])
    rest, conflicts = merge(edit, apply(state, first), [change(first, mine=True)])
    assert (rest, conflicts) == (Edit(), frozenset())


@given(states, edits(IDS), edits(IDS))
def test_a_late_resend_does_not_undo_what_others_did(state: State, ours: Edit, theirs: Edit) -> None:
    first, _ = merge(ours, state, [])
    middle = apply(state, first)
    second, _ = merge(theirs, middle, [])
    end = apply(middle, second)
    rest, conflicts = merge(ours, end, [change(first, mine=True), change(second, mine=False)])
    if not conflicts:
        assert apply(end, rest) == end


@given(states, edits(IDS), edits(IDS))
def test_an_annotation_that_both_changed_differently_conflicts(state: State, ours: Edit, theirs: Edit) -> None:
    theirs, _ = merge(theirs, state, [])
    end = apply(state, theirs)
    rest, conflicts = merge(ours, end, [change(theirs, mine=False)])
    assert conflicts == rest.touched & theirs.touched


def test_own_changes_since_are_written_over() -> None:
    before, after = (AnnotationContent(IDS[0], 1, Box(0, 0, n, n), "human") for n in (5, 6))
    edit = Edit((after,))
    rest, conflicts = merge(edit, {IDS[0]: before}, [change(Edit((before,)), mine=True)])
    assert (rest, conflicts) == (edit, frozenset())


def row(**changes: Any) -> dict[str, Any]:
    return {"id": str(IDS[1]), "label": 1, "x_min": 0, "y_min": 0, "x_max": 640, "y_max": 480} | changes


def test_a_box_may_touch_all_edges() -> None:
    assert parse_edit([row()], [], FRAME).upsert[0].box == Box(0, 0, 640, 480)


def test_a_merged_label_stands_for_the_one_it_went_into() -> None:
    assert parse_edit([row(label=3)], [], FRAME).upsert[0].label == 2


@pytest.mark.parametrize(
    ("upsert", "delete", "field"),
    [
        ([row(x_max=640.001)], [], "upsert[0].x_max"),
        ([row(), row(x_min=9)], [], "upsert[1].id"),
        ([row()], [str(IDS[1])], "delete[0]"),
        ([row(y_max=0)], [], "upsert[0].y_max"),
        ([row(x_min=float("inf"))], [], "upsert[0].x_min"),
        (["x"], [], "upsert[0]"),
        ("x", [], "upsert"),
        ([], ["x"], "delete[0]"),
        ([], [7], "delete[0]"),
        ([row(label=True)], [], "upsert[0].label"),
    ],
)
def test_wrong_fields_are_named(upsert: Any, delete: Any, field: str) -> None:
    with pytest.raises(EditError) as caught:
        parse_edit(upsert, delete, FRAME)
    assert field in caught.value.errors


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_anything_is_parsed_or_refused(value: Any) -> None:
    for upsert, delete in ((value, None), (None, value), ([value], [value])):
        with suppress(EditError):
            parse_edit(upsert, delete, FRAME)
