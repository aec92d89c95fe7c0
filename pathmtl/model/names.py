"""Names of the default backbone and of the adaptation methods, importable without torch."""

#: The backbone that needs no account: a registry package carries it (see ``backbone.EMBEDDED``).
DEFAULT = "smollm2-135m"
#: The rows of Table II, as ``Settings.peft_method`` names them.
PEFT_METHODS = ("linear_probe", "lora", "ia3", "prefix", "prompt")
