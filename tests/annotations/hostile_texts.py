"""YAML, tables, lists and records that strangers make to harm; each lies beside the picture a.jpg of 64×48."""

import struct

import google_crc32c

from tests.annotations.hostile_rows import Row


def crc(data: bytes) -> bytes:
    value = google_crc32c.value(data)
    return struct.pack("<I", ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def record(length: int, data: bytes = b"", wrong: bool = False) -> bytes:
    """Of a TFRecord file, saying of itself that it has `length` bytes."""
    said = struct.pack("<Q", length)
    return said + crc(said) + data + (b"none" if wrong else crc(data))


YOLO = "0 0.5 0.5 0.1 0.1\n"
YAML = "train: images\nnames: "
ALIASES = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 12))
TABLE = "filename,width,height,class,xmin,ymin,xmax,ymax\n"
ROW = "a.jpg,64,48,cat,1,1,9,9\n"

TEXTS: dict[str, Row] = {
    "aliases of YAML": ("yolo", "data.yaml", lambda: (ALIASES + YAML + "*a11\n").encode(), "unreadable", "alias", None),
    "objects of Python in YAML": (
        "yolo",
        "data.yaml",
        lambda: (YAML + "!!python/object/apply:os.system ['id']\n").encode(),
        "unreadable",
        "python/object/apply:os.system",
        None,
    ),
    "10,001 names in YAML": (
        "yolo",
        "data.yaml",
        lambda: (YAML + "\n" + "".join(f"- n{n}\n" for n in range(10_001))).encode(),
        "unreadable",
        "more than 10000 names",
        None,
    ),
    "a number of classes": (
        "yolo",
        "data.yaml",
        lambda: b"train: images\nnc: 1000000000\n",
        "unreadable",
        'expected "names:"',
        None,
    ),
    "YAML of tabs and nulls": (
        "yolo",
        "data.yaml",
        lambda: b"names:\n\t- \0\n",
        "unreadable",
        "not readable as YAML",
        None,
    ),
    "a way out in YAML": (
        "yolo",
        "data.yaml",
        lambda: b"train: ../../../../etc\nval: /etc\nnames: [cat]\n",
        "one_split",
        "there is no /etc",
        (1, 0),
    ),
    "200,000 names in obj.names": (
        "darknet",
        "obj.names",
        lambda: b"".join(b"n%d\n" % n for n in range(200_000)),
        "unreadable",
        "more than 10000 names",
        None,
    ),
    "labels of YOLO as UTF-16": (
        "yolo",
        "a.txt",
        lambda: "0 0.5 0.5 0.1 0.1\n".encode("utf-16"),
        "encoding",
        "UTF-16",
        (1, 1),
    ),
    "labels of YOLO that are no numbers": (
        "yolo",
        "a.txt",
        lambda: b"0 nan 0.5 0.1 0.1\n0 1e308 0.5 0.1 0.1\n-1 0.5 0.5 0.1 0.1\n",
        "not_finite",
        "no number",
        (1, 0),
    ),
    "labels of YOLO with null characters": (
        "yolo",
        "a.txt",
        lambda: b"0 0.5 0.5 \0 0.1\n",
        "bad_annotation",
        "expected: class x y",
        (1, 0),
    ),
    "a class of 400 digits": (
        "yolo",
        "a.txt",
        lambda: b"9" * 400 + b" 0.5 0.5 0.1 0.1\n",
        "bad_annotation",
        "no class",
        (1, 0),
    ),
    "a field of 5 MB": (
        "csv",
        "a.csv",
        lambda: (TABLE + "a.jpg,64,48," + "c" * 5 * 2**20 + ",1,1,9,9\n").encode(),
        "unreadable",
        "a line has more than",
        (1, 0),
    ),
    "a quote that is never closed": (
        "csv",
        "a.csv",
        lambda: (TABLE + '"a.jpg,64,48,cat,1,1,9,9\n' * 99).encode(),
        "unreadable",
        "separated values",
        (1, 0),
    ),
    "a table with null characters": (
        "csv",
        "a.csv",
        lambda: (TABLE + "a.jpg,64,48,c\0t,1,1,9,9\n").encode(),
        "unknown_label",
        "unknown label",
        None,
    ),
    "a table as UTF-16": ("csv", "a.csv", lambda: (TABLE + ROW).encode("utf-16"), "encoding", "UTF-16", (1, 1)),
    "a table as Latin-1": (
        "csv",
        "a.csv",
        lambda: (TABLE + ROW.replace("cat", "k\xe4tzchen")).encode("latin-1"),
        "encoding",
        "Latin-1",
        None,
    ),
    "a table of 6,000 boxes": (
        "csv",
        "a.csv",
        lambda: (TABLE + ROW * 6_000).encode(),
        "too_many",
        "5001 annotations",
        (0, 0),
    ),
    "rows that are too short": (
        "csv",
        "a.csv",
        lambda: (TABLE + "a.jpg,64\n").encode(),
        "bad_annotation",
        "2 columns",
        (1, 0),
    ),
    "a record with a wrong checksum": (
        "tfrecord",
        "a.tfrecord",
        lambda: record(0, wrong=True),
        "unreadable",
        "damaged",
        (1, 0),
    ),
    "a record of 2**63 bytes": ("tfrecord", "a.tfrecord", lambda: record(2**63), "unreadable", "cut off", (1, 0)),
    "a record that is cut off": (
        "tfrecord",
        "a.tfrecord",
        lambda: record(400, b"abcd"),
        "unreadable",
        "cut off",
        (1, 0),
    ),
    "a record of garbage": (
        "tfrecord",
        "a.tfrecord",
        lambda: record(4, b"\xff\xff\xff\xff"),
        "unreadable",
        "no tf.train.Example",
        (1, 0),
    ),
    "a length with a wrong checksum": (
        "tfrecord",
        "a.tfrecord",
        lambda: struct.pack("<Q", 4) + b"none" + b"abcdabcd",
        "unreadable",
        "damaged",
        (1, 0),
    ),
}
