# beside: right
# score: 8
"""Make folders in the scratch folder that are hard to remove."""

import os

os.umask(0)
os.makedirs("locked/inner")
open("locked/inner/file", "w").close()
os.umask(0o777)
os.mkdir("dark")
os.umask(0o77)
os.makedirs("/".join(["x" * 200] * 15))
os.symlink(TARGET["course"], "course")
open("\n \x1b[2J-rf", "w").close()
