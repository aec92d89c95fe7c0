"""What every command shares: bad input ends with exit code 2 and one line; ``name=value`` options are read as YAML."""

from __future__ import annotations

import functools
from collections.abc import Callable

import typer


def command(target: typer.Typer, *, example: str, name: str | None = None) -> Callable:
    """Register a command whose expected errors become one line and exit code 2; ``example`` closes its --help."""

    def register(function: Callable) -> Callable:
        @functools.wraps(function)
        def guarded(*args, **kwargs):
            try:
                return function(*args, **kwargs)
            except KeyboardInterrupt:
                typer.echo("pathmtl: stopped", err=True)
                raise typer.Exit(130) from None
            # The library raises these for bad input, with the mend in the message; anything else is our fault: trace.
            except (ValueError, OSError, RuntimeError) as error:
                message = " ".join(str(error).split()) or type(error).__name__
                typer.echo(f"pathmtl: {message}", err=True)
                raise typer.Exit(2) from None

        return target.command(name=name, epilog=f"Example: `{example}`")(guarded)

    return register
