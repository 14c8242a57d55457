"""Tasks of Label Studio as entries: in full, in the short form, or each in a file of its own."""

from collections.abc import Iterator
from typing import Any

from annotations.dataset.findings import Rule
from annotations.formats.errors import FormatError
from annotations.formats.json_stream import JsonFile, shown
from annotations.formats.labelstudio.pictures import address_in, names_of
from annotations.formats.labelstudio.regions import annotations_in, kind_of, size_in
from annotations.formats.layout import Entry, Parsed, ReadLimits, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.notes import Notes
from annotations.formats.splits import split_named

OWN_FIELDS = frozenset({
    "id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "image", "file_upload",
    "inner_id", "project", "split", "group",
})  # fmt: skip
"""Of the short form, beside what controls said."""

CHOICES = frozenset({"choice", "choices", "label", "class", "category"})
"""Controls whose text is a label of the whole image in the short form."""


def entries(listing: Listing, limits: ReadLimits, name: str) -> Iterator[Parsed]:
    """Of one file. A task that nobody has annotated has none. Raises FormatError."""
    file = JsonFile(listing, name, limits.text_bytes)
    if file.finding:
        yield file.finding
    whole = Notes(name)
    for number, task in enumerate(_tasks(file)):
        if not number and not _is_task(task):
            raise FormatError(f"no task of Label Studio: {shown(task)}", file=name)
        yield from _Task(listing, name, f"[{number}]", whole).entries(task)
    yield from whole.findings()


def _tasks(file: JsonFile) -> Iterator[Any]:
    _, kind, _ = next(file.head(1), ("", "", None))
    if kind not in {"start_array", "start_map"}:
        raise FormatError("expected a list of tasks", file=file.name)
    return file.items("item" if kind == "start_array" else "")


def _is_task(task: Any) -> bool:
    if not isinstance(task, dict):
        return False
    inner = task.get("task")
    fields = task.get("data") or (inner.get("data") if isinstance(inner, dict) else None) or task
    return isinstance(fields, dict) and bool(address_in(fields))


class _Task:
    """`whole`: what is told of the file once."""

    def __init__(self, listing: Listing, file: str, place: str, whole: Notes) -> None:
        self.listing, self.file, self.place, self.whole = listing, file, place, whole

    def entries(self, task: Any) -> Iterator[Parsed]:
        if not _is_task(task):
            yield Unreadable(self.file, f"{self.place} is no task: {shown(task)}")
            return
        if isinstance(task.get("result"), list) and isinstance(task.get("task"), dict):
            task = {**task["task"], "annotations": [task]}  # as synchronised to a storage
        fields = task["data"] if isinstance(task.get("data"), dict) else task
        names = names_of(address_in(fields), self.listing, self.file)
        if not names:
            yield Unreadable(self.file, f"{self.place} has its picture in itself, which is not read")
            return
        try:
            results = self._results(task) if fields is not task else _of_short_form(task, self.whole)
        except ValueError as error:
            yield Unreadable(self.file, f"{self.place}: {error}", names=names)
            return
        if results is not None:
            yield self._entry(fields, names, results)

    def _results(self, task: dict[str, Any]) -> list[Any] | None:
        """Of the annotation that counts; None where there is none. Raises ValueError."""
        if task.get("predictions"):
            self.whole.add(Rule.PREDICTIONS, "a task has predictions, which are not taken")
        said = task.get("annotations", task.get("completions"))
        if said is None:
            return None
        if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
            raise ValueError("its annotations are no list of objects")
        done = [one for one in said if not one.get("was_cancelled")]
        if said and not done:
            self.whole.add(Rule.UNLABELLED, "a task was skipped: its image comes without annotations")
        if len(done) > 1:
            reason = "a task has several annotations; the newest counts"
            self.whole.add(Rule.SEVERAL_ANSWERS, reason)
        if not done:
            return None
        newest = max(enumerate(done), key=lambda pair: (_time_of(pair[1]), pair[0]))[1]
        if isinstance(newest.get("result"), list):
            return list(newest["result"])
        raise ValueError("an annotation without a list of results")

    def _entry(self, fields: dict[str, Any], names: tuple[str, ...], results: list[Any]) -> Entry:
        notes = Notes(self.file, f"{self.place} {names[0]}")
        size = size_in([one for one in results if isinstance(one, dict)])
        annotations = tuple(annotations_in(results, size, notes))
        split, group = fields.get("split"), fields.get("group")
        return Entry(
            self.file,
            names,
            annotations,
            size,
            unit="shares",
            split=split_named(split) if isinstance(split, str) else None,
            group=group if isinstance(group, str) else "",
            findings=notes.findings(),
        )


def _time_of(annotation: dict[str, Any]) -> str:
    return str(annotation.get("updated_at") or annotation.get("created_at") or "")


def _of_short_form(task: dict[str, Any], whole: Notes) -> list[Any]:
    """Its regions and choices as results."""
    results: list[Any] = []
    address = address_in(task)
    for name, said in task.items():
        found = [_result(name, one) for one in (said if isinstance(said, list) else [said])]
        if name in OWN_FIELDS or said is address:
            continue
        if all(one is not None for one in found):
            results += found
        else:
            whole.add(Rule.ATTRIBUTE, f"the field {name[:60]!r} of a task is not taken")
    return results


def _result(name: str, said: Any) -> dict[str, Any] | None:
    if isinstance(said, dict) and (kind_of(said) or isinstance(said.get("choices"), list)):
        return {**said, "from_name": name, "value": said, "id": None}
    if isinstance(said, str) and name in CHOICES:
        return {"from_name": name, "value": {"choices": [said]}}
    return None
