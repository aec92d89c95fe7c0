"""T from stated extent or size, where no code states it."""
