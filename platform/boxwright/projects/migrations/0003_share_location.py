from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_label_key")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="share_location",
            field=models.BooleanField(
                default=False, help_text="files go out with the place where they were taken"
            ),
        ),
    ]
