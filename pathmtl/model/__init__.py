"""Phase (c): a pretrained backbone, its adapters, and parallel classification heads (paper, section III-B)."""
