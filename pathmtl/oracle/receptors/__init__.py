"""ER, PR and HER2, in sentences and in tables of results."""
