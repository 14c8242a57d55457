"""Names of labels as the rule has them, held apart by a stored key; what was merged into a label."""

import re
import unicodedata

from django.db import migrations, models

import boxwright.projects.models

LENGTH = 100


def tidied(name):
    return re.sub(r"\s+", " ", name).strip()


def key_of(name):
    return tidied(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()))


def mended(name):
    """Without what can't be seen: line breaks and tabs become spaces, the rest goes."""
    seen = "".join(
        " " if character.isspace() else "" if unicodedata.category(character) in {"Cc", "Cf", "Cs"} else character
        for character in name
    )
    kept = tidied(seen)[:LENGTH].strip() or "label"
    while len(key_of(kept)) > 2 * LENGTH:
        kept = kept[:-1].strip()
    return kept


def apart(name, taken):
    """The first of "name 2", "name 3", … that nobody has."""
    number, found = 1, name
    while key_of(found) in taken or len(key_of(found)) > 2 * LENGTH:
        number += 1
        found = f"{name[: LENGTH - len(str(number)) - 1].strip()} {number}"
    return found


def mend_names(apps, _schema_editor):
    """Of those with one name the oldest keeps it, rather one whose name needs no mending; the others get a number."""
    label_model = apps.get_model("projects", "Label")
    for project_id in apps.get_model("projects", "Project").objects.values_list("pk", flat=True):
        rows = list(label_model.objects.filter(project_id=project_id).order_by("pk").only("name"))
        names = {row.pk: mended(row.name) for row in rows}
        rows.sort(key=lambda row: (names[row.pk] != row.name, row.pk))
        keepers = {}
        for row in rows:
            keepers.setdefault(key_of(names[row.pk]), row.pk)
        taken = set(keepers)
        for row in rows:
            name = names[row.pk]
            row.name = name if keepers[key_of(name)] == row.pk else apart(name, taken)
            row.key = key_of(row.name)
            taken.add(row.key)
        label_model.objects.bulk_update(rows, ["name", "key"], batch_size=200)


class Migration(migrations.Migration):

    dependencies = [("projects", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="label", name="one_label_a_name"),
        migrations.AddField(
            model_name="label",
            name="key",
            field=boxwright.projects.models.KeyField(default="", editable=False, max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="label",
            name="merged_ids",
            field=models.JSONField(
                default=list, editable=False, help_text="ids of the labels that went into this one"
            ),
        ),
        migrations.RunPython(mend_names, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="label",
            constraint=models.UniqueConstraint(fields=("project", "key"), name="one_label_a_key"),
        ),
    ]
