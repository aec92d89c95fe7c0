"""Baselines the paper compares with (section IV-B)."""
