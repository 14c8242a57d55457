"""The law by which two people's changes to one annotation merge."""

import uuid
from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from annotations.dataset.edits import AnnotationContent, Change, Edit, merge
from annotations.dataset.field_merges import FieldConflict, merge_fields, merged
from annotations.dataset.records import Box

ID = uuid.UUID(int=1)
BASE = AnnotationContent(ID, 1, Box(0, 0, 9, 9), "model", 0.5, {"difficult": True})
MOVED = replace(BASE, box=Box(5, 5, 14, 14), source="human", score=None)


def by(content: AnnotationContent, *, mine: bool = False) -> Change:
    return Change(mine, {ID: content})


def test_a_move_and_a_relabel_are_both_kept() -> None:
    relabelled = replace(BASE, label=2)
    found = merged(relabelled, BASE, MOVED, [by(MOVED)])
    assert found == replace(MOVED, label=2)
    assert merged(MOVED, BASE, relabelled, [by(relabelled)]) == replace(MOVED, label=2)


def test_flags_are_fields_of_their_own() -> None:
    theirs = replace(BASE, attributes={"difficult": True, "truncated": True})
    mine = replace(BASE, attributes={"occluded": True})
    assert merged(mine, BASE, theirs, [by(theirs)]).attributes == {"truncated": True, "occluded": True}
    assert merged(replace(MOVED, attributes=None), BASE, theirs, [by(theirs)]).attributes == theirs.attributes


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (MOVED, replace(BASE, box=Box(1, 1, 9, 9))),
        (replace(BASE, label=2), replace(BASE, label=3)),
        (replace(BASE, attributes={"text": "a"}), replace(BASE, attributes={"text": "b"})),
    ],
)
def test_one_field_of_both_is_a_conflict(mine: AnnotationContent, theirs: AnnotationContent) -> None:
    with pytest.raises(FieldConflict):
        merged(mine, BASE, theirs, [by(theirs)])


def test_a_resend_undoes_nothing() -> None:
    """Mine was saved and its answer lost; then a colleague changed the same field, and it comes again."""
    sent = replace(BASE, label=2)
    theirs = replace(sent, label=3)
    assert merged(sent, BASE, theirs, [by(sent, mine=True), by(theirs)]) == theirs


def test_who_takes_back_what_a_colleague_changed_meanwhile_is_asked() -> None:
    """Mine was saved and its answer lost, the colleague went on from there, and I undo."""
    sent = replace(BASE, label=2)
    theirs = replace(sent, label=3)
    with pytest.raises(FieldConflict):
        merged(replace(BASE, box=MOVED.box), BASE, theirs, [by(sent, mine=True), by(theirs)])


def test_one_that_does_not_merge_leaves_all_to_be_decided() -> None:
    other, two = uuid.UUID(int=2), replace(BASE, id=uuid.UUID(int=2))
    now = {ID: replace(BASE, label=2), other: replace(two, label=2)}
    since = [Change(mine=False, upserted=now)]
    edit = Edit((MOVED, replace(two, label=3)))
    assert merge_fields(edit, {ID, other}, {ID: BASE, other: two}, now, since) == (edit, frozenset({ID, other}))
    rest, left = merge_fields(Edit((MOVED, two)), {ID, other}, {ID: BASE, other: two}, now, since)
    assert (rest, left) == (Edit((replace(MOVED, label=2),)), frozenset())


def test_what_was_deleted_or_is_not_known_stays_a_conflict() -> None:
    edit, gone = Edit((MOVED,)), Change(mine=False, deleted=frozenset([ID]))
    again = replace(BASE, label=2)
    for base, current, since in [({}, {ID: again}, [by(again)]), ({ID: BASE}, {ID: again}, [gone, by(again)])]:
        assert merge_fields(edit, {ID}, base, current, since)[1] == {ID}
    assert merge_fields(Edit(delete=(ID,)), {ID}, {ID: BASE}, {ID: again}, [by(again)])[1] == {ID}


class TwoPeople(RuleBasedStateMachine):
    """Each changes fields of what they see, sends it, may lose the answer and send again, or looks anew.

    No save changes a field that the other changed unseen, and each says what its sender changed, unless it is refused.
    """

    def __init__(self) -> None:
        super().__init__()
        self.states = [BASE]
        self.authors = [-1]
        self.looked = [0, 0]
        self.unsent: list[AnnotationContent | None] = [None, None]

    @rule(who=st.sampled_from([0, 1]))
    def look(self, who: int) -> None:
        """Nothing is under way; or a colleague's event came."""
        if self.unsent[who] is None:
            self.looked[who] = len(self.states) - 1

    @rule(who=st.sampled_from([0, 1]), label=st.integers(1, 4))
    def relabel(self, who: int, label: int) -> None:
        self.unsent[who] = replace(self.unsent[who] or self.states[self.looked[who]], label=label)

    @rule(who=st.sampled_from([0, 1]), x=st.integers(0, 4))
    def move(self, who: int, x: int) -> None:
        self.unsent[who] = replace(self.unsent[who] or self.states[self.looked[who]], box=Box(x, 0, 9 + x, 9))

    @rule(who=st.sampled_from([0, 1]), flag=st.sampled_from(["difficult", "truncated"]), is_on=st.booleans())
    def flag(self, who: int, flag: str, is_on: bool) -> None:
        held = self.unsent[who] or self.states[self.looked[who]]
        attributes = {name: True for name in (held.attributes or {}) if name != flag} | ({flag: True} if is_on else {})
        self.unsent[who] = replace(held, attributes=attributes)

    @rule(who=st.sampled_from([0, 1]), answer_is_lost=st.booleans())
    def send(self, who: int, answer_is_lost: bool) -> None:
        wanted = self.unsent[who]
        if wanted is None:
            return
        base, before = self.states[self.looked[who]], self.states[-1]
        span = range(self.looked[who] + 1, len(self.states))
        since = [by(self.states[n], mine=self.authors[n] == who) for n in span]
        rest, conflicts = merge(Edit((wanted,)), {ID: before}, since)
        if conflicts:
            rest, conflicts = merge_fields(rest, conflicts, {ID: base}, {ID: before}, since)
        if conflicts:  # decided for theirs
            self.unsent[who], self.looked[who] = None, len(self.states) - 1
            return
        self.check(who, wanted, rest.upsert[0] if rest.upsert else before)
        if rest.upsert:
            self.states.append(rest.upsert[0])
            self.authors.append(who)
        if not answer_is_lost:
            self.unsent[who], self.looked[who] = None, len(self.states) - 1

    def check(self, who: int, wanted: AnnotationContent, after: AnnotationContent) -> None:
        base, asked, now, then = (
            fields(one) for one in (self.states[self.looked[who]], wanted, self.states[-1], after)
        )
        span = range(self.looked[who] + 1, len(self.states))
        steps = [(self.authors[n], fields(self.states[n - 1]), fields(self.states[n])) for n in span]
        for name in base:
            changed_by = {author for author, was, is_ in steps if was[name] != is_[name]}
            if 1 - who in changed_by:
                assert then[name] == now[name]
            elif not changed_by:
                assert then[name] == asked[name]


def fields(content: AnnotationContent) -> dict[str, object]:
    flags = {name: name in (content.attributes or {}) for name in ("difficult", "truncated")}
    return {"label": content.label, "box": content.box, **flags}


TestTwoPeople = TwoPeople.TestCase
