# %% [markdown]
# # De-identification: names out, medicine in
#
# **Reproduces** the de-identification step of Supplementary Appendix S1: "the raw text undergoes strict de-identification using
# automated pattern matching".
#
# **You will learn** which parts of a report identify a person, why finding *almost* all of them is not enough, and why a rule that
# removes too much is as bad as one that removes too little.
#
# **Runtime and hardware**: a few seconds on any machine.
#
# **Numbers**: the bundled reports are *synthetic*. Their patients, doctors and hospitals were invented and planted, so the place of
# every identifier is known, and this page exposes no one. The paper gives **no number** for its de-identification. For reports of your
# own, only counts are shown, never text.

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
from pathmtl.deid.deidentify import RECOGNIZERS, Span, deidentify
from pathmtl.deid.patterns import TAG
from pathmtl.deid.score import score_reports
from pathmtl.notebook import check_parameters
from pathmtl.oracle.engine import label
from pathmtl.viz.colors import IDENTIFIER_COLORS
from pathmtl.viz.html import highlight
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()

# %% [markdown]
# The reports, and whether their identifiers are known (column `phi`):

# %%
table = cohort.read_reports(reports)
table = table.sample(min(limit, len(table)), random_state=0).reset_index(drop=True)
planted = "phi" in table
record = "with" if planted else "**without**"
labels = "with" if cohort.has_labels(table) else "without"
display(Markdown(
    f"**{len(table):,} reports** of `{reports}`, {record} a record of where their identifiers are "
    f"and {labels} labels."
))

# %% [markdown]
# ## One report, before and after
#
# Every identifier becomes a *typed tag*: a reader still sees that there was a date, or a doctor. Offsets are kept, so whatever is found
# in the tagged text can be traced back to the original. Each group of tags has one color: people, times, numbers, ways to reach somebody,
# places.
#
# The example is the report with the most kinds of identifiers. **Before**, with what was found:

# %%
def kinds_in(spans):
    return len({kind for _, _, kind in json.loads(spans)})


variety = table["phi"].map(kinds_in) if planted else table["text"].str.len()
may_show = reports == cohort.BUNDLED or show_text
example = table.loc[variety.idxmax(), "text"]
result = deidentify(example)
if may_show:
    display(HTML(highlight(example, result.redactions, IDENTIFIER_COLORS)))
else:
    display(Markdown(
        "*Text is not shown: these are not the bundled reports. "
        "Set `show_text = true` to see one.*"
    ))

# %% [markdown]
# **After**, with the tags:

# %%
if may_show:
    tags = [(match.start(), match.end(), match[0][1:-1]) for match in TAG.finditer(result.text)]
    display(HTML(highlight(result.text, tags, IDENTIFIER_COLORS)))

# %% [markdown]
# ## How identifiers are found
#
# A *recognizer* is a function from a text to spans `(start, end, kind)`. The library has four; another one, for example from a library
# such as Presidio, can be added to the tuple. Here is what each of them proposes for one line; `deidentify` then settles overlaps and
# keeps what medicine needs.

# %%
LINE = (
    "Patient: FIELDING, MARGOT. MRN: 4471902. Seen 03/14/2019 at Northgate Hospital. "
    "pT2, 2/14 nodes."
)
proposed = [
    {"Recognizer": recognizer.__name__, "Kind": span.kind, "Text": LINE[span.start : span.end]}
    for recognizer in RECOGNIZERS
    for span in recognizer(LINE)
]
display(plain_table(pd.DataFrame(proposed), "Spans proposed by each recognizer.", index=False))
deidentify(LINE).text

# %% [markdown]
# ## What is kept on purpose
#
# Half of the work is to leave medicine alone. Each line below looks like an identifier but is none, so it must not change.

# %%
LOOKALIKES = {
    "2/14 lymph nodes": "a date",
    "Gleason 3+4=7, grade group 2": "a telephone extension",
    "2.1 x 1.3 cm": "a number with separators",
    "Ki-67 15%, ER 95%": "an age",
    "Nottingham score 3/3, 2/3, 1/3": "dates, and a place",
    "a 64-year-old woman": "an age, but only ages over 89 identify",
    "blocks A1-A12": "a block label, but it carries no name",
    "AJCC 8th edition, 2017": "a date",
    "Paget disease of the nipple": "a family name",
    "clone SP263": "an accession number",
    "pT1c(m) pN1mi(sn)": "a code",
}

# %% [markdown]
# Each line, after de-identification:

# %%
rows = []
for line, resembles in LOOKALIKES.items():
    after = deidentify(line).text
    outcome = "unchanged" if after == line else after
    rows.append({"In the report": line, "Looks like": resembles, "After": outcome})
plain_table(pd.DataFrame(rows), "Medicine that resembles an identifier.", index=False)

# %% [markdown]
# ## How many are found?
#
# An identifier counts as found if *nothing* of it is left. The share of identifiers found is the **recall**. But a patient is safe only
# if the whole report is clean, so the share of **fully clean** reports matters more. With eight identifiers per report, a recall of
# 0.99 would leave a leak in one report of thirteen. The intervals are Wilson's (E. B. Wilson, *JASA* 22, 1927), which remain valid for
# shares near one.

# %%
score = score_reports(table)
if planted:
    rows = []
    for kind in sorted(score.gold):
        total, found = score.gold[kind], score.found[kind]
        low, high = wilson(found, total)
        rows.append({
            "Type": kind,
            "Planted": total,
            "Found": found,
            "Recall": f"{found / total:.4f}",
            "95% interval": f"{low:.4f}–{high:.4f}",
            "With its own tag": f"{score.typed[kind] / total:.4f}",
        })
    caption = "Recall by type of identifier, with Wilson intervals."
    display(plain_table(pd.DataFrame(rows), caption, index=False))

# %% [markdown]
# Without a record of the identifiers, recall cannot be measured. What was replaced can always be counted:

# %%
rows = [
    {"Type": kind, "Tags": count, "Per 1,000 words": f"{1000 * count / max(score.words, 1):.2f}"}
    for kind, count in score.tags_by_kind.most_common()
]
plain_table(
    pd.DataFrame(rows, columns=["Type", "Tags", "Per 1,000 words"]), "Tags by type.", index=False
)

# %% [markdown]
# ## What does it cost?
#
# A tag in a place without an identifier takes something away. **Precision** is the share of tags that hide one. **Damage** is what
# matters in this book: the share of reports for which the oracle extracts another label after de-identification than before. (If your
# reports were redacted before you received them, every tag is false.)

# %%
damage = wilson(score.damaged, score.documents)
false_rate = f"{1000 * score.false / max(score.words, 1):.2f}"
precision = f"{1 - score.false / score.tags:.4f}" if planted and score.tags else "–"
damaged = (
    f"{score.damaged} of {score.documents:,} "
    f"(95% interval of the share {damage[0]:.4f}–{damage[1]:.4f})"
)
costs = {
    "Tags in total": f"{score.tags:,}",
    "False tags per 1,000 words" if planted else "Tags per 1,000 words": false_rate,
    "Precision": precision,
    "Reports with another label afterwards": damaged,
    "Reports per second": f"{score.documents / score.seconds:,.0f}",
}
plain_table(
    pd.DataFrame(costs.items(), columns=["Measure", "Value"]),
    "What de-identification costs.",
    index=False,
)

# %% [markdown]
# ## What still gets through
#
# The rules know the layouts that they were written and corrected for, and the bundled reports use such layouts. A recall near 1 on them
# is therefore a recall *on known wordings*; on a hospital's own reports it is lower until somebody checks. These lines were invented
# afterwards:

# %%
UNSEEN = [
    "Harris, L. (Pathologist)",
    "She lives at One Main Street",
    "London SW1A 1AA",
    "dictated by lh, typed by kb",
    "daughter of the mayor of Northgate",
    "Dr. Harris called.",
    "seen 14.3.19",
]
rows = []
for line in UNSEEN:
    after = deidentify(line).text
    rows.append({"Line": line, "After": after, "Something left?": "no" if "[" in after else "yes"})
plain_table(pd.DataFrame(rows), "Invented layouts, most of which no rule knows.", index=False)

# %% [markdown]
# Try your own. In the served book (`make serve`) the same code runs right here; the text stays in the page.
#
# :::{container} live-reader live-deid
# ```text
# Patient: FIELDING, MARGOT. MRN: 4471902. Seen 03/14/2019 at Northgate Hospital.
# Her daughter called Dr. Harris on 14.3.19. pT2, 2/14 nodes.
# ```
# :::
#
# No pattern finds "the mayor's daughter". HIPAA's Safe Harbor removes eighteen kinds of identifiers, and also requires that no one
# *knows* of a way to identify the rest. Automated de-identification lowers a risk; it does not replace access control and a data use
# agreement.
#
# ## Verdict
#
# The appendix says *strict* and gives no number, so the bounds are ours. *Held* means that the whole interval lies above the bound, *tie*
# that the interval contains it.

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
    f"{'synthetic ' if reports == cohort.BUNDLED else ''}reports; "
    "brackets are 95 % Wilson intervals.")

# %% [markdown]
# ## Exercises
#
# **1.** Write the crudest possible rule: every number with a slash in it is a date. How many reports lose a label?

# %% tags=["hide-cell", "solution"]
texts = table["text"].head(300)
crude = texts.str.replace(r"\d+\s?/\s?\d+", "[DATE]", regex=True)
lost = sum(label(before) != label(after) for before, after in zip(texts, crude, strict=True))
print(f"the crude rule changes the labels of {lost} of {len(crude)} reports;")
print(f"the de-identifier changes the labels of {score.damaged} of {score.documents:,}")

# %% [markdown]
# **2.** If recall is $r$ and a report has $k$ identifiers that are missed independently, what share of reports is fully clean? Which
# recall is needed for 98% at the mean $k$ of these reports?

# %% tags=["hide-cell", "solution"]
k = (score.gold.total() if planted else score.tags) / score.documents
for r in (0.95, 0.99, 0.995, 0.999):
    print(f"recall {r}: {r ** k:.3f} of the reports are fully clean ({k:.1f} identifiers each)")
if k:
    print(f"98% clean needs a recall of {0.98 ** (1 / k):.4f}")

# %% [markdown]
# **3.** Tags are text too. Is it safe to tag a tagged report again? Check that de-identifying its own output changes nothing.

# %% tags=["hide-cell", "solution"]
once = [deidentify(text).text for text in table["text"].head(100)]
changed = sum(deidentify(text).text != text for text in once)
print(changed, "of", len(once), "change when tagged again")

# %% [markdown]
# **4.** Write a recognizer for "the mayor's daughter": whatever follows "daughter of" to the end of the line. Add it to ours.

# %% tags=["hide-cell", "solution"]
import re


def relatives(text):
    for match in re.finditer(r"daughter of ([^.\n]+)", text):
        yield Span(*match.span(1), "NAME")


deidentify("daughter of the mayor of Northgate", (*RECOGNIZERS, relatives)).text

# %% [markdown]
# **5.** Find an identifier that gets through: a name, a date or a place in a layout that no rule knows. The reader above, under *What
# still gets through*, is the quickest way to try some.

# %% tags=["hide-cell", "solution"]
for line in ("patient fielding came back", "seen on the Ides of March", "flown from northgate"):
    print(deidentify(line).text)
