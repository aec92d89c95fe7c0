"""Wording of the sections around the diagnosis: procedures, margins, frozen sections, comments, disclaimers, headers."""

PROCEDURE = {
    "resection": {
        False: "[Wide local excision|Lumpectomy|Total mastectomy|Modified radical mastectomy|Simple mastectomy|Partial mastectomy] [with|and] [axillary dissection|axillary lymph node dissection|axillary clearance]",
        True: "[Wide local excision|Lumpectomy|Segmental mastectomy|Partial mastectomy|Total mastectomy|Skin sparing mastectomy] [with|and] [sentinel lymph node biopsy|sentinel node excision|sentinel node mapping]",
    },
    "excision": "[Lumpectomy|Excisional biopsy|Wide local excision|Needle localized excision|Partial mastectomy|Segmental resection|Seed localized lumpectomy]",
    "biopsy": "[Core needle biopsy|Ultrasound guided core biopsy|Stereotactic core biopsy|Needle core biopsy|Vacuum assisted biopsy]",
}
BIOPSY_OTHER = {
    "lung": "[CT guided core biopsy|Transbronchial biopsy|Endobronchial biopsy]", "colon": "[Colonoscopic biopsy|Endoscopic biopsy|Polyp, biopsy]",
    "prostate": "[Needle core biopsy|Transrectal needle biopsy|Sextant biopsies]",
}
#: Bowel operations by site.
COLECTOMY = {"cecum": "Right hemicolectomy", "ascending colon": "Right hemicolectomy", "hepatic flexure": "Right hemicolectomy", "transverse colon": "Extended right hemicolectomy",
             "descending colon": "Left hemicolectomy", "sigmoid colon": "Sigmoid colectomy", "rectosigmoid": "Low anterior resection", "rectum": "Low anterior resection"}
PROCEDURE_OTHER = {"lung": "[Lobectomy|Wedge resection and completion lobectomy|Lobectomy with mediastinal lymph node "
                           "dissection]",
                   "colon": "[{operation}|{operation}|Segmental resection]",
                   "prostate": "[Radical prostatectomy|Robotic radical prostatectomy|Radical prostatectomy with pelvic lymph "
                               "node dissection]"}
INTRAOP_NODE = {
    False: ("[Specimen|Part] {k}: [touch preparation|frozen section|imprint cytology], [sentinel node|node 1|lymph node]: [no tumor seen|negative for carcinoma|no metastatic tumor identified]",),
    True: ("[Specimen|Part] {k}: [touch preparation|frozen section|imprint cytology], [largest node|node 1|lymph node]: [carcinoma present|positive for carcinoma|metastatic tumor seen]",),
}
INTRAOP_EXTRA = ("[Specimen|Part] {k} ({name}): [gross examination only|frozen section, no tumor seen|adequate, no atypia|deferred to permanent sections]",)
INTRAOP_MARGIN = ("[Gross|Intraoperative] examination of margins: [tumor grossly {d} mm from the nearest margin|margins grossly free|inked, sliced, no tumor at ink]", "[Specimen radiograph reviewed in the room|Gross consultation only]: [lesion included|margin distance adequate]")
INTRAOP_CALL = "[Reported to|Called to|Discussed with] the [surgeon|operating room] at {h}:{m}"
CORE_EXTENT = ("[involving {k} of the cores|greatest linear extent in a core {mm} mm|{mm} mm in a single core|present in {k} cores|longest focus {mm} mm]",)
MARGIN_CLEAR = (
    "[Margins|Surgical margins|All margins|Resection margins] [are |][negative|free of tumor|uninvolved|clear][; closest margin {d} mm ({m})|]",
    "[{what}|Tumor|Carcinoma] [is |][{d} mm|{dc} cm] from the [closest|nearest] margin ({m})",
    "[No tumor at ink|Ink is free of tumor][, closest approach {d} mm {m}|]",
)
MARGIN_INVOLVED = ("[Tumor|Carcinoma] [present at|extends to|focally involves] the {m} margin", "[The {m} margin is|Margin status: {m}] [involved|transected by tumor|focally positive]")
BENIGN = (
    "[Benign breast tissue with|Fibrocystic change with|Breast tissue with] [usual ductal hyperplasia|fibroadenoma|fat necrosis "
    "and prior biopsy site|sclerosing adenosis|scar]. "
    "[No evidence of malignancy|Negative for carcinoma|No residual carcinoma identified|No atypia or malignancy identified].",
    "[No residual invasive carcinoma or DCIS|No evidence of residual or recurrent tumor]; [biopsy site changes|healing biopsy "
    "cavity][ present|].",
)
COMMENT = (
    "[The case was|This case was|Slides were] [reviewed at|presented at|discussed in] [the multidisciplinary conference|tumor board|intradepartmental consultation][ with agreement|].",
    "[The findings were|Results were] [communicated to|discussed with] the [clinical team|referring physician|surgeon] by telephone.",
    "[Correlation with|Correlate with] [imaging|clinical findings|radiologic findings|operative findings] [is recommended|recommended].",
    "[Multiple levels were|Deeper levels were] examined.",
    "[An immunohistochemical panel|A keratin stain] was [performed|reviewed] to support the diagnosis.",
)
COMMENT_BREAST = (
    "[Genomic testing (Oncotype DX)|An Oncotype DX assay|A multigene assay] [has been requested|can be performed on block A{n}].",
    "[Ki-67|Ki67] [labeling index|proliferation index]: {ki}%.",
)
COMMENT_LONG = (
    "[The differential diagnosis included|Consideration was given to] [a metastasis from another site|a salivary-type neoplasm|reactive atypia after the procedure]; [morphology and immunophenotype argue against it|the stains listed exclude this|this is not favored].",
    "[The discrepancy between|The difference between] gross and microscopic [dimensions|extent] [reflects|is explained by] [surrounding fibrosis|shrinkage in processing|irregular borders]; the microscopic measurement [is used|prevails].",
    "[Reconstruction of the lesion|Mapping of the slices] [from consecutive blocks|against the photograph] was needed to [determine extent|measure the lesion|relate it to the ink].",
    "[Tissue for|Material for] [molecular testing|a clinical trial|research] [was set aside|is available on request]; [contact the laboratory|please quote the accession number].",
    "[The patient may benefit from|Consider] [genetic counselling|discussion of adjuvant options|follow-up imaging] [as clinically indicated|according to local policy].",
    "[Clinical information was limited|The requisition gave little history]; [further details|relevant earlier reports] [would be welcome|were not available to us at the time of reporting].",
    "[One block was|Two blocks were] [recut because of folds|re-embedded for better orientation|returned to processing]; [the additional sections did not change the interpretation|no new findings].",
    "[The outside slides|Slides from the previous procedure] [were compared|were not available for comparison] [at the time of reporting|at sign-out].",
)
ADDENDUM_REASON = (
    "[This addendum is issued to report|Addendum to report|The purpose of this addendum is to report] [the results of |][receptor studies|ancillary studies|immunohistochemistry][ performed on block {b}|].",
    "[Following|After] [discussion at conference|a request by the clinician|receipt of stains], [this addendum is issued|the following is added].",
)
#: Addenda that state nothing to extract.
ADDENDUM_OTHER = (
    "[This addendum is issued to correct|Corrected report:] [the spelling of the clinician's name|the date of collection|the label of specimen B]. The diagnosis is [unchanged|not affected].",
    "[Deeper levels|Additional blocks, {n} in number,] [were examined at the request of the surgeon|have been submitted from the remaining tissue]; [the findings are as previously reported|no change to the diagnosis].",
    "[Slides were sent|Blocks were sent] to [an outside laboratory|a reference laboratory] for [genomic testing|a second opinion]; [a separate report will follow|results are pending].",
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
    ("Specimen integrity", "[Single intact specimen|Intact|Multiple fragments]"), 
    ("Tumor necrosis", "[Absent|Present, focal]"), ("Comments on specimen", "[None|Oriented|See gross description]"), ("Blocks for ancillary studies", "[Available|Tumor block A{d}|Benign block A{d}]"),
    ("Clinical history reviewed", "[Yes|As above]"), ("Specimen fixation", "[Formalin, adequate|Within recommended limits]"),
)
EXTRA_FIELDS_BREAST = (
    ("Dermal Lymphovascular Invasion", "[Not identified|No skin present]"), ("Microcalcifications", "[Present|Not identified|Present in benign ducts]"),
    ("Skin", "[Uninvolved|Not present|No involvement]"), ("Skeletal muscle", "[Not present|Free of carcinoma]"),
    ("Additional findings", "[Fibrocystic change|None|Biopsy site changes|Atypical ductal hyperplasia|Intraductal papilloma|Radial scar]"),
    ("Lobular neoplasia", "[Not identified|Present]"), ("Nipple", "[Uninvolved|Not submitted]"), ("Time in formalin", "[Meets requirements|6 to 72 hours]"),
)
HEADERS = {
    "history": ("CLINICAL HISTORY", "Clinical History", "CLINICAL INFORMATION", "Clinical Diagnosis & History", "HISTORY",
                "PRE-OP DIAGNOSIS", "Clinical details",
                "Relevant clinical information"),
    "specimen": ("SPECIMEN(S) RECEIVED", "SPECIMENS", "Specimens Submitted", "SPECIMEN", "MATERIAL SUBMITTED",
                 "Nature of specimen"),
    "gross": ("GROSS DESCRIPTION", "Gross Description", "GROSS", "MACROSCOPIC DESCRIPTION", "GROSS EXAMINATION", "Macroscopic", "GROSS PATHOLOGY", "Description of specimen"),
    "micro": ("MICROSCOPIC DESCRIPTION", "Microscopic Description", "MICROSCOPIC", "MICROSCOPIC EXAMINATION", "Microscopy", "HISTOLOGY", "Micro"),
    "diagnosis": ("FINAL DIAGNOSIS", "DIAGNOSIS", "FINAL PATHOLOGIC DIAGNOSIS", "Final Diagnosis", "PATHOLOGIC DIAGNOSIS",
                  "DIAGNOSIS(ES)", "Diagnosis", "PATHOLOGICAL DIAGNOSIS", "DX", "Final Pathologic Diagnosis"),
    "synoptic": ("SYNOPTIC REPORT", "SYNOPTIC SUMMARY", "CAP CANCER SUMMARY", "Synoptic Report", "CANCER CASE SUMMARY",
                 "TUMOR SUMMARY", "SYNOPTIC DATA",
                 "Pathologic parameters"),
    "comment": ("COMMENT", "COMMENTS", "NOTE", "Comment", "DIAGNOSTIC COMMENT"),
    "biomarkers": ("BIOMARKERS", "RECEPTOR STUDIES", "IMMUNOHISTOCHEMISTRY", "SPECIAL STUDIES", "Prognostic Markers",
                   "BREAST PROGNOSTIC PROFILE", "Ancillary Studies"),
    "addendum": ("ADDENDUM", "ADDENDUM REPORT", "Addendum #1", "SUPPLEMENTAL REPORT", "ADDENDUM DIAGNOSIS"),
    "intraop": ("INTRAOPERATIVE CONSULTATION", "FROZEN SECTION DIAGNOSIS", "INTRAOPERATIVE CONSULTATION DIAGNOSIS", "Frozen section", "INTRAOPERATIVE DIAGNOSIS"),
    "molecular": ("MOLECULAR STUDIES", "Molecular diagnostics", "GENOMIC RESULTS", "Gene tests"),
}
HEADERS_UK = {"history": ("CLINICAL DETAILS",), "specimen": ("NATURE OF SPECIMEN",), "gross": ("MACROSCOPY",),
              "micro": ("MICROSCOPY",),
              "diagnosis": ("CONCLUSION", "SUMMARY", "DIAGNOSIS"), "synoptic": ("MINIMUM DATASET", "HISTOLOGY DATASET"),
              "comment": ("COMMENT",),
              "biomarkers": ("RECEPTORS", "IMMUNOHISTOCHEMISTRY"), "addendum": ("SUPPLEMENTARY REPORT",),
              "intraop": ("FROZEN SECTION",), "molecular": ("MOLECULAR PATHOLOGY",)}
TITLE = ("SURGICAL PATHOLOGY REPORT", "Surgical Pathology", "FINAL SURGICAL PATHOLOGY REPORT", "PATHOLOGY REPORT",
         "DEPARTMENT OF PATHOLOGY - FINAL REPORT",
         "Histopathology Report")
RESPONSE = {
    True: (("Treatment Effect in the Breast", "[Probable or definite response|No definite response|Partial response]"),
           ("Residual Cancer Burden", "[RCB-I|RCB-II|RCB class II]"), ("Tumor bed", "{a} x {b} cm")),
    False: (("Treatment Effect in the Breast", "[Complete response|No residual invasive carcinoma present after treatment]"),
            ("Residual Cancer Burden", "[RCB-0|pCR]"), ("Tumor bed", "{a} x {b} cm")),
}
