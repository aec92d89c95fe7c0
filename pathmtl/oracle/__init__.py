"""The paper's labeling engine (S1-A): report text to one answer per task, each with its evidence and the rule that gave it.

The paper calls it the regex engine; here it is the *oracle*. One folder per finding (``stage``, ``nodes``, ``grade``,
``receptors``, ``extent``) holds that finding's patterns and candidates. All patterns are written for text folded by
:func:`pathmtl.oracle.canonical.fold` (lower case, same length), so the offsets they match are offsets into the report itself.
"""

from pathmtl.oracle.engine import Answer, candidates, label, read_report

__all__ = ["Answer", "candidates", "label", "read_report"]
