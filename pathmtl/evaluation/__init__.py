"""Phase (e): metrics with intervals, and paired comparisons of methods."""
