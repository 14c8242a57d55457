"""A one-node Ceph object gateway in a temporary folder, without systemd: a real S3 that checks what it is sent.

Needs Debian's packages radosgw, ceph-mon, ceph-osd and ceph-common. First start about 15 s, 450 MB.

    python -m tests.services.ceph -- pytest …      runs the command with BOXWRIGHT_S3_* set
"""

import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.services.processes import accepts, as_command, free_port, program, stop, wait_until

ACCESS_KEY, SECRET_KEY, BUCKET = "boxwright", "boxwright-secret", "boxwright"

CONFIG = """\
[global]
fsid = {fsid}
mon_host = v2:127.0.0.1:{mon_port}
mon_initial_members = a
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
osd_pool_default_size = 1
osd_pool_default_min_size = 1
mon_allow_pool_size_one = true
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_max_pg_per_osd = 1000
mon_data_avail_crit = 1
mon_data_avail_warn = 2
osd_objectstore = memstore
memstore_device_bytes = 2147483648
run_dir = {folder}
admin_socket = {folder}/$name.asok
log_file = {folder}/$name.log
osd_data = {folder}/osd
mon_data = {folder}/mon
keyring = {folder}/keyring
[client.rgw]
rgw_frontends = beast endpoint=127.0.0.1:{port}
rgw_data = {folder}/rgw
rgw_enable_apis = s3, admin
"""

KEYS = {
    "mon.": ["mon", "allow *"],
    "client.admin": ["mon", "allow *", "osd", "allow *", "mgr", "allow *"],
    "client.rgw": ["mon", "allow rwx", "osd", "allow rwx"],
    "osd.0": ["mon", "allow profile osd", "osd", "allow *"],
}


@contextmanager
def ceph() -> Iterator[str]:
    """The endpoint's URL. Log in with ACCESS_KEY and SECRET_KEY."""
    folder = Path(tempfile.mkdtemp(prefix="boxwright-ceph-"))
    servers: list[subprocess.Popen[bytes]] = []
    try:
        port = _prepare(folder)
        servers.append(_server(folder, "ceph-mon", "-i", "a"))
        _create_osd(folder)
        servers.append(_server(folder, "ceph-osd", "-i", "0"))
        wait_until(lambda: "1 up" in _run(folder, "ceph", "osd", "stat"), "Ceph's OSD")
        servers.append(_server(folder, "radosgw", "-n", "client.rgw"))
        wait_until(lambda: accepts(port), "Ceph's gateway", 120)
        user = ["--uid=boxwright", "--display-name=boxwright"]
        keys = [f"--access-key={ACCESS_KEY}", f"--secret-key={SECRET_KEY}"]
        _run(folder, "radosgw-admin", "user", "create", *user, *keys)
        yield f"http://127.0.0.1:{port}"
    finally:
        for server in reversed(servers):
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(folder: Path) -> int:
    fsid, port, mon_port = str(uuid.uuid4()), free_port(), free_port()
    for name in ("mon", "osd", "rgw"):
        (folder / name).mkdir()
    settings = CONFIG.format(fsid=fsid, folder=folder, port=port, mon_port=mon_port)
    (folder / "ceph.conf").write_text(settings)
    keyring = str(folder / "keyring")
    _authtool("--create-keyring", keyring)
    for name, caps in KEYS.items():
        rules = [part for kind, rule in zip(caps[::2], caps[1::2], strict=True) for part in ("--cap", kind, rule)]
        _authtool(keyring, "--gen-key", "-n", name, *rules)
    monmap = ["--create", "--fsid", fsid, "--addv", "a", f"[v2:127.0.0.1:{mon_port}]", str(folder / "monmap")]
    subprocess.run([program("monmaptool", "ceph-common"), *monmap], check=True, stdout=subprocess.DEVNULL)
    _run(folder, "ceph-mon", "--mkfs", "-i", "a", "--monmap", str(folder / "monmap"))
    return port


def _authtool(*arguments: str) -> None:
    subprocess.run([program("ceph-authtool", "ceph-common"), *arguments], check=True, stdout=subprocess.DEVNULL)


def _create_osd(folder: Path) -> None:
    number = str(uuid.uuid4())
    _run(folder, "ceph", "--connect-timeout", "30", "osd", "new", number)
    _run(folder, "ceph", "auth", "import", "-i", str(folder / "keyring"))
    _run(folder, "ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", number)


def _server(folder: Path, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [program(name, name), *arguments, "-c", str(folder / "ceph.conf"), "--foreground"]
    with (folder / f"{name}.out").open("wb") as out:
        return subprocess.Popen(command, stdout=out, stderr=out, cwd=folder)


def _run(folder: Path, name: str, *arguments: str) -> str:
    command = [program(name, "radosgw" if name == "radosgw-admin" else name), "-c", str(folder / "ceph.conf")]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


def main(arguments: Sequence[str]) -> int:
    with ceph() as url:
        from tests.services.bucket import make_bucket

        make_bucket(url, ACCESS_KEY, SECRET_KEY, BUCKET)
        return as_command(
            "ceph",
            arguments,
            {
                "BOXWRIGHT_S3_BUCKET": BUCKET,
                "BOXWRIGHT_S3_ENDPOINT": url,
                "BOXWRIGHT_S3_ACCESS_KEY": ACCESS_KEY,
                "BOXWRIGHT_S3_SECRET_KEY": SECRET_KEY,
            },
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
