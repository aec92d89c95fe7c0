"""What all commands share: bad input ends with exit code 2 and one line of text."""

from __future__ import annotations

import functools
from collections.abc import Callable

import typer


def command(target: typer.Typer, *, example: str, name: str | None = None) -> Callable:
    """Register a command whose expected errors become one line and exit code 2.

    Parameters
    ----------
    target : typer.Typer
        The program, or a group of commands.
    example : str
        Shown at the end of the command's ``--help``.
    name : str, optional
        Name of the command; by default that of the function.
    """

    def register(function: Callable) -> Callable:
        @functools.wraps(function)
        def guarded(*args, **kwargs):
            try:
                return function(*args, **kwargs)
            except KeyboardInterrupt:
                typer.echo("pathmtl: stopped", err=True)
                raise typer.Exit(130) from None
            # The library raises these for bad input and says how to fix it; anything else is a bug, so it shows its traceback.
            except (ValueError, OSError, RuntimeError) as error:
                message = " ".join(str(error).split()) or type(error).__name__
                typer.echo(f"pathmtl: {message}", err=True)
                raise typer.Exit(2) from None

        return target.command(name=name, epilog=f"Example: `{example}`")(guarded)

    return register
