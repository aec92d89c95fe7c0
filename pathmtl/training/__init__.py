"""Phase (d) of the paper: one run's settings, its examples, the Hugging Face Trainer around them, prediction."""
