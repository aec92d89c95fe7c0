"""Wording of what fills real reports: block keys, further specimens, stain lists, codes, procedural notes."""

BLOCK_KEY_TITLE = ("[Summary of sections|Block summary|Cassette key|Section code|Key to blocks|SUMMARY OF SECTIONS]",)
BLOCK = ("{k}{a}-{k}{b}: [mass|tumor|lesion with margin|tumor, representative|tumor to deep margin]",
         "{k}{a}: [superior margin|inferior margin|medial margin|lateral margin|deep margin|anterior margin], [perpendicular|en "
         "face|shave]",
         "{k}{a}-{k}{b}: [upper outer|upper inner|lower outer|lower inner] quadrant, random", "{k}{a}: [nipple|skin|areola|scar]",
         "{k}{a}: [clip site|biopsy cavity|fibrous area|possible satellite nodule|calcifications per radiograph]",
         "{k}{a}-{k}{b}: [one node bisected|two nodes, intact|multiple intact nodes|node, trisected|fat, no nodes identified]")
BLOCK_OTHER = ("{k}{a}-{k}{b}: [tumor|mass with overlying serosa|tumor, deepest invasion|tumor and uninvolved tissue]",
               "{k}{a}: [proximal margin|distal margin|vascular margin|bronchial margin|radial margin|apex|base], [en "
               "face|shave]",
               "{k}{a}-{k}{b}: [lymph nodes, intact|one node, bisected|five possible nodes|fat for nodes]",
               "{k}{a}: [uninvolved tissue|random section|polyp]")
MORE_SPECIMENS = (
    "[Additional specimen|Specimen C|Part C], labeled \"[additional margin|new margin|shave margin|re-excision]\", is [a|one] "
    "[fragment|piece|strip] of [fibrofatty|"
    "yellow lobulated|fibrous] tissue, {x} x {y} x {z} cm, [inked|marked with a suture at the new margin], [serially "
    "sectioned|sliced] and [entirely "
    "submitted|submitted in {n} blocks]. [No lesion is seen|The cut surfaces are unremarkable|Fibrous streaks only].",
    "[Also received|There is further received] [in a separate container|separately], an [ellipse|island] of "
    "[unremarkable|wrinkled|tan] skin {x} x {y} cm "
    "[excised to a depth of {z} cm|with a central scar]. [Serial sections show|On sectioning there is] [no discrete lesion|a "
    "thin scar|unremarkable dermis and fat].",
    "[A specimen radiograph|The accompanying radiograph|Faxitron image] [shows|demonstrates] [a clip|a localizing wire|the "
    "marker|calcifications] [within the tissue|near the "
    "center|towards one edge]; [this area is|these are] [submitted in block {n}|marked by the radiologist|submitted in toto].",
    "[The nipple|The areola|The overlying skin] [is everted and unremarkable|shows no ulceration or retraction|measures {y} cm "
    "in diameter|is grossly "
    "uninvolved]. [The deep surface|The fascia] is [smooth|covered by thin fascia|partly disrupted][ and inked|].",
)
MORE_SPECIMENS_OTHER = (
    "[The remainder of the organ|The uninvolved parenchyma|The background] is [unremarkable|congested|spongy and "
    "tan-pink|edematous]. [No additional lesions are identified|"
    "A second lesion is not seen|Careful search shows no satellite nodules].",
    "[Received separately|Also submitted] is [a ring|a fragment|a portion] of tissue labeled \"[margin|doughnut|station "
    "7|additional tissue]\", {x} x {y} x {z} cm, "
    "[entirely submitted|sectioned, one block].",
)
STAIN_TITLE = ("[Special stains|Immunohistochemical stains|IHC performed|Stains and controls]",)
STAIN = ("E-cadherin: [membranous staining retained|lost|preserved]",
         "p63: [absent around invasive nests|highlights myoepithelial cells in the in situ component]",
         "Cytokeratin AE1/AE3: [highlights tumor|no occult cells in deeper levels|performed on the sentinel node levels]",
         "GATA3: [diffuse nuclear staining|expressed]",
         "Calponin: [confirms loss of the myoepithelial layer|as p63]",
         "D2-40: [no lymphatic invasion highlighted|highlights a lymphatic channel]",
         "CD31: [vessels free of tumor|no vascular invasion]", "Ki-67: {ki}% of nuclei")
STAIN_OTHER = ("CK7: [expressed|not expressed]", "CK20: [expressed|not expressed]", "CDX2: [expressed|not expressed]",
               "p40: [not expressed|focal]",
               "TTF-1: [nuclear staining|not expressed]", "MLH1, PMS2, MSH2, MSH6: [nuclear expression intact|intact]",
               "Elastic stain: [pleura intact|see description]")
CODES = ("ICD-10: C{c}.{d}; SNOMED: T-{t}, M-{m}", "CPT: 88307 x{n}, 88342 x{d}", "[Codes|Coding]: ICD-O M{m} /3, C{c}.{d}",
         "SNOMED T{t} M{m}",
         "[Billing|Fee] codes: 88309, 88305 x{n}, 88360 x{d}")
PROCEDURAL = (
    "[Formalin fixed paraffin embedded tissue was|Sections were] cut at [4|5] microns and stained with hematoxylin and eosin[; "
    "controls stained appropriately|].",
    "[All controls|Positive and internal controls] [reacted appropriately|were satisfactory|are adequate].",
    "[A second pathologist|Another member of the breast service|Dr. on service] has [reviewed selected slides|concurred with "
    "the interpretation|seen this case].",
    "[The specimen was|All tissue was] placed in fixative within [one hour|30 minutes|the recommended time] of removal[ and "
    "fixed "
    "for not less than 6 and not more than 72 hours|].",
    "[Please see comment|See comment below|See note] regarding [specimen handling|the margins|additional studies].",
    "[Slides and blocks|Materials] [are retained|will be kept] for [ten|twenty] years [per policy|in accordance with "
    "regulation].",
    "[This case was|Selected slides were] shown at the [weekly|daily] [consensus|quality assurance] conference.",
    "[Tumor cellularity|Neoplastic cell content] of the block selected for [molecular studies|genomic testing]: {ki}%.",
    "[No|Adequate] tissue remains for [further|molecular] studies[ in block {k}{n}|].",
    "[Radiologic|Imaging] [findings|correlation]: [concordant|see imaging report|mass corresponds to the lesion described].",
    "[Previous|Prior] [cytology|fine needle aspirate]: [atypical cells, suspicious|adequate, malignant cells|nondiagnostic].",
    "[Menstrual|Gynecologic] history: [postmenopausal|LMP two weeks before procedure|not provided].",
    "[Specimen weight and dimensions|Measurements] were [verified|taken] [before|after] fixation; [shrinkage|formalin "
    "shrinkage] is [expected|not corrected for].",
    "[Operative findings|Intraoperative impression]: [firm mobile mass|well localized lesion|no gross residual|adherent to "
    "surrounding tissue].",
)
