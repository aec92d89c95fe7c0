"""What each task family finds in a report, before priorities are applied: one module per family, patterns kept apart."""
