"""Wording of the gross description, by organ: the specimen, the tumour, what surrounds it, nodes, further specimens, blocks."""

RECEIVED = (
    "[Received|The specimen is received|Submitted] [fresh|in formalin|in 10% neutral buffered formalin|fresh on ice] [labeled|and labelled|, labelled with the patient's name and] \"{label}\" is {what}",
    "[Specimen|Container|Part|Jar] {k} [is labeled|is designated|carries the label] \"{label}\" and [consists of|holds|contains] {what}",
    "[The specimen consists of|The container holds|Specimen consists of] {what}",
    "[Container|Specimen] {k}, \"{label}\": {what}",
)
SPECIMEN = {
    "breast": (
        "[a|an oriented|an unoriented] {w} [g|gram] [specimen|portion of tissue|piece of fibrofatty tissue|excision], {a} x {b} x {c} cm",
        "[a segment|one piece|a disc|an ovoid portion] of [tan-yellow|yellow-white|lobulated|fibroadipose] tissue measuring {a} x {b} x {c} cm[, oriented by sutures (short superior, long lateral)|, inked black|, weighing {w} g|, with a localizing wire entering its anterior aspect]",
        "[a breast|a mastectomy specimen|a portion of breast] weighing {w} g and measuring {a} cm [from medial to lateral|transversely] x {b} cm [from superior to inferior|vertically] x {c} cm[, with an ellipse of skin bearing the nipple|, without skin]",
    ),
    "lung": (
        "[a|one] [lobe|lobectomy specimen|portion of lung] weighing {w} g, {a} x {b} x {c} cm[, the pleura purple-gray and anthracotic|, with a stapled parenchymal edge {d} cm long|]",
        "[lung parenchyma|a lobe of lung], {a} x {b} x {c} cm, [the pleural surface smooth and glistening|the visceral pleura retracted over an area of {d} cm|with fibrous adhesions over its lateral aspect]",
    ),
    "colon": (
        "[a segment|an opened segment|a portion] of [large bowel|colon] {a} cm long and {b} cm in [open |]circumference, with [attached|pericolic] fat up to {c} cm [thick|in thickness][; a suture marks the proximal end|]",
        "[an unopened|a previously opened] [bowel resection|length of colon], {a} cm [in length|long], [average diameter {d} cm|diameter {d} cm], with [attached mesentery|mesocolon] {b} x {c} cm",
    ),
    "prostate": (
        "[a prostate|a radical prostatectomy specimen] with attached seminal vesicles, {w} g, {a} cm [from apex to base|craniocaudal] x {b} cm transverse x {c} cm anteroposterior",
        "[a prostate gland|an intact prostate], {a} x {b} x {c} cm, weighing {w} g [without|with] the seminal vesicles",
    ),
}
TUMOUR = {
    "breast": (
        "[Sectioning|Serial sectioning|On section, the cut surface|Slicing at 4 mm|Breadloafing] [reveals|shows|discloses|demonstrates] [a|an ill-defined|a firm|a stellate|a gritty|a circumscribed|a rubbery] [tan-white|gray-white|white|pale|tan-gray|pink-tan] [mass|tumor|lesion|nodule|induration] [measuring|of|,] {x} x {y} x {z} cm[, {d} cm from the nearest ({m}) margin|, located in the {site}|]",
        "[There is|Found within is|Centrally there is] [a|one] [hard|firm|spiculated|lobulated] [tumor|mass|area], {x} x {y} x {z} cm, [with puckering of the surrounding fat|whose cut surface is chalky and streaked|with a depressed center|with infiltrating edges][; a coil-shaped clip lies at its edge|; a ribbon clip is recovered|]",
    ),
    "lung": (
        "[Cut section|Sectioning|Serial slicing] [reveals|exposes|shows] [a|an] [subpleural|peripheral|central|ill-defined|lobulated] [gray-white|tan|mottled|anthracotic] [mass|tumor|nodule], {x} x {y} x {z} cm, [with central cavitation|with a mucoid cut surface|puckering the pleura|sparing the bronchus|abutting a segmental bronchus]",
    ),
    "colon": (
        "[Opening reveals|The mucosa bears|There is] [an ulcerated|a fungating|a polypoid|an annular|a sessile] [tan|hemorrhagic|red-brown] [tumor|mass|lesion], {x} x {y} cm and {z} cm [thick|in depth], [{d} cm from the distal margin|occupying {n}0% of the circumference|causing luminal narrowing|with raised rolled edges]",
    ),
    "prostate": (
        "[Serial sections show|Slicing from apex to base shows|The cut surface shows] [an ill-defined|a vague|a firm] [yellow|gray-tan|pale] [area|nodule|focus] of {x} x {y} cm in the [left|right] [apex|mid gland|base|peripheral zone]",
    ),
}
NO_TUMOUR = (
    "[No discrete mass is identified|No residual mass is seen grossly|A biopsy cavity with a clip is identified][.|; the surrounding tissue is fibrous.]",
    "[Thin slicing does not disclose a tumor|No tumor is palpable]; [a hemorrhagic biopsy tract|an indurated fibrous area|a granular focus] of {x} cm is [noted|sampled in full]",
)
#: Colours of ink, cassettes, what else was seen: a few of these stand in every long gross description.
MORE = {
    "breast": (
        "[Ink code|Inking|Orientation]: [superior blue, inferior green, anterior yellow, posterior black|anterior orange, posterior black, medial red|deep black, lateral violet, medial red, cranial blue]",
        "[Ischemic time|Cold ischemia time]: {n} minutes; [formalin|total] fixation time {f} hours",
        "[Fresh|A portion of] tissue is [procured for the tissue bank|submitted for research|frozen at minus 80 degrees]",
        "The [remaining|uninvolved] [tissue|parenchyma] is [fatty|fibrofatty|unremarkable|fibrocystic|dense and rubbery], [comprising|with] [mostly adipose tissue|about {n} percent fibrous tissue|scattered cysts up to {d} cm]",
        "[The skin|The overlying skin] is [tan and wrinkled|unremarkable|pale, with a healed scar {d} cm long][; the areola measures {y} cm|; striae are noted|]",
        "[The nipple|The nipple-areola complex] [is everted and unremarkable|shows no ulceration or retraction|measures {d} cm and is grossly uninvolved]",
        "[The deep surface|The posterior aspect|The pectoral aspect] is [smooth|covered by thin fascia|partly disrupted|ragged, with a small strip of muscle]",
        "[A specimen radiograph|The accompanying radiograph|Faxitron image] [shows|demonstrates] [a clip|a localizing wire|the marker|clustered calcifications] [within the tissue|near the center|towards one edge]",
        "[The specimen is sliced|It is sectioned] from [medial to lateral|superior to inferior|lateral to medial] into {n} [slices|levels], [the lesion spanning three of them|the first and last being the ends|photographed in sequence]",
        "[Several|Two|Occasional] [blue-domed cysts|fibrous bands|dilated ducts with inspissated content|foci of fat necrosis] [are noted|are encountered] [away from the lesion|in the adjacent slices]",
    ),
    "lung": (
        "[The bronchial|The stapled bronchovascular] margin is [free on inspection|inked and shaved|patent and uninvolved]",
        "[The remaining parenchyma|Uninvolved lung] is [spongy and tan-pink|emphysematous with bullae at the apex|congested|consolidated distal to the tumor]",
        "[No satellite nodules are found|Additional nodules are not palpated|A calcified granuloma of {d} cm is noted]",
        "[The tumor is|It lies] {d} cm from the [bronchial|parenchymal staple line|nearest pleural] [margin|surface]",
        "[Pleural dye|Blue ink] marks the [area of puckering|pleura over the lesion]; [elastic stain is requested|sections are taken perpendicular to it]",
        "[Hilar vessels are|The pulmonary artery is] [patent|free of thrombus|unremarkable]",
    ),
    "colon": (
        "[The proximal and distal margins are|Both ends are] [unremarkable|free of tumor on inspection|viable]",
        "[The uninvolved mucosa|The background mucosa] is [tan with normal folds|edematous|studded with two sessile polyps up to {d} cm|melanotic]",
        "[The serosa over the lesion|The peritoneal surface] is [smooth|puckered|inked black and sampled|dull, with adherent fat]",
        "[Diverticula are|Scattered diverticula are] [present|not seen]; [the wall is thickened|the wall is of usual thickness]",
        "[The mesorectal envelope|The mesenteric resection surface] is [complete|nearly complete|intact and inked]",
        "[Fat is cleared|The pericolic fat is searched] [manually|after overnight fixation|with a clearing solution] for lymph nodes",
    ),
    "prostate": (
        "[The capsule is|The outer surface is] [smooth|focally roughened posteriorly] and inked [right green, left blue|right black, left red]",
        "[The transition zone is|Centrally the gland is] [nodular|expanded by hyperplastic nodules up to {d} cm|unremarkable]",
        "[The seminal vesicles|Vasa and vesicles] are [symmetrical|soft and tan|grossly uninvolved]",
        "[The apex and bladder neck|Apical and basal cones] are [shaved and sectioned radially|amputated and submitted in full]",
        "[The gland is|It is] [sliced at 3 mm|serially sectioned in the axial plane] and [entirely|alternately] submitted as [quadrants|whole mounts]",
    ),
}
SUBMITTED = (
    "[Representative sections are|The specimen is|Sections are] submitted in [cassettes|blocks] {b_}1-{b_}{n}",
    "[Entirely embedded|All embedded|Submitted in toto] in {n} [blocks|cassettes], {b_}1-{b_}{n}",
    "[See key to blocks|Sections are taken as keyed below|Blocks as listed]",
)
CORES = {
    "breast": ("[Received in formalin are|Specimen consists of] [multiple|three|four|several|{n}] [tan|yellow-white|white|fatty] [cores|tissue cores|core fragments] up to {d} cm in length, [all embedded|submitted entirely in one cassette|entirely submitted][; time in formalin {f} hours|]",
               "[Container|Vial] labeled \"{label}\" holds {n} [cylinders|fragments] of [fibrofatty|rubbery|hemorrhagic] tissue, {d} cm in aggregate, [wrapped and processed|submitted in {b_}1]"),
    "lung": ("[Received are|There are] {n} [minute|thread-like] fragments of [tan|gray-pink] tissue, {d} cm in aggregate, [filtered and entirely submitted|all embedded]",),
    "colon": ("[Received are|The vial holds] {n} [mucosal fragments|soft tan fragments], [each|up to] 0.{n} cm, [submitted in one cassette|all embedded]",),
    "prostate": ("[Received in formalin are|Submitted as sextant sites:] {n} [slender|tan] cores, {d} cm in length, [inked and entirely embedded|submitted in separate cassettes]",),
}
NODES = (
    "[Container|Part|Specimen] {k}[, labeled \"[lymph nodes|{basin}|nodes]\",|] [holds|contains|consists of] [fatty tissue|adipose tissue|a fragment of fat] {x} x {y} cm, in which [{count}|several|multiple] [lymph nodes|possible nodes|nodular structures] are [found|identified|palpated], the largest {d} cm",
    "[Nodes are|The nodes are|Each node is] [bisected|serially sectioned at 2 mm|sliced] and submitted in {b_}1-{b_}{n}",
    "[One node is|The largest node is] [firm and pale on section|replaced by fat|stained blue|soft, with a tan cut surface]",
)
#: Further specimens without tumour: name, procedure, gross, and the block sampled. Nodes are never among them: counts are facts.
EXTRA = {
    "breast": (
        ("[additional|new] superior margin", "shave"), ("[additional|new] inferior margin", "shave"), ("[additional|new] medial margin", "shave"),
        ("[additional|new] lateral margin", "shave"), ("[additional|new] deep margin", "shave"), ("[additional|new] anterior margin", "shave"),
        ("nipple margin", "shave"), ("skin and scar", "skin"), ("axillary fat", "fat"), ("reduction tissue, contralateral", "reduction"),
        ("implant capsule", "capsule"), ("retroareolar tissue", "shave"), ("skin flap, inferior", "skin"), ("inframammary fold tissue", "fat"),
    ),
    "lung": (("bronchial margin", "shave"), ("parietal pleura", "fat"), ("rib, segment", "bone"), ("pleural adhesion", "fat"), ("wedge, other lobe", "wedge")),
    "colon": (("proximal doughnut", "ring"), ("distal doughnut", "ring"), ("appendix", "appendix"), ("omentum", "fat"), ("liver nodule", "wedge"),
              ("hernia sac", "fat")),
    "prostate": (("bladder neck margin", "shave"), ("urethral margin", "shave"), ("periprostatic fat", "fat"), ("vas deferens, segment", "ring")),
}
EXTRA_GROSS = {
    "shave": ("[a|one] [fragment|piece|strip] of [fibrofatty|yellow lobulated|fibrous|fibromuscular] tissue, {x} x {y} x {z} cm, [inked|marked with a suture at the new margin|one aspect inked blue], [serially sectioned|sliced] and [entirely submitted|submitted in {n} blocks]. [No lesion is seen|The cut surfaces are unremarkable|Fibrous streaks only]",),
    "skin": ("[an ellipse|an island|a strip] of [unremarkable|wrinkled|tan|hair-bearing] skin {x} x {y} cm [excised to a depth of {z} cm|with a central scar]. [Serial sections show|On sectioning there is] [no discrete lesion|a thin scar|unremarkable dermis and fat]",),
    "fat": ("[an irregular portion|an aggregate|several pieces] of [yellow|lobulated|soft] [adipose|fibroadipose|membranous] tissue, {x} x {y} x {z} cm. [Palpation and slicing disclose no lesion|Nothing further is identified|It is unremarkable]; [one representative block|{n} blocks]",),
    "reduction": ("[breast tissue and skin|multiple pieces of breast tissue], {w} g and {x} x {y} cm in aggregate, [fatty with delicate fibrous septa|predominantly adipose]. [No mass|No suspicious area] is [palpable|found on slicing]; representative sections",),
    "capsule": ("[a membranous|a leathery|a partly calcified] capsule, {x} x {y} cm and 0.{n} cm thick, [smooth inside|with a roughened outer surface]. [Representative strips are embedded|Sampled in {n} blocks]",),
    "bone": ("[a segment of rib|an irregular piece of bone] {x} cm long, [decalcified before sectioning|sectioned after decalcification]. [The marrow is red-brown|No lesion is seen]",),
    "wedge": ("[a wedge|a portion] of [soft|spongy|tan-brown] tissue {x} x {y} x {z} cm, [stapled along one side|sliced at 3 mm]. [A pale nodule 0.{n} cm across|A subcapsular cyst|No focal lesion] is [noted|identified]",),
    "ring": ("[a ring|a tubular portion|a cylinder] of tissue, {x} cm in [diameter|length], [sectioned|opened]; [the mucosa is intact|unremarkable]; [one block|all embedded]",),
    "appendix": ("[a vermiform appendix|an appendix] {x} cm [long|in length] and 0.{n} cm in diameter, [the serosa smooth|with adherent fat]. [The lumen contains a fecalith|The lumen is patent]; [tip and cross sections|representative]",),
}
EXTRA_DIAGNOSIS = {
    "shave": ("[benign breast tissue|fibroadipose tissue|unremarkable tissue][;|,] [negative for carcinoma|no evidence of malignancy|no tumor seen]", "[no residual carcinoma|no evidence of malignancy|free of tumor]"),
    "skin": ("[skin and subcutis with scar|unremarkable skin], [no malignancy identified|no tumor identified|negative for Paget disease]", "[no evidence of invasive carcinoma|dermal scar, negative for carcinoma]"),
    "fat": ("[adipose tissue|fibroadipose tissue|mesothelial-lined fibrous tissue], [no malignancy identified|negative for malignancy|benign]",),
    "reduction": ("[fibrocystic change and columnar cell change|breast tissue with fibroadenomatoid nodules|pseudoangiomatous stromal hyperplasia], [negative for carcinoma|no atypia or malignancy]",),
    "capsule": ("[fibrous capsule with synovial metaplasia|capsule with foreign body giant cells and refractile material], [no malignancy|negative for tumor]",),
    "bone": ("[bone and marrow|trabecular bone with trilineage marrow], [negative for malignancy|no tumor]",),
    "wedge": ("[hyalinized granuloma|bile duct hamartoma|subpleural fibrosis|organizing pneumonia|benign simple cyst], [negative for malignancy|no tumor seen]",),
    "ring": ("[unremarkable tissue|mucosa and muscularis without abnormality], [no tumor|negative for dysplasia and malignancy]",),
    "appendix": ("[fibrous obliteration of the tip|appendix without significant abnormality|lymphoid hyperplasia], [no tumor identified|negative for neoplasm]",),
}
BLOCK_KEY_TITLE = ("[Summary of sections|Block summary|Cassette key|Section code|Key to blocks|SUMMARY OF SECTIONS|Cassette summary|BLOCK LISTING]",)
BLOCK_TUMOUR = {
    "breast": ("[mass|tumor|lesion with margin|tumor, representative|tumor to deep margin|lesion, full face|tumor with overlying skin]", "[superior margin|inferior margin|medial margin|lateral margin|deep margin|anterior margin], [perpendicular|en face|shave]",
               "[upper outer|upper inner|lower outer|lower inner] quadrant, random", "[nipple|skin|areola|scar|nipple base|skin over tumor]", "[clip site|biopsy cavity|fibrous area|possible satellite nodule|calcifications per radiograph|tissue between lesions]",
               "slice {n}, [entirely|medial half|lateral half|composite]"),
    "lung": ("[tumor|tumor to pleura|tumor and bronchus|tumor, central]", "[bronchial margin|vascular margin|staple line], [en face|shave]", "[hilar tissue|peribronchial tissue]", "[uninvolved lung|distal parenchyma|random lung]"),
    "colon": ("[tumor|tumor, deepest invasion|tumor with serosa|tumor and adjacent mucosa]", "[proximal margin|distal margin|radial margin], [en face|perpendicular]", "[polyp|random mucosa|ileocecal valve|mesenteric vessels]", "[possible nodes|fat for nodes|nodes, intact]"),
    "prostate": ("[right|left] [apex|mid|base], [anterior|posterior]", "[apical|bladder neck] margin, [radial|shave]", "[right|left] seminal vesicle", "[vas|bladder neck cone]"),
}
BLOCK_NODES = ("[one node bisected|two nodes, intact|multiple intact nodes|node, trisected|fat for nodes|blue node, levels]",)
BLOCK_EXTRA = ("[entirely submitted|representative|inked margin, perpendicular|in toto]",)
