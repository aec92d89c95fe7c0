"""Histologic grade."""
