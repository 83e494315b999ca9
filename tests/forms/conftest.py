"""Every test of forms hands files in."""

from tests.forms.helpers import handed_in, launcher

__all__ = ["handed_in", "launcher"]
