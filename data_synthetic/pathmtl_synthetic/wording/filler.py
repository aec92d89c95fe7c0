"""Wording of what fills real reports: stain lists, gene tests, codes, notes on handling."""

STAIN_TITLE = ("[Special stains|Immunohistochemical stains|IHC performed|Stains and controls]",)
STAIN = ("E-cadherin: {ecad}",
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
#: Diagnosis, topography and morphology codes by organ.
CODE_OF = {"breast": ("50.9", "04000", "85003"), "lung": ("34.1", "28000", "81403"), "colon": ("18.9", "59300", "81403"), "prostate": ("61", "92000", "81403")}
CODES = ("ICD-10: C{c}; SNOMED: T-{t}, M-{m}", "CPT: 88307 x{n}, 88342 x{d}", "[Codes|Coding]: ICD-O M{m}/3, C{c}",
         "SNOMED T{t} M{m}",
         "[Billing|Fee] codes: 88309, 88305 x{n}, 88360 x{d}")
PROCEDURAL = (
    "[Formalin fixed paraffin embedded tissue was|Sections were] cut at [4|5] microns and stained with hematoxylin and eosin[; controls stained appropriately|].",
    "[All controls|Positive and internal controls] [reacted appropriately|were satisfactory|are adequate].",
    "[A second pathologist|Another member of the service|Dr. on service] has [reviewed selected slides|concurred with the interpretation|seen this case].",
    "[The specimen was|All tissue was] placed in fixative within [one hour|30 minutes|the recommended time] of removal[ and fixed for not less than 6 and not more than 72 hours|].",
    "[Please see comment|See comment below|See note] regarding [specimen handling|the margins|additional studies].",
    "[Slides and blocks|Materials] [are retained|will be kept] for [ten|twenty] years [per policy|in accordance with regulation].",
    "[This case was|Selected slides were] shown at the [weekly|daily] [consensus|quality assurance] conference.",
    "[Tumor cellularity|Neoplastic cell content] of the block selected for [molecular studies|genomic testing]: {ki}%.",
    "[No|Adequate] tissue remains for [further|molecular] studies[ in block {k}{n}|].",
    "[Specimen weight and dimensions|Measurements] were [verified|taken] [before|after] fixation; [shrinkage|formalin shrinkage] is [expected|not corrected for].",
    "[Intraoperative photographs|Gross photographs] were [taken|filed with the case].",
    "[Transport|Courier] [log|sheet]: [received intact|container sealed, label verified|temperature recorded].",
    "[Labels on|Identifiers of] the container and requisition [agree|were cross-checked by two staff].",
    "[Processing|Histology] [delay|schedule]: [none|weekend run|urgent, same-day run|rescheduled because of a public holiday].",
    "[Turnaround|Reporting] time [within target|extended for decalcification|extended for additional stains].",
)
PROCEDURAL_BREAST = (
    "[Radiologic|Imaging] [findings|correlation]: [concordant|see imaging report|mass corresponds to the lesion described].",
    "[Previous|Prior] [cytology|fine needle aspirate]: [atypical cells, suspicious|adequate, malignant cells|nondiagnostic].",
    "[Operative findings|Intraoperative impression]: [firm mobile mass|well localized lesion|no gross residual|adherent to surrounding tissue].",
    "[Slices were radiographed|The slices were x-rayed] [and calcifications blocked|before embedding]; [clip retrieved|clip seen in slice {n}].",
)
MOLECULAR = {
    "breast": ("[Multigene assay|Recurrence assay]: [low risk, score {d}|intermediate risk, score 2{d}|requested].", "[PIK3CA|ESR1|AKT1]: [no variant detected|variant detected, exon 20|pending].", "[Ploidy|S phase]: [diploid|aneuploid|{d} percent].", "[Germline|Somatic] BRCA panel: [no pathogenic variant|variant of uncertain significance|in progress]."),
    "lung": ("[EGFR|KRAS|BRAF]: [wild type|no mutation detected|exon 19 deletion|codon 12 variant].", "[ALK|ROS1|RET] [rearrangement|fusion]: [not detected|absent].", "PD-L1 [22C3|SP263], tumor proportion score {n} percent."),
    "colon": ("[Mismatch repair|MMR] [proteins|immunostains]: [intact|loss of MLH1 and PMS2].", "[KRAS|NRAS|BRAF]: [wild type|codon 12 variant|no mutation detected].", "[Microsatellite instability|MSI]: [stable|high|not tested]."),
    "prostate": ("[PTEN|ERG] immunostain: [retained|lost|expressed].", "[Decipher|Genomic classifier]: [low|intermediate|high] risk."),
}
PANEL = (
    ("CK5/6", "D5/16B4", "[absent in lesional cells|highlights myoepithelium]"), ("p63", "4A4", "[absent around invasive nests|retained in benign ducts]"), ("GATA3", "L50-823", "[expressed|diffuse nuclear]"),
    ("CK7", "OV-TL 12/30", "[expressed|patchy]"), ("CK20", "Ks20.8", "[not expressed|focal]"), ("Synaptophysin", "27G12", "[not expressed|rare cells]"), ("SMMHC", "SMMS-1", "[retained in ducts|absent]"),
    ("CD34", "QBEnd/10", "[vessels only|stromal cells]"), ("D2-40", "D2-40", "[lymphatic endothelium|no emboli]"), ("S100", "poly", "[nerves highlighted|not expressed]"), ("Keratin AE1/AE3", "AE1/AE3", "[tumor highlighted|no occult cells]"),
    ("Calponin", "CALP", "[retained at the periphery of ducts|absent]"), ("SOX10", "EP268", "[not expressed|myoepithelium]"), ("CD68", "KP1", "[histiocytes]"), ("Elastic van Gieson", "histochemical", "[elastosis|vessel walls]"),
    ("Mucicarmine", "histochemical", "[mucin present|no mucin]"), ("PAS-D", "histochemical", "[no organisms|basement membrane]"),
)
HANDLING_TITLE = ("[Specimen log|Fixation times|Specimen handling|Chain of custody|TIMES]",)
HANDLING = ("{k}: removed {h}:{m}, in formalin {n} min later, fixed {f} h", "[Container|Part] {k} [collected|taken] at {h}:{m}; fixation {f} hours; ischemia {n} minutes", "{k} - [time out of body|excised] {h}:{m} - [received fresh|received fixed] - {f} h formalin")
EARLIER_TITLE = ("[Previous accessions|Other cases on file|PRIOR SPECIMENS|Related cases|Patient's earlier specimens]",)
EARLIER_EITHER = "[Skin, back, shave: seborrheic keratosis|Colon, polypectomy: tubular adenoma|Gallbladder: chronic cholecystitis|Stomach, biopsy: chronic gastritis|Skin, arm: dermatofibroma|Thyroid aspirate: benign follicular cells|Appendix: acute appendicitis|Tonsils: reactive hyperplasia|Skin, face: solar keratosis]"
EARLIER = (EARLIER_EITHER, "[Cervical cytology: within normal limits|Endometrium, curettage: proliferative|Breast, core: fibroadenoma|Breast aspirate: cyst content]")
