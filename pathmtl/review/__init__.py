"""The paper's two quality loops (Supplementary Appendix I): coverage (what went unparsed) and accuracy (an expert's audit)."""

from pathmtl.review.coverage import coverage, mentions
from pathmtl.review.score import AuditScore, score
from pathmtl.review.sheet import sheet

__all__ = ["AuditScore", "coverage", "mentions", "score", "sheet"]
