"""Every claim of the paper, by part. To add one, append it to the list of its part; its page and the ledger show it."""

from pathmtl.paper.claim_list.cohort import COHORT
from pathmtl.paper.claim_list.extensions import EXTENSIONS
from pathmtl.paper.claim_list.learning import LEARNING
from pathmtl.paper.claim_list.pipeline import EQUATIONS, PIPELINE
from pathmtl.paper.claim_list.printed import PRINTED
from pathmtl.paper.claim_list.tables import TABLES
from pathmtl.paper.evidence import Claim

#: Part of the paper -> its claims.
PARTS: dict[str, tuple[Claim, ...]] = {
    "Tables I to IV and the abstract": TABLES,
    "Learning curves, HER2, hints and certainty": LEARNING,
    "From documents to labels and prompts": PIPELINE,
    "Equations 1 to 7": EQUATIONS,
    "The cohort": COHORT,
    "The printed numbers by themselves": PRINTED,
    "Wordings, real reports, and the book's own questions": EXTENSIONS,
}
CLAIMS: tuple[Claim, ...] = tuple(claim for part in PARTS.values() for claim in part)
