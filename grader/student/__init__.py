"""What students use: their own checks from the terminal, from pytest and in a notebook."""
