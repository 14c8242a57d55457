"""Findings get rows of their own; those that imports carried as JSON are taken along."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

CHARACTERS = 300
SEVERITIES = {"error": 0, "warning": 1, "info": 2}


def to_rows(apps: Any, _editor: Any) -> None:
    job_model, finding_model = apps.get_model("annotations", "Import"), apps.get_model("annotations", "ImportFinding")
    for job in job_model.objects.exclude(finding_count=0).only("pk", "findings").iterator(chunk_size=1):
        finding_model.objects.bulk_create(
            [
                finding_model(
                    job_id=job.pk,
                    number=number,
                    severity=SEVERITIES.get(found.get("severity"), 2),
                    file=str(found.get("file") or "")[:CHARACTERS],
                    line=found.get("line"),
                    reason=str(found.get("reason") or "")[:CHARACTERS],
                )
                for number, found in enumerate(job.findings)
            ],
            batch_size=500,
        )


class Migration(migrations.Migration):
    dependencies = [("annotations", "0007_annotation_identity")]

    operations = [
        migrations.CreateModel(
            name="ImportFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "severity",
                    models.PositiveSmallIntegerField(choices=[(0, "error"), (1, "warning"), (2, "info")]),
                ),
                ("file", models.CharField(blank=True, max_length=300)),
                ("line", models.PositiveIntegerField(null=True)),
                ("reason", models.CharField(max_length=300)),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        # The JSON column still has the name "findings" here.
                        related_name="+",
                        to="annotations.import",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["job", "severity", "number"], name="finding_by_severity")],
                "constraints": [models.UniqueConstraint(fields=("job", "number"), name="one_finding_a_number")],
            },
        ),
        migrations.RunPython(to_rows, migrations.RunPython.noop),
        migrations.RemoveField(model_name="import", name="findings"),
        migrations.AlterField(
            model_name="importfinding",
            name="job",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="findings",
                to="annotations.import",
            ),
        ),
    ]
