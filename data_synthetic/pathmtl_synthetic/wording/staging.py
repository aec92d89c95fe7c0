"""Wording of T, N and M: field labels, meanings, sentences."""

T_LABEL = ("[Primary Tumor|Primary tumor] (pT)", "pT", "pT [Category|category]", "Pathologic T", "Primary Tumor",
           "Pathologic T stage",
           "T [stage|category]", "PRIMARY TUMOR (pT)", "Tumor stage (pT)", "Primary Tumor (Invasive Carcinoma) (pT)")
N_LABEL = ("Regional Lymph Nodes (pN)", "pN", "pN [Category|category]", "Pathologic N", "Regional lymph nodes (pN)",
           "Lymph nodes (pN)",
           "N [stage|category]", "REGIONAL LYMPH NODES (pN)", "Nodal stage (pN)")
M_LABEL = ("Distant Metastasis (pM)", "pM", "Distant metastasis", "pM [Category|category]", "M [stage|category]")
M_LABEL_CLINICAL = ("Distant Metastasis (M)", "M", "Distant metastasis", "M [Category|category]", "M [stage|category]")
#: M0 as codes: clinical by AJCC-8; a tenth as the pM0 that is no category and that reports write.
M0 = ("cM0", "cM0", "cM0", "cM0", "cM0", "M0", "M0", "M0", "M0", "pM0")
#: Where M is not stated: what the CAP checklist says, and now and then the MX that AJCC dropped in 2010.
M_NONE = ("Not applicable", "Not applicable - pM cannot be determined from the submitted specimen", "N/A",
          "[cannot be assessed|Not applicable]", "[MX|N/A]")
TNM_LABEL = ("Pathologic [Stage|stage] (pTNM, AJCC 8th [Edition|Ed.])", "pTNM", "AJCC [Stage|stage] (8th edition)", "TNM",
             "Pathologic [staging|stage]", "TNM [Stage|stage|classification]",
             "[Pathologic|Pathological] stage classification (pTNM)",
             "Stage (AJCC 8)", "AJCC/UICC stage", "Tumor classification")

T_MEANING = {
    "breast": {
        "is": ("(DCIS)", "ductal carcinoma in situ", "carcinoma in situ"),
        "0": ("no evidence of primary tumor", "no residual invasive carcinoma"),
        "1mi": ("Tumor ≤ 1 mm in greatest dimension", "microinvasion, <= 1 mm"),
        "1a": ("Tumor > 1 mm but ≤ 5 mm in greatest dimension", "tumor >1 mm but not more than 5 mm"),
        "1b": ("Tumor > 5 mm but ≤ 10 mm in greatest dimension", "more than 0.5 cm but not more than 1.0 cm"),
        "1c": ("Tumor > 10 mm but ≤ 20 mm in greatest dimension", "tumor more than 1.0 cm but not more than 2.0 cm"),
        "2": ("Tumor > 20 mm but ≤ 50 mm in greatest dimension", "tumor >2 cm but <=5 cm",
              "tumor more than 2.0 cm but not more than 5.0 cm"),
        "3": ("Tumor > 50 mm in greatest dimension", "tumor more than 5 cm"),
        "4a": ("extension to the chest wall",), "4b": ("ulceration of the skin", "skin ulceration"),
        "4c": ("skin ulceration and chest wall invasion",), "4d": ("inflammatory carcinoma",),
    },
    "colon": {
        "is": ("intramucosal carcinoma",), "1": ("tumor invades submucosa",), "2": ("tumor invades muscularis propria",),
        "3": ("tumor invades through the muscularis propria into pericolorectal tissues",),
        "4a": ("tumor penetrates the visceral peritoneum",), "4b": ("tumor directly invades adjacent organs",),
    },
    "lung": {}, "prostate": {"2": ("organ confined",), "3a": ("extraprostatic extension",), "3b": ("seminal vesicle invasion",)},
}
N_MEANING = {
    "0": ("no regional lymph node metastasis", "no regional lymph node metastasis identified"),
    "1mi": ("micrometastases (> 0.2 mm and/or > 200 cells, none > 2.0 mm)", "micrometastasis only"),
    "1a": ("metastases in 1-3 axillary lymph nodes, at least one > 2.0 mm", "1-3 nodes involved"),
    "2a": ("metastases in 4-9 axillary lymph nodes, at least one > 2.0 mm", "4 to 9 nodes involved"),
    "3a": ("metastases in 10 or more axillary lymph nodes, at least one > 2.0 mm",),
}
STAGE_SENTENCE = (
    "[The tumor is staged|The lesion is staged|This corresponds to|Findings correspond to|Pathologic stage is|The pathologic "
    "stage is|"
    "Stage:|The tumour classification is thus|This gives a stage of] {code}[ (AJCC 8th edition)| according to the AJCC 8th "
    "edition|"
    " by AJCC 8| (TNM 8)|]",
    "[AJCC|AJCC 8th edition|Pathologic|Pathological] [stage|staging|TNM]: {code}",
    "[Based on|In view of|Given] the [above findings|size and extent of the tumor|available material], [the stage is|we "
    "assign|this is] {code}",
)
NODE_COUNT = {
    "none": (
        "[{examined}|{words}] [lymph nodes|axillary lymph nodes|nodes], [all negative|negative] for [metastatic "
        "carcinoma|metastasis|"
        "carcinoma] ({positive}/{examined})",
        "[No metastatic carcinoma|No evidence of metastasis|No tumor|Negative for metastatic carcinoma] in {words} [lymph "
        "nodes|nodes] "
        "({positive}/{examined})",
        "[Metastatic carcinoma not identified|Free of tumor|Benign] in {examined} of {examined} [lymph nodes|nodes]",
        "{positive}/{examined} [lymph nodes|nodes] [involved|with metastasis|positive for carcinoma]",
    ),
    "some": (
        "[Metastatic carcinoma|Carcinoma|Metastatic adenocarcinoma|Metastasis] [in|present in|involving|identified in] "
        "{positive} of "
        "{examined} [lymph nodes|nodes|regional lymph nodes] ({positive}/{examined})",
        "{positive} of {examined} [lymph nodes|nodes] [positive for|involved by|with] [metastatic carcinoma|carcinoma|tumor]",
        "{positive}/{examined} [lymph nodes|nodes] [involved|with metastasis|positive for carcinoma]",
        "[Metastatic carcinoma|Tumor] to [lymph nodes|nodes], {positive}/{examined}",
    ),
    "itc": (
        "Isolated tumor cells [in one|present in 1] of {examined} [lymph nodes|nodes] [(largest cluster 0.1 mm)|(<= 0.2 "
        "mm)|seen on "
        "keratin stain]; no [metastasis|macrometastasis or micrometastasis]",
    ),
}
NODE_FIELDS = (
    ("Number of [Lymph Nodes|lymph nodes|nodes] [Examined|examined]",
     "Number of [Lymph Nodes|lymph nodes|nodes] [Involved|with metastases|positive]"),
    ("Total nodes examined", "Total nodes [positive|involved]"), ("Nodes examined", "Nodes positive"),
    ("Total Number of Lymph Nodes Examined (Sentinel and Nonsentinel)", "Number of Lymph Nodes with Macrometastases"),
)
PRIOR_STAGE = (
    "[History of|Prior|Remote history of|Status post treatment for|Previous] {other} [breast cancer|breast carcinoma|invasive "
    "ductal "
    "carcinoma] [in {year}|{year}|{ago} years ago], {code}[, treated with [lumpectomy and radiation|mastectomy|BCT]|, s/p "
    "[lumpectomy|XRT]|]",
    "[Previously diagnosed|Prior pathology (outside)|Patient's prior stage was|Prior staging:|Known] [with |]{code}[ disease| "
    "carcinoma|] "
    "[of the {other} breast |]([{year}|in {year}])",
    "[Past medical history significant for|PMH:|Hx of] {other} [IDC|ILC|breast ca|breast cancer] {code} {year}",
)
PRIOR_STAGE_OTHER = (
    "[History of|Prior|Remote history of] [melanoma|renal cell carcinoma|bladder carcinoma|thyroid carcinoma] [in "
    "{year}|({year})], {code}",
    "[Previous|Prior] [resection|surgery] elsewhere in {year} for [carcinoma|malignancy], staged {code}",
)
#: Codes of an earlier cancer, small ones more often than large: the T alone, or with its N.
PRIOR_CODE = ("pT1c", "pT1c", "pT1b", "pT1a", "pT1", "pT2", "pT2", "pT3", "stage pT1c", "stage pT2", "pT1c disease", "pT4b",
              "pT1b", "pT1c, node negative", "pT2, nodes positive")
PRIOR_CODE_TN = ("pT1c N0", "pT2 pN1a", "T1cN0", "pT1b pN0", "pT2 N0", "pT1c, pN1", "T2N2")
