"""Two neighbours who use all that a machine of two cores has, beside whatever runs meanwhile.

python -m tests.services.busy -- make test
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.services.processes import as_command, stop

NEIGHBOURS = 2
SPIN = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    sum(range(1_000_000))"
"""Until whoever started it is gone."""


@contextmanager
def busy() -> Iterator[None]:
    spinning = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(NEIGHBOURS)]
    try:
        yield
    finally:
        for process in spinning:
            stop(process)


def main(arguments: Sequence[str]) -> int:
    with busy():
        return as_command("busy", arguments, {})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
