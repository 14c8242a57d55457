"""Boxes too small for the model: told before a run, and what is done about it is in the run's settings."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.models import Annotation, Image, Snapshot
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User
from tests.training.conftest import MODEL, MakeRun
from training import small_boxes
from training.engine.anchor_fit import AnchorFit
from training.engine.catalog import complete_config, model_info

Client = Callable[[User], APIClient]
API = "/api/v1"


@pytest.fixture
def label_boxes(project: Project) -> Callable[..., None]:
    """`label_boxes(20, 300)`: an image of 1280 px for each side of a box."""

    def lay(*sides: float, queue: str = "labelled") -> None:
        label, _ = Label.objects.get_or_create(project=project, name="bird")
        for i, side in enumerate(sides):
            sha256 = uuid.uuid4().hex * 2
            image = Image.objects.create(
                project=project, name="sky.jpg", sha256=sha256, size=1, width=1280, height=1280, queue=queue
            )
            corners = {"x_min": 97 * i, "y_min": 61 * i, "x_max": 97 * i + side, "y_max": 61 * i + side}
            Annotation.objects.create(id=uuid.uuid4(), image=image, label=label, revision=1, **corners)

    return lay


def ask(
    client: APIClient, project: Project, snapshot: Snapshot | None = None, base: str = "catalogue", **config: Any
) -> Any:
    body = {"model": MODEL, "base": base, "config": config, "snapshot": snapshot and snapshot.pk}
    return client.post(f"{API}/projects/{project.pk}/runs/estimate/", body).json()


def test_the_estimate_says_how_many_boxes_are_too_small(
    as_user: Client, vera: User, project: Project, label_boxes: Callable[..., None]
) -> None:
    label_boxes(20, 20, 20, 20, 600)
    answer = ask(as_user(vera), project)
    assert answer["boxes_without_anchor"] == 0.8
    assert answer["advice"].startswith("80% of the boxes are too small for this model at 320 px. The run looks at ")
    assert ask(as_user(vera), project, fit="none")["boxes_without_anchor"] is None


def test_boxes_that_the_model_finds_need_no_advice(
    as_user: Client, vera: User, project: Project, label_boxes: Callable[..., None]
) -> None:
    label_boxes(300, 400, 500)
    label_boxes(20, 20, 20, 20, 20, queue="skipped")
    assert ask(as_user(vera), project)["advice"] == ""


def test_without_boxes_there_is_nothing_to_say(as_user: Client, vera: User, project: Project) -> None:
    answer = ask(as_user(vera), project)
    assert (answer["boxes_without_anchor"], answer["advice"]) == (None, "")


def test_a_run_takes_the_anchors_of_its_base(make_run: MakeRun) -> None:
    fitted = complete_config({"model": MODEL, "fine_anchors": [[0.01, 0.02]], "image_size": 640, "crop": 224})
    base = make_run(status="succeeded", config=fitted.to_dict())
    config, note = small_boxes.config_of(make_run(base="checkpoint", base_run=base), [])
    assert (config.fine_anchors, config.image_size, config.crop) == (((0.01, 0.02),), 640, 224)
    assert note.startswith("The run looks at 640 px with the anchors of its base")
    assert config.base == "checkpoint"
    unasked, note = small_boxes.config_of(make_run(base="checkpoint", base_run=base, config={"fit": "none"}), [])
    assert (unasked.fine_anchors, unasked.image_size) == (((0.01, 0.02),), 640)


def test_without_images_a_run_stays_as_asked(make_run: MakeRun) -> None:
    assert small_boxes.config_of(make_run(), []) == (model_info(MODEL).default_config, "")


def test_a_fit_that_changes_nothing_advises_nothing() -> None:
    config = model_info(MODEL).default_config
    assert AnchorFit(config, config, 0.9, 0.9).advice == ""


def test_a_larger_image_is_in_the_estimate(
    as_user: Client, vera: User, project: Project, snapshot: Snapshot, label_boxes: Callable[..., None]
) -> None:
    label_boxes(*[20] * 20)
    client = as_user(vera)
    fitted, plain = (ask(client, project, snapshot, fit=fit, batch_size=4) for fit in ("auto", "none"))
    assert fitted["estimate_seconds"] > plain["estimate_seconds"]


def test_an_estimate_knows_which_boxes_share_an_image(
    as_user: Client, vera: User, project: Project, label_boxes: Callable[..., None]
) -> None:
    label_boxes(*[20] * 12)
    assert ask(as_user(vera), project)["epochs"] == 8
    Annotation.objects.update(image=Image.objects.filter(project=project).earliest("id"))
    assert ask(as_user(vera), project)["epochs"] == 12


def test_the_size_that_a_base_brings_is_in_the_estimate(
    as_user: Client, vera: User, project: Project, snapshot: Snapshot, make_run: MakeRun
) -> None:
    fitted = complete_config({"model": MODEL, "fine_anchors": [[0.01, 0.02]], "image_size": 640, "crop": 320})
    base = make_run(status="succeeded", config=fitted.to_dict())
    client = as_user(vera)
    brought, plain = (ask(client, project, snapshot, one, batch_size=4) for one in (f"run:{base.pk}", "catalogue"))
    assert brought["estimate_seconds"] > plain["estimate_seconds"]
    assert (brought["advice"], brought["boxes_without_anchor"]) == ("", None)
