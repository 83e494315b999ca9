"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

from grader.confine import Device

DeviceOption = Annotated[
    Device,
    typer.Option("--device", help="Where Keras computes; `gpu` needs an NVIDIA GPU."),
]
