# beside: right
# score: 8
"""Change modes, owners and times of files that are not its own; Landlock does not mind."""

import os

for path in (TARGET["book"], TARGET["course"], TARGET["home"], os.__file__):
    for change in (
        lambda: os.chmod(path, 0o777),
        lambda: os.chown(path, 65534, 65534),
        lambda: os.utime(path, (0, 0)),
        lambda: os.setxattr(path, "user.x", b"x"),
        lambda: os.truncate(path, 0),
        lambda: os.chmod(os.open(path, os.O_PATH), 0),
    ):
        try:
            change()
        except OSError:
            pass
