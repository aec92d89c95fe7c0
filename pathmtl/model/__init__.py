"""Phase (c): a pretrained backbone, its adapters, and parallel classification heads (paper, section III-B)."""

import logging

# On some processors it says, wherever PEFT is imported, that it has no faster NF4 kernel to fetch; nothing here would fetch one.
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
