"""``python -m pathmtl.cli``: how ``accelerate launch`` starts the command on several GPUs."""

from pathmtl.cli.commands import main

if __name__ == "__main__":  # Dask's workers import this module
    main()
