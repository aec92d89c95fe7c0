"""Phase (e): metrics with intervals, and paired comparisons of methods. Imports no plotting and no training."""
