"""Wording of the sections around the diagnosis: history, gross, microscopy, margins, comments, disclaimers."""

HISTORY = {
    "breast": (
        "{age}[ year old|-year-old| y/o| yo] [woman|female|postmenopausal woman|lady] with [a |][{mm} mm ||suspicious |palpable "
        "|spiculated |][{side} ||]breast "
        "[mass|lesion|lump|abnormality|density] [on screening mammogram|found on self examination|on ultrasound|detected by "
        "MRI|at {site}|]",
        "[{side} breast|Breast] [cancer|carcinoma|ca|mass|calcifications|malignancy], {age} [y/o|years|yrs]",
        "[Abnormal mammogram|BI-RADS {bi} lesion|Screen detected lesion|Cluster of calcifications], {side} breast, {site}. [Age "
        "{age}.|{age} year old.|Patient aged {age}.]",
        "[Newly diagnosed|Biopsy proven|Core biopsy proven|Known] [invasive carcinoma|carcinoma|breast cancer] of the {side} "
        "breast in a {age} year old "
        "[woman|patient|G2P2 woman][, for [wide local excision|lumpectomy|mastectomy|surgery]|]",
    ),
    "lung": ("{age} year old [smoker|former smoker|patient|man] with [a |]{side} lung [mass|nodule][, PET avid|]",
             "{side} [lung nodule|pulmonary mass] on CT, age {age}"),
    "colon": ("{age} year old with [anemia|rectal bleeding|obstructing mass|positive FIT test|change in bowel habit]; {site} "
              "[mass|tumor] at colonoscopy",
              "[Colon cancer|Colorectal carcinoma], {site}, {age} [y/o|years]"),
    "prostate": ("{age} year old man with elevated PSA ({psa} ng/mL)", "Prostate cancer, PSA {psa}, age {age}"),
}
TREATED = ("Status post neoadjuvant [chemotherapy|AC-T|therapy|TCHP|endocrine therapy].",
           "S/P neoadjuvant chemotherapy, [good|partial] clinical response.",
           "[Received|Completed] preoperative chemotherapy.")
FAMILY = ("[Family history of|Mother had|Sister with] breast cancer[ at age {n}|].",
          "[BRCA testing negative.|No prior breast surgery.|Prior benign biopsy.]",
          "[Non-smoker.|Takes hormone replacement therapy.|No significant past history.|Hypertension, type 2 diabetes.]")
PROCEDURE = {
    "resection": ("[Wide local excision|Lumpectomy|Segmental mastectomy|Partial mastectomy|Total mastectomy|Modified radical "
                  "mastectomy|Simple mastectomy] "
                  "[with|and] [sentinel lymph node biopsy|axillary dissection|axillary lymph node dissection|sentinel node "
                  "excision]"),
    "excision": "[Lumpectomy|Excisional biopsy|Wide local excision|Needle localized excision|Partial mastectomy|Segmental "
                "resection]",
    "biopsy": "[Core needle biopsy|Ultrasound guided core biopsy|Stereotactic core biopsy|Needle core biopsy|Vacuum assisted "
              "biopsy]",
}
PROCEDURE_OTHER = {"lung": "[Lobectomy|Wedge resection and completion lobectomy|Lobectomy with mediastinal lymph node "
                           "dissection]",
                   "colon": "[Right hemicolectomy|Sigmoid colectomy|Low anterior resection|Segmental colectomy|Hemicolectomy]",
                   "prostate": "[Radical prostatectomy|Robotic radical prostatectomy|Radical prostatectomy with pelvic lymph "
                               "node dissection]"}
GROSS = (
    "[Received|The specimen is received|Submitted] [fresh|in formalin|in 10% neutral buffered formalin] [labeled|and labelled|, "
    "labelled with the patient's name and] "
    "\"{label}\" is [a|an oriented|an unoriented] {w} [g|gram] [specimen|portion of tissue|piece of fibrofatty "
    "tissue|excision], {a} x {b} x {c} cm",
    "[Specimen consists of|The container holds] [a segment|one piece|an ellipse] of "
    "[tan-yellow|yellow-white|lobulated|fibroadipose] tissue measuring {a} x {b} x {c} "
    "cm[, oriented by sutures (short superior, long lateral)|, inked black|]",
)
GROSS_TUMOUR = (
    "[Sectioning|Serial sectioning|On section, the cut surface|Slicing] [reveals|shows|discloses] [a|an ill-defined|a firm|a "
    "stellate|a gritty|a circumscribed] "
    "[tan-white|gray-white|white|pale|tan-gray] [mass|tumor|lesion|nodule] [measuring|of|,] {x} x {y} x {z} cm[, {d} cm from "
    "the nearest ([deep|inferior|medial|"
    "superior]) margin|, located in the {site}|]",
)
GROSS_BENIGN = ("[No discrete mass is identified|No residual mass is seen grossly|A biopsy cavity with a clip is "
                "identified][.|; the surrounding tissue is fibrous.]",)
GROSS_END = (
    "[Representative sections are|The specimen is|Sections are] submitted [entirely |]in [cassettes|blocks] {k}1-{k}{n}",
    "[Ink code|Inking]: [superior blue, inferior green, anterior yellow, posterior black|anterior orange, posterior black, "
    "medial red]",
    "[Ischemic time|Cold ischemia time]: {m} minutes; [formalin|total] fixation time {f} hours",
    "[Fresh|A portion of] tissue is [procured for the tissue bank|submitted for research|taken for frozen section]",
    "The remaining tissue is [fatty|fibrofatty|unremarkable|fibrocystic]",
    "[{n} possible lymph nodes|Candidate lymph nodes up to {d} cm] are [dissected from the fat|identified and submitted "
    "entirely]",
)
GROSS_NODES = (
    "[The second container|Part B|Specimen B], labeled \"[lymph nodes|{basin}|nodes]\", [holds|contains|consists of] [fatty "
    "tissue|adipose tissue|a fragment of "
    "fat] {x} x {y} cm, in which [{count}|several|multiple] [lymph nodes|possible nodes] are [found|identified], the largest "
    "{d} cm",
    "[Nodes are|The nodes are|Each node is] [bisected|serially sectioned at 2 mm|sliced] and submitted in {k}1-{k}{n}",
    "[Touch preparations are made|Frozen section is performed on the largest|No frozen section requested]",
)
CORE_GROSS = ("[Received in formalin are|Specimen consists of] [multiple|three|four|several|{n}] [tan|yellow-white|white] "
              "[cores|tissue cores|core fragments] "
              "up to {d} cm in length, [all embedded|submitted entirely in one cassette|entirely submitted].",)
MICRO = (
    "[Sections show|Microscopic examination shows|The sections demonstrate|Histology shows] [an infiltrating|a|an invasive] "
    "[malignant neoplasm|carcinoma|tumor] composed of "
    "[nests and cords|irregular glands|single files|sheets|trabeculae] of [atypical|pleomorphic|malignant] [epithelial |]cells "
    "in a [desmoplastic|fibrous|sclerotic] stroma",
    "[The tumor cells|The neoplastic cells] have [moderate|abundant|scant] [eosinophilic|pale|amphophilic] cytoplasm and "
    "[enlarged|vesicular|irregular|hyperchromatic] nuclei",
    "[Mitotic figures are|Mitoses are] [infrequent|readily identified|occasional|scattered]",
    "[Lymphovascular invasion is|Lymph-vascular invasion:|LVI] [not identified|present|absent|suspicious|not seen]",
    "[Perineural invasion is|Perineural invasion:] [not identified|absent|present]",
    "[The background breast|Adjacent tissue|The uninvolved parenchyma] [shows|contains] [fibrocystic change|sclerosing "
    "adenosis|usual ductal hyperplasia|columnar cell change|"
    "apocrine metaplasia|no significant abnormality|biopsy site changes]",
    "[Microcalcifications are|Calcification is] [present in|associated with|seen in] [benign ducts|the lesion|tumor and benign "
    "tissue]",
    "[E-cadherin|p63 and SMMHC|Keratin AE1/AE3|CK7] [immunostain is|immunohistochemistry is|stains are] "
    "[supportive|contributory|confirmatory]",
)
MICRO_MORE = (
    "[Tumor-infiltrating lymphocytes|A lymphocytic infiltrate|Inflammation] [are|is] [sparse|moderate|brisk|patchy] at the "
    "[invasive front|periphery]",
    "[Tumor necrosis|Necrosis] is [absent|focal|not a feature]; [retraction artifact|cautery artifact] is [present|noted] at "
    "one edge",
    "[The biopsy site|A previous biopsy site] with [hemosiderin|foreign body reaction|organizing fibrosis] is "
    "[seen|identified|noted]",
    "[Additional sections|Deeper levels|Step sections] [were examined|have been reviewed] and [show|reveal] [similar "
    "findings|no additional abnormality]",
    "[Vascular spaces|Small vessels] [are unremarkable|show no tumor emboli|appear congested]",
    "[The overlying epithelium|The specimen edge] is [unremarkable|intact|ulcerated from prior procedure]",
)
INTRAOP = {
    False: ("[Touch preparation|Frozen section|Imprint cytology], [sentinel node #1|node 1|lymph node]: [no tumor seen|negative "
            "for carcinoma|no metastatic tumor identified]",
            "[Gross|Intraoperative] examination of margins: [tumor grossly {d} mm from the nearest margin|margins grossly free]"),
    True: ("[Touch preparation|Frozen section|Imprint cytology], [sentinel node #1|node 1|lymph node]: [carcinoma "
           "present|positive for carcinoma|metastatic tumor seen]",),
}
INTRAOP_CALL = "[Reported to|Called to|Discussed with] the [surgeon|operating room] at {h}:{m}"
MICRO_OTHER_SKIP = ("background breast", "E-cadherin")
MARGIN = (
    "[Margins|Surgical margins|All margins|Resection margins] [are |][negative|free of tumor|uninvolved|clear][; closest margin "
    "{d} mm ({m})|]",
    "[Invasive carcinoma|Tumor] [is |][{d} mm|{dc} cm] from the [closest|nearest] margin ({m})",
    "[Tumor|Carcinoma] [present at|extends to|focally involves] the {m} margin",
)
MARGIN_NAME = ("posterior", "anterior", "superior", "inferior", "medial", "lateral", "deep")
NEGATED = (
    "[{side} ||]breast, [additional|new] {m} margin, excision: [no evidence of malignancy|negative for carcinoma|benign breast "
    "tissue, no tumor seen|no residual carcinoma]",
    "[Skin|Nipple], [excision|biopsy]: [no evidence of invasive carcinoma|no tumor identified|negative for Paget disease]",
    "[Additional|Separate] [tissue|fat], excision: [benign|no malignancy identified|negative for malignancy]",
)
BENIGN = (
    "[Benign breast tissue with|Fibrocystic change with|Breast tissue with] [usual ductal hyperplasia|fibroadenoma|fat necrosis "
    "and prior biopsy site|sclerosing adenosis|scar]. "
    "[No evidence of malignancy|Negative for carcinoma|No residual carcinoma identified|No atypia or malignancy identified].",
    "[No residual invasive carcinoma or DCIS|No evidence of residual or recurrent tumor]; [biopsy site changes|healing biopsy "
    "cavity][ present|].",
)
COMMENT = (
    "[The case was|This case was|Slides were] [reviewed at|presented at|discussed in] [the breast conference|tumor "
    "board|intradepartmental consultation][ with agreement|].",
    "[The findings were|Results were] [communicated to|discussed with] the [clinical team|referring physician|surgeon] by "
    "telephone.",
    "[Correlation with|Please correlate with] [imaging|clinical findings|radiologic findings] [is recommended|recommended].",
    "[Multiple levels were|Deeper levels were] examined.",
    "[An immunohistochemical panel|A keratin stain] was [performed|reviewed] to support the diagnosis.",
    "[Genomic testing (Oncotype DX)|An Oncotype DX assay] [has been requested|can be performed on block A{n}].",
    "[Ki-67|Ki67] [labeling index|proliferation index]: {ki}%.",
)
DISCLAIMER = (
    "[Some|Certain] [of these |]tests were developed and their performance characteristics determined by this laboratory. They "
    "have not been cleared or approved by the FDA.",
    "[I, the attending pathologist, have|The undersigned pathologist has] [personally reviewed|examined] all [slides|materials] "
    "and [made|confirmed] the diagnosis.",
    "[Electronically signed|Electronic signature on file|Signed electronically]. [Final report.|End of report.|]",
    "This report [is intended|was prepared] for [the referring clinician only|clinical use]; [unauthorised|unauthorized] "
    "disclosure is prohibited.",
    "The [technical|professional] component was performed [on site|at the main laboratory].",
    "Staging follows the AJCC Cancer Staging Manual, 8th edition, and the CAP [cancer protocol|checklist][, current version|].",
)
EXTRA_FIELDS = (
    ("Lymphovascular Invasion", "[Not identified|Present|Absent|Suspicious]"), ("Margins",
                                                            "[Negative|Uninvolved by invasive carcinoma|Free|Focally positive]"),
    ("Distance from closest margin", "{d} mm"), ("Tumor focality", "{focality}"), ("Specimen integrity",
                                                            "[Single intact specimen|Intact|Multiple fragments]"),
    ("Dermal Lymphovascular Invasion", "[Not identified|No skin present]"), ("Microcalcifications",
                                                            "[Present|Not identified|Present in DCIS]"),
    ("Skin", "[Uninvolved|Not present|No involvement]"), ("Treatment effect", "[No known presurgical therapy|Not applicable]"),
    ("Skeletal muscle", "[Not present|Free of carcinoma]"), ("Tumor necrosis", "[Absent|Present, focal]"),
    ("Additional findings", "[Fibrocystic change|None|Biopsy site changes|Atypical ductal hyperplasia]"),
)
HEADERS = {
    "history": ("CLINICAL HISTORY", "Clinical History", "CLINICAL INFORMATION", "Clinical Diagnosis & History", "HISTORY",
                "PRE-OP DIAGNOSIS", "Clinical details",
                "Relevant clinical information"),
    "specimen": ("SPECIMEN(S) RECEIVED", "SPECIMENS", "Specimens Submitted", "SPECIMEN", "MATERIAL SUBMITTED",
                 "Nature of specimen"),
    "gross": ("GROSS DESCRIPTION", "Gross Description", "GROSS", "MACROSCOPIC DESCRIPTION", "GROSS EXAMINATION"),
    "micro": ("MICROSCOPIC DESCRIPTION", "Microscopic Description", "MICROSCOPIC", "MICROSCOPIC EXAMINATION", "Microscopy"),
    "diagnosis": ("FINAL DIAGNOSIS", "DIAGNOSIS", "FINAL PATHOLOGIC DIAGNOSIS", "Final Diagnosis", "PATHOLOGIC DIAGNOSIS",
                  "DIAGNOSIS(ES)", "Diagnosis"),
    "synoptic": ("SYNOPTIC REPORT", "SYNOPTIC SUMMARY", "CAP CANCER SUMMARY", "Synoptic Report", "CANCER CASE SUMMARY",
                 "TUMOR SUMMARY", "SYNOPTIC DATA",
                 "Pathologic parameters"),
    "comment": ("COMMENT", "COMMENTS", "NOTE", "Comment", "DIAGNOSTIC COMMENT"),
    "biomarkers": ("BIOMARKERS", "RECEPTOR STUDIES", "IMMUNOHISTOCHEMISTRY", "SPECIAL STUDIES", "Prognostic Markers",
                   "BREAST PROGNOSTIC PROFILE", "Ancillary Studies"),
    "addendum": ("ADDENDUM", "ADDENDUM REPORT", "Addendum #1", "SUPPLEMENTAL REPORT", "ADDENDUM DIAGNOSIS"),
    "intraop": ("INTRAOPERATIVE CONSULTATION", "FROZEN SECTION DIAGNOSIS", "INTRAOPERATIVE CONSULTATION DIAGNOSIS"),
}
HEADERS_UK = {"history": ("CLINICAL DETAILS",), "specimen": ("NATURE OF SPECIMEN",), "gross": ("MACROSCOPY",),
              "micro": ("MICROSCOPY",),
              "diagnosis": ("CONCLUSION", "SUMMARY", "DIAGNOSIS"), "synoptic": ("MINIMUM DATASET", "HISTOLOGY DATASET"),
              "comment": ("COMMENT",),
              "biomarkers": ("RECEPTORS", "IMMUNOHISTOCHEMISTRY"), "addendum": ("SUPPLEMENTARY REPORT",),
              "intraop": ("FROZEN SECTION",)}
TITLE = ("SURGICAL PATHOLOGY REPORT", "Surgical Pathology", "FINAL SURGICAL PATHOLOGY REPORT", "PATHOLOGY REPORT",
         "DEPARTMENT OF PATHOLOGY - FINAL REPORT",
         "Histopathology Report")
RESPONSE = {
    True: (("Treatment Effect in the Breast", "[Probable or definite response|No definite response|Partial response]"),
           ("Residual Cancer Burden", "[RCB-I|RCB-II|RCB class II]"), ("Tumor bed", "{a} x {b} cm")),
    False: (("Treatment Effect in the Breast", "[Complete response|No residual invasive carcinoma present after treatment]"),
            ("Residual Cancer Burden", "[RCB-0|pCR]"), ("Tumor bed", "{a} x {b} cm")),
}
