# beside: wrong
# score: 0
# costly: yes
"""A small archive that unpacks to many gigabytes."""

import io
import zipfile

from autograder import checks

packed = io.BytesIO()
with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
    for number in range(20):
        with archive.open(f"{number}", "w") as member:
            for _ in range(150):
                member.write(bytes(2**20))
checks._saved_model = lambda *args, **kwargs: packed.getvalue()
