"""An annotation is known by its image and its id; a revision may be a merge of labels.

No database changes a primary key in place for all of Django's backends: the rows move into a new table.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

COLUMNS = "image_id, id, label_id, x_min, y_min, x_max, y_max, source, score, revision, created_by_id, created_at, updated_at"


class Migration(migrations.Migration):

    dependencies = [
        ("projects", "0002_label_key"),
        ("annotations", "0006_database_time"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="merged_label",
            field=models.CharField(blank=True, help_text="the label that went into another by this", max_length=100),
        ),
        migrations.RemoveIndex(model_name="annotation", name="annotation_by_label"),
        migrations.RemoveConstraint(model_name="annotation", name="whole_image_or_box"),
        migrations.RenameModel("Annotation", "FormerAnnotation"),
        migrations.CreateModel(
            name="Annotation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "image_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField()),
                ("x_min", models.FloatField(null=True)),
                ("y_min", models.FloatField(null=True)),
                ("x_max", models.FloatField(null=True)),
                ("y_max", models.FloatField(null=True)),
                ("source", models.CharField(default="human", max_length=20)),
                ("score", models.FloatField(null=True)),
                (
                    "revision",
                    models.PositiveIntegerField(help_text="revision of the image that last changed this annotation"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="annotations",
                        to="annotations.image",
                    ),
                ),
                (
                    "label",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="annotations",
                        to="projects.label",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["label", "image"], name="annotation_by_label")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("x_max", None), ("x_min", None), ("y_max", None), ("y_min", None)),
                            models.Q(
                                ("x_max__gt", models.F("x_min")),
                                ("x_min__gte", 0),
                                ("y_max__gt", models.F("y_min")),
                                ("y_min__gte", 0),
                            ),
                            _connector="OR",
                        ),
                        name="whole_image_or_box",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            f"INSERT INTO annotations_annotation ({COLUMNS}) SELECT {COLUMNS} FROM annotations_formerannotation",
            migrations.RunSQL.noop,
        ),
        migrations.DeleteModel("FormerAnnotation"),
    ]
