"""pathmtl: the reproducible companion of Shao et al. 2026 (multi-task LLM with LoRA for cancer staging)."""

import warnings

__version__ = "0.1.0"

# transformers and PEFT import tqdm.auto, which warns, with a path of this machine, in a notebook without widgets.
# Nothing of ours draws a widget: see progress.py.
warnings.filterwarnings("ignore", message="IProgress not found")
