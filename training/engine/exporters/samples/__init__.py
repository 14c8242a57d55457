"""Applications that run an artifact as it was downloaded: what lies in the folder of a target goes into its bundle.

They are the same for every model: sizes, labels and thresholds stand in `contract.json`, which they read when they
run. So no name that somebody chose becomes part of a program.
"""

from pathlib import Path

from training.engine.exporters.bundle import files_in

FOLDER = Path(__file__).parent
WHOLE_PICTURES = ("index.html", "detector.js", "page.js", "worker.js", "style.css", "android/", "ios/")
"""What can't merge tiles: left out where the model looks at some."""


def sample_files(target: str, tiles: int) -> dict[str, Path]:
    """Name in the bundle and file; empty for a target without a sample."""
    found = {name: file for name, file in files_in(FOLDER / target).items() if "__pycache__" not in name}
    return {name: file for name, file in found.items() if tiles == 1 or not name.startswith(WHOLE_PICTURES)}
