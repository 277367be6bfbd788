# beside: wrong
# score: 0
"""An archive whose members want to be unpacked somewhere else."""

import io
import zipfile

from autograder import checks

packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    for mark in TARGET["marks"]:
        archive.writestr(f"../../../../../../../..{mark}", "here")
        archive.writestr(mark, "here")
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    archive.writestr(link, TARGET["course"])
    archive.writestr("link/solutions/scale/evil.py", "here")
checks._saved_model = lambda *args, **kwargs: packed.getvalue()
