# %% [markdown]
# # Extraction: from a page to text
#
# **Reproduces** the dual-path extraction of section III-A and Supplementary Appendix S1: native text if a PDF contains it, optical
# character recognition (OCR) if it does not.
#
# **You will learn** why a PDF that looks perfect may contain no text, or *somebody else's*; how a program can notice; what OCR gets
# wrong, and what that does to a cancer stage.
#
# **Runtime and hardware**: about two minutes on two CPU cores, nearly all of it for OCR of `ocr_pages` pages (10 to 60 seconds each);
# about twenty seconds with `ocr_pages = 0`.
#
# **Numbers**: the documents on this page are *synthetic*: reports of invented patients, printed to PDF in five ways, so that the true
# text of every page is known. The paper gives no number for its extraction. Set `reports` to a folder of your own, and its documents
# are summarized at the end, without any text.

# %% tags=["parameters"]
reports = "bundled"   # "bundled", or a folder of documents of your own
ocr_pages = 1         # scanned pages to read with EasyOCR on this page (10 to 60 s each)
per_kind = 5          # bundled documents of each kind (at most five)
ocr = "auto"          # your own documents: auto (pages that need it), always, never

# %%
import pandas as pd
from IPython.display import Markdown, display

from pathmtl.documents import picture, text_layer
from pathmtl.documents.fidelity import confusions, similarity
from pathmtl.documents.ocr import recognizer
from pathmtl.documents.pdf_text import Pdf
from pathmtl.documents.reading_order import Word, to_text
from pathmtl.notebook import check_parameters
from pathmtl.oracle.engine import label
from pathmtl.review.document_quality import (
    KINDS,
    bundled_pdfs,
    by_kind,
    compare,
    read_manifest,
    read_native,
    reasons,
    recorded_ocr,
)
from pathmtl.viz.page_figures import boxes_on_page, page_and_text, strip_of_page
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()

# %% [markdown]
# Documents of your own are read first, so that a wrong path is noticed at once (none if `reports` is a table of text):

# %%
manifest = read_manifest(reports, ocr=ocr)

# %% [markdown]
# The bundled documents, and the native text of each one as PyPDF2, the paper's parser, reads it:

# %%
pdfs = bundled_pdfs().groupby("mode").head(per_kind)
native = read_native(pdfs["path"], "pypdf2")  # file name -> text

counts = pdfs["mode"].value_counts(sort=False)
kinds = ", ".join(f"{count} {KINDS[mode]}" for mode, count in counts.items())
display(Markdown(f"**{len(pdfs)} synthetic documents**, printed in {len(KINDS)} ways: {kinds}."))

# %% [markdown]
# ## A page and its text
#
# A *digital* PDF contains its characters. PyPDF2 reads them in a hundredth of a second, without a single error. Nothing is recognized
# here, because the text was never lost.

# %% tags=["hide-input"] mystnb={"image": {"alt": "A printed pathology report page on the left, the identical text as PyPDF2 read it on the right"}}
first = pdfs[pdfs["mode"] == "native"].iloc[0]
page = Pdf(first["path"], "pdfium")
image = page.draw(0, 110)  # 110 dots per inch
page.close()

score = similarity(native[first["file"]], first["truth"])
page_and_text(
    image,
    native[first["file"]],
    page_title=f"{first['file']}, page 1",
    text_title=f"Native text: similarity {score:.3f}",
)

# %% [markdown]
# ## Five documents that look alike
#
# The same parser reads all of them. A scan is a photograph and contains no text at all. A font without a Unicode map prints well, but
# its characters are numbers that mean nothing outside the file. The last kind is the dangerous one: a scan under the text of *another
# report*, as happens when scanners and archives mix up their layers.
#
# The library judges a text layer in two steps: `defect` says why a text cannot be used, `suspicion` why it should be compared with the
# picture first.

# %%
rows = []
for mode, documents in pdfs.groupby("mode", sort=False):
    text, truth = native[documents.iloc[0]["file"]], documents.iloc[0]["truth"]
    common = text_layer.common_word_share(text)
    rows.append({
        "Kind": KINDS[mode],
        "Characters": len(text),
        "Common English words": "–" if common is None else f"{common:.2f}",
        "What the text alone shows": text_layer.defect(text) or text_layer.suspicion(text)
        or "nothing: it reads well",
        "Similarity to the truth": f"{similarity(text, truth):.2f}",
    })
caption = "PyPDF2's text of one document of each kind, and what can be seen from the text alone."
plain_table(pd.DataFrame(rows), caption, index=False)

# %% [markdown]
# The text of the last document *reads well*, so no check of the text can expose it. Its similarity is above zero only because all
# reports share words. Labels taken from it would be a stranger's.
#
# ## How a wrong text layer is noticed
#
# A picture that fills the page under a text layer is a reason to compare the two. There are two questions, the cheap one first. Do the
# layer's boxes lie on the ink? And if they do: are the words of a few printed lines, read by OCR, in the layer *beside the same
# neighbors*? (The words alone prove little: any two pathology reports share more than half of them.) OCR has to read only those lines,
# a fraction of the page.

# %% tags=["hide-input"] mystnb={"image": {"alt": "A few printed lines cut from the top, middle and bottom of a scanned page, stacked"}}
wrong = pdfs[pdfs["mode"] == "wrong_text_layer"].iloc[0]
page = Pdf(wrong["path"], "pdfium")
image, boxes = page.draw(0, 200), page.text_boxes(0)
page.close()

strips = picture.sample(image)
height = strips.shape[0] / image.shape[0]
display(strip_of_page(strips, f"The lines that are compared: {height:.0%} of the page's height"))

# %% [markdown]
# The first question: how much of the ink lies under the layer's boxes?

# %%
covered = picture.covered_ink(image, boxes)
judgment = "enough" if covered >= picture.MIN_COVERED else "too little"
display(Markdown(
    f"**{covered:.0%}** of the ink lies under the layer's boxes: {judgment} "
    f"(the bound is {picture.MIN_COVERED:.0%})."
))

# %% [markdown]
# The second question: which of the words that OCR reads from these lines does a text layer have, beside the same neighbor?

# %%
agreed = {}
layers = {"the layer it carries": native[wrong["file"]], "its true text": wrong["truth"]}
if ocr_pages > 0:
    sampled = recognizer("easyocr").text(strips)
    for name, layer in layers.items():
        agreed[name] = picture.agreement(sampled, layer)
        trusted = agreed[name] >= picture.MIN_AGREEMENT
        judgment = "trusted" if trusted else "**not trusted**, so the page goes to OCR"
        display(Markdown(
            f"**{agreed[name]:.0%}** of the words are in {name}, beside the same neighbor: "
            f"{judgment} (the bound is {picture.MIN_AGREEMENT:.0%})."
        ))
else:
    display(Markdown("*`ocr_pages = 0`: the lines were not read.*"))

# %% [markdown]
# ## OCR of a scanned page
#
# EasyOCR first finds boxes, then reads each of them, in no useful order. `to_text` puts the boxes back into lines and columns by their
# geometry alone. Colors show how certain EasyOCR was.

# %% tags=["hide-input"] mystnb={"image": {"alt": "A scanned report page with a colored box around each phrase that OCR found, blue where certain, orange and vermilion where not"}}
scans = pdfs[pdfs["mode"].isin(["bad_scan", "clean_scan"])].sort_values("mode")
read_now = {}  # file name -> text as read in this run
for row in scans.head(ocr_pages).itertuples():
    pdf = Pdf(row.path, "pdfium")
    pages = [pdf.draw(index, 200) for index in range(pdf.page_count)]
    pdf.close()
    words = [recognizer("easyocr").words(image) for image in pages]
    read_now[row.file] = "\n\n".join(text_layer.clean(to_text(found)) for found in words)
    score = similarity(read_now[row.file], row.truth)
    title = f"{row.file}: {len(words[0])} boxes, similarity {score:.3f}"
    display(boxes_on_page(pages[0], words[0], title))
if not read_now:
    display(Markdown("*`ocr_pages = 0`: no page was read. Set it to 1 or more to see one.*"))

# %% [markdown]
# ## What OCR confuses
#
# The true text is known, so every confusion can be counted. **Recorded** is what EasyOCR read from bundled documents in an earlier run,
# because a page takes so long; **this run** is what was read above. Look at the pairs of digits and letters: prose survives them, a
# stage does not.

# %%
recorded = recorded_ocr(pdfs)
truth = pdfs.set_index("file")["truth"]
nothing_confused = confusions("", "")
pairs_recorded = [confusions(row.text, truth[row.file]) for row in recorded.itertuples()]
pairs_now = [confusions(text, truth[name]) for name, text in read_now.items()]
counted = {
    "Recorded": sum(pairs_recorded, start=nothing_confused),
    "This run": sum(pairs_now, start=nothing_confused),
}

# %% [markdown]
# The sixteen most frequent pairs:

# %%
most_common = (counted["Recorded"] or counted["This run"]).most_common(16)
visible = {"": "nothing", " ": "a blank"}
rows = [
    {
        "Printed": visible.get(printed, printed),
        "Read": visible.get(read, read),
        **{name: pairs[printed, read] for name, pairs in counted.items()},
    }
    for (printed, read), _ in most_common
]
caption = (
    f"The most common confusions of EasyOCR: recorded on {len(recorded)} documents "
    f"({int(recorded['pages'].sum())} pages), this run on {len(read_now)}."
)
plain_table(pd.DataFrame(rows, columns=["Printed", "Read", *counted]), caption, index=False)

# %% [markdown]
# ## Engines and documents
#
# Every engine on every kind of document. *Similarity* compares the text with the truth, character by character. The other columns ask
# what matters downstream: of the labels that the regex oracle finds in the true text, how many does it still find in the text as read,
# and how many does it find that are *wrong*?

# %%
read_by = {"PyPDF2": native, "pdfium": read_native(pdfs["path"], "pdfium")}
if len(recorded):
    read_by["EasyOCR, recorded"] = dict(zip(recorded["file"], recorded["text"], strict=True))
if read_now:
    read_by["EasyOCR, this run"] = read_now
fidelity = by_kind(pd.concat([compare(pdfs, texts, name) for name, texts in read_by.items()]))

table = pd.DataFrame({
    "Documents": fidelity["documents"],
    "Similarity": fidelity["similarity"].map("{:.3f}".format),
    "Labels found again": [f"{row.kept} of {row.stated}" for row in fidelity.itertuples()],
    "Wrong labels": fidelity["wrong"],
})
plain_table(
    table.rename_axis(["Document", "Read by"]).reset_index(),
    "Engines by kind of document, bundled synthetic PDFs; similarity is a mean over documents.",
    index=False,
)

# %% [markdown]
# There are two lessons. For digital documents, OCR would only add errors and cost, so the paper's order, native first, is right. And
# the row to fear is not the one without text but the one with the wrong text: an empty page is missed, a stranger's labels are believed.
#
# ## Your own documents
#
# What happened to the documents in `reports`, as counts only. Each document is read in a process of its own, within limits on time and
# memory. Whatever a file does, it gets a status and a reason.
# Pages that need OCR are read by RapidOCR here: it takes a fraction of EasyOCR's time and makes no more errors
# ([](archive.ipynb)). `pathmtl extract --ocr-engine easyocr` reads them as the paper does.

# %%
if len(manifest):
    groups = manifest.groupby("status")
    by_status = groups.agg(
        Documents=("path", "size"), Pages=("pages", "sum"), Seconds=("seconds", "sum")
    )
    display(plain_table(by_status.round(1).reset_index(), "Documents by status.", index=False))
else:
    display(Markdown(
        f"*`{reports}` is a table of text, so its documents are not here. "
        "Set `reports` to a folder of documents to see how they were read.*"
    ))

# %% [markdown]
# Which engine read the pages, and why:

# %%
if len(manifest):
    engines = manifest["engine"].str.split(";").explode()
    engines = engines[engines.fillna("") != ""].value_counts().rename("Pages")
    engines = engines.rename_axis("Read by").reset_index()
    display(plain_table(engines, "Pages by the engine that read them.", index=False))
    why = reasons(manifest).rename_axis("Reason").reset_index().head(15)
    caption = "Why pages were read as they were; numbers are masked."
    display(plain_table(why, caption, index=False))

# %% [markdown]
# ## Verdict
#
# What the appendix claims about extraction, on documents whose true text is known. The paper gives no number; the bounds are ours.

# %%
from pathmtl.experiments.evidence import keep_measured
from pathmtl.paper.claims import Evidence, Measured, on_page, verdict_table


def similarity_of(kind, reader):
    """Mean similarity to the true text, or None where nothing was read."""
    key = (KINDS[kind], reader)
    if key not in fidelity.index:
        return None
    value = fidelity.loc[key, "similarity"]
    return Measured(f"{value:.3f}", value)


noticed = pdfs[pdfs["mode"] != "native"]
noticeable = noticed[noticed["mode"] != "wrong_text_layer"]
refused = [bool(text_layer.defect(native[name])) for name in noticeable["file"]]
measured = {
    "text-native": similarity_of("native", "PyPDF2"),
    "text-noticed": Measured(f"{sum(refused)} of {len(refused)}", sum(refused) / len(refused)),
}
if agreed:
    less = float(agreed["the layer it carries"] < picture.MIN_AGREEMENT)
    measured["text-stranger"] = Measured("noticed" if less else "missed", less)

# %% [markdown]
# OCR is judged twice: on the recorded reading of every document, and on the pages read while you watched.

# %%
SCANS = {"text-unmapped": "unmapped_fonts", "text-clean": "clean_scan", "text-bad": "bad_scan"}
recorded_scans = {name: similarity_of(kind, "EasyOCR, recorded") for name, kind in SCANS.items()}
measured |= {name: similarity_of(kind, "EasyOCR, this run") for name, kind in SCANS.items()}
sources = {"Recorded": recorded_scans, "This run": measured}
by_source = {
    title: {name: value for name, value in each.items() if value is not None}
    for title, each in sources.items()}
keep_measured("extraction", {**by_source["Recorded"], **by_source["This run"]})

# %%
judged = verdict_table(
    on_page("extraction"), {title: Evidence(measured=each) for title, each in by_source.items()})
plain_table(
    judged,
    "Similarity to the true text (documents noticed: their number), means over documents; "
    "few documents of each kind, so no interval.")

# %% [markdown]
# ## Exercises
#
# **1.** Damage a text layer yourself: shift every letter of a good one by three places in the alphabet, as an unmapped font may. Which
# check notices? Which one is fooled?

# %% tags=["hide-cell", "solution"]
def shifted(letter):
    return chr((ord(letter) - 97 + 3) % 26 + 97) if "a" <= letter <= "z" else letter


damaged = "".join(shifted(letter) for letter in native[first["file"]].lower())
# Letters are still letters; only the words are not English. That is a suspicion, and the picture
# decides.
print("defect:", text_layer.defect(damaged) or "none")
print("suspicion:", text_layer.suspicion(damaged) or "none")

# %% [markdown]
# **2.** What do the most common confusions of OCR do to a stage? Ask the oracle for the labels of a line before and after.

# %% tags=["hide-cell", "solution"]
LINES = (
    "FINAL DIAGNOSIS: invasive carcinoma, pT1c pN0 M0, ER 95%",
    "FINAL DIAGNOSIS: invasive carcinoma, pTlc pNO MO, ER 958",
)
for line in LINES:
    print({task: value for task, value in label(line).items() if value})

# %% [markdown]
# **3.** Reading order: print two columns of five lines on a page, and see what happens when the gap between the columns closes.

# %% tags=["hide-cell", "solution"]
LEFT = [
    "the tumor measures",
    "two centimeters in",
    "greatest extent and",
    "is well defined on",
    "all of its margins",
]
RIGHT = [
    "the lymph nodes are",
    "free of metastasis in",
    "every section that",
    "was examined by the",
    "two pathologists",
]
for start in (260, 205):  # where the right column begins, in pixels
    words = [
        Word(text, x, 20 * line, x + 9 * len(text), 20 * line + 14)
        for x, column in ((20, LEFT), (start, RIGHT))
        for line, text in enumerate(column)
    ]
    print(to_text(words), end="\n\n")
