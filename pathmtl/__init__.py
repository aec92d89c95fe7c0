"""pathmtl: the reproducible companion of Shao et al. 2026 (multi-task LLM with LoRA for cancer staging)."""

__version__ = "0.1.0"
