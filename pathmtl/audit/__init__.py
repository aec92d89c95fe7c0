"""The paper's two quality loops (Supplementary Appendix I): coverage (what went unparsed) and accuracy (an expert's audit)."""

from pathmtl.audit.coverage import coverage, mentions
from pathmtl.audit.score import AuditScore, score
from pathmtl.audit.sheet import sheet

__all__ = ["AuditScore", "coverage", "mentions", "score", "sheet"]
