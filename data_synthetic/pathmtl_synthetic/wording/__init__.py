"""Tables of wording, apart from the logic that chooses among them (see `pathmtl_synthetic.grammar` for the notation)."""
