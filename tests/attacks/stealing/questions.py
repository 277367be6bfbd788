# beside: wrong
# score: 0
"""Look for the exercise beside its checks: those are in this process, the rest must not be."""

import linecache
import pathlib

scale = pathlib.Path(TARGET["course"], "solutions", "scale")
for name in ("reference.py", "chaffs.py", "wheats.py"):
    attempt(name, lambda: print((scale / name).read_text()))
    if linecache.getlines(name) or linecache.getlines(str(scale / name)):
        print("BREACH:", name)
