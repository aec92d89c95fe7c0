"""ER, PR and HER2, in sentences and in tables of results.

Where a new wording belongs: a name of a marker, a legend or a control in ``patterns``; a word that all three share in
``status_patterns``; a result of ER or PR in ``hormone_patterns``; a result of HER2 in ``her2_patterns``. What a result means is
decided in ``hormone``, ``her2_ihc`` and ``her2_ish``; which of several results wins, in ``resolve``.
"""
