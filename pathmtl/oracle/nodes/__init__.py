"""N from counts of lymph nodes, where no code states it."""
