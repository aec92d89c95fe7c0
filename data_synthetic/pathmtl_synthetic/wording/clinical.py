"""Wording of clinical information: presentation by organ, imaging, comorbidity, earlier procedures."""

HISTORY = {
    "breast": (
        "{age}[ year old|-year-old| y/o| yo] [{woman}|{sex}] with [a |][{mm} mm ||suspicious |palpable |spiculated |][{side} ||]breast [mass|lesion|lump|abnormality|asymmetry] [on screening mammogram|found on self examination|on ultrasound|detected by MRI|at {site}|]",
        "[{side} breast|Breast] [cancer|carcinoma|ca|mass|calcifications|malignancy], {age} [y/o|years|yrs]",
        "[Abnormal mammogram|BI-RADS {bi} lesion|Screen detected lesion|Cluster of calcifications], {side} breast, {site}. [Age {age}.|{age} year old.|Patient aged {age}.]",
        "[Newly diagnosed|Biopsy proven|Core biopsy proven|Known] [carcinoma|malignancy|breast cancer] of the {side} breast in a {age} year old [{woman}|patient][, for [surgery|definitive excision|operation]|]",
        "[Operative indication|Preoperative diagnosis|Indication]: {side} breast [neoplasm|ca|lesion at {site}]; [age|patient age] {age}",
    ),
    "lung": ("{age} year old [smoker|former smoker|patient|{person}] with [a |]{side} lung [mass|nodule][, PET avid|, enlarging on surveillance CT|]", "{side} [lung nodule|pulmonary mass] on CT, age {age}"),
    "colon": ("{age} year old {person} with [anemia|rectal bleeding|obstructing mass|positive FIT test|change in bowel habit]; {site} [mass|tumor] at colonoscopy", "[Colon cancer|Colorectal carcinoma], {site}, {age} [y/o|years]"),
    "prostate": ("{age} year old man with elevated PSA ({psa} ng/mL)[ and a palpable nodule|]", "Prostate cancer, PSA {psa}, age {age}[; MRI PI-RADS {bi}|]"),
}
BENIGN_HISTORY = ("[Re-excision|Excision] of {side} breast [biopsy site|cavity margins], age {age}", "[Palpable thickening|Scar|Mammographic distortion], {side} breast, [{age} year old|age {age}]")
TREATED = ("Status post neoadjuvant [chemotherapy|AC-T|therapy|TCHP|endocrine therapy].", "S/P neoadjuvant chemotherapy, [good|partial] clinical response.", "[Received|Completed] preoperative chemotherapy[, last cycle {n} weeks ago|].")
FAMILY = ("[Family history of|Mother had|Sister with|Maternal aunt with] breast cancer[ at age {age2}|].", "[BRCA testing negative.|No prior breast surgery.|Prior benign biopsy.|Germline panel pending.]", "[Takes hormone replacement therapy.|Postmenopausal, menarche at {n}.|Nulliparous.|Two pregnancies.]")
MORE = {
    "": (
        "[Comorbidities include|Past medical history of|Known] [hypertension|type 2 diabetes|atrial fibrillation|hypothyroidism|asthma|osteoarthritis|chronic kidney disease][ and [obesity|migraine|gout]|]",
        "[Medications|Current treatment]: [metformin|anticoagulant withheld before surgery|levothyroxine|none reported|aspirin]",
        "[No significant past history.|Non-smoker.|Former smoker, {n} pack years.|Allergies: penicillin.|Denies weight loss.]",
        "[Imaging|Cross-sectional imaging|CT|PET-CT] [shows no distant disease|is otherwise unremarkable|performed elsewhere|was reviewed at conference]",
    ),
    "operation": (
        "[Clinical|Operative] question: [extent and margins|completeness of excision|confirm diagnosis|please assess margins]",
        "[Operative note|Surgeon's note]: [uncomplicated procedure|adhesions encountered|specimen oriented in theater|sutures placed by the surgeon]",
    ),
    "breast": (
        "[MRI|Ultrasound|Tomosynthesis] [shows|describes|reports] [an irregular hypoechoic mass|non-mass enhancement|architectural distortion|pleomorphic calcifications] [spanning about {mm} mm|at {site}|with skin thickening not seen]",
        "[Magnetic seed|Wire|Radioactive seed|Clip] [localization|placed] [under ultrasound|on the morning of surgery|at biopsy], [satisfactory position|position confirmed]",
        "[The axilla is|Axillary ultrasound is] [clinically negative|unremarkable|indeterminate]; [no palpable nodes|fine needle aspirate not done]",
        "[Nipple discharge|Skin dimpling|Mastalgia|Nipple inversion] for {n} [weeks|months]",
    ),
}
