"""Boxes back into lines, columns and text."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from pathmtl.documents.reading_order import Word, is_torn, lines, to_text

HEIGHT, ADVANCE = 20, 10


def row(y: float, *cells: tuple[float, str], tilt: float = 0.0) -> list[Word]:
    """Words of one printed row; each cell starts at an x and is split at its spaces."""
    words = []
    for x, text in cells:
        for part in text.split():
            drop = tilt * x
            words.append(Word(part, x, y + drop, x + ADVANCE * len(part), y + drop + HEIGHT))
            x += ADVANCE * (len(part) + 1)
    return words


def page(*rows: list[Word]) -> list[Word]:
    words = [word for line in rows for word in line]
    random.Random(3).shuffle(words)
    return words


LEFT = (
    "The specimen is received in",
    "formalin and consists of a",
    "portion of breast tissue that",
    "measures four centimeters in",
    "its greatest dimension today.",
)
RIGHT = (
    "Sections show a carcinoma of",
    "no special type which invades",
    "the fat but not the muscle of",
    "the chest wall; margins are",
    "free of tumor everywhere now.",
)
TITLE = "Surgical pathology report of the hospital, continued from the page before"
SIGNED = "Signed electronically by the pathologist on the day of the report, see overleaf"


def test_words_of_a_line_are_sorted_by_x() -> None:
    text = to_text(page(row(0, (50, "Final diagnosis: carcinoma")), row(30, (50, "Grade 2"))))
    assert text == "Final diagnosis: carcinoma\nGrade 2"


def test_paragraphs_are_parted_by_a_blank_line() -> None:
    assert to_text(page(row(0, (50, "Gross")), row(30, (50, "One")), row(110, (50, "Micro")))) == "Gross\nOne\n\nMicro"


def test_two_columns_of_prose_are_read_one_after_the_other() -> None:
    rows = [row(100 + 30 * i, (50, left), (420, right)) for i, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True))]
    text = to_text(page(row(0, (50, TITLE)), *rows, row(400, (50, SIGNED))))
    assert text.replace("\n\n", "\n").split("\n") == [TITLE, *LEFT, *RIGHT, SIGNED]


def test_columns_with_unequal_baselines_are_kept_apart() -> None:
    rows = [row(30 * i, (50, left)) for i, left in enumerate(LEFT)]
    rows += [row(30 * i + 14, (420, right)) for i, right in enumerate(RIGHT)]
    assert to_text(page(*rows)).replace("\n\n", "\n").split("\n") == [*LEFT, *RIGHT]


def test_label_and_value_stay_on_one_line() -> None:
    cells = [
        ("Procedure", "Excision, left breast, with one sentinel node"),
        ("Tumor size", "2.3 cm"),
        ("Grade", "Nottingham 3"),
        ("ER", "Positive, 95 % of the tumor nuclei"),
        ("PR", "Negative"),
        ("HER2", "Equivocal by immunohistochemistry, 2+"),
    ]
    text = to_text(page(*[row(30 * i, (50, label), (400, value)) for i, (label, value) in enumerate(cells)]))
    assert text.split("\n") == [f"{label} {value}" for label, value in cells]


def test_a_wrapped_value_stays_between_its_labels() -> None:
    text = to_text(
        page(
            row(0, (50, "Site"), (400, "Left breast, upper outer")),
            row(30, (400, "quadrant at two o'clock")),
            row(60, (50, "Size"), (400, "2 cm")),
            row(90, (50, "Grade"), (400, "2 of 3")),
        )
    )
    assert text.split("\n") == ["Site Left breast, upper outer", "quadrant at two o'clock", "Size 2 cm", "Grade 2 of 3"]


def test_a_tilted_line_is_one_line() -> None:
    said = ["Invasive ductal carcinoma of the left breast, grade 2 of 3", "Margins are free of tumor and the nodes are negative"]
    assert to_text(page(*[row(30 * i, (50, line), tilt=0.03) for i, line in enumerate(said)])).split("\n") == said


FORM = [
    row(30 * i, (50, label), (400, value))
    for i, (label, value) in enumerate(
        [("Pathological T", "T4"), ("Pathological N", "N1"), ("Nodes sampled", "12"), ("Nodes positive", "1"), ("Grade", "III")]
    )
]


def test_a_form_written_column_by_column_is_torn() -> None:
    labels = [word for line in FORM for word in line if word.x0 < 400]
    values = [word for line in FORM for word in line if word.x0 >= 400]
    assert is_torn(labels + values)
    assert to_text(labels + values).startswith("Pathological T T4\nPathological N N1\n")


def test_rows_in_order_are_not_torn_nor_is_a_page_with_a_note_beside_it() -> None:
    whole = [word for line in FORM for word in line]
    assert not is_torn(whole)
    note = row(0, (800, "see")) + row(30, (800, "note")) + row(60, (800, "beside"))
    assert not is_torn(whole + note)
    assert not is_torn([])


def test_an_empty_page_is_empty() -> None:
    assert to_text([]) == ""
    assert to_text([Word("  ", 0, 0, 10, 10)]) == ""


boxes = st.builds(
    lambda x, y, w, h, t: Word(t, x, y, x + w, y + h),
    st.integers(0, 1000),
    st.integers(0, 1000),
    st.integers(1, 300),
    st.integers(1, 60),
    st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True),
)


@given(st.lists(boxes, max_size=40))
def test_no_word_is_lost_or_invented(words: list[Word]) -> None:
    assert sorted(to_text(words).split()) == sorted(word.text for word in words)
    assert sum(map(len, lines(words))) == len(words)
