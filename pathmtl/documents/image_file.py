"""Picture files (PNG, JPEG, TIFF with several frames) as gray pages at a known resolution."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from pathmtl.documents.document import Unreadable

if TYPE_CHECKING:
    import numpy as np

MAX_PIXELS = 120_000_000  # a 600-dpi A3 scan has 70 million; more is a decompression bomb
_WORKING_PIXELS = 30_000_000  # of a page that is given to OCR


def open_image(path: Path) -> Image.Image:
    """Open a picture without decoding it.

    Raises
    ------
    Unreadable
        Not a picture, or one with more than ``MAX_PIXELS``.
    """
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        image = Image.open(path, formats=("PNG", "JPEG", "TIFF"))
    except UnidentifiedImageError:
        raise Unreadable("damaged", "its content is not that of a picture") from None
    except Image.DecompressionBombError:
        raise Unreadable("refused", f"a picture of more than {2 * MAX_PIXELS:,} pixels") from None
    except (OSError, ValueError, SyntaxError) as error:
        raise Unreadable("damaged", f"the picture cannot be opened ({type(error).__name__})") from None
    _bound(image)
    return image


def frame_count(image: Image.Image) -> int:
    """Return the number of frames (pages)."""
    return int(getattr(image, "n_frames", 1))


def frames(image: Image.Image, dpi: int) -> Iterator[np.ndarray]:
    """Yield each frame upright on white, a gray array (height, width) of uint8, at about ``dpi`` if the file states its own."""
    import numpy as np

    for frame in ImageSequence.Iterator(image):
        _bound(frame)
        stated = frame.info.get("dpi")
        upright = ImageOps.exif_transpose(frame)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            ground = Image.new("RGBA", upright.size, "white")
            ground.alpha_composite(upright.convert("RGBA"))
            upright = ground
        gray = _gray(upright)
        yield np.asarray(gray.resize(_size(gray.size, stated, dpi), Image.Resampling.LANCZOS), dtype=np.uint8)


def _gray(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.point(lambda value: value / 256).convert("L")
    return image.convert("L")


def _bound(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Unreadable("refused", f"a picture of {width} x {height} pixels: more than {MAX_PIXELS:,}")


def _size(size: tuple[int, int], stated: tuple[float, float] | None, dpi: int) -> tuple[int, int]:
    """Target size. Faxes state unequal resolutions (204 x 98 dpi); both axes are scaled to ``dpi``.

    A resolution below 90 is not believed: cameras and exporters write 72 by default.
    """
    width, height = size
    scale_x = scale_y = 1.0
    if stated and all(90 <= float(value) <= 1200 for value in stated):
        scale_x, scale_y = (min(max(dpi / float(value), 0.25), 3.0) for value in stated)
    width, height = max(1, round(width * scale_x)), max(1, round(height * scale_y))
    shrink = min(1.0, (_WORKING_PIXELS / (width * height)) ** 0.5)
    return max(1, round(width * shrink)), max(1, round(height * shrink))
