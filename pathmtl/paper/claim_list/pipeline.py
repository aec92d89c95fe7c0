"""From documents to labels and prompts (appendix S1), and Equations 1 to 7. Pages measure most of these by themselves."""

from pathmtl.analysis.metrics import majority_macro_f1
from pathmtl.paper import numbers
from pathmtl.paper.arithmetic import head_parameters, lora_parameters, rounds_to
from pathmtl.paper.evidence import Claim, Evidence, Measured
from pathmtl.schema import CLASSES, PAPER_TASKS

_TEXT, _PHI, _ORACLE, _PROMPT = ("extraction",), ("deidentification",), ("oracle",), ("prompt",)
_HEADS, _LORA, _LESSON = ("heads_and_loss",), ("lora_from_scratch",), ("train_the_model",)
_NATIVE = "we prioritize native digital text extraction"
_FLAT = "a contingency module to handle flattened records or documents with unmapped font encodings"
_RECOVERED = "This ensures that the clinical narrative is recovered accurately"
_STRICT = "the raw text undergoes strict de-identification"
_OURS = "no figure; the bound is ours"
_CLASSES = sum(len(CLASSES[task]) for task in PAPER_TASKS)


def _extraction(name: str, says: str, quote: str, bound: float) -> Claim:
    return Claim(f"text-{name}", says, quote, "S1", "at least", _TEXT, bound=bound, printed=f"{_OURS}: {bound}")


def _phi(name: str, says: str, bound: float) -> Claim:
    return Claim(f"phi-{name}", says, _STRICT, "S1", "better", _PHI, bound=bound, printed=f"{_OURS}: {bound}")


def _heads(claim: Claim, evidence: Evidence) -> Measured:
    count = head_parameters(_CLASSES)
    return Measured(f"{count:,}", float(count == numbers.TABLE_2.loc["frozen", "trainable_parameters"]))


def _collapse(claim: Claim, evidence: Evidence) -> Measured:
    share = numbers.HER2_RATIO / (1 + numbers.HER2_RATIO)
    score, printed = majority_macro_f1(share, 3), float(numbers.TABLE_3.loc["stl", "HER2"])
    return Measured(f"a constant answer: {score:.3f}; printed: {printed}", float(rounds_to(score, printed)))


def _all_parameters(claim: Claim, evidence: Evidence) -> Measured:
    count = lora_parameters(16) + head_parameters(_CLASSES)
    return Measured(f"{count:,}", float(count == numbers.TABLE_2.loc["lora", "trainable_parameters"]))


# A table of claims: several fields per line.
# fmt: off
PIPELINE: tuple[Claim, ...] = (
    _extraction("native", "Digital documents keep their text", _NATIVE, 0.98),
    _extraction("noticed", "Flattened and unmapped documents are noticed", _FLAT, 1.0),
    Claim(
        "text-stranger", "A stranger's text layer is noticed (the one compared above)",
        "the documents that fail standard parsing", "S1", "all of", _TEXT, printed="no figure",
    ),
    _extraction("unmapped", "OCR recovers unmapped fonts accurately", _RECOVERED, 0.93),
    _extraction("clean", "OCR recovers clean scans accurately", _RECOVERED, 0.93),
    _extraction("bad", "OCR recovers bad scans accurately", _RECOVERED, 0.93),
    _phi("recall", "Nearly every identifier is found: recall", 0.995),
    _phi("clean", "Nearly every report is fully clean", 0.98),
    _phi("precision", "Tags hide identifiers: precision", 0.98),
    Claim(
        "phi-labels", "Labels survive: reports with another label after de-identification", _STRICT, "S1", "at most", _PHI,
        printed="no figure; the bound is ours: 0",
    ),
    Claim(
        "phi-before", "The model reads de-identified text only", "The input is strictly anonymized prior to analysis", "S1",
        "untested", reason="the bundled reports are read with their invented identifiers; no run is trained on redacted text",
    ),
    Claim(
        "segments", "The prompt of one tumor holds nothing of the other",
        "preventing feature cross-contamination from adjacent diagnoses", "S1", "untested",
        reason="prompts here have no side: of a bilateral report, one prompt holds both",
    ),
    Claim(
        "oracle-canonical", "Roman numerals, fractions and words all become G3",
        "A canonicalization module subsequently maps heterogeneous clinical descriptions into standardized class labels",
        "S1-A", "all of", _ORACLE, printed="3 examples",
    ),
    Claim(
        "oracle-assays", "Assays have priorities: in-situ hybridization decides an equivocal HER2 stain",
        "negation handling and assay prioritization, is accurately captured within the regex engine", "S1-A", "all of", _ORACLE,
        printed="yes",
    ),
    Claim(
        "oracle-history", "An older stage in the history does not win over the diagnosis",
        "over conflicting mentions in summary lines or clinical histories", "S1-A", "more than", _ORACLE, printed="no figure",
    ),
    Claim(
        "oracle-near-perfect", "The labeling engine agrees nearly perfectly with the truth",
        "demonstrating near-perfect alignment with human clinical judgment", "S1-A", "at least", _ORACLE, bound=0.95,
        printed="no figure; the bound is ours: 0.95 on every task",
    ),
    Claim(
        "oracle-audit", "Experts audited seven reports in ten", "a comprehensive manual audit of 7,481 pathology reports",
        "S1-A", "untested", ("oracle", "your_reports"), printed=f"{numbers.AUDITED:,} of {numbers.COHORT:,}",
        reason="the reports and the audit are private; `pathmtl audit` does the same for yours",
    ),
    Claim(
        "window-shorter", "Windows shorten the input significantly", "significantly reducing the average input sequence length",
        "V-D", "at most", _PROMPT, bound=0.9, printed="no figure",
    ),
    Claim(
        "window-context", "Windows keep the clinical context", "reduces token usage while retaining high-clinical context",
        "S1-B", "at least", _PROMPT, bound=0.95, printed="no figure",
    ),
    Claim(
        "window-random", "Random windows may remove relevant context",
        "relevant context might be removed in Random Window slicing", "V-D", "more than", _PROMPT, printed="no figure",
    ),
    Claim(
        "window-isolated", "Keeping the hints isolates the windowing",
        "By retaining the Hints block across all conditions, we isolate the windowing mechanism", "IV-B", "at most", _PROMPT,
        bound=0.2, printed="no figure",
    ),
    Claim(
        "four-bits", "4-bit weights cost no accuracy", "without degrading predictive performance", "S2", "untested",
        reason="no pair of rows in 4 and in 16 bits is recorded; the paper shows none either",
    ),
    Claim(
        "instruct", "The Instruct variant is a better start than a base model",
        "Unlike standard base models optimized solely for token perplexity", "III-B", "untested",
        reason="no row starts from a base model",
    ),
)

EQUATIONS: tuple[Claim, ...] = (
    Claim(
        "lora-start", "Training starts at the pretrained solution (Eq. 2: B = 0)",
        "To ensure the training trajectory begins from the stable pre-trained solution", "III-B1", "at most", _LORA + _LESSON,
        bound=1e-6,
    ),
    Claim(
        "lora-peft", "Twenty lines do what PEFT does (Eq. 3)", "the adapted forward pass becomes", "III-B1", "less than", _LORA,
        bound=1.0,
    ),
    Claim(
        "lora-merge", "Merging changes nothing", "we model the adapted weight matrix as", "III-B1", "less than", _LORA,
        bound=1e-3,
    ),
    Claim(
        "lora-frozen", "The backbone is not touched (Eq. 4)",
        "this approach does not corrupt the general linguistic knowledge encoded in the pre-trained backbone", "III-B1",
        "all of", _LORA + _LESSON,
    ),
    Claim(
        "lora-forgetting", "So the model forgets nothing of its general knowledge",
        "thereby mitigating the catastrophic forgetting issue", "III-B1", "untested",
        reason="untouched weights do not show it: adapters change the answers, and no test of general language was run",
    ),
    Claim(
        "lora-parameters", "13,713,428 trainable parameters (Table II)", "with orders-of-magnitude fewer trainable parameters",
        "Table II", "all of", ("lora_from_scratch",), _all_parameters, printed="13,713,428",
    ),
    Claim(
        "heads-parameters", "Heads of 20 classes have the printed parameter count (Table II)",
        "projected into independent linear classification heads", "III-B2", "all of", _HEADS, _heads, printed="81,940",
    ),
    Claim(
        "loss-by-hand", "The loss by hand equals the library's (Eq. 6)", "to generate probability distributions for each task",
        "III-B2", "all of", _HEADS + _LESSON,
    ),
    Claim(
        "state-padding", "The terminal state is that of the prompt's last token, not of padding (Eq. 5)",
        "extracting the hidden state corresponding to the terminal token of the input sequence", "S1-B", "less than", _LESSON,
        bound=1.0,
    ),
    Claim(
        "loss-weights", "Equation 7 at 6.4 : 1 weighs a positive 6.4 times a negative",
        "using the balanced inverse-frequency formula", "III-B2", "all of", _HEADS, printed="6.4",
    ),
    Claim(
        "loss-constant", "The single-task HER2 score is that of a trivial majority answer",
        "yielding a Macro F1 score of only 0.309", "V-C", "all of", ("heads_and_loss", "paper_audit"), _collapse,
        printed="0.309", reason="a fit: it does not show how the score arose",
    ),
    Claim(
        "loss-pull", "Weights stop the first step toward the majority", "To mitigate this specific failure mode", "III-B2",
        "less than", _HEADS, bound=1.0,
    ),
)
