"""The paper's labeling engine (S1-A): from a report to one answer per task, each with its evidence and the rule that gave it.

The paper calls it the regex engine; here it is the *oracle*. The way of a report through the files of this folder:

1. ``canonical.fold`` and ``unfold``: lower case of the same length; tables that were read line by line.
2. ``segment`` with the phrases of ``headers``: blocks with a section, a side and a specimen.
3. One folder per finding (``stage``, ``nodes``, ``extent``, ``grade``, ``receptors``): its ``*patterns`` (wordings), its
   ``candidates`` (readings) and its ``resolve`` (which reading wins).
4. ``sections``: how much each section counts. ``engine`` ranks the candidates, ``resolve`` calls each finding's own rules.
5. ``hints``: the raw strings that the same candidates give to the prompt (S1-B).

All patterns are written for folded text, so the offsets that they match are offsets into the report itself.
"""

from pathmtl.oracle.engine import Answer, candidates, label, label_reports, read_report

__all__ = ["Answer", "candidates", "label", "label_reports", "read_report"]
