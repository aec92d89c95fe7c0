"""pyproject.toml, requirements.lock and environment.yml name the same packages at the same versions."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import make_venv
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
#: What a reader of the book meets by name; environment.yml must show them.
SHOWN = (
    "jupyter-book",
    "jupytext",
    "papermill",
    "torch",
    "transformers",
    "peft",
    "bitsandbytes",
    "pandas",
    "matplotlib",
    "seaborn",
    "PyPDF2",
    "easyocr",
    "rapidocr",
    "dask",
)


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def lock() -> dict[str, list[Requirement]]:
    pins: dict[str, list[Requirement]] = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            requirement = Requirement(line)
            pins.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return pins


def _version(pin: Requirement) -> str:
    (specifier,) = pin.specifier
    assert specifier.operator == "==", f"{pin} is no pin"
    return specifier.version


def _declared(project: dict) -> list[Requirement]:
    extras = project.get("optional-dependencies", {})
    return [Requirement(line) for lines in (project["dependencies"], *extras.values()) for line in lines]


def test_lock_pins_every_dependency_within_its_bounds(project: dict, lock: dict[str, list[Requirement]]) -> None:
    for requirement in _declared(project):
        pins = lock.get(canonicalize_name(requirement.name))
        assert pins, f"{requirement.name} is not in requirements.lock: compile it again"
        for pin in pins:
            assert requirement.specifier.contains(_version(pin), prereleases=True), f"{pin} is outside {requirement}"


def test_each_python_gets_exactly_one_pin(project: dict, lock: dict[str, list[Requirement]]) -> None:
    for python in ("3.11", "3.12", "3.13"):
        assert SpecifierSet(project["requires-python"]).contains(python)
        environment = {
            "python_version": python,
            "python_full_version": f"{python}.9",
            "sys_platform": "linux",
            "platform_machine": "x86_64",
        }
        for requirement in _declared(project):
            pins = lock[canonicalize_name(requirement.name)]
            applying = [pin for pin in pins if pin.marker is None or pin.marker.evaluate(environment)]
            assert len(applying) == 1, f"{requirement.name} on Python {python}: {[str(pin) for pin in applying]}"


def test_lock_installs_anywhere() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--index-url|--extra-index-url|--find-links|^-e|(?<![\w.])/\w", text, re.MULTILINE)


def test_conda_gets_the_same_set(project: dict, lock: dict[str, list[Requirement]]) -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    python = next(entry for entry in conda if entry.startswith("python=")).split("=")[1]
    assert SpecifierSet(project["requires-python"]).contains(python)
    assert environment["channels"][0] == "conda-forge"
    assert pip[0] == "-r requirements.lock", "the lock is what makes conda's set the same"
    named = {canonicalize_name(r.name): r for r in map(Requirement, pip[1:])}
    assert set(named) == {canonicalize_name(name) for name in SHOWN}
    for name, requirement in named.items():
        assert [_version(pin) for pin in lock[name]] == [_version(requirement)], (
            f"environment.yml: {requirement} is not the lock's"
        )


@pytest.mark.parametrize(("version", "word"), [((3, 8, 10), "older"), ((3, 10, 0), "older"), ((3, 14, 0), "newer")])
def test_an_unfit_interpreter_is_refused_with_the_mend(version: tuple[int, ...], word: str) -> None:
    assert word in make_venv.refusal(version)
    assert "PYTHON=python3.12" in make_venv.refusal(version)


def test_fit_interpreters_are_those_of_the_project(project: dict) -> None:
    for minor in range(8, 20):
        assert (make_venv.refusal((3, minor, 0)) == "") == SpecifierSet(project["requires-python"]).contains(f"3.{minor}")


def test_the_stamp_follows_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(make_venv, "ROOT", tmp_path)
    before = make_venv.key()
    assert make_venv.key() == before
    with (tmp_path / "requirements.lock").open("a") as file:
        file.write("one-more==1.0\n")
    assert make_venv.key() != before
