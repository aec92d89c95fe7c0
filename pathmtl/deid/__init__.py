"""Removing what identifies a person in a pathology report (protected health information): word lists, patterns, rules."""
