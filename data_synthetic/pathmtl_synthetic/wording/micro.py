"""Wording of the microscopic description, by organ and by what is there: invasive, in situ only, nothing left."""

INVASIVE = {
    "breast": (
        "[Sections show|Microscopic examination shows|The sections demonstrate|Histology shows] [an infiltrating|an invasive] [malignant neoplasm|carcinoma|tumor] composed of [nests and cords|irregular glands|single files|sheets|trabeculae] of [atypical|pleomorphic|malignant] [epithelial |]cells in a [desmoplastic|fibrous|sclerotic|loose myxoid] stroma",
        "[The advancing edge|The border] of the tumor is [infiltrative|pushing in part|stellate|irregular][, with tongues extending into fat|, entrapping normal lobules|]",
        "[Tumor-infiltrating lymphocytes are|A lymphocytic infiltrate is|Inflammation is] [sparse|moderate|brisk|patchy] [at the invasive front|at the periphery|within the stroma]",
        "[Intratumoral|Central] [fibrosis|hyalinization|elastosis] is [prominent|noted|mild]; [tumor cells are sparse there|the periphery is cellular]",
    ),
    "lung": (
        "[Sections show|Histology shows] [an invasive|an infiltrating] [carcinoma|neoplasm] [arranged in|growing as] [acini and papillae|solid nests with intercellular bridges|lepidic and acinar structures|large sheets] [with desmoplasia|with central scarring|with comedo-type necrosis]",
        "[Alveolar macrophages|Anthracotic pigment] [fill|is present in] the [airspaces|surrounding interstitium]; [emphysema|respiratory bronchiolitis] is [seen|mild]",
        "[Spread through air spaces|Aerogenous spread] is [not identified|seen|focal]",
    ),
    "colon": (
        "[Sections show|Microscopy shows] [an adenocarcinoma|a gland-forming carcinoma] with [complex cribriform glands|dirty necrosis|mucin pools|back-to-back glands], [arising in a tubulovillous adenoma|extending through the wall as described|with desmoplastic response]",
        "[Tumor budding is|Budding is] [low|intermediate|high] ([0-4|5-9|10 or more] buds per field); [a Crohn-like reaction is present|tumor deposits are not seen|no Crohn-like reaction]",
    ),
    "prostate": (
        "[Sections show|The gland contains] [small crowded acini|infiltrating microacini|fused glands] with [prominent nucleoli|luminal blue mucin|crystalloids], [lacking basal cells|in a haphazard arrangement between benign glands]",
        "[High-grade PIN|Intraductal spread] is [present|extensive|not identified]; [nodular hyperplasia|chronic prostatitis|atrophy] is [noted|also seen]",
        "[Tumor involves|Carcinoma occupies] about {n} percent of the gland, [mainly the peripheral zone|bilateral|with a dominant posterior nodule]",
    ),
}
IN_SITU = (
    "[Sections show|The slides show|Levels show] [ducts expanded by|an intraductal proliferation of] [monotonous|pleomorphic|intermediate-sized] [malignant |]cells [with|without] [central necrosis|comedonecrosis|luminal calcification], [confined by an intact myoepithelial layer|without stromal invasion on multiple levels]",
    "[Cancerization of lobules|Extension into lobules|Pagetoid spread along ducts] is [present|not seen|focal]; [periductal fibrosis|periductal inflammation] is [noted|marked]",
    "[No invasive component is found|Invasion is not identified] after [examination of levels|complete embedding|myoepithelial stains]",
)
NOTHING_LEFT = (
    "[The tumor bed|The area of the clip] consists of [fibrosis, histiocytes and hemosiderin|hyalinized stroma with foamy macrophages|edematous fibrous tissue with chronic inflammation]; [no viable tumor cells remain|keratin stains show no residual cells]",
    "[Atrophic lobules|Treatment-related atypia of benign ducts|Lobular sclerosis] [are|is] [noted|present] [around the bed|nearby]",
)
CELLS = (
    "[The tumor cells|The neoplastic cells|Lesional cells] have [moderate|abundant|scant] [eosinophilic|pale|amphophilic|vacuolated|granular] cytoplasm and [enlarged|vesicular|irregular|hyperchromatic] nuclei[ with visible nucleoli| with coarse chromatin|]",
    "[Mitotic figures are|Mitoses are] [infrequent|readily identified|occasional|scattered]",
    "[Retraction artifact|Cautery artifact|Tissue folding] is [present|noted] at one edge; [cells are well preserved elsewhere|this does not affect the interpretation|intervening stroma is edematous]",
)
VESSELS = {
    True: ("[Lymphovascular invasion is|Lymph-vascular invasion:|LVI] [present|identified|seen in one focus]", "[Tumor emboli|Clusters of tumor] are [seen|present] in [peritumoral|endothelial-lined] spaces"),
    False: ("[Lymphovascular invasion is|Lymph-vascular invasion:|LVI] [not identified|absent|not seen]", "[Vascular spaces|Small vessels] [are unremarkable|show no tumor emboli|appear congested]"),
}
NERVES = {True: "[Perineural invasion is|Perineural invasion:] [present|identified]", False: "[Perineural invasion is|Perineural invasion:] [not identified|absent]"}
BACKGROUND = {
    "breast": (
        "[The background breast|Adjacent tissue|The uninvolved parenchyma] [shows|contains] [fibrocystic change|sclerosing adenosis|usual ductal hyperplasia|columnar cell change|apocrine metaplasia|no significant abnormality|biopsy site changes|a radial scar|an intraductal papilloma|a small fibroadenoma|lobular neoplasia]",
        "[Microcalcifications are|Calcification is] [present in|associated with|seen in] [benign ducts|the lesion|stroma and ducts]",
        "[Duct ectasia|Periductal mastitis|Secretory change|Lactational change|Atrophy of lobules] is [also noted|incidental]",
    ),
    "lung": ("[Adjacent lung|The background lung] shows [mild emphysema|interstitial fibrosis|a necrotizing granuloma, stains negative|organizing pneumonia]",),
    "colon": ("[The background mucosa|Random sections] [shows|show] [melanosis|no dysplasia|a hyperplastic polyp|diverticular change]",),
    "prostate": ("[Benign prostate|The transition zone] shows [nodular hyperplasia|basal cell hyperplasia|focal infarction]",),
}
MORE = (
    "[The biopsy site|A previous biopsy site] with [hemosiderin|foreign body reaction|organizing fibrosis] is [seen|identified|noted]",
    "[Additional sections|Deeper levels|Step sections] [were examined|have been reviewed] and [show|reveal] [similar findings|no additional abnormality]",
    "[The specimen edge|The inked surface] is [intact|focally disrupted|cauterized], [which limits assessment there|without tumor]",
    "[A multinucleated giant cell reaction|Fat necrosis|Organizing hematoma] is [present|seen] near the [cavity|previous procedure site]",
    "[Architecture|The overall pattern] is [best appreciated at low power|uniform across blocks|variable between slices]",
    "[Artifact from freezing|Crush artifact|Poor fixation] [affects|limits interpretation of] [one block|two of the blocks|the edge]",
    "[Findings were compared|These sections were correlated] with the [previous biopsy|radiograph|outside slides]; [they are similar|morphology is identical|no discrepancy]",
)
#: Further specimens without tumour, and how nodes were worked up.
EXTRA = ("[Specimen|Part|Histologically, specimen] {k} [shows|contains|consists of] {what}", "[Histology of|Microscopy of] {k}: {what}")
EXTRA_TISSUE = {
    "shave": "[mature adipose tissue with thin fibrous septa|fibrous and fatty tissue|collagenous stroma with small vessels][; hemorrhage and cautery at the edge|; inked surface intact|; suture granuloma|]",
    "skin": "[epidermis, dermis and subcutis|skin with a dermal scar|hair-bearing skin] with [solar elastosis|unremarkable adnexa|mild perivascular lymphocytes]",
    "fat": "[adipose tissue|fat lobules and vessels|loose connective tissue] [with focal fat necrosis|without lymphoid tissue|with congestion]",
    "reduction": "[dense stroma with pseudoangiomatous hyperplasia|lobules with mild apocrine change|fibrocystic parenchyma] and [unremarkable skin|scattered microcysts]",
    "capsule": "[paucicellular collagen|a fibrous wall] lined by [synovial-like cells|foamy histiocytes] with [refractile droplets|sparse lymphocytes]",
    "bone": "[cortical and trabecular bone|lamellar bone] with [normocellular marrow|trilineage hematopoiesis]",
    "wedge": "[parenchyma|tissue] with [a circumscribed hyalinized nodule|mild chronic inflammation|bland ductular structures in fibrous stroma]",
    "ring": "[mucosa, submucosa and muscle|a muscular wall] [without dysplasia|with congestion|with staple artifact]",
    "appendix": "[a wall of ordinary layers|fibrofatty replacement of the lumen|lymphoid follicles with germinal centers] and [no active inflammation|mild serosal adhesions]",
}
NODE_METHOD = ("[Nodes of|Lymphoid tissue in] specimen {k} [was examined at three levels|is seen in its entirety|shows sinus histiocytosis and fatty hila|shows follicular hyperplasia|contains blue dye and anthracotic-like pigment]", "[Capsules|Subcapsular sinuses] of the nodes in {k} were [searched at high power|examined with a keratin stain|reviewed by two pathologists]")
NIPPLE = (
    "[Sections of the nipple|The nipple and skin|Dermis and epidermis] [are unremarkable|are without tumor|show no Paget cells]",
)
