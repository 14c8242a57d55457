"""The proof on real photographs: the default config on the raccoon set, as the benchmark runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.full
@pytest.mark.parametrize("model", ["ssdlite320_mobilenet_v3_large", "ssd_mobilenet_v1_075"])
def test_one_click_on_160_raccoons_gives_a_good_detector(model: str, test_data: Path, weights_dir: Path) -> None:
    del test_data, weights_dir  # their presence is what the benchmark's environment needs
    out = subprocess.run(
        [sys.executable, "-m", "bench.training.raccoon", "--json", "--set", f"model={model}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    ).stdout
    result = json.loads(out.splitlines()[0])
    assert result["AP"] >= 0.60
    assert result["AP50"] >= 0.95
