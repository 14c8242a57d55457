"""Which label each of an import's names goes into: as a person decided, else the one of its name, else a new one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotations.imports.label_rules import may_add_labels
from annotations.imports.unknown_labels import refuse_unknown
from annotations.models import Import, StagedLabel
from boxwright import limits
from boxwright.jobs import UserFault
from boxwright.projects.label_names import fault_in, label_key, tidied
from boxwright.projects.labels import NewLabel, label_book, reserve_ids


@dataclass(frozen=True, slots=True)
class Mapped:
    """Of one name: the label's id, or why it has none; an empty reason where a person ignores it."""

    name: str
    label: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LabelMapping:
    """`by_number` of the staged labels; `names` of all labels by id; `new`: those that are made when it lands.

    `today` as in `LabelBook`, when this was worked out.
    """

    by_number: Mapping[int, Mapped]
    names: Mapping[int, str]
    new: Sequence[NewLabel]
    today: Mapping[int, int]


def mapping_of(job: Import) -> LabelMapping:
    """Raises UnknownLabels where labels are missing that may not be made; UserFault where one went meanwhile."""
    rows = list(StagedLabel.objects.filter(job=job).order_by("number"))
    book = label_book(job.project_id)
    known = {label_key(name): book.today[pk] for pk, name in book.names.items()}
    chosen = _chosen(job, rows, book.today)
    open_rows = [row for row in rows if row.number not in chosen and label_key(row.name) not in known]
    wanted, refused = _wanted(job, open_rows, len(known))
    ids = dict(zip(wanted, reserve_ids(len(wanted)), strict=True))
    by_key = {**known, **ids}
    mapped = {row.number: chosen.get(row.number) or _by_name(row, by_key, refused) for row in rows}
    new = [NewLabel(name, pk=ids[key]) for key, name in wanted.items()]
    return LabelMapping(
        mapped, {**book.names, **{ids[key]: tidied(name) for key, name in wanted.items()}}, new, book.today
    )


def _chosen(job: Import, rows: Sequence[StagedLabel], today: Mapping[int, int]) -> dict[int, Mapped]:
    """What a person decided otherwise than by name, by the staged label's number."""
    targets = job.decisions.get("labels", {})
    chosen = {}
    for row in rows:
        target = targets.get(row.name, {"to": "new"})
        if target["to"] == "ignore":
            chosen[row.number] = Mapped(row.name, None)
        elif target["to"] == "existing":
            if target["label"] not in today:
                gone = f"The label that {row.name[:100]!r} was to go into was deleted meanwhile: import it again."
                raise UserFault("label_gone", gone)
            chosen[row.number] = Mapped(row.name, today[target["label"]])
    return chosen


def _wanted(job: Import, rows: Sequence[StagedLabel], present: int) -> tuple[dict[str, str], dict[str, str]]:
    """New labels by their keys, in order, and why the others can't be made.

    All that the files list; where there is no room for all, those that annotations carry, as far as there is.
    """
    if not may_add_labels(job):
        refuse_unknown(job, (row for row in rows if row.count))
        return {}, {}
    names: dict[str, str] = {}
    for row in rows:
        names.setdefault(label_key(row.name), row.name)
    refused = {key: fault for key, name in names.items() if (fault := fault_in(name))}
    room = max(0, limits.LABELS_A_PROJECT - present)
    allowed = [key for key in names if key not in refused]
    if len(allowed) > room:
        used = {label_key(row.name) for row in rows if row.count}
        allowed = [key for key in allowed if key in used]
    refused |= dict.fromkeys(allowed[room:], f"a project may have {limits.LABELS_A_PROJECT} labels")
    return {key: names[key] for key in allowed[:room]}, refused


def _by_name(row: StagedLabel, by_key: Mapping[str, int], refused: Mapping[str, str]) -> Mapped:
    key = label_key(row.name)
    if key in by_key:
        return Mapped(row.name, by_key[key])
    reason = f"{refused[key]}; " if key in refused else ""
    return Mapped(row.name, None, f"unknown label {row.name[: limits.LABEL_NAME_LENGTH]!r}; {reason}left out")
