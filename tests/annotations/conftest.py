from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from annotations.models import Image
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.pictures import picture, upload


@pytest.fixture
def image(project: Project, bob: User, as_user: Callable[[User], APIClient]) -> Image:
    """One unlabelled image of 64×48 pixels."""
    created = upload(as_user(bob), project, one__jpg=picture())["created"]
    return Image.objects.get(pk=created[0]["id"])
