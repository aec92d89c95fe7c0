# %% [markdown]
# # The ledger: every claim, every verdict
#
# **Reproduces** the paper's claims, not one of its tables: each in the paper's own words, with its place, what was measured here and whether it held.
#
# **You will learn** which claims a companion can test, which follow from the printed numbers alone, and which nobody outside the authors' hospital can test.
#
# **Runtime and hardware**: seconds where the other pages have run before it, as in a build of the book; alone, it trains what the store lacks, minutes on two CPU cores.
#
# **Numbers**: with `reports = "bundled"` everything measured here is on *synthetic* reports with a small model. "Held" then means that the *pattern* appears
# there too; "not held" that it does not. Neither says what Llama-3-8B did on the private reports.

# %% tags=["parameters"]
profile = "quick"          # quick | standard | paper: size of model and data
reports = "bundled"        # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
rank = 16                  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""               # any other settings, as for pathmtl train --set
seed = 42                  # draws training reports, weights and batches
resamples = 200            # bootstrap resamples behind each interval

# %% [markdown]
# We need the experiments and the ledger.

# %%
import pandas as pd
from IPython.display import Markdown, display

from pathmtl.experiments.results import recorded
from pathmtl.experiments.runner import run_table
from pathmtl.notebook import check_parameters
from pathmtl.pages.ledger import NOTEBOOKS, ledger, linked, out_of_reach, printed_claims, tally
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()

# %% [markdown]
# ## What the runs say
#
# Every table's runs are read from the store. *Paper* is what its printed numbers say to the claim: a difference of scores, or a ratio (×) of costs. The
# words are those of [](../book/verdicts.md): a difference whose 95 % interval contains zero is a tie, whatever its size.

# %%
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
live = {name: run_table(name, profile, reports, train_reports, **overrides) for name in NOTEBOOKS}
kept = {name: recorded(name) for name in NOTEBOOKS}
tested = ledger(live, kept, resamples=resamples)

# %% tags=["full-width"]
plain_table(
    linked(tested).set_index("Claim"),
    f"Claims that runs can test. This build: {reports} reports, {profile} profile, seed {seed}.")

# %%
counts = tally(tested["Verdict, this build"])
display(Markdown(
    f"Of {len(tested)} claims: "
    + ", ".join(f"**{number} {word}**" for word, number in counts.items()) + "."))

# %% [markdown]
# ## What the printed numbers say by themselves
#
# No run is needed to ask whether the tables agree with the text and with each other.

# %%
arithmetic = printed_claims()
plain_table(
    linked(arithmetic).set_index("Claim"),
    "Claims that follow, or do not follow, from the printed numbers.")

# %% [markdown]
# ## What cannot be tested here
#
# These are listed so that their absence above is not read as agreement.

# %%
plain_table(out_of_reach().set_index("Claim"), "Claims out of reach, and what it would take.")

# %% [markdown]
# ## Verdict

# %%
everything = pd.concat([tested["Verdict, this build"], arithmetic["Verdict"]])
totals = tally(everything).to_frame("claims, this build")
if "Verdict, recorded" in tested:
    earlier = pd.concat([tested["Verdict, recorded"], arithmetic["Verdict"]])
    totals.insert(0, "claims, recorded", tally(earlier))
plain_table(
    totals.fillna(0).astype(int),
    "Claims by verdict: those that runs or printed numbers can test.")

# %% [markdown]
# ## Exercises
#
# **1.** Which claims change their verdict when the reference is the oracle, as in the paper, and not the truth?

# %% tags=["hide-cell", "solution"]
against = ledger(live, truth="oracle", resamples=50)
both = tested.assign(oracle=against["Verdict, this build"])
changed = both[both["oracle"] != both["Verdict, this build"]]
for _, row in changed.iterrows():
    print(f"{row['Claim']}: {row['oracle']} against the oracle, {row['Verdict, this build']} against the truth")
print(f"{len(changed)} of {len(both)} change")

# %% [markdown]
# **2.** A reader counts the ties as "not held". What does she take them for that they are not?

# %% tags=["hide-cell", "solution"]
ties = tested[tested["Verdict, this build"] == "tie"]
print(f"{len(ties)} ties: these reports cannot tell the two methods apart. That is no evidence against the claim; more reports might decide.")
