"""Pattern tables of the oracle, one module per task family; they hold no logic.

All patterns are written for text folded by :func:`pathmtl.report.canonical.fold` (lower case, same length), so that the
regular-expression engine can use literal prefixes and the offsets it finds are offsets into the report itself.
"""
