# beside: right
# score: 8
"""Make folders in the scratch folder that are hard to remove."""

import os

os.umask(0)
os.makedirs("locked/inner")
open("locked/inner/file", "w").close()
os.umask(0o777)
os.mkdir("dark")
home = os.getcwd()
for _ in range(1000):
    os.mkdir("x" * 200, 0o777 if os.umask(0) else 0o700)
    os.chdir("x" * 200)
os.chdir(home)
os.symlink(TARGET["course"], "course")
open("\n \x1b[2J-rf", "w").close()
