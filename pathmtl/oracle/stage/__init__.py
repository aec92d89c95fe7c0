"""TNM codes: T, N and M as written in a report."""
