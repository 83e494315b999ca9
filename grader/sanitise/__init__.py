"""What students wrote, made safe: once when it comes in, and for each medium when it goes out.

`grader.sanitise.text` makes it bounded and printable when it comes in. What is dangerous beyond
that depends on where it goes, so one module for each medium decides it: a formula in a
spreadsheet, a script in a page, a link in Markdown, a command in the output of a workflow. Every
writer uses these.
"""
