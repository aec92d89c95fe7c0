"""An executed notebook as one HTML page that any browser shows offline: it runs no script and fetches nothing."""

from __future__ import annotations

from pathlib import Path

import nbformat

#: Only the styles and pictures that the page itself contains.
_POLICY = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
_STYLE = "<style>.jp-Notebook { max-width: 60rem; margin: auto; } .jp-RenderedHTMLCommon table { font-size: 0.85em; }</style>"


def drop_stderr(book: nbformat.NotebookNode) -> None:
    """Remove from a notebook what libraries wrote to standard error, which depends on the machine."""
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]


def write_page(executed: Path, out: Path) -> Path:
    """Write the notebook ``executed`` (.ipynb) as the page ``out`` and return ``out``; standard error is left out."""
    from nbconvert import HTMLExporter

    book = nbformat.read(executed, as_version=4)
    drop_stderr(book)
    exporter = HTMLExporter(exclude_input_prompt=True, exclude_output_prompt=True)
    page, _ = exporter.from_notebook_node(book, resources={"metadata": {"name": executed.stem}})
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page.replace("<head>", f"<head>{_POLICY}", 1).replace("</head>", f"{_STYLE}</head>", 1), encoding="utf-8")
    return out
