"""The Chromium that tests and benches drive."""

import os
from pathlib import Path

BUILDS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
"""The first one has no windows to keep, and computes a fifth less; the pages run in the same engine."""
CHROMIUM = Path(os.environ.get("BOXWRIGHT_CHROMIUM") or next(filter(os.path.exists, BUILDS), BUILDS[0]))
