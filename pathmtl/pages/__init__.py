"""What the book's pages show: figures, highlights, tables beside the paper's, claims and their verdicts."""
