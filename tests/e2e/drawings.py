"""Files as people drop them on the page: drawn pictures, and what is no picture whatever its name says."""

import base64
import io
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page

from tests.annotations.archives import voc, zipped
from tests.annotations.test_bad_input import huge_png

Files = dict[str, bytes]

DROP = """files => {
  const transfer = new DataTransfer();
  for (const [name, data] of Object.entries(files))
    transfer.items.add(new File([Uint8Array.from(atob(data), char => char.charCodeAt(0))], name));
  const target = document.querySelector("main");
  for (const kind of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""


def picture(seed: int, kind: str = "PNG", size: tuple[int, int] = (320, 240)) -> bytes:
    """A disc on a plain ground; both depend on `seed`."""
    image = Image.new("RGB", size, (seed * 37 % 256, seed * 91 % 256, 120))
    x, y = 20 + seed * 53 % (size[0] - 100), 20 + seed * 29 % (size[1] - 100)
    ImageDraw.Draw(image).ellipse((x, y, x + 60, y + 60), fill=(240, seed % 256, 60))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def discs(labelled: int, unlabelled: int) -> bytes:
    """An archive of pictures, by turns to train and to validate on; the first have one box each."""
    files = {}
    for seed in range(labelled + unlabelled):
        place = f"{('train', 'val')[seed % 2]}/{seed}"
        files[f"{place}.png"] = picture(seed)
        if seed < labelled:
            files[f"{place}.xml"] = voc(f"{seed}.png", ("disc", 20, 20, 90, 90), size=(320, 240))
    return zipped(files)


def pictures(count: int, first: int = 0) -> Files:
    """JPEG and PNG by turns."""
    kinds = (("jpg", "JPEG"), ("png", "PNG"))
    return {
        f"photo-{seed:03}.{ending}": picture(seed, kind)
        for seed in range(first, first + count)
        for ending, kind in [kinds[seed % 2]]
    }


BAD: dict[str, tuple[bytes, str]] = {
    "cut.jpg": (picture(900, "JPEG")[:-700], "cut off"),
    "vast.png": (huge_png(), "30000×30000 is 900 megapixels"),
    "nothing.jpg": (b"", "empty (0 bytes)"),
    "script.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG is refused"),
    "letter.jpg": (b"Dear all, this is a text.\n" * 20, "whatever its name says"),
}
"""Each with a part of the reason that the page must give."""


def written(folder: Path, files: Files) -> list[Path]:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]


def drop(page: Page, files: Files) -> None:
    """Drop files on the page, as from a file manager."""
    page.evaluate(DROP, {name: base64.b64encode(data).decode() for name, data in files.items()})
