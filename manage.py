#!/usr/bin/env python
"""Django's command line, with the source root `platform/` on the path."""

import os
import sys
from pathlib import Path


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (whoever types this may have an older one)
        sys.exit("Boxwright needs Python 3.11 or newer; this is {}.{}.".format(*sys.version_info[:2]))
    sys.path.insert(0, str(Path(__file__).resolve().parent / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boxwright.settings")
    from django.core.management import execute_from_command_line

    from boxwright.env import EnvironmentVariableError
    from boxwright.operations.preflight import NotReady

    try:
        execute_from_command_line(sys.argv)
    except (EnvironmentVariableError, NotReady) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
