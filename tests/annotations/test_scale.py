"""What a request costs does not grow with its project: few queries, each on an index, at thousands of images."""

import re
import uuid
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from annotations import image_filters
from annotations.labelled import ORDERS
from annotations.models import Annotation, Image, Revision
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User
from tests.annotations.images import box, label_id, save
from tests.conftest import make_user

AsUser = Callable[[User], APIClient]
MANY = 20_000 if connection.vendor == "postgresql" else 2_000
"""SQLite plans without a look at how many rows there are."""
OF_FOUND = re.compile(r'IN \(SELECT (\S+"image_id"|rowid FROM image_names)')
"""Such images are put in order, as many as were found; where many would be, the list is gone along instead."""
SCAN = re.compile(r"SCAN annotations_(?!.*USING)|Seq Scan on annotations_")


@pytest.fixture
def crowded(project: Project) -> Project:
    """MANY images, every second one labelled with one box."""
    rows = [
        Image(project=project, sha256=f"{n:064x}", name=f"{n:06}.jpg", width=640, height=480, size=1, content_type="x")
        for n in range(MANY)
    ]
    for row in rows[::2]:
        row.queue, row.revision, row.annotation_count = "labelled", 1, 1
    images = Image.objects.bulk_create(rows, batch_size=2000)
    label = Label.objects.get(project=project, name="raccoon")
    half, ana = images[::2], make_user("ana")
    marks = [
        Annotation(
            id=uuid.uuid4(),
            image=image,
            label=label,
            revision=1,
            created_by=ana,
            x_min=1,
            y_min=1,
            x_max=9 + n % 500,
            y_max=9 + n % 300,
            score=n % 100 / 100 if n % 3 else None,
        )
        for n, image in enumerate(half)
    ]
    Annotation.objects.bulk_create(marks, batch_size=2000)
    Revision.objects.bulk_create([Revision(image=i, number=1, queue="labelled") for i in half], batch_size=2000)
    Project.objects.filter(pk=project.pk).update(
        unlabelled_count=MANY // 2, labelled_count=MANY // 2, annotation_count=MANY // 2
    )
    if connection.vendor == "postgresql":  # which analyses by itself after a while; SQLite never does
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return project


def whole_tables_read(queries: list[dict[str, str]]) -> list[str]:
    """The queries whose plan reads one of our tables from end to end."""
    bad = []
    for query in queries:
        sql = query["sql"]
        if not sql.startswith(("SELECT", "UPDATE", "DELETE")) or "annotations_" not in sql:
            continue
        with connection.cursor() as cursor:
            cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql)
            plan = "\n".join(str(row) for row in cursor.fetchall())
        scanned = any(SCAN.search(line) for line in plan.splitlines())
        sorted_all = re.search('FROM "annotations_(image|annotation)"', sql) and "TEMP B-TREE FOR ORDER" in plan
        sorted_all = sorted_all and not OF_FOUND.search(sql)
        if scanned or sorted_all:
            bad.append(f"{sql}\n{plan}")
    return bad


@pytest.mark.parametrize("many", [image_filters.MANY, 100], ids=["few boxes fit", "many boxes fit"])
def test_each_list_reads_few_rows_by_index(
    many: int, crowded: Project, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_filters, "MANY", many)
    client, base = as_user(bob), f"/api/v1/projects/{crowded.pk}"
    ana = User.objects.get(name="Ana")
    expect_few_rows(
        {
            "part of a name": (6, lambda: client.get(f"{base}/images/?search=00123")),
            "boxes of that size": (6, lambda: client.get(f"{base}/images/?boxes=large&queue=labelled&limit=60")),
            "that label": (7, lambda: client.get(f"{base}/images/?label={label_id(crowded)}&order=-created")),
            "one person's boxes": (7, lambda: client.get(f"{base}/images/?author={ana.pk}")),
            "one person's boxes, by name": (7, lambda: client.get(f"{base}/images/?author={ana.pk}&order=name")),
            "nobody's boxes": (7, lambda: client.get(f"{base}/images/?author={bob.pk}")),
            "without boxes": (5, lambda: client.get(f"{base}/images/?boxes=none&limit=60")),
            "narrow": (5, lambda: client.get(f"{base}/images/?max_width=640")),
            "suggested": (5, lambda: client.get(f"{base}/images/?suggested=true&order=-created")),
            "most uncertain": (5, lambda: client.get(f"{base}/images/?order=uncertain")),
            "most uncertain of a queue": (5, lambda: client.get(f"{base}/images/?order=uncertain&queue=labelled")),
            "wide": (5, lambda: client.get(f"{base}/images/?min_width=100&queue=unlabelled")),
        }
    )


def test_each_request_reads_few_rows_by_index(crowded: Project, bob: User, as_user: AsUser) -> None:
    client, base = as_user(bob), f"/api/v1/projects/{crowded.pk}"
    middle = Image.objects.filter(project=crowded, queue="unlabelled").order_by("id")[MANY // 4].pk
    marks = [box(crowded, x) for x in range(10)]
    page = client.get(f"{base}/images/?limit=60").json()["next"]
    labelled = f"/api/v1/labels/{label_id(crowded)}/annotations/"
    next_of = {order: client.get(labelled, {"order": order}).json()["next"] for order in ORDERS}
    requests: dict[str, tuple[int, Callable[[], object]]] = {
        "list": (5, lambda: client.get(f"{base}/images/?limit=60")),
        "second page": (5, lambda: client.get(page)),
        "newest of a queue": (5, lambda: client.get(f"{base}/images/?queue=labelled&order=-created")),
        "by name": (5, lambda: client.get(f"{base}/images/?order=name")),
        "by name, before an image": (6, lambda: client.get(f"{base}/images/?order=name&before={middle}")),
        "from the middle": (6, lambda: client.get(f"{base}/images/?queue=labelled&place={MANY // 4}&limit=60")),
        "from the end, by name": (6, lambda: client.get(f"{base}/images/?order=name&place=-60&limit=60")),
        "drafts": (5, lambda: client.get(f"{base}/images/?drafts=all")),
        "next image": (10, lambda: client.post(f"{base}/queue/next/", {}, format="json")),
        "next after": (20, lambda: client.post(f"{base}/queue/next/", {"after": middle}, format="json")),
        "open": (5, lambda: client.get(f"/api/v1/images/{middle}/annotations/")),
        "save": (20, lambda: save(client, middle, 0, upsert=marks)),
        "save again": (20, lambda: save(client, middle, 0, upsert=marks)),
        **{f"label, {order}": (6, partial(client.get, labelled, {"order": order})) for order in ORDERS},
        **{f"label, {order}, on": (6, partial(client.get, next_of[order])) for order in ORDERS},
        "history": (5, lambda: client.get(f"/api/v1/images/{middle}/revisions/")),
    }
    expect_few_rows(requests)


def expect_few_rows(requests: dict[str, tuple[int, Callable[[], object]]]) -> None:
    """Each makes at most so many queries, and none of them reads a table from end to end."""
    for name, (most, request) in requests.items():
        with CaptureQueriesContext(connection) as seen:
            request()
        queries = seen.captured_queries
        assert len(queries) <= most, f"{name}: {len(queries)} queries"
        assert not whole_tables_read(queries), name
