"""From a document (PDF, scan, picture, text) to clean text (paper, S1)."""
