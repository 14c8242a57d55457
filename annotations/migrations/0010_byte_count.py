"""The projects' new counter of bytes, from the images that are there."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce


def count(apps: Any, _editor: Any) -> None:
    images = apps.get_model("annotations", "Image").objects.filter(project=OuterRef("pk"))
    sizes = images.order_by().values("project").annotate(total=Sum("size")).values("total")
    apps.get_model("projects", "Project").objects.update(byte_count=Coalesce(Subquery(sizes), 0))


class Migration(migrations.Migration):
    dependencies = [("annotations", "0009_image_location"), ("projects", "0004_byte_count")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
