"""A picture's place leaves the file; its pixels, orientation and colours stay. Real bytes of each type."""

import io
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from annotations.imaging import ImageLimits, probe
from annotations.location import Unreadable, tells_location, without_location

KINDS = ("JPEG", "PNG", "WEBP")
PLACE = {1: "N", 2: (48.0, 51.0, 29.6), 3: "E", 4: (2.0, 17.0, 40.2)}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="48,51.4N"/></x:xmpmeta>'


def drawn(size: tuple[int, int] = (64, 48)) -> Image.Image:
    image = Image.new("RGB", size, (200, 30, 90))
    ImageDraw.Draw(image).ellipse((5, 5, 40, 30), fill=(10, 200, 60))
    return image


def exif(orientation: int = 1, *, place: bool = True) -> bytes:
    made = Image.Exif()
    made[0x0112] = orientation
    made[0x010F] = "Camera maker"
    if place:
        made[0x8825] = PLACE
    return made.tobytes()


def saved(kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    drawn().save(out, kind, **options)
    return out.getvalue()


def cleaned(data: bytes) -> bytes:
    """As it is at upload: the orientation is what the header of the whole file says."""
    return b"".join(without_location(data, probe(io.BytesIO(data), ImageLimits()).orientation))


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGBA").tobytes()


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("kind", KINDS)
def test_place_goes_and_the_picture_stays(kind: str, orientation: int) -> None:
    data = saved(kind, exif=exif(orientation))
    assert tells_location(data)
    clean = cleaned(data)
    assert not tells_location(clean)
    assert pixels(clean) == pixels(data)
    assert probe(io.BytesIO(clean), ImageLimits()) == probe(io.BytesIO(data), ImageLimits())
    with Image.open(io.BytesIO(clean)) as image:
        assert image.getexif().get_ifd(0x8825) == {}
        assert image.getexif().get(0x0112, 1) == orientation


@pytest.mark.parametrize("kind", KINDS)
def test_picture_without_a_place_is_left_as_it_is(kind: str) -> None:
    assert not tells_location(saved(kind))
    assert not tells_location(saved(kind, exif=exif(6, place=False)))


@pytest.mark.parametrize("kind", KINDS)
def test_place_in_xmp_goes(kind: str) -> None:
    options: dict[str, Any] = {"xmp": XMP}
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options = {"pnginfo": info}
    data = saved(kind, **options)
    assert tells_location(data)
    assert b"GPS" not in cleaned(data)
    assert pixels(cleaned(data)) == pixels(data)


@pytest.mark.parametrize("kind", KINDS)
def test_colour_profile_stays(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = saved(kind, icc_profile=profile, exif=exif())
    with Image.open(io.BytesIO(cleaned(data))) as image:
        assert image.info["icc_profile"] == profile
    assert not tells_location(saved(kind, icc_profile=profile))


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_colours_of_other_modes_stay(mode: str) -> None:
    out = io.BytesIO()
    drawn().convert(mode).save(out, "JPEG", exif=exif())
    with Image.open(io.BytesIO(cleaned(out.getvalue()))) as clean, Image.open(out) as whole:
        assert (clean.mode, clean.tobytes()) == (mode, whole.tobytes())


def test_progressive_jpeg_and_alpha_stay() -> None:
    data = saved("JPEG", progressive=True, exif=exif(), comment=b"my City", quality=95)
    assert pixels(cleaned(data)) == pixels(data)
    out = io.BytesIO()
    drawn().convert("RGBA").rotate(20).save(out, "WEBP", lossless=True, exif=exif(6))
    assert pixels(cleaned(out.getvalue())) == pixels(out.getvalue())


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_video_or_second_picture_behind_the_first_goes(kind: str) -> None:
    data = saved(kind) + b"\0\0\0\x18ftypmp42" + b"moov" + b"+48.8582+002.2945/"
    assert tells_location(data)
    assert cleaned(data) == saved(kind)
    second = saved(kind) + saved("JPEG", exif=exif())
    assert tells_location(second)
    assert not tells_location(cleaned(second))


def test_pictures_of_a_telephone_with_two_frames_lose_the_second() -> None:
    out = io.BytesIO()
    drawn().save(out, "MPO", save_all=True, append_images=[drawn()], exif=exif(6))
    clean = cleaned(out.getvalue())
    assert not tells_location(clean)
    assert pixels(clean) == pixels(out.getvalue())
    assert probe(io.BytesIO(clean), ImageLimits()).orientation == 6


@pytest.mark.parametrize("compressed", [True, False])
def test_place_in_the_text_of_a_png_goes(compressed: bool) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "Latitude 48.8", zip=compressed)
    data = saved("PNG", pnginfo=info)
    assert tells_location(data)
    assert not tells_location(cleaned(data))


def test_caption_of_an_agency_goes() -> None:
    """IPTC, in Photoshop's segment: the city is a number and a text."""
    city = b"\x1c\x02\x5a\x00\x05Paris"
    body = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + len(city).to_bytes(4, "big") + city
    plain = saved("JPEG")
    data = plain[:2] + b"\xff\xed" + (len(body) + 2).to_bytes(2, "big") + body + plain[2:]
    assert tells_location(data)
    assert cleaned(data) == plain


@given(st.binary(max_size=400), st.sampled_from(KINDS), st.integers(0, 600))
def test_damaged_files_raise_unreadable_or_end(noise: bytes, kind: str, place: int) -> None:
    whole = saved(kind, exif=exif(6))
    data = whole[:place] + noise + whole[place + len(noise) :]
    for work in (tells_location, lambda d: b"".join(without_location(d, 6))):
        try:
            work(data)
        except Unreadable:
            continue


def test_chunk_checksum_is_right() -> None:
    clean = cleaned(saved("PNG", exif=exif(6)))
    place = clean.index(b"eXIf")
    size = int.from_bytes(clean[place - 4 : place], "big")
    assert zlib.crc32(clean[place : place + 4 + size]) == int.from_bytes(clean[place + 4 + size :][:4], "big")
