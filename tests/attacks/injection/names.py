# score: 0
"""Names that are close to the one that is missing, and hold markup."""

EVIL = "Scal\x1b[31m"
globals()["Scale<b>"] = globals()["Scale[red]"] = globals()[EVIL] = globals()["Scalé\u202e"] = 1
raise SystemExit("\x1b[2J</code><script>alert(1)</script>")
