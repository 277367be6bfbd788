# beside: wrong
# score: 0
"""A file that is no archive, and a graph that is no graph."""

import io
import zipfile

from autograder import checks

packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("saved_model.pb", b"\xff" * 1000)
files = [b"", packed.getvalue(), b"PK\x03\x04" * 100]
checks._saved_model = lambda *args, **kwargs: files[len(args) % 3]
