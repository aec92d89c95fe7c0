"""What follows from the repository's address in _config.yml: buttons on every page, and a cell that installs the package."""

from __future__ import annotations

from pathlib import Path

import yaml

_BUTTONS = ("use_repository_button", "use_edit_page_button", "use_issues_button")
_LAUNCH = {"colab_url": "https://colab.research.google.com", "binderhub_url": "https://mybinder.org"}
_INSTALL = """# Where the package is missing (Colab), fetch the repository and install it. Elsewhere this does nothing.
import importlib.util

if importlib.util.find_spec("pathmtl") is None:
    import site

    !git clone -q --depth 1 --branch {branch} {url} pathmtl
    %pip install -q -e ./pathmtl
    %cd pathmtl
    site.main()"""


def address(config: Path) -> tuple[str, str]:
    """The repository's address and branch; an empty address where none is set or there is no such file."""
    known = yaml.safe_load(config.read_text(encoding="utf-8")) if config.exists() else {}
    repository = (known or {}).get("repository") or {}
    return repository.get("url") or "", repository.get("branch") or "main"


def install_cell(config: Path) -> str:
    """The source of the cell that installs the package; empty without an address."""
    url, branch = address(config)
    return _INSTALL.format(url=url, branch=branch) if url else ""


def with_buttons(config: Path) -> str:
    """The text of ``config`` with every button on, or, without an address, without the address."""
    known = yaml.safe_load(config.read_text(encoding="utf-8"))
    if not address(config)[0]:
        known.pop("repository", None)
    else:
        known["html"] |= dict.fromkeys(_BUTTONS, True)
        known["launch_buttons"] = _LAUNCH
    return yaml.safe_dump(known, allow_unicode=True, sort_keys=False)
