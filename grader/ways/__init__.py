"""How work comes in and grades go out, beside the command line: pushes, CI servers, nbgrader."""
