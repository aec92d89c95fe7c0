"""From a table file of any kind to rows with canonical column names; strictly, so that nothing is lost or misplaced."""
