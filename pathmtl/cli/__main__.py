"""``python -m pathmtl.cli``: how ``accelerate launch`` starts the command on several GPUs."""

from pathmtl.cli.commands import main

main()
