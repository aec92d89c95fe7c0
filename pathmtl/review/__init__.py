"""What people check: the paper's two quality loops (Supplementary Appendix I: coverage and audit), the review list, evidence."""

from pathmtl.review.coverage import coverage, mentions
from pathmtl.review.score import AuditScore, score
from pathmtl.review.sheet import sheet

__all__ = ["AuditScore", "coverage", "mentions", "score", "sheet"]
