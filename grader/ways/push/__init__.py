"""Pushes to a university's own git server: queued by a hook, graded by a warm server."""
