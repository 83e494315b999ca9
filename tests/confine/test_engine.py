"""What Keras computes with: chosen by name, refused in one sentence."""

import os
from importlib import metadata

import pytest

from grader.confine import CannotCompute, CannotConfine, Engine, launcher
from grader.confine.spawned import SpawnedLauncher
from grader.confine.strongest import double_in

HAS_GPU = os.path.exists("/proc/driver/nvidia/version")


def test_the_backend_is_that_of_the_environment(monkeypatch):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert Engine.from_environment() == Engine("tensorflow", "cpu")
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert Engine.from_environment("gpu") == Engine("jax", "gpu")
    monkeypatch.setenv("KERAS_BACKEND", "mxnet")
    with pytest.raises(CannotCompute, match=r"tensorflow, jax, torch. Received: 'mxnet'"):
        Engine.from_environment()


def test_a_file_that_imports_tensorflow_runs_on_it():
    assert Engine("torch").serving(("numpy", "keras", "tensorflow")) == Engine("tensorflow")
    assert Engine("torch").serving(("numpy", "keras")) == Engine("torch")


def test_the_processor_hides_every_gpu_and_a_gpu_is_shared():
    assert Engine("jax").environment()["CUDA_VISIBLE_DEVICES"] == ""
    on_gpu = Engine("tensorflow", "gpu").environment()
    assert on_gpu["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    assert on_gpu.get("CUDA_VISIBLE_DEVICES") == os.environ.get("CUDA_VISIBLE_DEVICES")


@pytest.mark.parametrize(("version", "given"), [("0.10.2", True), ("0.9.1", False), (None, False)])
def test_only_the_jaxlib_that_needs_a_flag_is_given_it(monkeypatch, version, given):
    def installed(package):
        if version is None:
            raise metadata.PackageNotFoundError(package)
        return version

    monkeypatch.setattr(metadata, "version", installed)
    assert ("XLA_FLAGS" in Engine("jax").environment()) is given
    assert "XLA_FLAGS" not in Engine("tensorflow").environment()


@pytest.mark.slow
def test_a_worker_runs_on_the_backend_it_was_given():
    pytest.importorskip("jax")
    assert double_in(SpawnedLauncher(Engine("jax")), "keras")["backend"] == "jax"


def test_code_on_a_gpu_is_never_said_to_be_confined():
    with pytest.raises(CannotConfine, match="cannot be confined"):
        launcher("auto", Engine("tensorflow", "gpu"))
    assert launcher("spawned", Engine("tensorflow", "gpu")).confinement == "unconfined"


@pytest.mark.skipif(HAS_GPU, reason="there is a GPU")
def test_without_a_gpu_the_message_says_so():
    with pytest.raises(CannotCompute, match=r"sees no GPU.* Without --device gpu"):
        Engine("tensorflow", "gpu").require()


def test_a_backend_that_is_not_installed_is_told(monkeypatch, tmp_path):
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError('No module named torch')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(CannotCompute, match="torch cannot look for a GPU: ModuleNotFoundError"):
        Engine("torch", "gpu").require()


@pytest.mark.gpu
@pytest.mark.skipif(not HAS_GPU, reason="needs an NVIDIA GPU")
def test_a_gpu_is_found():
    Engine.from_environment("gpu").require()
