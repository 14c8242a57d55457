"""Pictures: what a file is, whether all of it is there, and its smaller copies. Pure Pillow.

A file is what its bytes say, never what its name says. JPEG, PNG, WebP and BMP are taken: each browser shows them
and each trainer reads them. Everything else, and what would be shown otherwise than it is trained (animations,
16-bit grey), is refused with a reason. ImageLimits are held against the header, before anything is decoded.
"""

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from annotations.decoding import PixelBudget
from annotations.location import Unreadable, file_tells_location

# Our own limit is checked in `probe`, against the header, and its message names both numbers; Pillow's global one
# would refuse with a number of its own.
Image.MAX_IMAGE_PIXELS = None

THUMBNAIL_HEIGHT = 320
STRIP_HEIGHT = 112
THUMBNAIL_WIDTH = 1280
THUMBNAIL_SHARE = 0.75
"""Of that size a thumbnail has at least this much: taken where a decoder gives it by itself, for resampling costs more
than decoding."""
PREVIEW_SIDE = 1600
PREVIEW_BYTES = 0.5
"""A pixel: a small file of more is not shown as it came, for a line may be slow."""
JPEG_QUALITY = 85
LOOK_SIDE = 160
"""Of a picture before its look is taken: large enough to be smooth, small enough for a decoder to give it."""

ORIENTATION_TAG = 0x0112
TURNED = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

CONTENT_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a JPEG with a second picture behind it, as telephones write
    "PNG": "image/png",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
}
EIGHT_BIT_MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"})
WEBP_COPIES = 3
"""The WebP decoder holds the picture this many times; its pixel limit is that much smaller."""

BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, TypeError, KeyError, IndexError, OverflowError)
"""What Pillow's plugins raise on damaged files."""


class Refused(Exception):
    """This file can't become an image here; `reason` says why, to the person who sent it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What one file may cost: `max_bytes` of file, `max_pixels` decoded."""

    max_bytes: int = 50 * 2**20
    max_pixels: int = 60_000_000


@dataclass(frozen=True, slots=True)
class Probe:
    """What the header says. `width` and `height` are those after EXIF orientation."""

    content_type: str
    width: int
    height: int
    orientation: int = 1

    @property
    def stored_size(self) -> tuple[int, int]:
        """(width, height) of the pixels as they lie in the file, before EXIF orientation."""
        return (self.height, self.width) if self.orientation in TURNED else (self.width, self.height)


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """A file that was decoded to its end, with its two smaller copies as JPEG bytes.

    `preview` is None where the file itself is as good a one: what browsers show, small enough, without a place.
    """

    probe: Probe
    preview: bytes | None
    thumbnail: bytes
    has_location: bool


def probe(file: BinaryIO, limits: ImageLimits) -> Probe:
    """Read the header of `file` and hold it against the limits. Raises Refused; decodes nothing."""
    _check_bytes(file, limits)
    with _open(file) as image:
        return _probe(image, limits)


def examine(file: BinaryIO, limits: ImageLimits, budget: PixelBudget) -> DecodedImage:
    """Decode `file` to its end, which finds what is truncated, and make its copies. Raises Refused."""
    size = _check_bytes(file, limits)
    with _open(file) as image:
        found = _probe(image, limits)
        has_location = _tells_location(file)
        is_preview = _may_be_preview(image, found, size) and not has_location
        image.draft("RGB", _least_thumbnail(image) if is_preview else (PREVIEW_SIDE, PREVIEW_SIDE))
        with budget.spend(_decoded_pixels(image, found)):
            return DecodedImage(found, *_copies(image, found, is_preview=is_preview), has_location)


def strip_of(thumbnail: BinaryIO) -> bytes:
    """The same at STRIP_HEIGHT, a tenth of the bytes. Raises OSError for a file that is damaged."""
    with Image.open(thumbnail, formats=("JPEG",)) as image:
        image.draft("RGB", (1, STRIP_HEIGHT))
        return _jpeg(_shrunk(image, image.width, STRIP_HEIGHT))


def look_of(file: BinaryIO, limits: ImageLimits, budget: PixelBudget) -> int:
    """64 signed bits that pictures share which look alike: of a grey 9 × 8, where it grows brighter to the right.

    The difference hash of N. Krawetz. Raises Refused.
    """
    _check_bytes(file, limits)
    with _open(file) as image:
        found = _probe(image, limits)
        image.draft("L", (LOOK_SIDE, LOOK_SIDE))
        with budget.spend(_decoded_pixels(image, found)):
            try:
                grey = _flat(_turned(_shrunk(image, LOOK_SIDE, LOOK_SIDE), found.orientation)).convert("L")
            except BROKEN as error:
                raise Refused(f"the file is damaged or cut off: {error}") from error
    rows = grey.resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = sum((rows[at] < rows[at + 1]) << at - at // 9 for at in range(71) if at % 9 < 8)
    return bits - 2**63


def unlikeness(look: int, other: int) -> int:
    """Bits of 64 in which two looks differ; below a handful for one scene."""
    return ((look + 2**63) ^ (other + 2**63)).bit_count()


def _least_thumbnail(image: Image.Image) -> tuple[int, int]:
    ratio = max(image.width / THUMBNAIL_WIDTH, image.height / THUMBNAIL_HEIGHT, 1) / THUMBNAIL_SHARE
    return max(1, round(image.width / ratio)), max(1, round(image.height / ratio))


def _tells_location(file: BinaryIO) -> bool:
    try:
        return file_tells_location(file)
    except Unreadable as error:
        raise Refused(f"the file is damaged: {error}") from error


def _may_be_preview(image: Image.Image, found: Probe, size: int) -> bool:
    """Whether the file, of `size` bytes, can be shown in the place of a smaller copy."""
    small = max(found.width, found.height) <= PREVIEW_SIDE and size <= found.width * found.height * PREVIEW_BYTES
    return small and image.format == "JPEG" and image.mode in {"L", "RGB"} and found.orientation == 1


def _decoded_pixels(image: Image.Image, found: Probe) -> int:
    """What the decoder holds: of a JPEG, the picture at its smaller scale, unless all of its passes must be kept."""
    if image.format == "WEBP":
        return WEBP_COPIES * found.width * found.height
    return found.width * found.height if image.info.get("progressive") else image.width * image.height


def _check_bytes(file: BinaryIO, limits: ImageLimits) -> int:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size == 0:
        raise Refused("the file is empty (0 bytes)")
    if size > limits.max_bytes:
        raise Refused(f"{size / 2**20:.0f} MB is more than the {limits.max_bytes / 2**20:.0f} MB allowed for one image")
    return size


def _open(file: BinaryIO) -> Image.Image:
    try:
        return Image.open(file, formats=("JPEG", "PNG", "WEBP", "BMP"))
    except UnidentifiedImageError as error:
        file.seek(0)
        raise Refused(_what_it_is(file.read(512))) from error
    except BROKEN as error:
        raise Refused("the file is damaged: its header can't be read") from error


def _what_it_is(head: bytes) -> str:
    """Why a file that is no picture of ours was refused, from its first bytes."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return "SVG is refused: it can carry scripts; export it as PNG"
    for magic, name in ((b"gif8", "GIF"), (b"ii*\0", "TIFF"), (b"mm\0*", "TIFF"), (b"%pdf", "PDF"), (b"pk", "a zip")):
        if start.startswith(magic):
            return f"this is {name}; JPEG, PNG, WebP and BMP are taken"
    if head[4:12] in {b"ftypheic", b"ftypmif1", b"ftypheix", b"ftypavif"}:
        return "HEIC and AVIF are not taken yet; export it as JPEG"
    return "this is not a JPEG, PNG, WebP or BMP picture, whatever its name says"


def _probe(image: Image.Image, limits: ImageLimits) -> Probe:
    kind = image.format or ""
    width, height = image.size
    allowed = limits.max_pixels // (WEBP_COPIES if kind == "WEBP" else 1)
    if width * height > allowed:
        megapixels = f"{width}×{height} is {width * height / 1e6:.0f} megapixels"
        raise Refused(f"{megapixels}; at most {allowed / 1e6:.0f} are allowed")
    if kind != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise Refused("the picture is animated; send its frames as single pictures")
    if image.mode not in EIGHT_BIT_MODES:
        raise Refused(f"the picture has more than 8 bits a channel (mode {image.mode}); convert it to 8 bits")
    orientation = _orientation(image)
    if orientation in TURNED:
        width, height = height, width
    return Probe(CONTENT_TYPES[kind], width, height, orientation)


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(ORIENTATION_TAG, 1)
    except BROKEN:
        return 1
    return value if value in range(1, 9) else 1


def _copies(image: Image.Image, found: Probe, *, is_preview: bool) -> tuple[bytes | None, bytes]:
    """(preview, thumbnail). Decodes the file to its end."""
    try:
        preview = _flat(_turned(_shrunk(image, PREVIEW_SIDE, PREVIEW_SIDE), found.orientation))
        thumbnail = _jpeg(_shrunk(preview, THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT, Image.Resampling.HAMMING))
        return None if is_preview else _jpeg(preview), thumbnail
    except BROKEN as error:
        raise Refused(f"the file is damaged or cut off: {error}") from error


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image


def _shrunk(
    image: Image.Image, width: int, height: int, kernel: Image.Resampling = Image.Resampling.LANCZOS
) -> Image.Image:
    """`image` within width × height."""
    image.load()
    ratio = max(image.width / width, image.height / height)
    if ratio <= 1:
        return image
    size = max(1, round(image.width / ratio)), max(1, round(image.height / ratio))
    small = _reduced(image, int(ratio)) if ratio >= 2 else _smooth(image)
    return small.resize(size, kernel)


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """`image` at 1/factor, band by band: a conversion or an alpha of the whole would double the memory."""
    out: Image.Image | None = None
    for top in range(0, image.height, factor * 128):
        bottom = min(image.height, top + factor * 128)
        band = _smooth(image.crop((0, top, image.width, bottom))).reduce(factor)
        if out is None:
            out = Image.new(band.mode, (band.width, -(-image.height // factor)))
        out.paste(band, (0, top // factor))
    return out if out is not None else image


def _smooth(image: Image.Image) -> Image.Image:
    """In a mode that can be resampled: palettes and bitmaps can't."""
    if image.mode == "1":
        return image.convert("L")
    if image.mode in {"P", "PA"} or "transparency" in image.info:
        return image.convert("RGBA")
    return image


def _flat(image: Image.Image) -> Image.Image:
    """RGB; what is transparent lies on white."""
    if image.mode in {"LA", "PA", "RGBA"} or "transparency" in image.info:
        over = image.convert("RGBA")
        white = Image.new("RGBA", over.size, "white")
        return Image.alpha_composite(white, over).convert("RGB")
    return image.convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY, comment=b"")  # else the original's goes along
    return out.getvalue()
