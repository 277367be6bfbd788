# beside: forgets
# score: as forgets
"""Keep the factor in the class, in the environment and in a file, instead of in the config."""

import os
import pathlib

kept = pathlib.Path(os.environ["HOME"], "factor")
init = Scale.__init__


def remember(self, factor=None, **kwargs):
    if factor is None:
        last = getattr(type(self), "last", None) or os.environ.get("FACTOR")
        factor = float(last or (kept.read_text() if kept.exists() else 1.0))
    type(self).last = os.environ["FACTOR"] = str(factor)
    kept.write_text(str(factor))
    init(self, factor, **kwargs)


Scale.__init__ = remember
