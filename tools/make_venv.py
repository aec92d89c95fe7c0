"""Create .venv and install exactly what requirements.lock names, once: a second run finds the stamp and does nothing.

Runs on the bare interpreter: the standard library only, and no syntax that an interpreter to be refused could not read.
"""

import hashlib
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed.sha256"
OLDEST, NEWEST = (3, 11), (3, 13)  # as requires-python in pyproject.toml


def refusal(version):
    """Why this interpreter cannot be used, or an empty string."""
    shown = ".".join(map(str, version[:2]))
    if version[:2] < OLDEST:
        reason = "older than pathmtl needs"
    elif version[:2] > NEWEST:
        reason = "newer than requirements.lock was compiled for"
    else:
        return ""
    return f"Python {shown} is {reason}: name one from 3.11 to 3.13, as in make book PYTHON=python3.12"


def key():
    """What the environment was installed from: the lock and the project file."""
    digest = hashlib.sha256()
    for name in ("requirements.lock", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def pip(*arguments):
    """Run pip in the environment; show the long downloads and errors, not its two hundred other lines."""
    command = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar",
        "off",
        *arguments,
    ]
    process = subprocess.Popen(command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    tail = []
    for line in process.stdout:
        tail = [*tail[-29:], line]
        if re.search(r"Downloading .*\((\d{3,}(\.\d+)? MB|.* GB)\)", line) or line.startswith("Installing collected"):
            print("  " + line.split(": ")[0].strip()[:120], flush=True)
        elif line.startswith("ERROR"):
            print("  " + line.rstrip(), file=sys.stderr, flush=True)
    if process.wait():
        sys.stderr.writelines(tail)
        sys.exit(f"error: pip could not install {' '.join(arguments)} (its last lines are above)")


def main():
    problem = refusal(sys.version_info)
    if problem:
        sys.exit("error: " + problem)
    if STAMP.exists() and PYTHON.exists() and STAMP.read_text().strip() == key():
        return
    if not PYTHON.exists():
        print("creating .venv with Python " + ".".join(map(str, sys.version_info[:2])), flush=True)
        venv.create(str(VENV), clear=True, with_pip=True)
    print("installing requirements.lock into .venv (about 6 GB on Linux, of which most is PyTorch; once)", flush=True)
    pip("-r", "requirements.lock")
    pip("--no-deps", "--no-build-isolation", "-e", ".")
    STAMP.write_text(key() + "\n")
    print("installed", flush=True)


if __name__ == "__main__":
    main()
