"""The generator's commands: help with an example, outputs, and one clear line with exit code 2 on bad input."""

import pytest
from pathmtl_synthetic.cli import app
from typer.testing import CliRunner


def call(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.mark.parametrize("command", ["synthesize", "calibrate"])
def test_every_command_has_help_with_an_example(command):
    result = call(command, "--help")
    assert result.exit_code == 0 and f"pathmtl-synthetic {command}" in result.output and "Example" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["synthesize", "--out", "x", "--phenomenon", "typo=0.5"], "did you mean 'typos'"),
        (["synthesize", "--out", "x", "--phenomenon", "typos=1.5"], "from 0 to 1"),
        (["synthesize", "--out", "x", "--phenomenon", "typos"], "name=value"),
        (["synthesize", "--out", "x", "--reports", "5", "--pdf", "6"], "no more PDFs than reports"),
        (["calibrate", "--out", "x.json", "--reports", "12"], "too few"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr and len(result.stderr.strip().splitlines()) == 1 and "Traceback" not in result.output


def test_synthesize_writes_once_and_replaces_only_when_told(tmp_path):
    out = tmp_path / "corpus"
    assert call("synthesize", "--out", out, "--reports", 20, "--phenomenon", "typos=1", "--quiet").exit_code == 0
    assert (out / "reports.csv.gz").exists() and '"typos": 1.0' in (out / "settings.json").read_text()
    again = call("synthesize", "--out", out, "--reports", 20, "--quiet")
    assert again.exit_code == 2 and "--overwrite" in again.stderr
    assert call("synthesize", "--out", out, "--reports", 20, "--quiet", "--overwrite").exit_code == 0
