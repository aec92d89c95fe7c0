"""The page that says what a build ran, where and with what; from the same record as status.json."""

from __future__ import annotations

import re

MARK = "STATUS"


def status_page(template: str, status: dict) -> str:
    """``template`` (MyST) with its line ``STATUS`` replaced by the tables of ``status`` (see ``build_book.build``).

    Raises:
        ValueError: the template has no such line.
    """
    lines = template.splitlines()
    if MARK not in lines:
        raise ValueError(f"book/status.md has no line {MARK}: nothing says where the tables go")
    at = lines.index(MARK)
    return "\n".join([*lines[:at], *_about(status), "", *_notebooks(status["notebooks"]), *lines[at + 1 :]]) + "\n"


def _about(status: dict) -> list[str]:
    hardware = status["hardware"]
    facts = {
        "Built": status["built"],
        "Profile": status["profile"],
        "Reports": status["reports"],
        "Commit": status["commit"],
        "Hardware": f"{hardware['system']} {hardware['machine']}, {hardware['device']}, {hardware['cores']} cores",
        **status["versions"],
    }
    return ["```{list-table} This build", ":widths: auto", "", *[f"* - {k}\n  - {v}" for k, v in facts.items()], "```"]


def _notebooks(rows: list[dict]) -> list[str]:
    total = sum(row["seconds"] for row in rows)
    lines = [
        f"```{{list-table}} Its notebooks: {len(rows)}, in {total:,.0f} s",
        ":header-rows: 1",
        ":widths: auto",
        "",
        "* - Notebook\n  - Seconds\n  - Parameters",
    ]
    for row in rows:
        parameters = ", ".join(f"`{name}={value}`" for name, value in row["parameters"].items()) or "its defaults"
        lines.append(f"* - [](/{row['notebook']}.ipynb)\n  - {row['seconds']:.0f}\n  - {parameters}")
    return [*lines, "```"]


_RUNTIME = re.compile(r"RUNTIME\[(\w+)\]")


def with_runtimes(text: str, rows: list[dict]) -> str:
    """``text`` with each ``RUNTIME[name]`` replaced by the time that notebook took in this build; a dash if it did not run."""
    seconds = {row["notebook"].removeprefix("notebooks/"): row["seconds"] for row in rows}

    def said(match: re.Match[str]) -> str:
        if match[1] not in seconds:
            return "–"
        took = seconds[match[1]]
        return f"{took:.0f} s" if took < 90 else f"{took / 60:.0f} min"

    return _RUNTIME.sub(said, text)
