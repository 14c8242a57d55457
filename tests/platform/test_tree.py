"""The tree's own rules that no linter knows."""

import os
import subprocess
import sys
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
SOURCE_ROOTS = (ROOT, ROOT / "platform")


def test_no_top_level_name_shadows_the_standard_library() -> None:
    """A source root goes on sys.path: a package named like a module of Python's would hide it."""
    names = {
        path.stem
        for root in SOURCE_ROOTS
        for path in root.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert names & {"boxwright", "annotations", "training"}
    assert not names & set(sys.stdlib_module_names)
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_the_web_process_loads_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys; import boxwright.asgi; from django.urls import get_resolver; get_resolver().url_patterns\n"
        "import boxwright.jobs.tasks, boxwright.projects.tasks\n"
        "print(sorted({m.partition('.')[0] for m in sys.modules} & {'torch', 'torchvision', 'onnx', 'onnxruntime'}))"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, SOURCE_ROOTS)),
        "DJANGO_SETTINGS_MODULE": "boxwright.settings",
        "BOXWRIGHT_VAR": str(tmp_path),
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


OURS = {"boxwright", "annotations", "training"}


def test_no_app_is_reached_through_the_one_that_it_points_at() -> None:
    """`project.images` would let a lower app ask a higher one without an import that a linter could see.

    Teams are left out: the platform's own apps may say `team.projects`.
    """
    reached = [
        f"{model._meta.label}.{relation.get_accessor_name()}"
        for model in apps.get_models()
        for relation in model._meta.related_objects
        if model.__module__.partition(".")[0] in OURS
        and relation.related_model._meta.app_label in {"annotations", "training"}
        and relation.related_model._meta.app_label != model._meta.app_label
        and not relation.hidden
    ]
    assert reached == []


def test_until_the_first_release_an_app_has_one_migration() -> None:
    """No installation has to be taken along yet: `make migrations` writes the one file anew."""
    found = subprocess.run(
        ["git", "ls-files", "*/migrations/0*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = found.stdout.split()
    assert len(files) == 6
    assert {Path(name).name for name in files} == {"0001_initial.py"}
