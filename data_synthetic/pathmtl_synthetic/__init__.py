"""Synthetic pathology reports whose true labels are known: case -> truth and text, never text -> truth."""
