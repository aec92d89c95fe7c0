"""Phase (a) of the paper: from a document to clean text, labelled blocks, and labels."""
