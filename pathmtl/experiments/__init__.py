"""The paper's tables as named sets of runs, and the store that keeps each run once."""
