"""The ways out: one module for each medium makes text safe for it, and every writer uses that.

`grader.sanitise` makes what a student wrote bounded and printable when it comes in. What is
dangerous beyond that depends on where it goes, so it is decided here: a formula in a spreadsheet,
a script in a page, a link in Markdown, a command in the output of a workflow.
"""
