"""A filtered list of images, gone through from one of them on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Q
from rest_framework.test import APIClient

from annotations import image_filters
from annotations.dataset.split import split_of
from annotations.models import Image
from boxwright.projects.models import Project
from boxwright.teams.models import Team, User
from tests.annotations.images import box, label_id, picture, save, upload

AsUser = Callable[[User], APIClient]


def test_a_list_goes_on_from_an_image_both_ways(project: Project, bob: User, as_user: AsUser) -> None:
    client = as_user(bob)
    names = ("a", "c", "b", "e", "d")
    ids = {n: upload(client, project, **{f"{n}__jpg": picture(i)})["created"][0]["id"] for i, n in enumerate(names)}
    save(client, ids["c"], 0, upsert=[box(project)])

    def listed(query: str) -> str:
        answer = client.get(f"/api/v1/projects/{project.pk}/images/?{query}")
        return "".join(row["name"][0] for row in answer.json()["results"])

    assert [listed(f"after={ids['c']}"), listed(f"before={ids['b']}")] == ["bed", "ca"]
    assert [listed(f"order=-created&after={ids['b']}"), listed(f"order=-created&before={ids['b']}")] == ["ca", "ed"]
    assert [listed(f"order=name&after={ids['b']}"), listed(f"order=name&before={ids['d']}")] == ["cde", "cba"]
    assert listed(f"queue=unlabelled&after={ids['c']}") == "bed"
    page = client.get(f"/api/v1/projects/{project.pk}/images/?order=name&before={ids['e']}&limit=2").json()
    assert "".join(row["name"][0] for row in client.get(page["next"]).json()["results"]) == "ba"


def test_a_list_begins_at_any_place(project: Project, bob: User, as_user: AsUser) -> None:
    client = as_user(bob)
    for n, name in enumerate("acbed"):
        upload(client, project, **{f"{name}__jpg": picture(n)})

    def listed(query: str) -> str:
        answer = client.get(f"/api/v1/projects/{project.pk}/images/?{query}")
        return "".join(row["name"][0] for row in answer.json()["results"])

    assert [listed(f"order=name&place={place}") for place in (1, 2, 5, 6, 99)] == ["abcde", "bcde", "e", "", ""]
    assert [listed(f"order=name&place={place}") for place in (-1, -2, -5, -99)] == ["e", "de", "abcde", "abcde"]
    assert listed("order=-created&place=-2") == "ca"
    page = client.get(f"/api/v1/projects/{project.pk}/images/?order=name&place=2&limit=2").json()
    assert "".join(row["name"][0] for row in client.get(page["next"]).json()["results"]) == "de"
    for place in ("0", "x", "1.5", "9" * 12):
        answer = client.get(f"/api/v1/projects/{project.pk}/images/?place={place}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "place")


def test_a_list_goes_on_from_no_image_of_others(project: Project, bob: User, charlie: User, as_user: AsUser) -> None:
    team = Team.objects.get(slug="strangers")
    theirs = Project.objects.create(team=team, slug="theirs", name="Theirs", task="detection")
    other = upload(as_user(charlie), theirs, a__jpg=picture())["created"][0]["id"]
    for query, field in ((f"after={other}", "after"), ("before=x", "before"), ("after=1&before=1", "before")):
        answer = as_user(bob).get(f"/api/v1/projects/{project.pk}/images/?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


def test_an_image_knows_its_place_in_each_list(project: Project, bob: User, vera: User, as_user: AsUser) -> None:
    client = as_user(bob)
    names = ("a", "c", "b", "e", "d")
    ids = {n: upload(client, project, **{f"{n}__jpg": picture(i)})["created"][0]["id"] for i, n in enumerate(names)}
    save(client, ids["c"], 0, upsert=[box(project)])

    def place(name: str, query: str = "") -> tuple[int | None, int]:
        answer = as_user(vera).get(f"/api/v1/images/{ids[name]}/place/?{query}").json()
        return answer["place"], answer["total"]

    assert [place(name)[0] for name in names] == [1, 2, 3, 4, 5]
    assert [place(name, "order=-created")[0] for name in names] == [5, 4, 3, 2, 1]
    assert [place(name, "order=name") for name in "abe"] == [(1, 5), (2, 5), (5, 5)]
    assert [place(name, "order=uncertain")[0] for name in names] == [1, 2, 3, 4, 5]
    assert [place("c", "queue=labelled"), place("d", "queue=unlabelled")] == [(1, 1), (4, 4)]
    assert [place("c", "queue=unlabelled"), place("a", "search=d")] == [(None, 4), (None, 1)]
    assert place("c", f"label={project.labels.all()[0].pk}&order=name") == (1, 1)
    assert client.get(f"/api/v1/images/{ids['c']}/place/?queue=nowhere").status_code == 400


@pytest.mark.parametrize("many", [image_filters.MANY, 0], ids=["few boxes fit", "many boxes fit"])
def test_filters_narrow_what_others_leave(
    many: int, project: Project, bob: User, mona: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_filters, "MANY", many)
    client = as_user(bob)
    sizes = {"tiny": 40, "bobs": 200, "monas": 200, "none": 200}
    ids = {
        name: upload(client, project, **{f"{name}__jpg": picture(n, size=(width, 200))})["created"][0]["id"]
        for n, (name, width) in enumerate(sizes.items())
    }
    save(client, ids["tiny"], upsert=[box(project, x_max=12, y_max=12)])
    save(client, ids["bobs"], upsert=[box(project, x_min=0, y_min=0, x_max=120, y_max=120)])
    save(as_user(mona), ids["monas"], upsert=[box(project, x_min=0, y_min=0, x_max=40, y_max=40)])
    Image.objects.filter(pk=ids["none"]).update(uncertainty=0.5)
    url = f"/api/v1/projects/{project.pk}"

    def listed(**asked: Any) -> str:
        names = [row["name"].split(".")[0] for row in client.get(f"{url}/images/", asked).json()["results"]]
        moved = client.post(f"{url}/images/move/", {"filter": asked, "queue": "review"}, format="json").json()
        assert moved.get("total", 0) == len(names), "a bulk change finds the same"
        client.post(f"/api/v1/bulk-changes/{moved['id']}/undo/")
        return " ".join(names)

    assert listed(boxes="none") == listed(suggested="true") == "none"
    assert [listed(boxes=size) for size in ("small", "medium", "large")] == ["tiny", "monas", "bobs"]
    assert [listed(author=bob.pk), listed(author=mona.pk)] == ["tiny bobs", "monas"]
    assert [listed(max_width=40), listed(min_width=41)] == ["tiny", "bobs monas none"]
    assert listed(author=bob.pk, min_width=41, label=label_id(project), queue="labelled") == "bobs"
    assert client.get(f"/api/v1/images/{ids['bobs']}/place/", {"author": bob.pk}).json()["place"] == 2


def test_one_person_s_boxes_are_sought_between_the_first_and_the_last(
    project: Project, bob: User, mona: User, vera: User, as_user: AsUser
) -> None:
    client = as_user(mona)
    ids = [upload(client, project, **{f"{n}__jpg": picture(n)})["created"][0]["id"] for n in range(5)]
    for n, (author, label) in enumerate(
        [(mona, "cat"), (bob, "cat"), (mona, "raccoon"), (bob, "raccoon"), (mona, "cat")]
    ):
        save(as_user(author), ids[n], upsert=[box(project, label=label)])

    def ends(person: User) -> image_filters.Ends:
        return image_filters.first_and_last(project, Q(created_by=person))

    assert [ends(mona), ends(bob), ends(vera)] == [(ids[0], ids[4]), (ids[1], ids[3]), (0, 0)]


def test_a_filtered_list_is_counted_to_its_limit(
    project: Project, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(bob)
    ids = [upload(client, project, **{f"{n}__jpg": picture(n)})["created"][0]["id"] for n in range(5)]
    monkeypatch.setattr("annotations.api.images.COUNTED", 3)

    def place(image: int, **asked: str) -> list[Any]:
        return list(client.get(f"/api/v1/images/{image}/place/", asked).json().values())

    assert [place(image, search="jpg") for image in ids[1:4]] == [[2, 3, True], [3, 3, True], [None, 3, True]]
    assert place(ids[4], search="jpg", order="-created") == [1, 3, True]
    assert [place(ids[4]), place(ids[4], queue="unlabelled"), place(ids[4], search="4")] == [
        [5, 5, False],
        [5, 5, False],
        [1, 1, False],
    ]


def test_a_split_is_that_of_the_next_snapshot(project: Project, bob: User, as_user: AsUser) -> None:
    facts = {"project": project, "width": 9, "height": 9, "size": 1, "content_type": "image/jpeg"}
    own = (("", ""), ("", "Straße 5"), ("", "b"), ("val", ""), ("test", "b"), ("train", ""))
    rows = [
        Image(sha256=f"{n:064x}", name=f"{n}", split=split, group=group, **facts)
        for n, (split, group) in enumerate(own * 8)
    ]
    Image.objects.bulk_create(rows)
    wanted: dict[str, list[str]] = {"train": [], "val": [], "test": []}
    for row in rows:
        wanted[row.split or split_of(row.group or row.sha256, project.seed)].append(row.name)
    assert all(wanted.values())
    for split, names in wanted.items():
        answer = as_user(bob).get(f"/api/v1/projects/{project.pk}/images/?split={split}&limit=200").json()
        assert [row["name"] for row in answer["results"]] == names
    answer = as_user(bob).get(f"/api/v1/projects/{project.pk}/images/?split=val&search=1&max_width=9").json()
    assert [row["name"] for row in answer["results"]] == [name for name in wanted["val"] if "1" in name]


@pytest.mark.parametrize(
    "asked",
    ["split=dev", "boxes=huge", "author=x", "author=-1", "min_width=1.5", "max_width=9" + "9" * 20, "suggested=1"],
)
def test_a_filter_that_is_none_is_told(asked: str, project: Project, bob: User, as_user: AsUser) -> None:
    answer = as_user(bob).get(f"/api/v1/projects/{project.pk}/images/?{asked}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, asked.partition("=")[0])
