# beside: right
# score: 8
"""Reach a secret through links made in the scratch folder."""

import os

os.symlink(TARGET["book"], "soft")
attempt("through a soft link", lambda: open("soft", "rb"))
attempt("with a hard link", lambda: os.link(TARGET["book"], "hard"))
attempt("by renaming", lambda: os.rename(TARGET["book"], "mine"))
attempt("by renaming onto it", lambda: os.rename("soft", TARGET["book"]))
os.symlink(TARGET["course"], "folder")
attempt("through a linked folder", lambda: os.listdir("folder/solutions"))
attempt(
    "handle of a folder",
    lambda: os.open("solutions", os.O_RDONLY, dir_fd=os.open("folder", os.O_PATH)),
)
