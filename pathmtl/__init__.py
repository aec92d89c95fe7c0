"""pathmtl: the reproducible companion of Shao et al. 2026 (multi-task LLM with LoRA for cancer staging)."""

import logging
import warnings

__version__ = "0.1.0"

# transformers and PEFT import tqdm.auto, which warns, with a path of this machine, in a notebook without widgets.
# Nothing of ours draws a widget: see progress.py.
warnings.filterwarnings("ignore", message="IProgress not found")

# On some processors bitsandbytes says, wherever PEFT is imported, that it has no faster NF4 kernel to fetch; nothing here would.
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
