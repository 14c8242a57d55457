"""A target that is added to the table is tested by the tests that are there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[3]


@pytest.mark.full
def test_a_fourth_target_is_tested_the_moment_it_is_there() -> None:
    plugin = "tests.training.engine.exporters.torch_program"
    files = [str(HERE / name) for name in ("test_artifacts.py", "test_parity.py")]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        plugin,
        "-q",
        "-n",
        "0",
        "-rA",
        *files,
        "-k",
        "program and not ssdlite",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    tested = set(re.findall(r"^PASSED .*::(\w+)\[", done.stdout, re.MULTILINE))
    assert tested == {
        "test_it_answers_as_its_checkpoint",
        "test_the_zip_holds_what_the_report_says",
        "test_labels_start_with_the_background_where_scores_do",
        "test_the_same_checkpoint_gives_the_same_bytes",
        "test_a_quantization_makes_the_file_smaller",
        "test_pixels_in_another_order_fail_the_artifact",
    }
