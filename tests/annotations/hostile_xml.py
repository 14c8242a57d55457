"""XML that strangers make to harm; each file lies beside the picture a.jpg of 64×48."""

from tests.annotations.archives import voc
from tests.annotations.hostile_rows import Row

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


def entity(declared: str, used: str) -> bytes:
    page = f"<annotation><filename>a.jpg</filename><folder>{used}</folder></annotation>"
    return f'<?xml version="1.0"?><!DOCTYPE annotation {declared}>{page}'.encode()


XML: dict[str, Row] = {
    "a billion laughs": (
        "voc",
        "a.xml",
        lambda: entity(f'[<!ENTITY l0 "lol">{LAUGHS}]', "&l11;"),
        "unreadable",
        "entity amplification",
        (0, 0),
    ),
    "an external entity": (
        "voc",
        "a.xml",
        lambda: entity('[<!ENTITY e SYSTEM "file:///etc/passwd">]', "&e;"),
        "unreadable",
        "document type or entities",
        (0, 0),
    ),
    "a parameter entity": (
        "voc",
        "a.xml",
        lambda: entity('[<!ENTITY % e SYSTEM "http://127.0.0.1/e"> %e;]', ""),
        "unreadable",
        "document type or entities",
        (0, 0),
    ),
    "a document type elsewhere": (
        "voc",
        "a.xml",
        lambda: entity('SYSTEM "http://127.0.0.1/e.dtd"', ""),
        "unreadable",
        "document type or entities",
        (0, 0),
    ),
    "a document type in CVAT": (
        "cvat",
        "annotations.xml",
        lambda: b"<!DOCTYPE a [<!ENTITY e 'x'>]><annotations>&e;</annotations>",
        "unreadable",
        "document type or entities",
        None,
    ),
    "XML nested 100,000 deep": (
        "voc",
        "a.xml",
        lambda: b"<annotation>" + b"<a>" * 100_000,
        "unreadable",
        "Excessive depth",
        (0, 0),
    ),
    "CVAT nested 100,000 deep": (
        "cvat",
        "annotations.xml",
        lambda: b"<annotations>" + b"<image>" * 100_000,
        "unreadable",
        "Excessive depth",
        None,
    ),
    "XML of 40,000 objects": (
        "voc",
        "a.xml",
        lambda: voc("a.jpg", *[("cat", 1, 1, 9, 9)] * 40_000),
        "unreadable",
        "at most 4 are read",
        (0, 0),
    ),
    "XML with a null character": (
        "voc",
        "a.xml",
        lambda: b"<annotation>\0</annotation>",
        "unreadable",
        "Char 0x0",
        (0, 0),
    ),
    "XML that lies about its encoding": (
        "voc",
        "a.xml",
        lambda: (
            b'<?xml version="1.0" encoding="utf-8"?>' + voc("a.jpg", ("c\xe4t", 1, 1, 9, 9)).decode().encode("latin-1")
        ),
        "unreadable",
        "Invalid bytes in character encoding",
        (0, 0),
    ),
    "corners that are no numbers": (
        "voc",
        "a.xml",
        lambda: voc("a.jpg", ("cat", float("nan"), 1, 9, 9)),
        "not_finite",
        "no number",
        (1, 0),
    ),
    "corners that are endless": (
        "voc",
        "a.xml",
        lambda: voc("a.jpg", ("cat", 1, 1, float("inf"), 9)),
        "not_finite",
        "no number",
        (1, 0),
    ),
    "corners of 1e308": (
        "voc",
        "a.xml",
        lambda: voc("a.jpg", ("cat", -1e308, 1, 1e308, 9)),
        "cut",
        "outside the image",
        (1, 1),
    ),
    "corners that are swapped": (
        "voc",
        "a.xml",
        lambda: voc("a.jpg", ("cat", 9, 9, 1, 1)),
        "swapped",
        "put right",
        (1, 1),
    ),
    "corners far outside": (
        "voc",
        "a.xml",
        lambda: voc("a.jpg", ("cat", -90, -90, -50, -50)),
        "outside",
        "outside the image",
        (1, 0),
    ),
}
