"""Results where a CI server shows them: on the line, in the summary, in the merge request."""
