"""Which submissions resemble each other more than the task explains."""
