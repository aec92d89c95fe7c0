"""The corpus: exact spans, split by patient, same bytes for the same seed, rates kept, the bundled files current."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import subprocess
import sys
import tracemalloc
from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path

import pytest
from pathmtl_synthetic.calibrate import digest
from pathmtl_synthetic.generate import COLUMNS, generate, synthesize
from pathmtl_synthetic.measure import Score, naive_row, rates_found
from pathmtl_synthetic.phenomena import CALIBRATION, OF_THE_CASE, PHENOMENA, resolve
from pathmtl_synthetic.plan import SHARES
from pathmtl_synthetic.styles import STYLES
from pathmtl_synthetic.wording.receptors import DISCLAIMER
from scipy.stats import binomtest

from pathmtl import oracle
from pathmtl.baselines.naive import naive_labels
from pathmtl.schema import CLASSES, TASKS, canonical

ROOT = Path(__file__).parents[1]
BUNDLED = ROOT / "data_synthetic"
#: Phenomena that few reports allow: how many must be written to meet one.
RARE = {"her2_fish_pending": 400, "her2_equivocal_wording": 200, "her2_ratio_only": 200, "assay_conflict_addendum": 100}
DAMAGED = {"ocr_noise", "typos", "code_spaced", "line_breaks_lost", "abbreviations"}


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return list(generate(3000, 7))


#: What the wording of each stated class must hold, on undamaged reports (lower case).
WORDING = {
    ("grade", "G1"): r"1|\bi\b|well diff|low|[345]/9",
    ("grade", "G2"): r"2|ii|moderately|intermediate|[67]/9",
    ("grade", "G3"): r"3|iii|poorly|high|[89]/9",
    ("HER2", "Positive"): r"3\+|positive|amplified|amplification detected|overexpressed|ratio|2\+|score 3|ihc 3|cep17|cen17",
    ("HER2", "Negative"): r"negative|0|1\+|non-amplified|no(?:t)? amplifi|ratio|2\+|not overexpressed|equivocal|cep17|cen17",
    ("HER2", "Equivocal"): r"2\+|equivocal|indeterminate",
}


def wording(task: str, value: str) -> str:
    if task in ("T", "M"):
        return rf"{task}\s?{value[1:]}".lower()
    if task == "N":
        return rf"n\s?{value[1:]}|\d|no |negative|free"
    if task in ("ER", "PR"):
        return {
            "Positive": r"positive|[1-9]\d*\s?%|allred|score|[2-8]/8|stain|express|immunoreact|favorable",
            "Negative": r"negative|0\s?%|<\s?1\s?%|less than 1|0/8|score:? 0|no |not |allred 0|score 0",
        }[value]
    return WORDING[task, value]


def test_every_stated_label_has_evidence_that_words_it(rows: list[dict]) -> None:
    checked = Counter()
    for row in rows:
        evidence = defaultdict(list)
        for start, end, task in json.loads(row["evidence"]):
            evidence[task].append(row["text"][start:end])
        assert set(evidence) == {task for task in TASKS if row[task]}, row["report_id"]
        if DAMAGED & set(row["phenomena"].split(";")):
            continue
        for task, found in evidence.items():
            for text in found:
                assert re.search(wording(task, row[task]), " ".join(text.lower().split())), (
                    row["report_id"],
                    task,
                    row[task],
                    text,
                )
                checked[task] += 1
    assert min(checked[task] for task in TASKS) > 100


def test_truth_is_canonical_and_texts_are_whole(rows: list[dict]) -> None:
    for row in rows:
        assert tuple(row) == COLUMNS
        for task in TASKS:
            assert canonical(task, row[task]) == (row[task] or None)
        assert not re.search("[\ue000-\uf8ff]", row["text"]), "a mark was left in the text"
        assert not re.search(r"\{\w+\}|[\[\]|]{2}", row["text"].replace("| ", "").replace(" |", "")), (
            "a template was left in the text"
        )
        assert len(row["text"]) > 60


def test_no_report_of_in_situ_disease_alone_tests_her2(rows: list[dict]) -> None:
    """CAP breast biomarker template: HER2 is for invasive carcinoma. Laboratory boilerplate may still explain its scores."""
    pure = [row for row in rows if "dcis_only" in row["phenomena"].split(";")]
    assert len(pure) > 200 and sum(bool(row["ER"]) for row in pure) > 50
    for row in pure:
        assert not row["HER2"], row["report_id"]
        assert not re.search(r"HER-?2[^.]{0,60}(?:pending|to follow|ordered)", row["text"]), row["report_id"]


def test_m_codes_are_those_of_ajcc_but_for_a_few(rows: list[dict]) -> None:
    """AJCC-8 has cM0, cM1 and pM1; pM0 and MX are a habit of real reports and stay rare. pMX is not written at all."""
    m0 = [row for row in rows if row["M"] == "M0"]
    old = sum(bool(re.search(r"\bpM\s?0", row["text"])) for row in m0)
    clinical = sum(bool(re.search(r"\bcM\s?0", row["text"])) for row in m0)
    assert 0 < old < 0.15 * len(m0) and clinical > 0.35 * len(m0)
    unstated = [row for row in rows if not row["M"]]
    assert 0 < sum(bool(re.search(r"\bMX\b", row["text"])) for row in unstated) < 0.05 * len(unstated)
    assert not any(re.search(r"\bpMX\b", row["text"]) for row in rows)
    assert not any(re.search(r"\bpM[^\n]{0,24}\bcM", row["text"]) for row in rows), "a clinical code under a pathological label"


def test_micrometastases_are_not_counted_as_macrometastases(rows: list[dict]) -> None:
    """AJCC-8: N1mi means that no deposit is larger than 2 mm."""
    counted = [
        found[1]
        for row in rows
        if "n1mi" in row["phenomena"].split(";") and "Nodes with M" in row["text"]
        for found in re.finditer(r"Number of Lymph Nodes with (M\w+)", row["text"])
    ]
    assert counted and set(counted) == {"Micrometastases"}


def test_low_positive_is_said_of_the_estrogen_receptor_alone() -> None:
    """ASCO/CAP 2020: "low positive" (1-10 %) is a category of ER; PR has none."""
    low = [line for line in DISCLAIMER if "low positive" in line]
    assert len(low) == 1 and low[0].startswith("Interpretation of estrogen receptor results: ")


SHAPE = {
    "MRN": r"[\dOl]{6,8}",
    "SSN": r"9[\dOl]{2}-[\dOl]{2}-[\dOl]{4}",
    "ZIP": r"[\dOl]{5}",
    "AGE": r"9\d",
    "EMAIL": r"\S+@example\.(org|com|net)",
    "PHONE": r"[+(\d].*555.*",
    "FAX": r"[+(\d].*555.*",
    "URL": r"(https?://|www\.).+",
    "ACCOUNT": r"[\dOl]{8,10}",
    "DATE": r".*\d.*",
    "NAME": r"[A-Z].*|de la .*|van .*",
    "HOSPITAL": r"[A-Z].*",
    "ADDRESS": r"\d+ .*[A-Z]{2}",
    "ACCESSION": r"[A-Z\d].*\d.*",
    "DEVICE": r"[A-Z]{2}[\dOl]{7}",
    "BLOCK": r"S\d\d-.*",
}


def test_planted_identifiers_have_exact_spans(rows: list[dict]) -> None:
    seen = Counter()
    for row in rows:
        if DAMAGED & set(row["phenomena"].split(";")):
            continue
        for start, end, kind in json.loads(row["phi"]):
            text = row["text"][start:end]
            assert text == text.strip() and re.fullmatch(SHAPE[kind], " ".join(text.split())), (row["report_id"], kind, text)
            before, after = row["text"][max(0, start - 1) : start], row["text"][end : end + 1]
            assert not (before.isalnum() or after.isalnum()), f"{kind} of {row['report_id']} is cut short"
            seen[kind] += 1
    assert set(seen) == set(SHAPE), "every type of identifier is planted"


def test_no_patient_in_two_splits_and_every_class_is_tested(rows: list[dict]) -> None:
    splits = defaultdict(set)
    for row in rows:
        splits[row["patient_id"]].add(row["split"])
    assert all(len(found) == 1 for found in splits.values())
    share = Counter(row["split"] for row in rows)
    assert 0.76 < share["train"] / len(rows) < 0.82 and 0.08 < share["validation"] / len(rows) < 0.13
    for task in ("T", "N", "grade", "ER", "PR", "HER2"):
        for split, least in (("test", 4), ("train", 12)):
            found = Counter(row[task] for row in rows if row["split"] == split)
            assert all(found[name] >= least for name in CLASSES[task]), (task, split, found)


def test_missingness_and_priors(rows: list[dict]) -> None:
    for task, share in SHARES.items():
        found = sum(bool(row[task]) for row in rows) / len(rows)
        assert abs(found - share) < 0.035, (task, found)
    her2 = Counter(row["HER2"] for row in rows)
    assert 4.5 < her2["Negative"] / her2["Positive"] < 9
    assert 0 < sum(row["M"] == "M1" for row in rows) < 0.02 * len(rows)
    assert 1.2 < len(rows) / len({row["patient_id"] for row in rows}) < 1.4


def test_styles_and_phenomena_all_occur(rows: list[dict]) -> None:
    assert len(STYLES) >= 12 and len(PHENOMENA) >= 25
    assert {row["style"] for row in rows} == set(STYLES)
    assert {name for row in rows for name in row["phenomena"].split(";") if name} == set(PHENOMENA)


def test_few_reports_share_a_skeleton(rows: list[dict]) -> None:
    """Letters only, so that numbers do not hide a copy."""
    skeletons = Counter(re.sub(r"[^a-z]+", " ", row["text"].lower()) for row in rows)
    assert max(skeletons.values()) == 1


@pytest.fixture(scope="module")
def measured() -> list[dict]:
    return rates_found(2500, 11)


@pytest.mark.parametrize("name", sorted(PHENOMENA))
def test_the_rate_found_is_the_rate_asked(measured: list[dict], name: str) -> None:
    """Two-sided exact binomial test at 0.001 over all phenomena together (Bonferroni), on a fixed seed."""
    line = next(line for line in measured if line["phenomenon"] == name)
    assert line["applicable"] > 0
    if name == "page_header":  # needs eight lines to stand between: a terse report has fewer
        assert line["asked"] - 0.06 < line["found"] <= line["asked"] + 0.03
        return
    p = binomtest(line["reports"], line["applicable"], line["asked"]).pvalue
    assert p > 0.001 / len(PHENOMENA), line


@pytest.mark.parametrize("name", sorted(PHENOMENA))
def test_a_phenomenon_can_be_switched_off(name: str) -> None:
    assert not any(name in row["phenomena"].split(";") for row in generate(100, 3, {name: 0.0}))


@pytest.mark.parametrize("name", sorted(set(PHENOMENA) - set(OF_THE_CASE) - {"page_header"}))
def test_a_phenomenon_can_be_made_certain(name: str) -> None:
    rates = {name: 1.0} | ({"ocr_noise": 1.0} if name == "ocr_broken_order" else {})
    line = next(line for line in rates_found(RARE.get(name, 60), 3, rates) if line["phenomenon"] == name)
    assert line["applicable"] > 0 and line["found"] == 1.0


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ({"no_such": 0.1}, "unknown phenomenon"),
        ({"typo": 0.1}, "did you mean 'typos'"),
        ({"typos": 1.5}, "from 0 to 1"),
        ({"typos": -0.1}, "from 0 to 1"),
        ({"typos": "often"}, "from 0 to 1"),
        ({"typos": True}, "from 0 to 1"),
        ({"typos": float("nan")}, "from 0 to 1"),
    ],
)
def test_bad_rates_are_refused(rates: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        resolve(rates)


def test_a_prefix_is_the_same_for_any_n() -> None:
    assert list(islice(generate(10**6, 5), 40)) == list(generate(40, 5))
    assert list(generate(40, 5)) != list(generate(40, 6))


def test_same_seed_same_bytes_in_another_process(tmp_path: Path) -> None:
    here = synthesize(120, 9, tmp_path / "a").read_bytes()
    code = "import sys; from pathmtl_synthetic.generate import synthesize; synthesize(120, 9, sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "b")],
        check=True,
        cwd=ROOT,
        env={"PYTHONHASHSEED": "77", "PATH": "", "PYTHONPATH": str(BUNDLED)},  # this checkout's generator
    )
    assert here == (tmp_path / "b" / "reports.csv.gz").read_bytes()


def test_an_interrupted_run_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        synthesize(50, 1, tmp_path, step=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_corpus_is_not_overwritten_unasked(tmp_path: Path) -> None:
    path = synthesize(5, 1, tmp_path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match="--overwrite"):
        synthesize(6, 1, tmp_path)
    assert path.read_bytes() == before
    assert synthesize(6, 1, tmp_path, overwrite=True).read_bytes() != before


@pytest.mark.parametrize(("n", "pdf"), [(0, 0), (5, 6), (5, -1)])
def test_impossible_sizes_are_refused(tmp_path: Path, n: int, pdf: int) -> None:
    with pytest.raises(ValueError, match="at least one report"):
        synthesize(n, 1, tmp_path, pdf=pdf)


def test_reports_are_yielded_one_by_one() -> None:
    """The first report of the paper's whole archive comes at once, and no more is held than the patient being written."""
    tracemalloc.start()
    rows = generate(285_033, 1)
    for _ in range(20):
        next(rows)
    early = tracemalloc.get_traced_memory()[0]
    for _ in range(180):
        next(rows)
    late = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert late - early < 400_000  # parsed templates and split counters, not reports (half a megabyte of text by then)


@pytest.fixture(scope="module")
def bundled() -> list[dict]:
    with gzip.open(BUNDLED / "reports.csv.gz") as packed:
        return list(csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8", newline="")))


def test_the_bundled_corpus_is_current(bundled: list[dict]) -> None:
    """`reports.csv.gz` is what the generator writes from `settings.json`: rerun `pathmtl-synthetic synthesize` when it fails."""
    given = json.loads((BUNDLED / "settings.json").read_text())
    assert len(bundled) == given["reports"] and given["rates"] == resolve(None)
    assert bundled[:200] == list(generate(200, given["seed"], given["rates"]))
    assert (BUNDLED / "reports.csv.gz").stat().st_size < 6e6


def test_the_bundled_corpus_holds_every_class_in_every_split(bundled: list[dict]) -> None:
    assert 2_200 < len({row["patient_id"] for row in bundled}) < 2_400
    for task in TASKS:
        for split, least in (("train", 15), ("validation", 1), ("test", 4)):
            found = Counter(row[task] for row in bundled if row["split"] == split)
            assert all(found[name] >= least for name in CLASSES[task]), (task, split, found)


def test_the_bundled_corpus_is_as_hard_as_the_papers(bundled: list[dict]) -> None:
    """Table I's naive row, within 0.04 of accuracy on the test split; and the calibration's record says the same."""
    record = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    test = [row for row in bundled if row["split"] == "test"]
    assert digest(test) == record["test_split"] and record["rates"].items() <= resolve(None).items()
    row = naive_row(test, naive_labels)
    for line, recorded in zip(row, record["row"], strict=True):
        assert abs(line["difference"]) <= 0.04, line
        assert {key: round(v, 3) if isinstance(v, float) else v for key, v in line.items()} == recorded, (
            "calibration.json is stale: run pathmtl-synthetic calibrate "
            "--out data_synthetic/pathmtl_synthetic/calibration.json, then pathmtl-synthetic synthesize"
        )


def test_the_bundled_oracle_labels_are_what_the_oracle_says_today(bundled: list[dict]) -> None:
    """Every seventh report; when this fails: pathmtl label bundled --out data_synthetic/oracle.csv.gz"""
    with gzip.open(BUNDLED / "oracle.csv.gz", "rt", encoding="utf-8", newline="") as source:
        labels = list(csv.DictReader(source))
    assert [row["report_id"] for row in labels] == [row["report_id"] for row in bundled]
    stale = [
        row["report_id"]
        for row, said in list(zip(bundled, labels, strict=True))[::7]
        if any((oracle.label(row["text"])[task] or "") != said[task] for task in TASKS)
    ]
    assert not stale, f"{len(stale)} stale: run pathmtl label bundled --out data_synthetic/oracle.csv.gz"


def test_score_counts_a_missing_answer_as_wrong() -> None:
    score = Score(Counter({("T1", "T1"): 3, ("T1", ""): 1, ("T2", "T1"): 1}))
    assert score.accuracy == pytest.approx(0.6) and score.answered == pytest.approx(0.8)
    assert score.macro_f1(("T1", "T2")) == pytest.approx((6 / 8 + 0) / 2)
    assert score.macro_f1(("T1", "T2"), missing_is_a_class=True) == pytest.approx((6 / 8) / 3)
