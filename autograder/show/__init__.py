"""Records in, text and pages out.

- `text`, `html` and `terminal` show the same records in three ways.
- `messages` is feedback for mail, an LMS or GitHub; `junit`, `gradescope` and `github` are what
  other programs read.
- `progress` shows how far a run is, `console` is where the command line prints.
- `os_errors` says what to do about an error of the operating system.
"""
