"""Reading a picture with an OCR engine (``pathmtl.documents.ocr_engines``), whichever way up it lies.

The models take a second or more to load and a page takes seconds to read, so one ``Recognizer`` serves a whole batch.
"""

from __future__ import annotations

from functools import lru_cache
from statistics import median

import numpy as np

from pathmtl.documents.ocr_engines import LOADERS
from pathmtl.documents.picture import printed_box
from pathmtl.documents.reading_order import Word, to_text
from pathmtl.documents.text_layer import common_word_share

_JUDGED = 5  # fewer boxes do not show which way is up
_TALL = 1.5  # ratio of height to width of the boxes of a page on its side
# Median confidence below which a page may be upside down. EasyOCR has 0.2 to 0.3 on such a page and 0.8 on a good scan, with poor
# scans in between; RapidOCR has 0.6 to 0.72, and 0.95 and more on any page that lies right.
_UNCERTAIN = {"easyocr": 0.45, "rapidocr": 0.8}
_SPEECHLESS = 0.1  # share of common words: a poor scan still has some, a page that is upside down has none


class Recognizer:
    """An OCR engine for English, loaded once.

    Parameters
    ----------
    engine : {"easyocr", "rapidocr"}
        Which one.

    Raises
    ------
    OcrUnavailable
        The engine or its models are not installed.
    """

    def __init__(self, engine: str) -> None:
        self._read = LOADERS[engine]()
        self._uncertain = _UNCERTAIN[engine]

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
        for turns in _other_turns(best, self._uncertain):
            other = self._words(np.rot90(image, turns).copy())
            best = max(best, other, key=_certainty)
        return best

    def _words(self, image: np.ndarray) -> list[Word]:
        box = printed_box(image)
        if box is None:
            return []
        # The detector's cost grows with the area: white margins are cut.
        top, bottom, left, right = box
        words = []
        for corners, text, confidence in self._read(image[top:bottom, left:right], max(image.shape)):
            (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
            words.append(Word(text, left + float(x0), top + float(y0), left + float(x1), top + float(y1), confidence))
        return words

    def text(self, image: np.ndarray) -> str:
        """Return the text of a gray picture, (height, width) of uint8, in reading order."""
        return to_text(self.words(image))

    def text_and_confidence(self, image: np.ndarray) -> tuple[str, float]:
        """Return the text of a picture (see ``text``), and the mean confidence of its characters, 0 to 1."""
        words = self.words(image)
        return to_text(words), _certainty(words) / max(sum(len(word.text) for word in words), 1)


def _other_turns(words: list[Word], uncertain_below: float) -> tuple[int, ...]:
    """Quarter turns to try if a page seems to be on its side (tall boxes) or upside down (neither certain nor English)."""
    long = [word for word in words if len(word.text) > 2]
    if len(words) < _JUDGED:
        return ()
    if median(word.height / max(word.x1 - word.x0, 1.0) for word in words) > _TALL:
        return (1, 3)
    common = common_word_share(" ".join(word.text for word in words)) or 0.0
    uncertain = not long or median(word.confidence for word in long) < uncertain_below
    return (2,) if uncertain and common < _SPEECHLESS else ()


def _certainty(words: list[Word]) -> float:
    """Number of characters read, each weighted by the confidence of its word."""
    return sum(len(word.text) * word.confidence for word in words)


@lru_cache(maxsize=2)
def recognizer(engine: str) -> Recognizer:
    """Return this process's only recognizer of an engine, loaded at the first call.

    Parameters
    ----------
    engine : {"easyocr", "rapidocr"}
        Which one.

    Raises
    ------
    OcrUnavailable
        The engine or its models are not installed.
    """
    return Recognizer(engine)
