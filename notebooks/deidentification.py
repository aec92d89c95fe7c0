# %% [markdown]
# # De-identification: names out, medicine in
#
# **Reproduces** the de-identification step of Supplementary Appendix S1: "the raw text undergoes strict de-identification using automated pattern matching".
#
# **You will learn** which parts of a report identify a person, why finding *almost* all of them is not enough, and why a rule that removes too much is as bad as one that removes
# too little.
#
# **Runtime and hardware**: a few seconds, any machine.
#
# **Numbers**: the bundled reports are *synthetic*. Their patients, doctors and hospitals were invented and planted, so every identifier's place is known; nobody was made public by
# this page. The paper gives **no figure** for its de-identification. On reports of your own only counts are shown, never a word of text.

# %% tags=["parameters"]
reports = "bundled"   # "bundled", a folder of documents, or a table file
limit = 1000          # reports to measure on (the bundled corpus has 3,000)
show_text = False     # show a report's text even if it is not bundled

# %%
import json

import pandas as pd
from IPython.display import HTML, Markdown, display

from pathmtl import cohort
from pathmtl.analysis.confidence import wilson
from pathmtl.deid.deidentify import KINDS, deidentify
from pathmtl.deid.patterns import TAG
from pathmtl.deid.score import score_reports
from pathmtl.notebook import check_parameters
from pathmtl.oracle.engine import label
from pathmtl.pages.figures import COLOURS, plain_table, use_style
from pathmtl.pages.highlight import highlight

check_parameters()
use_style()
table = cohort.read_reports(reports)
table = table.sample(min(limit, len(table)), random_state=0).reset_index(drop=True)
planted = "phi" in table
display(Markdown(f"**{len(table):,} reports** of `{reports}`, {'with' if planted else '**without**'} a record of where their identifiers are "
                 f"and {'with' if cohort.has_labels(table) else 'without'} labels."))

# %% [markdown]
# ## One report, before and after
#
# Every identifier becomes a *typed tag*: a reader still sees that a date stood there, or a doctor. Offsets are kept, so whatever is found in the tagged text can be traced to its place in
# the original.

# %%
GROUPS = {"people": ("NAME",), "dates and ages": ("DATE", "AGE"), "numbers": ("MRN", "ACCESSION", "ACCOUNT", "SSN", "BLOCK", "DEVICE"),
          "contact": ("PHONE", "FAX", "EMAIL", "URL"), "places": ("HOSPITAL", "ADDRESS", "ZIP")}
colour = {kind: COLOURS[name] for (_, kinds), name in zip(GROUPS.items(), ("blue", "orange", "green", "purple", "vermilion"), strict=True) for kind in kinds}
assert set(colour) == set(KINDS)

if reports == cohort.BUNDLED or show_text:
    many = table["phi"].map(lambda spans: len({kind for _, _, kind in json.loads(spans)})) if planted else table["text"].str.len()
    example = table.loc[many.idxmax(), "text"]
    result = deidentify(example)
    display(Markdown("**Before**, with what was found:"), HTML(highlight(example, [(r.start, r.end, r.kind) for r in result.redactions], colour)))
    display(Markdown("**After**:"), HTML(highlight(result.text, [(m.start(), m.end(), m[0][1:-1]) for m in TAG.finditer(result.text)], colour)))
else:
    display(Markdown("*Text is not shown: these are not the bundled reports. Set `show_text = true` to see one.*"))

# %% [markdown]
# ## What is kept on purpose
#
# Half of the work is to leave medicine alone. Each line below looks like an identifier and is none; each must come through unchanged.

# %%
LOOKALIKES = [
    ("2/14 lymph nodes", "a date"), ("Gleason 3+4=7, grade group 2", "a telephone extension"), ("2.1 x 1.3 cm", "a number with separators"), ("Ki-67 15%, ER 95%", "an age"),
    ("Nottingham score 3/3, 2/3, 1/3", "dates, and a place"), ("a 64-year-old woman", "an age, but only ages over 89 identify"), ("blocks A1-A12", "a block label, but it carries no name"),
    ("AJCC 8th edition, 2017", "a date"), ("Paget disease of the nipple", "a family name"), ("clone SP263", "an accession number"), ("pT1c(m) pN1mi(sn)", "a code"),
]
plain_table(pd.DataFrame([{"In the report": line, "Looks like": what, "Comes through": "unchanged" if deidentify(line).text == line else deidentify(line).text}
                          for line, what in LOOKALIKES]), "Medicine that resembles an identifier.", index=False)

# %% [markdown]
# ## How many are found?
#
# An identifier counts as found when *nothing* of it is left. The share of identifiers found is **recall**; but a patient is safe only if a report is clean altogether, so the share of
# **fully clean** reports matters more. With eight identifiers in a report, a recall of 0.99 would leave one report in thirteen leaking.

# %%
score = score_reports(table)
if planted:
    rows = [{"Type": kind, "Planted": score.gold[kind], "Found": score.found[kind], "Recall": f"{score.found[kind] / score.gold[kind]:.4f}",
             "95 % interval": "{:.4f}–{:.4f}".format(*wilson(score.found[kind], score.gold[kind])), "With its own tag": f"{score.typed[kind] / score.gold[kind]:.4f}"}
            for kind in sorted(score.gold)]
    display(plain_table(pd.DataFrame(rows), "Recall by type of identifier, with Wilson intervals.", index=False))
else:
    display(Markdown("These reports carry no record of their identifiers (column `phi`), so recall cannot be measured. What was replaced, in counts:"))
    rows = [{"Type": kind, "Tags": count, "Per 1,000 words": f"{1000 * count / max(score.words, 1):.2f}"} for kind, count in score.tags_by_kind.most_common()]
    display(plain_table(pd.DataFrame(rows, columns=["Type", "Tags", "Per 1,000 words"]), "Tags by type.", index=False))

# %% [markdown]
# ## What does it cost?
#
# A tag where there was no identifier takes something away. **Precision** is the share of tags that hide one. **Damage** is what matters in this book: the share of reports from which the oracle
# reads another label after de-identification than before. (If your reports were redacted before they reached you, every tag is false.)

# %%
damage = wilson(score.damaged, score.documents)
false = f"{1000 * score.false / max(score.words, 1):.2f}"
facts = [("Tags in all", f"{score.tags:,}"), ("Tags per 1,000 words" if not planted else "False tags per 1,000 words", false),
         ("Precision", f"{1 - score.false / score.tags:.4f}" if planted and score.tags else "–"),
         ("Reports with another label afterwards", f"{score.damaged} of {score.documents:,} (95 % interval of the share {damage[0]:.4f}–{damage[1]:.4f})"),
         ("Reports a second", f"{score.documents / score.seconds:,.0f}")]
plain_table(pd.DataFrame(facts, columns=["Measure", "Value"]), "What de-identification costs.", index=False)

# %% [markdown]
# ## What still gets through
#
# The rules know the layouts they were written and mended for, and the bundled reports use such layouts: a recall near 1 on them is a recall *on known wordings*. On a hospital's own it is lower until
# somebody looks. These lines were invented afterwards:

# %%
UNSEEN = ["Harris, L. (Pathologist)", "She lives at One Main Street", "London SW1A 1AA", "dictated by lh, typed by kb", "daughter of the mayor of Northgate", "Dr. Harris called.", "seen 14.3.19"]
plain_table(pd.DataFrame([{"Line": line, "After": deidentify(line).text, "Something left?": "no" if "[" in deidentify(line).text else "yes"} for line in UNSEEN]),
            "Invented layouts, most of which no rule knows.", index=False)

# %% [markdown]
# No pattern finds "the mayor's daughter": Safe Harbor removes eighteen kinds of identifiers and also asks that nobody *knows* of a way to identify the rest. Automated de-identification lowers a
# risk; it does not replace access control and a data use agreement.
#
# ## Verdict
#
# The appendix says *strict* and gives no number, so the bounds are ours. *Held* means that the whole interval lies above the bound; *tie* that the interval contains it.

# %%
from pathmtl.experiments.evidence import keep_measured
from pathmtl.paper.claims import Evidence, Measured, on_page, verdict_table


def share_of(found, of):
    """A share with its Wilson interval; of nothing, it tests nothing."""
    low, high = wilson(found, of)
    if not of:
        return Measured("–", why="no record of where identifiers are")
    return Measured(f"{found / of:.4f} ({low:.4f}–{high:.4f})", found / of, low, high)


measured = {
    "phi-recall": share_of(score.found.total(), score.gold.total()),
    "phi-clean": share_of(score.clean, score.documents if planted else 0),
    "phi-precision": share_of(score.tags - score.false, score.tags if planted else 0),
    "phi-labels": Measured(
        f"{score.damaged} of {score.documents:,} (at most {damage[1]:.4f})", score.damaged),
}

# %%
if reports == cohort.BUNDLED:
    keep_measured("deidentification", measured)
judged = verdict_table(on_page("deidentification"), {"These reports": Evidence(measured=measured)})
plain_table(
    judged,
    f"De-identification of {score.documents:,} "
    f"{'synthetic ' if reports == cohort.BUNDLED else ''}reports; brackets are 95 % Wilson intervals.")

# %% [markdown]
# ## Exercises
#
# **1.** Write the crudest rule you can think of: every number with a slash in it is a date. How many reports lose a label?

# %% tags=["hide-cell", "solution"]
crude = table["text"].head(300).str.replace(r"\d+\s?/\s?\d+", "[DATE]", regex=True)
lost = sum(label(before) != label(after) for before, after in zip(table["text"].head(300), crude, strict=True))
print(f"the crude rule changes the labels of {lost} of {len(crude)} reports; the de-identifier of {score.damaged} of {score.documents:,}")

# %% [markdown]
# **2.** If recall is $r$ and a report holds $k$ identifiers that are missed independently, what share of reports is fully clean? Which recall is needed for 98 % at the mean $k$ of these
# reports?

# %% tags=["hide-cell", "solution"]
k = (score.gold.total() if planted else score.tags) / score.documents
for r in (0.95, 0.99, 0.995, 0.999):
    print(f"recall {r}: {r ** k:.3f} of the reports fully clean at {k:.1f} identifiers a report")
if k:
    print(f"98 % clean needs a recall of {0.98 ** (1 / k):.4f}")

# %% [markdown]
# **3.** Tags are text too. Is a tagged report safe to tag again? Check that de-identification of its own output changes nothing.

# %% tags=["hide-cell", "solution"]
once = [deidentify(text).text for text in table["text"].head(100)]
print(sum(deidentify(text).text != text for text in once), "of", len(once), "change when tagged again")
