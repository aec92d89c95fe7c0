"""How much the sections of a report count: one table of ranks, for the oracle (paper, S1-A) and for prompts (S1-B).

The orders differ, mostly about the addendum. The oracle knows which finding it resolves: for receptors an addendum comes first,
because their results often arrive there; for stage and grade it counts no more than a comment, unless it says that it amends them
(then it outranks everything). A prompt ranks *lines* whose meaning nobody has read yet, in one order for all tasks: there the
addendum comes before the final diagnosis, because it may correct it.
"""

from __future__ import annotations

from typing import NamedTuple

#: Rank of a section that is never asked.
NEVER = 99
#: Rank of an addendum that says that it amends the stage or grade.
AMENDED = -1


class Ranks(NamedTuple):
    """Ranks of one section, lower is better.

    ``finding``: T, N, M and grade. ``receptor``: ER, PR and HER2. ``node_count``: counts of positive nodes, which are made at the
    microscope, so that the gross description and the list of specimens do not count. ``prompt``: lines of a prompt.
    """

    finding: int
    receptor: int
    node_count: int
    prompt: int


# The final diagnosis outranks the synoptic summary (paper, S1-A). On the real reports both orders give the same answers; on the
# bundled corpus this one is right more often. Within a section the highest category stands (AJCC-8, chapter 1, several tumors):
# taking the latest instead is wrong more often on both. What a correction replaces is dropped before that.
SECTIONS: dict[str, Ranks] = {
    "synoptic": Ranks(finding=1, receptor=1, node_count=1, prompt=0),
    "biomarkers": Ranks(finding=0, receptor=1, node_count=0, prompt=1),
    "addendum": Ranks(finding=2, receptor=0, node_count=2, prompt=2),
    "final_diagnosis": Ranks(finding=0, receptor=1, node_count=0, prompt=3),
    "microscopic": Ranks(finding=2, receptor=1, node_count=2, prompt=4),
    "comment": Ranks(finding=2, receptor=1, node_count=2, prompt=5),
    "other": Ranks(finding=2, receptor=1, node_count=2, prompt=6),
    "gross": Ranks(finding=4, receptor=2, node_count=NEVER, prompt=7),
    "intraoperative": Ranks(finding=5, receptor=5, node_count=5, prompt=8),
    "administrative": Ranks(finding=5, receptor=5, node_count=NEVER, prompt=9),
    "clinical_history": Ranks(finding=NEVER, receptor=NEVER, node_count=NEVER, prompt=10),
}
