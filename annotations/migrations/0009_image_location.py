from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0008_findings")]

    operations = [
        migrations.AddField(
            model_name="image",
            name="has_location",
            field=models.BooleanField(
                help_text="its file may tell where it was taken; null: not looked at", null=True
            ),
        ),
    ]
