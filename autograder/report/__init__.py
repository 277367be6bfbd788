"""The instructor's report on a class: records in, statistics, a page and a text out.

- `files` reads what `--json` wrote; `gradebook/overview.py` reads nbgrader's gradebook.
- `statistics` counts: points, checks, known mistakes. `similar` finds work that is nearly the same,
  `progress` what has changed since the last report.
- `findings` has it all; `page` shows it as HTML with `plots`, `printed` in a terminal.
"""
