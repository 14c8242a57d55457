"""The documentation's commands do what they say, on a folder and on a bucket."""

import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.annotations.archives import voc, zipped
from tests.annotations.images import picture
from tests.e2e.api import PASSWORD, Api, setup_code
from tests.services.bucket import make_bucket
from tests.services.installation import Installation, brings_its_own
from tests.services.moto import moto

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "docs/*.md", "bench/*.md")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.M | re.S)

NOT_RUN = {
    "make run": "installs all that is needed first; tests/test_bootstrap.py and tests/e2e have its parts",
    "cp .env.example .env": "needs Docker; tests/training/test_container_files.py reads the files that it names",
    "export BOXWRIGHT_MODE=production": "needs a broker, a database and a bucket of production's; test_production.py "
    "and test_doctor.py have the checks, `manage.py up` starts the same processes",
    "python manage.py importdataset": "test_importdataset.py runs it",
    "python manage.py backup": "test_backups.py runs both commands",
    "make bench": "takes many minutes",
}
"""The beginnings of blocks, with the reason why they are not run here."""


def blocks(page: str) -> list[str]:
    return BLOCK.findall((ROOT / page).read_text())


SCRIPT = blocks("docs/api.md")


def test_every_command_of_the_documentation_is_run_or_named() -> None:
    pages = [path for pattern in PAGES for path in ROOT.glob(pattern)]
    found = [block for page in pages for block in blocks(str(page.relative_to(ROOT))) if block not in SCRIPT]
    assert [block for block in found if not block.startswith(tuple(NOT_RUN))] == []
    assert len(found) == len(NOT_RUN)


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.full)])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    with ExitStack() as stack:
        made = Installation(tmp_path / "var")
        made.folder.mkdir()
        if weights := os.environ.get("BOXWRIGHT_WEIGHTS_DIR"):
            made.environment["BOXWRIGHT_WEIGHTS_DIR"] = weights
        if request.param == "bucket":
            url = stack.enter_context(moto())
            make_bucket(url, "key", "secret", "plates")
            made.environment |= {"BOXWRIGHT_S3_BUCKET": "plates", "BOXWRIGHT_S3_ENDPOINT": url}
            made.environment |= {"BOXWRIGHT_S3_ACCESS_KEY": "key", "BOXWRIGHT_S3_SECRET_KEY": "secret"}
        made.start()
        stack.callback(made.stop)
        with Api.first_visit(made.url, setup_code(made.folder / "up.log")):
            yield made


def run(script: str, installation: Installation, folder: Path) -> list[str]:
    """Run it as a person would, in a folder with the files that it names; answers how each job ended."""
    boxes = [("raccoon", 1.0, 2.0, 30.0, 40.0)]
    files = {f"{n}.jpg": picture(10 + n) for n in range(8)}
    files |= {f"{n}.xml": voc(f"{n}.jpg", *boxes) for n in range(8)}
    (folder / "raccoon.zip").write_bytes(zipped(files))
    for n, name in enumerate(("a.jpg", "b.jpg")):
        (folder / name).write_bytes(picture(n))
    for said, meant in (
        ("http://127.0.0.1:8000", installation.url),
        ('"…"', f'"{PASSWORD}"'),
        ('{"epochs": 20}', '{"epochs": 1, "batch_size": 4, "image_size": 96, "threads": 1}'),
    ):
        script = script.replace(said, meant)
    command = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return re.findall(r"(succeeded|failed|canceled)\n", done.stdout)


@brings_its_own
def test_the_first_steps_of_a_script(installation: Installation, tmp_path: Path) -> None:
    """All but the training: the archive comes in, the snapshot goes out as a file."""
    assert run(SCRIPT[0], installation, tmp_path) == ["succeeded", "succeeded"]
    with zipfile.ZipFile(tmp_path / "plates-v1-voc.zip") as archive:
        assert len([name for name in archive.namelist() if name.endswith(".xml")]) >= 8


@pytest.mark.full
@pytest.mark.usefixtures("weights_dir")
@brings_its_own
def test_all_steps_of_a_script(installation: Installation, tmp_path: Path) -> None:
    """To the artifact, which lies there as a zip."""
    assert run("\n".join(SCRIPT), installation, tmp_path) == ["succeeded"] * 4
    [made] = tmp_path.glob("plates-run1-onnx*.zip")
    assert zipfile.is_zipfile(made)
