from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_share_location")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="byte_count",
            field=models.PositiveBigIntegerField(default=0, help_text="of the images' original files"),
        ),
    ]
