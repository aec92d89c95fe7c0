"""Wording of ER, PR and HER2."""

MARKER = {
    "ER": ("Estrogen [Receptor|receptor] (ER)", "ER", "Estrogen [Receptor|receptor]", "ESTROGEN RECEPTOR", "ER (clone SP1)",
           "ER Status",
           "Estrogen receptors (ER)"),
    "PR": ("Progesterone [Receptor|receptor] (PR)", "PR", "Progesterone [Receptor|receptor]", "PROGESTERONE RECEPTOR",
           "PgR (progesterone receptor)",
           "PR (clone 1E2)",
           "PR Status", "Progesterone receptors (PgR)"),
    "HER2": ("HER2", "HER2/neu", "HER-2/neu", "Her2", "HER2 (IHC)", "HER2 Status", "HER-2", "c-erbB-2 (HER2)",
             "HER2 by immunohistochemistry"),
}
MARKER_UK = {"ER": ("ER", "Oestrogen receptor (ER)", "ER status"), "PR": ("Progesterone receptor", "PR", "PR status"),
             "HER2": ("HER2", "HER-2", "HER2 status")}
POSITIVE = ("Positive", "positive", "POSITIVE", "Positive ({p}%)", "Positive ({p}% of tumor cells)", "positive, {p}%",
            "POSITIVE ({p}%, {i})",
            "Positive, {p}% of nuclei, {i} intensity", "{p}% positive", "Positive ({p}%, {i} staining)", "Positive (> {q}%)")
NEGATIVE = ("Negative", "negative", "NEGATIVE", "Negative (0%)", "Negative (< 1%)", "negative, 0%",
            "Negative (<1% of tumor cells)", "NEGATIVE (0%)")
#: What the CAP biomarker template adds to the verdict, which keeps neighbouring markers apart.
DETAIL_POSITIVE = (
    "[percentage of cells with nuclear staining|proportion of tumor nuclei stained|percent of tumor cells with nuclear "
    "staining]: {p}%; [average "
    "|]intensity of staining: {i}",
    "nuclear staining in {p}% of invasive tumor cells, [average staining intensity|overall intensity of reaction] {i}",
    "[{i} nuclear reactivity in approximately {p}% of tumor cells|{p}% of tumor nuclei stain, intensity {i}]; internal control "
    "cells [present|reactive as expected]",
)
DETAIL_NEGATIVE = (
    "less than 1% of tumor nuclei stained; internal control cells present and stained as expected",
    "no nuclear staining in the tumor cells; benign epithelium in the section serves as internal control",
    "0% of invasive tumor cell nuclei stain; [normal ducts|adjacent normal lobules] show appropriate nuclear staining",
)
VERDICT_DETAIL = "[{v} ({d})|{v}; {d}|{v}, {d}|{v}. {D}]"
OTHER_POSITIVE = ("{i} nuclear staining in {p}% of tumor cells", "favorable ({p}%)", "expressed in {p}% of cells",
                  "immunoreactive ({p}%)",
                  "{p}% nuclear staining")
OTHER_NEGATIVE = ("no nuclear staining", "not expressed", "0% nuclear staining", "no staining of tumor nuclei (0%)")
PERCENT = ("{p}%", "{p} %", "{p}% of tumor nuclei", "{p}%, {i}", "approx. {p}%")
PERCENT_NONE = ("0%", "<1%", "0 %", "less than 1% of nuclei")
ALLRED = ("Allred score {a}/8", "Allred {a}/8", "{a}/8 (Allred)", "Quick score {a}/8", "Allred score {a}")
H_SCORE = ("H-score {h}", "H-score: {h}", "H score {h} of 300", "H-score {h}/300")
INTENSITY = {0: "no", 1: "weak", 2: "moderate", 3: "strong"}

HER2_IHC = {
    0: ("Negative (0)", "negative, score 0", "Negative (score 0)", "0 (negative)", "NEGATIVE (IHC 0)"),
    1: ("Negative (1+)", "negative, score 1+", "Negative (score 1+)", "1+ (negative)", "NEGATIVE (1+)"),
    3: ("Positive (3+)", "positive, score 3+", "Positive (score 3+)", "3+ (positive)", "POSITIVE (3+)",
        "overexpressed, positive (3+)"),
}
HER2_SCORE_ONLY = {
    0: ("0", "score 0", "IHC 0", "Score 0", "no membrane staining (0)", "not overexpressed (0)", "0/3+"),
    1: ("1+", "score 1+", "IHC 1+", "1+ staining", "not overexpressed (1+)", "Score: 1+", "1+ of 3+"),
    3: ("3+", "score 3+", "IHC 3+", "Overexpressed (3+)", "3+ complete membrane staining", "Score 3+"),
}
HER2_EQUIVOCAL = ("Equivocal (2+)", "equivocal, 2+", "2+ (equivocal)", "EQUIVOCAL (score 2+)", "Indeterminate/equivocal (2+)",
                  "Equivocal, score 2+")
HER2_TWO = ("2+", "score 2+", "IHC 2+", "2+ weak to moderate complete membrane staining", "Score 2+")
FISH_LABEL = ("HER2 FISH", "FISH", "HER2 by FISH", "HER2 (FISH)", "HER2 gene amplification (FISH)", "HER2 in situ hybridization",
              "Reflex FISH",
              "HER2 DUAL ISH", "FISH for HER2/neu")
FISH_VERDICT = {True: ("Amplified", "amplified", "AMPLIFIED", "Positive for amplification", "Positive (amplified)",
                       "gene amplification detected"),
                False: ("Not amplified", "not amplified", "NOT AMPLIFIED", "Non-amplified", "Negative for amplification",
                        "Negative (not amplified)",
                        "no amplification detected")}
FISH_RATIO = ("HER2/CEP17 ratio {r}, average HER2 copy number {c}", "ratio {r} ({c} copies/cell)",
              "HER2:CEP17 = {r}; mean HER2 signals {c}",
              "HER2/CEN17 ratio of {r}")
FISH_PENDING = ("FISH [pending|to follow|has been requested and will be reported in an addendum|ordered]",
                "[Reflex FISH|ISH] pending",
                "sent for FISH, result to follow", "reflex to FISH; results pending")
METHOD = ("(4B5 antibody, Ventana, FDA approved; performed on formalin fixed paraffin embedded tissue, block {b})",
          "(HercepTest, Dako; fixation time 6-72 hours; evaluated manually)",
          "immunohistochemistry (Ventana PATHWAY 4B5 rabbit monoclonal, in-house validated)",
          "(method: polymer detection, antibody A0485, scored per the ASCO/CAP 2018 guideline)")
PENDING = (
    "[ER, PR and HER2|ER/PR/HER2|Estrogen and progesterone receptors and HER2|Receptor studies (ER, PR, HER2)|Biomarkers (ER, "
    "PR, HER2)] [are "
    "pending and will be reported in an addendum|pending|have been ordered; results to follow|will be performed on block {b}|to "
    "be reported separately]",
    "[ER, PR, HER2|Hormone receptors and HER2]: [see prior biopsy report|performed on prior core biopsy, not repeated|performed "
    "on the previous specimen]",
)
PENDING_IN_SITU = (
    "[ER and PR|ER/PR|Estrogen and progesterone receptors|Hormone receptors (ER, PR)] [are pending and will be reported in an "
    "addendum|pending|have been ordered; results to follow|will be performed on block {b}]",
    "[ER, PR|Hormone receptors]: [see prior biopsy report|performed on prior core biopsy, not repeated]",
)
HER2_PENDING = ("HER2 [pending|studies pending|to follow]", "HER2 [will be reported separately|assay has been ordered]")
DISCLAIMER = (
    "HER2 results are interpreted according to the ASCO/CAP guideline: 0 and 1+ are reported as negative, 2+ as equivocal and "
    "3+ as positive.",
    # "low positive" is a category of ER alone (ASCO/CAP 2020)
    "Interpretation of estrogen receptor results: negative, fewer than 1% of nuclei stained; low positive, 1-10%; positive, more "
    "than 10%. Allred scores of 3 to 8 are regarded as positive.",
    # groups 1 and 5 of ASCO/CAP 2018, affirmed 2023
    "Reference range for HER2 FISH: not amplified, ratio below 2.0 and fewer than 4.0 copies per cell; amplified, ratio 2.0 or "
    "above and 4.0 copies or more. Appropriate positive and negative controls were examined.",
    "Immunohistochemical scoring: 0 = no staining, 1+ = faint and incomplete, 2+ = weak to moderate and complete, 3+ = intense "
    "and complete in more than 10% "
    "of cells.",
)
