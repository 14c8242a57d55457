"""The format of an import: recognised or chosen, told to people; a second one in the table, all the way in and out."""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator

import pytest
from rest_framework.test import APIClient

from annotations.dataset.records import ImageRecord
from annotations.formats import FORMATS
from annotations.formats.layout import Header, Part
from annotations.models import Annotation, Image, ImportFinding
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.formats.folders import FOLDERS, LABELS
from tests.annotations.images import body_of, picture, save, upload

AsUser = Callable[[User], APIClient]

FILES = {
    "set/train/night/a.jpg": picture(1),
    "set/val/day/b.jpg": picture(2),
    "c.jpg": picture(3),
    LABELS: b"night\nday\nfog\n",
}
BOXES = {"d.jpg": picture(4), "d.xml": voc("d.jpg", ("cat", 1, 2, 30, 40))}


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table with one line more."""
    monkeypatch.setitem(FORMATS, FOLDERS.name, FOLDERS)


@pytest.fixture
def weather(project: Project) -> Project:
    """A classification project without labels."""
    Label.objects.all().delete()
    Project.objects.filter(pk=project.pk).update(task="classification", name="Weather")
    project.refresh_from_db()
    return project


def labelled() -> dict[str, list[str]]:
    rows = Image.objects.order_by("name")
    return {row.name: [one.label.name for one in row.annotations.select_related("label")] for row in rows}


def test_import_says_what_was_recognised_and_why(
    project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    done = import_zip(as_user(mona), project, zipped(BOXES), django_capture_on_commit_callbacks)
    assert done["format"] == "voc"
    assert done["format_reason"] == "Recognised as Pascal VOC: 1 XML file, and d.xml has <annotation> as its root."


def test_what_was_chosen_is_read_whatever_the_archive_looks_like(
    project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    files = {"a.jpg": picture(1)}
    refused = import_zip(as_user(mona), project, zipped(files), django_capture_on_commit_callbacks)
    assert (refused["status"], refused["format"], refused["format_reason"]) == ("failed", "", "")
    assert {f["severity"] for f in refused["findings"]} == {"info"}
    assert len(refused["findings"]) == len(FORMATS)
    assert "not Pascal VOC: there is no XML file" in [f["reason"] for f in refused["findings"]]
    taken = import_zip(as_user(mona), project, zipped(files), django_capture_on_commit_callbacks, format="voc")
    assert (taken["status"], taken["counts"]["images_created"]) == ("succeeded", 1)
    assert taken["format_reason"] == "Read as Pascal VOC, as chosen."


@pytest.mark.usefixtures("folders")
def test_second_format_reaches_the_database_and_leaves_it_again(
    weather: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    client = as_user(mona)
    done = import_zip(client, weather, zipped(FILES), django_capture_on_commit_callbacks)
    assert (done["status"], done["format"]) == ("succeeded", "folders")
    assert done["format_reason"] == "Recognised as One folder a label: set/labels.txt lists labels."
    assert labelled() == {"a.jpg": ["night"], "b.jpg": ["day"], "c.jpg": []}
    assert {row.name: row.queue for row in Image.objects.all()} == {
        "a.jpg": "labelled",
        "b.jpg": "labelled",
        "c.jpg": "unlabelled",
    }
    assert list(Label.objects.order_by("position").values_list("name", flat=True)) == ["night", "day", "fog"]
    again = import_zip(client, weather, zipped(FILES), django_capture_on_commit_callbacks)
    assert (again["counts"]["annotations_created"], again["counts"]["annotations_existing"]) == (0, 2)

    with django_capture_on_commit_callbacks(execute=True):
        snapshot = client.post(f"/api/v1/projects/{weather.pk}/snapshots/").json()["id"]
    answer = client.get(f"/api/v1/snapshots/{snapshot}/download/folders/")
    with zipfile.ZipFile(io.BytesIO(body_of(answer))) as written:
        names = sorted(name.split("/")[-2] + "/" + name.split("/")[-1] for name in written.namelist() if "/" in name)
        assert names == ["day/b.jpg", "night/a.jpg", "set/labels.txt"]
        assert written.read(LABELS) == b"night\nday\nfog\n"


@pytest.mark.usefixtures("folders")
def test_an_image_keeps_its_one_label(
    weather: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    client = as_user(mona)
    import_zip(client, weather, zipped(FILES), django_capture_on_commit_callbacks)
    moved = {"set/train/fog/a.jpg": FILES["set/train/night/a.jpg"], LABELS: FILES[LABELS]}
    done = import_zip(client, weather, zipped(moved), django_capture_on_commit_callbacks)
    assert (done["status"], labelled()["a.jpg"]) == ("succeeded", ["night"])
    assert "has a label already" in done["findings"][0]["reason"]


@pytest.mark.usefixtures("folders")
def test_archive_of_both_is_read_by_what_the_project_is(
    project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    both, send = zipped({**FILES, **BOXES}), django_capture_on_commit_callbacks
    assert import_zip(as_user(mona), project, both, send)["format"] == "voc"
    chosen = import_zip(as_user(mona), project, both, send, format="folders")
    assert (chosen["status"], Annotation.objects.count()) == ("failed", 1)
    assert chosen["error"]["detail"] == (
        "One folder a label carries labels of whole images, and this project draws boxes. "
        "The archive looks like Pascal VOC: 1 XML file, and d.xml has <annotation> as its root."
    )


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"a.jpg": picture(1)}, "."),
        (BOXES, ". The archive looks like Pascal VOC: 1 XML file, and d.xml has <annotation> as its root."),
    ],
    ids=["nothing", "another format"],
)
def test_what_does_not_fit_the_chosen_format_is_told_with_what_was_recognised(
    weather: Project,
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    files: dict[str, bytes],
    says: str,
) -> None:
    sent = import_zip(as_user(mona), weather, zipped(files), django_capture_on_commit_callbacks, format="folders")
    assert (sent["status"], sent["error"]["code"], Image.objects.count()) == ("failed", "archive_refused", 0)
    assert (
        sent["error"]["detail"] == f"One folder a label was chosen, and it can't be read so: there is no {LABELS}{says}"
    )
    assert [finding["file"] for finding in sent["findings"]] == [LABELS]


@pytest.mark.usefixtures("folders")
def test_a_recognised_format_that_can_not_be_read_is_not_told_twice(
    weather: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    damaged = zipped({**BOXES, **FILES, LABELS: b"\xff"})
    sent = import_zip(as_user(mona), weather, damaged, django_capture_on_commit_callbacks)
    assert sent["error"]["detail"] == "Expected UTF-8, one label a line."


@pytest.mark.usefixtures("folders")
def test_more_labels_than_there_is_room_for_come_as_they_are_needed(
    weather: Project,
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("boxwright.limits.LABELS_A_PROJECT", 2)
    done = import_zip(as_user(mona), weather, zipped(FILES), django_capture_on_commit_callbacks)
    assert (done["status"], done["counts"]["annotations_created"]) == ("succeeded", 2)


@pytest.mark.usefixtures("folders")
def test_text_that_is_all_of_the_format_refuses_the_archive(
    weather: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    done = import_zip(as_user(mona), weather, zipped({**FILES, LABELS: b"\xff"}), django_capture_on_commit_callbacks)
    assert (done["status"], done["error"]["code"], Image.objects.count()) == ("failed", "archive_refused", 0)
    finding = ImportFinding.objects.get()
    assert (finding.file, finding.line, "UTF-8" in finding.reason) == (LABELS, 1, True)


def test_formats_are_listed_from_the_table(bob: User, as_user: AsUser, folders: None) -> None:
    rows = as_user(bob).get("/api/v1/formats/").json()
    assert [row["name"] for row in rows] == [*FORMATS]
    assert next(row for row in rows if row["name"] == "folders") == {
        "name": "folders",
        "title": "One folder a label",
        "family": "plain",
        "known_by": "a folder for each label",
        "tasks": ["classification"],
        "reads": True,
        "writes": True,
    }


def test_a_layout_is_told_the_project_its_task_and_all_of_its_labels(
    project: Project,
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = as_user(mona)
    image = upload(client, project, a__jpg=picture())["created"][0]["id"]
    save(client, image, queue="labelled")
    with django_capture_on_commit_callbacks(execute=True):
        snapshot = client.post(f"/api/v1/projects/{project.pk}/snapshots/").json()["id"]
    told: set[Header] = set()
    layout = FORMATS["voc"].layout
    write = layout.write

    def listening(header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        told.add(header)
        return write(header, images)

    monkeypatch.setattr(layout, "write", listening)
    body_of(client.get(f"/api/v1/snapshots/{snapshot}/download/voc/"))
    assert told == {Header("detection", ("raccoon", "cat"), project.name)}


def embedding(name: str, data: bytes) -> bytes:
    """A file of LabelMe that holds its picture, with a box of a cat."""
    shape = {"label": "cat", "points": [[1, 2], [30, 40]], "shape_type": "rectangle"}
    said = {"imagePath": name, "imageData": base64.b64encode(data).decode(), "imageHeight": 48, "imageWidth": 64}
    return json.dumps({"version": "5.5.0", **said, "shapes": [shape]}).encode()


def test_picture_in_the_file_becomes_an_image_where_there_is_none(
    project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    """LabelMe's; sent again, or beside the image of this name that the project has, it changes nothing."""
    files = {f"{name}.json": embedding(f"{name}.jpg", picture(seed)) for seed, name in enumerate("ab", 7)}
    done = import_zip(as_user(mona), project, zipped(files), django_capture_on_commit_callbacks)
    assert (done["status"], done["counts"]["images_created"], done["format"]) == ("succeeded", 2, "labelme")
    assert [(one["rule"], one["file"]) for one in done["findings"]] == [("embedded", "a.json"), ("embedded", "b.json")]
    assert labelled() == {"a.jpg": ["cat"], "b.jpg": ["cat"]}
    again = import_zip(as_user(mona), project, zipped(files), django_capture_on_commit_callbacks)
    assert (again["counts"]["images_created"], again["counts"]["annotations_created"]) == (0, 0)
    assert again["findings"] == []


def test_picture_in_the_file_tells_which_of_several_images_is_meant(
    project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    first, second = (upload(as_user(mona), project, a__jpg=picture(seed))["created"][0] for seed in (1, 2))
    files = {"a.json": embedding("a.jpg", picture(2))}
    done = import_zip(as_user(mona), project, zipped(files), django_capture_on_commit_callbacks, format="labelme")
    assert [one["reason"] for one in done["findings"]] == [
        "2 images of the project are called a.jpg; the picture in the file is taken"
    ]
    counts = dict(Image.objects.values_list("pk", "annotation_count"))
    assert counts == {first["id"]: 0, second["id"]: 1}
