"""Tables of wording, apart from the logic that chooses among them (see `pathmtl.synthetic.grammar` for the notation)."""
