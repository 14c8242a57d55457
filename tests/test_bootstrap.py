"""The set-up that `make` calls: clear lines instead of tracebacks, and nothing done twice."""

import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap

ROOT = Path(bootstrap.__file__).parent


def test_too_old_a_python_is_one_clear_line() -> None:
    program = "import sys; sys.version_info = (3, 9, 2); import bootstrap; bootstrap.main('run')"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "boxwright: Boxwright needs Python 3.11 or newer; this is 3.9. Try: make PYTHON=python3.11"
    ]


def test_a_read_only_folder_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", Path("/proc"))  # nobody writes there, root included
    with pytest.raises(SystemExit, match=r"^boxwright: The folder /proc is read-only"):
        bootstrap.main("run")


def test_a_command_that_fails_is_named_with_its_cure() -> None:
    with pytest.raises(SystemExit, match=r"false failed \(exit 1\): try harder"):
        bootstrap.run(["false"], why="try harder")


def test_what_has_not_changed_is_not_done_again(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    value = bootstrap.hash_of([ROOT / "Makefile"])
    assert not bootstrap.is_fresh(stamp, value)
    stamp.write_text(value)
    assert bootstrap.is_fresh(stamp, value)
    assert not bootstrap.is_fresh(stamp, bootstrap.hash_of([ROOT / "Makefile", ROOT / "README.md"]))


def test_two_at_once_take_turns(tmp_path: Path) -> None:
    program = (
        f"import bootstrap, pathlib\nwith bootstrap.alone(pathlib.Path({str(tmp_path)!r})): print('in', flush=True)"
    )
    with bootstrap.alone(tmp_path):
        other = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            other.communicate(timeout=1)
    assert other.communicate()[0] == "in\n"


def test_uv_looks_where_pip_would() -> None:
    listed = """
:env:.cert='/etc/ssl/ours.crt'
global.cert='/etc/ssl/theirs.crt'
global.disable-pip-version-check='1'
global.extra-index-url='\\nfile:///one/simple\\nfile:///two/simple'
install.find-links='/wheels /more'
"""
    assert bootstrap.told_to_pip(listed) == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": "/etc/ssl/ours.crt",
        "UV_INDEX": "file:///one/simple file:///two/simple",
        "UV_FIND_LINKS": "/wheels,/more",
    }


@pytest.mark.full
def test_peers_that_can_not_be_had_stop_nothing_and_are_tried_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BOXWRIGHT_NO_PEERS", raising=False)
    pins = tmp_path / "requirements.txt"
    pins.write_text("./nowhere.whl\n")
    for name, value in (("ROOT", tmp_path), ("PEERS", tmp_path / ".venv-peers"), ("PEER_PINS", pins)):
        monkeypatch.setattr(bootstrap, name, value)
    bootstrap.peers()
    assert "failed: the tests in tests/peers will say so" in capsys.readouterr().out
    assert not (tmp_path / ".venv-peers/.stamp").exists()
    monkeypatch.setenv("BOXWRIGHT_NO_PEERS", "1")
    bootstrap.peers()
    assert capsys.readouterr().out == ""
