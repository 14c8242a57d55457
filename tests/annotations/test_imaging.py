"""Which pictures are taken, and what is made of them."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from annotations.decoding import PixelBudget
from annotations.imaging import CONTENT_TYPES, ImageLimits, Refused, examine, probe

ROOT = Path(__file__).resolve().parents[2]
BUDGET = PixelBudget(60_000_000)


def made(mode: str, kind: str, size: tuple[int, int] = (300, 200), **options: Any) -> io.BytesIO:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out


KINDS = [("RGB", "JPEG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("RGB", "PNG"), ("RGBA", "PNG"), ("LA", "PNG")]
KINDS += [("P", "PNG"), ("1", "PNG"), ("RGB", "WEBP"), ("RGBA", "WEBP"), ("RGB", "BMP")]


@pytest.mark.parametrize(("mode", "kind"), KINDS)
@pytest.mark.parametrize("size", [(300, 200), (7000, 40), (3300, 2000), (1, 1)])
def test_each_kind_becomes_two_jpegs(mode: str, kind: str, size: tuple[int, int]) -> None:
    file = made(mode, kind, size)
    picture = examine(file, ImageLimits(), BUDGET)
    assert (picture.probe.content_type, (picture.probe.width, picture.probe.height)) == (CONTENT_TYPES[kind], size)
    shown = picture.preview or file.getvalue()
    preview, thumbnail = (Image.open(io.BytesIO(data)) for data in (shown, picture.thumbnail))
    assert preview.format == thumbnail.format == "JPEG"
    assert max(preview.size) <= 1600
    assert thumbnail.height <= 320
    assert preview.mode == "RGB" or (preview.mode, kind) == ("L", "JPEG")


def with_place() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    return exif.tobytes()


OWN_COPY: dict[str, tuple[str, str, tuple[int, int], dict[str, Any]]] = {
    "another kind": ("RGB", "PNG", (300, 200), {}),
    "other colours": ("CMYK", "JPEG", (300, 200), {}),
    "wider": ("RGB", "JPEG", (1601, 900), {}),
    "turned": (
        "RGB",
        "JPEG",
        (300, 200),
        {"exif": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"},
    ),
    "many bytes": ("RGB", "JPEG", (30, 20), {"comment": b"x" * 400}),
    "tells a place": ("RGB", "JPEG", (300, 200), {"exif": with_place()}),
}


@pytest.mark.parametrize("case", OWN_COPY)
def test_what_can_not_be_shown_as_it_came_has_a_copy(case: str) -> None:
    mode, kind, size, options = OWN_COPY[case]
    picture = examine(made(mode, kind, size, **options), ImageLimits(), BUDGET)
    assert picture.preview is not None
    assert not Image.open(io.BytesIO(picture.preview)).getexif()
    assert picture.has_location == (case == "tells a place")


def test_a_small_plain_jpeg_is_its_own_preview() -> None:
    assert examine(made("RGB", "JPEG", (1600, 900)), ImageLimits(), BUDGET).preview is None


THUMBNAILS = [((640, 480), (320, 240)), ((600, 400), (480, 320)), ((1600, 900), (569, 320)), ((300, 200), (300, 200))]
THUMBNAILS += [((1600, 100), (1280, 80)), ((200, 1500), (43, 320))]


@pytest.mark.parametrize(("size", "expected"), THUMBNAILS)
def test_a_thumbnail_has_its_size_or_what_the_decoder_gives_near_it(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    thumbnail = examine(made("RGB", "JPEG", size), ImageLimits(), BUDGET).thumbnail
    assert Image.open(io.BytesIO(thumbnail)).size == expected


@pytest.mark.parametrize("size", [(640, 480), (300, 200), (2000, 1500)])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_off_jpeg_is_refused_at_whatever_scale_it_is_decoded(size: tuple[int, int], share: float) -> None:
    out = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(out, "JPEG")
    with pytest.raises(Refused, match=r"cut off|no pixels"):
        examine(io.BytesIO(out.getvalue()[: int(len(out.getvalue()) * share)]), ImageLimits(), BUDGET)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_copies_stand_as_exif_says(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.new("RGB", (80, 40))
    image.paste((255, 0, 0), (0, 0, 40, 20))
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif.tobytes(), quality=95)
    shown = Image.open(io.BytesIO(examine(out, ImageLimits(), BUDGET).preview or out.getvalue()))
    found = probe(out, ImageLimits())
    assert shown.size == (found.width, found.height)
    corners = [(2, 2), (shown.width - 3, 2), (shown.width - 3, shown.height - 3), (2, shown.height - 3)]
    red = [corner for corner in corners if shown.getpixel(corner)[0] > 128]  # type: ignore[index]
    where = {1: 0, 2: 1, 3: 2, 4: 3, 5: 0, 6: 1, 7: 2, 8: 3}[orientation]
    assert red == [corners[where]]


def test_transparency_lies_on_white() -> None:
    shown = Image.open(io.BytesIO(examine(made("RGBA", "PNG"), ImageLimits(), BUDGET).preview or b""))
    assert shown.getpixel((5, 5)) == (255, 255, 255)


def test_telephone_jpeg_with_a_second_picture_is_a_jpeg() -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 40)).save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), "red")])
    assert examine(out, ImageLimits(), BUDGET).probe.content_type == "image/jpeg"


def test_limits_are_held_against_the_header() -> None:
    with pytest.raises(Refused, match="MB is more than"):
        probe(made("RGB", "BMP"), ImageLimits(max_bytes=1000))
    with pytest.raises(Refused, match="megapixels"):
        probe(made("RGB", "PNG"), ImageLimits(max_pixels=59_999))
    with pytest.raises(Refused, match="megapixels"):
        probe(made("RGB", "WEBP"), ImageLimits(max_pixels=100_000))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "JPEG"])
def test_cut_off_file_is_refused_whatever_its_kind(kind: str) -> None:
    whole = io.BytesIO()
    Image.effect_noise((200, 200), 80).convert("RGB").save(whole, kind)
    with pytest.raises(Refused):
        examine(io.BytesIO(whole.getvalue()[: len(whole.getvalue()) // 2]), ImageLimits(), BUDGET)


LARGEST = """
import io, resource
from PIL import Image
from annotations.decoding import PixelBudget
from annotations.imaging import ImageLimits, examine
BUDGET = PixelBudget(60_000_000)
out = io.BytesIO()
Image.new("P", (7740, 7740)).save(out, "PNG", transparency=0)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
examine(out, ImageLimits(), BUDGET)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_largest_picture_is_decoded_once_and_shrunk_in_bands() -> None:
    """60 megapixels with a palette: 60 MB decoded; converting it whole would cost 240 MB more."""
    done = subprocess.run([sys.executable, "-c", LARGEST], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 150
