# %% [markdown]
# # Extraction: from a page to text
#
# **Reproduces** the dual-path extraction of section III-A and Supplementary Appendix S1: native text where a PDF carries it, optical character recognition
# (OCR) where it does not.
#
# **You will learn** why a PDF that looks perfect may hold no text, or *somebody else's*; how a program notices; what OCR gets wrong, and what that does to a
# cancer stage.
#
# **Runtime and hardware**: about two minutes on two CPU cores, nearly all of it OCR of `ocr_pages` pages (10 to 60 seconds each); with `ocr_pages = 0`
# some twenty seconds.
#
# **Numbers**: the documents drawn here are *synthetic*: reports of invented patients, printed to PDF in five ways, so that the true text of each page is known. The paper
# prints no figure for its extraction. Point `reports` at a folder of your own and their manifest is summed up at the end, without any text.

# %% tags=["parameters"]
reports = "bundled"   # "bundled", or a folder of PDF, PNG, JPEG, TIFF or TXT files of your own
ocr_pages = 1         # scanned pages read with EasyOCR while you watch (10 to 60 s each on two cores)
per_kind = 5          # bundled documents of each kind (there are five at most)
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
from pathmtl.pages.documents import (
    KINDS,
    bundled_pdfs,
    by_kind,
    compare,
    read_manifest,
    read_native,
    reasons,
    recorded_ocr,
)
from pathmtl.pages.figures import plain_table, use_style
from pathmtl.pages.page_figures import boxes_on_page, page_and_text, strip_of_page

check_parameters()
use_style()
manifest = read_manifest(reports, ocr=ocr)
pdfs = bundled_pdfs().groupby("mode").head(per_kind)
native = read_native(pdfs["path"], "pypdf2")
display(Markdown(f"**{len(pdfs)} synthetic documents**, printed in {len(KINDS)} ways: "
                 + ", ".join(f"{count} {KINDS[mode]}" for mode, count in pdfs["mode"].value_counts(sort=False).items()) + "."))

# %% [markdown]
# ## A page, and what was read off it
#
# A *digital* PDF carries its characters: PyPDF2, the paper's parser, hands them over in a hundredth of a second, without a single error. Nothing is recognised here; the text was
# never lost.

# %% tags=["hide-input"] mystnb={"image": {"alt": "A printed pathology report page on the left, the identical text as PyPDF2 read it on the right"}}
first = pdfs[pdfs["mode"] == "native"].iloc[0]
page = Pdf(first["path"], "pdfium")
image = page.draw(0, 110)
page.close()
page_and_text(image, native[first["file"]], page_title=f"{first['file']}, page 1", text_title=f"Native text: similarity {similarity(native[first['file']], first['truth']):.3f}")

# %% [markdown]
# ## Five documents that look alike
#
# The same parser on all of them. A scan is a photograph: no text at all. A font without a Unicode map prints well, but its characters are numbers that mean nothing
# outside the file. The last kind is the dangerous one: a scan under the text of *another report*, as happens when scanners and archives mix up their layers.

# %%
samples = pd.DataFrame([{
    "Kind": KINDS[mode],
    "Characters": len(native[rows.iloc[0]["file"]]),
    "Common English words": text_layer.common_word_share(native[rows.iloc[0]["file"]]),
    "What the text alone gives away": text_layer.defect(native[rows.iloc[0]["file"]]) or text_layer.suspicion(native[rows.iloc[0]["file"]]) or "nothing: it reads well",
    "Similarity to the truth": similarity(native[rows.iloc[0]["file"]], rows.iloc[0]["truth"]),
} for mode, rows in pdfs.groupby("mode", sort=False)])
for column in ("Common English words", "Similarity to the truth"):
    samples[column] = samples[column].map(lambda value: "–" if pd.isna(value) else f"{value:.2f}")
plain_table(samples, "PyPDF2's text of one document of each kind, and what can be told from the text alone.", index=False)

# %% [markdown]
# The text of the last one *reads well*, so no look at the text can find it out. Its similarity is above zero only because all reports share words. Labels taken from it would be
# a stranger's.
#
# ## How a wrong text layer is noticed
#
# A picture that fills the page under a text layer is a reason to compare the two. Two questions are asked, the cheap one first: do the layer's boxes lie on the ink? And if they
# do: do the words of a few printed lines, read by OCR, stand in the layer *beside the same neighbours*? (The words alone prove little: any two pathology reports share more than half of
# them.) Those lines are all that OCR has to read, a fraction of a page.

# %% tags=["hide-input"] mystnb={"image": {"alt": "A few printed lines cut from the top, middle and bottom of a scanned page, stacked"}}
wrong = pdfs[pdfs["mode"] == "wrong_text_layer"].iloc[0]
page = Pdf(wrong["path"], "pdfium")
image, boxes = page.draw(0, 200), page.text_boxes(0)
page.close()
strips = picture.sample(image)
share = picture.covered_ink(image, boxes)
display(strip_of_page(strips, f"The lines that are compared: {strips.shape[0] / image.shape[0]:.0%} of the page's height"))
display(Markdown(f"**{share:.0%}** of the ink lies under the layer's boxes ({'enough' if share >= picture.MIN_COVERED else 'too little'}: the bound is {picture.MIN_COVERED:.0%})."))

# %%
agreed = {}
if ocr_pages > 0:
    read = recognizer().text(strips)
    for name, layer in (("the layer it carries", native[wrong["file"]]), ("its true text", wrong["truth"])):
        found = agreed[name] = picture.agreement(read, layer)
        display(Markdown(f"Of the words read off these lines, **{found:.0%}** stand beside the same neighbour in {name}: {'trusted' if found >= picture.MIN_AGREEMENT else '**not trusted**, the page goes to OCR'} "
                         f"(bound {picture.MIN_AGREEMENT:.0%})."))
else:
    display(Markdown("*`ocr_pages = 0`: the lines were not read.*"))

# %% [markdown]
# ## OCR of a scanned page
#
# EasyOCR first finds boxes, then reads each, in no useful order. The boxes go back into lines and columns by their geometry alone. Colours show how sure it was.

# %% tags=["hide-input"] mystnb={"image": {"alt": "A scanned report page with a coloured box around each phrase that OCR found, blue where certain, orange and vermilion where not"}}
scans = pdfs[pdfs["mode"].isin(["bad_scan", "clean_scan"])].sort_values("mode")
live = {}
for row in scans.head(ocr_pages).itertuples():
    pdf = Pdf(row.path, "pdfium")
    pages = [pdf.draw(index, 200) for index in range(pdf.page_count)]
    pdf.close()
    found = [recognizer().words(image) for image in pages]
    live[row.file] = "\n\n".join(text_layer.clean(to_text(words)) for words in found)
    display(boxes_on_page(pages[0], found[0], f"{row.file}: {len(found[0])} boxes, similarity {similarity(live[row.file], row.truth):.3f}"))
if not live:
    display(Markdown("*`ocr_pages = 0`: no page was read. Set it to 1 or more to see one.*"))

# %% [markdown]
# ## What OCR takes for what
#
# The true text is known, so every confusion can be counted. **Recorded** is what EasyOCR read off bundled documents once and for all, because a page takes so long; **this run** is what was
# read above. Look at the pairs of digits and letters: prose survives them, a stage does not.

# %%
recorded = recorded_ocr(pdfs)
truth = pdfs.set_index("file")["truth"]
counted = {"Recorded": sum((confusions(r.text, truth[r.file]) for r in recorded.itertuples()), start=confusions("", "")),
           "This run": sum((confusions(text, truth[name]) for name, text in live.items()), start=confusions("", ""))}
shown = [pair for pair, _ in (counted["Recorded"] or counted["This run"]).most_common(16)]
visible = {"": "nothing", " ": "a blank"}
plain_table(pd.DataFrame([{"Printed": visible.get(a, a), "Read": visible.get(b, b), **{name: counts[a, b] for name, counts in counted.items()}} for a, b in shown],
                         columns=["Printed", "Read", *counted]),
            f"The commonest confusions of EasyOCR: recorded on {len(recorded)} documents ({int(recorded['pages'].sum())} pages), this run on {len(live)}.", index=False)

# %% [markdown]
# ## Engines and documents
#
# Every engine on every kind of document. *Similarity* compares the text with the truth, character by character. The other columns ask what matters downstream: of the labels that the
# regex oracle finds in the true text, how many does it still find in the text as read, and how many does it find that are *wrong*?

# %%
parts = [compare(pdfs, native, "PyPDF2"), compare(pdfs, read_native(pdfs["path"], "pdfium"), "pdfium")]
if len(recorded):
    parts.append(compare(pdfs, dict(zip(recorded["file"], recorded["text"], strict=True)), "EasyOCR, recorded"))
if live:
    parts.append(compare(pdfs, live, "EasyOCR, this run"))
fidelity = by_kind(pd.concat(parts))
plain_table(pd.DataFrame({
    "Documents": fidelity["documents"],
    "Similarity": fidelity["similarity"].map("{:.3f}".format),
    "Labels found again": [f"{row.kept} of {row.stated}" for row in fidelity.itertuples()],
    "Wrong labels": fidelity["wrong"],
}).rename_axis(["Document", "Read by"]).reset_index(), "Engines by kind of document, bundled synthetic PDFs; similarity is a mean over documents.", index=False)

# %% [markdown]
# Two lessons. For digital documents OCR would only add errors and cost: the paper's order, native first, is right. And the row to fear is not the one without text but the one with the wrong
# text: an empty page is missed, a stranger's labels are believed.
#
# ## Your own documents
#
# What happened to the documents in `reports`: counts only. Each was read in a process of its own within bounds of time and memory; whatever a file does, it gets a status and a reason.

# %%
if len(manifest):
    pages = manifest["engine"].str.split(";").explode()
    display(plain_table(manifest.groupby("status").agg(Documents=("path", "size"), Pages=("pages", "sum"), Seconds=("seconds", "sum")).round(1).reset_index(),
                        "Documents by status.", index=False))
    display(plain_table(pages[pages.fillna("") != ""].value_counts().rename("Pages").rename_axis("Read by").reset_index(), "Pages by the engine that read them.", index=False))
    display(plain_table(reasons(manifest).rename_axis("Reason").reset_index().head(15), "Why pages were read as they were; figures are struck out.", index=False))
else:
    display(Markdown(f"*`{reports}` is a table of text, with or without labels, whose documents are not here. Give a folder of documents to see how they were read.*"))

# %% [markdown]
# ## Verdict
#
# What the appendix says of extraction, on documents whose truth is known. It prints no number; the bounds are ours.

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
own = noticed[noticed["mode"] != "wrong_text_layer"]
refused = [bool(text_layer.defect(native[name])) for name in own["file"]]
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
known = {
    title: {name: value for name, value in each.items() if value is not None}
    for title, each in sources.items()}
keep_measured("extraction", {**known["Recorded"], **known["This run"]})

# %%
judged = verdict_table(
    on_page("extraction"), {title: Evidence(measured=each) for title, each in known.items()})
plain_table(
    judged,
    "Similarity to the true text (documents noticed: their number), means over documents; "
    "few documents of each kind, so no interval.")

# %% [markdown]
# ## Exercises
#
# **1.** Spoil a text layer yourself: shift every letter of a good one by three places in the alphabet, as an unmapped font may. Which check notices? Which would be fooled?

# %% tags=["hide-cell", "solution"]
good = native[first["file"]]
shifted = "".join(chr((ord(c) - 97 + 3) % 26 + 97) if "a" <= c <= "z" else c for c in good.lower())
# Letters are still letters, so only the language is missing; that alone is a suspicion, and the picture decides.
print("defect:", text_layer.defect(shifted) or "none", "| suspicion:", text_layer.suspicion(shifted) or "none")

# %% [markdown]
# **2.** What do OCR's favourite confusions do to a stage? Ask the oracle for the labels of a line before and after.

# %% tags=["hide-cell", "solution"]
for line in ("FINAL DIAGNOSIS: invasive carcinoma, pT1c pN0 M0, ER 95%", "FINAL DIAGNOSIS: invasive carcinoma, pTlc pNO MO, ER 958"):
    print({task: value for task, value in label(line).items() if value})

# %% [markdown]
# **3.** Reading order: put four words into two columns of a page, and see what happens when the gap between the columns closes.

# %% tags=["hide-cell", "solution"]
left, right = ["the tumour measures", "two centimetres in", "greatest extent and", "is well defined on", "all of its margins"], ["the lymph nodes are", "free of metastasis in", "every section that", "was examined by the", "two pathologists"]
for start in (260, 205):
    words = [Word(text, x, 20 * i, x + 9 * len(text), 20 * i + 14) for x, column in ((20, left), (start, right)) for i, text in enumerate(column)]
    print(to_text(words), end="\n\n")
