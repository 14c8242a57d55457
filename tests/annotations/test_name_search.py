"""Images are found by a part of their name: by the index, which is never out of step, and the same without it."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from annotations import name_index, trash
from annotations.models import Image
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import picture

AsUser = Callable[[User], APIClient]
NAMES = (
    '100%_"q".jpg',
    "Site-101/frame.jpg",
    "site-102/FRAME.png",
    "back\\slash.jpg",
    "a'b.jpg",
    "Überfall 虎狮豹.jpg",
)
TEXTS = {
    "frame": [1, 2],
    "ITE-101": [1],
    "a": [1, 2, 3, 4, 5],
    ".p": [2],
    "%": [0],
    "100%_": [0],
    '_"q"': [0],
    '"': [0],
    "k\\s": [3],
    "'b.": [4],
    "虎狮豹": [5],
    "狮": [5],
    "frame AND site": [],
    "zzz": [],
}


@pytest.fixture
def images(project: Project) -> list[Image]:
    facts = {"project": project, "width": 9, "height": 9, "size": 1, "content_type": "image/jpeg"}
    rows = [Image(sha256=f"{n:064x}", name=name, **facts) for n, name in enumerate(NAMES)]
    Project.objects.filter(pk=project.pk).update(unlabelled_count=len(rows), byte_count=len(rows))
    return Image.objects.bulk_create(rows)


@pytest.fixture
def found(project: Project, bob: User, as_user: AsUser) -> Callable[[str], list[str]]:
    def search(text: str) -> list[str]:
        answer = as_user(bob).get(f"/api/v1/projects/{project.pk}/images/", {"search": text})
        return [row["name"] for row in answer.json()["results"]]

    return search


@pytest.fixture(autouse=True)
def in_step(db: None) -> Iterator[None]:
    """SQLite compares the whole index with the table."""
    yield
    if connection.vendor == "sqlite":
        check = f"INSERT INTO {name_index.INDEX} ({name_index.INDEX}, rank) VALUES ('integrity-check', 1)"
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute(check)


@pytest.mark.parametrize("many", [2_000, 1], ids=["few fit", "many fit"])
def test_any_text_finds_what_holds_it(
    many: int, images: list[Image], found: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_index, "MANY", many)
    assert {text: found(text) for text in TEXTS} == {text: [NAMES[n] for n in fit] for text, fit in TEXTS.items()}


def test_the_index_follows_each_name(
    images: list[Image],
    project: Project,
    bob: User,
    as_user: AsUser,
    found: Callable[[str], list[str]],
    django_capture_on_commit_callbacks: Commits,
) -> None:
    first = images[1].pk
    Image.objects.filter(pk=first).update(name="renamed.jpg")
    assert [found("101"), found("named")] == [[], ["renamed.jpg"]]
    trash.discard(project, [first], bob)
    assert found("named") == []
    trash.restore(project, [first], bob)
    assert found("named") == ["renamed.jpg"]
    archive = zipped({"imported.jpg": picture(1), "imported.xml": voc("imported.jpg")})
    import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    assert found("mporte") == ["imported.jpg"]
    Image.objects.filter(project=project).delete()
    assert found("named") == found("mporte") == []


@pytest.mark.skipif(connection.vendor == "postgresql", reason="asked at thousands of images: test_scale")
def test_a_search_reads_few_names(images: list[Image], project: Project) -> None:
    rows = name_index.named(Image.objects.filter(project=project), "frame").order_by("id")
    assert f"{name_index.INDEX} VIRTUAL TABLE INDEX" in rows.explain()


@pytest.mark.skipif(connection.vendor == "postgresql", reason="it reads the row of each name")
def test_one_letter_is_sought_in_the_index_by_age_alone(images: list[Image], project: Project) -> None:
    rows = name_index.named(Image.objects.filter(project=project), "z").order_by("id").values("pk")
    assert "USING COVERING INDEX image_by_age" in rows.explain()


def test_without_the_index_a_search_finds_the_same(images: list[Image], found: Callable[[str], list[str]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"ALTER TABLE {name_index.INDEX} RENAME TO elsewhere")
        else:
            cursor.execute(f"DROP INDEX {name_index.INDEX}")
    assert [len(found(text)) for text in ("frame", "a", "zzz")] == [2, 5, 0]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE elsewhere RENAME TO {name_index.INDEX}")


def test_an_index_that_a_migration_took_is_made_again(images: list[Image], found: Callable[[str], list[str]]) -> None:
    index = name_index.INDEX
    taken = (
        [f"TRIGGER {index}_change", f"TRIGGER {index}_take"] if connection.vendor == "sqlite" else [f"INDEX {index}"]
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE"
            )  # what waits for the commit would keep an index from being made
        for one in taken:
            cursor.execute(f"DROP {one}")
    Image.objects.filter(pk=images[0].pk).update(name="between.jpg")
    name_index.make(using="default")
    name_index.make(using="default")
    with connection.cursor() as cursor:
        cursor.execute(name_index.IS_MADE[connection.vendor])
        assert cursor.fetchone()
    assert found("etwee") == ["between.jpg"]


def test_a_database_that_lets_us_make_none_goes_on(
    images: list[Image], found: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = ("CREATE INDEX nothing ON no_such_table (name)",)
    monkeypatch.setattr(name_index, "ON_SQLITE", refused)
    monkeypatch.setattr(name_index, "ON_POSTGRESQL", refused)
    monkeypatch.setitem(name_index.IS_MADE, connection.vendor, "SELECT 1 WHERE 1 = 0")
    name_index.make(using="default")
    assert found("frame") == [NAMES[1], NAMES[2]]
