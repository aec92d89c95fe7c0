"""What identifies a person in a pathology report (protected health information): pattern tables, word lists, and their rules.

``deidentify`` (one folder up) is the only caller.
"""
