"""What Keras computes with: which backend, and whether on the processor or on a GPU."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from importlib import metadata
from typing import Literal, get_args

from grader.problems import GraderProblem, installing

KerasBackend = Literal["tensorflow", "jax", "torch"]
Device = Literal["cpu", "gpu"]

_PROBE_SECONDS = 120
_PROBES = {
    "tensorflow": "import tensorflow as t; print(len(t.config.list_physical_devices('GPU')))",
    "jax": "import jax; print(sum(one.platform == 'gpu' for one in jax.devices()))",
    "torch": "import torch; print(torch.cuda.device_count())",
}
_PACKAGES = {
    "tensorflow": installing("gpu"),
    "jax": "pip install 'jax[cuda13]'",
    "torch": "pip install torch, with CUDA",
}

_EXTRAS = {"tensorflow": "keras", "jax": "jax", "torch": "torch"}


class CannotCompute(GraderProblem):
    """The backend or the device is not to be had here; the message says why and what to do."""


@dataclass(frozen=True)
class Engine:
    """What the workers of Keras files compute with."""

    keras_backend: KerasBackend = "tensorflow"
    device: Device = "cpu"

    @classmethod
    def from_environment(cls, device: Device = "cpu") -> Engine:
        """Take the backend from the variable ``KERAS_BACKEND``, as Keras itself does.

        Raises
        ------
        CannotCompute
            When the variable names no backend that exercises can be graded on.
        """
        name = os.environ.get("KERAS_BACKEND") or "tensorflow"
        if name not in get_args(KerasBackend):
            known = ", ".join(get_args(KerasBackend))
            raise CannotCompute(f"Expected KERAS_BACKEND to be one of {known}. Received: {name!r}")
        return cls(name, device)  # type: ignore[arg-type]

    def serving(self, packages: frozenset[str] | tuple[str, ...]) -> Engine:
        """The engine for files that may import `packages`: TensorFlow's own need TensorFlow."""
        return replace(self, keras_backend="tensorflow") if "tensorflow" in packages else self

    @property
    def lacking(self) -> str:
        """The first package that Keras files need and that is not installed; "" without any."""
        needed = ("keras", self.keras_backend)
        return next((one for one in needed if importlib.util.find_spec(one) is None), "")

    @property
    def extra(self) -> str:
        """The extra of the grader that installs all that Keras files need."""
        return _EXTRAS[self.keras_backend]

    @property
    def patience(self) -> float:
        """By what to multiply the time of a question: JAX compiles whatever it meets first."""
        return 4.0 if self.keras_backend == "jax" else 1.0

    def environment(self) -> dict[str, str]:
        """The variables that make a worker compute with this."""
        chosen = {"KERAS_BACKEND": self.keras_backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
        if self.device == "cpu":
            hidden = {"CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}
            return chosen | hidden | (_plain_products() if self.keras_backend == "jax" else {})
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        # Several workers share a GPU: each takes memory as it needs it, none all of it at once.
        shared = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
        # TensorFloat-32 keeps three digits, and answers are compared to four.
        exact = {"NVIDIA_TF32_OVERRIDE": "0", "JAX_DEFAULT_MATMUL_PRECISION": "highest"}
        own = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
        return chosen | shared | exact | own

    def require(self) -> None:
        """Find out, in a process of its own, whether the backend sees a GPU, if one is wanted.

        Raises
        ------
        CannotCompute
            When it does not.
        """
        if self.device == "cpu":
            return
        advice = "Without --device gpu the same checks run on the processor."
        try:
            found = subprocess.run(
                [sys.executable, "-c", _PROBES[self.keras_backend]],
                env={**os.environ, **self.environment()},
                capture_output=True,
                text=True,
                timeout=_PROBE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CannotCompute(
                f"{self.keras_backend} did not say within {_PROBE_SECONDS} s whether there is a "
                f"GPU. {advice}"
            ) from None
        if found.returncode != 0:
            said = (found.stderr.strip().splitlines() or ["it said nothing"])[-1][:300]
            raise CannotCompute(f"{self.keras_backend} cannot look for a GPU: {said}. {advice}")
        if found.stdout.split()[-1:] in ([], ["0"]):
            driver = os.path.exists("/proc/driver/nvidia/version")
            reason = (
                f"There is an NVIDIA driver here, but {self.keras_backend} sees no GPU: is its "
                f"build for CUDA installed ({_PACKAGES[self.keras_backend]}), and is "
                "CUDA_VISIBLE_DEVICES unset?"
                if driver
                else f"{self.keras_backend} sees no GPU, and there is no NVIDIA driver here."
            )
            raise CannotCompute(f"{reason} {advice}")


def _plain_products() -> dict[str, str]:
    """Keep jaxlib 0.10 from YNNPACK: in a sandbox its batched products fail from some size on.

    The message is "YNNPACK operation failed: unsupported parameter". XLA ends the process at a
    flag that it does not know, so no other version is given this one.
    """
    try:
        version = metadata.version("jaxlib")
    except metadata.PackageNotFoundError:
        return {}
    if not version.startswith("0.10."):
        return {}
    return {"XLA_FLAGS": "--xla_cpu_experimental_ynn_fusion_type="}
