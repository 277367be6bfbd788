# beside: right
# notebook: yes
# score: 8
"""Print, show and return markup in a notebook."""

EVIL = "\x1b[2J\x1b]0;x\x07<script>alert(1)</script>[red]\u202e\x00\ud800"
print(EVIL)
# %%
import sys

sys.stderr.write(EVIL)
EVIL
# %%
from IPython.display import HTML, Javascript, Markdown, display

display(HTML(EVIL), Javascript("alert(1)"), Markdown(EVIL))
display({"text/plain": EVIL, "text/html": EVIL, "image/png": "not base64"}, raw=True)
display({"image/svg+xml": "<svg onload=alert(1)>", "image/png": 7}, raw=True)
# %%
raise ValueError(EVIL)
