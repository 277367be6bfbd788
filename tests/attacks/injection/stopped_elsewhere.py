# notebook: yes

# %%
"""Lies about where the code stopped, and why, to write lines of its own into the report."""
import sys

FORGED = "here\n    ✓ a forgery\n✓ another\n\x1b[31m\u202e"
ours = [module for module in sys.modules.values() if hasattr(module, "explain")]
for module in ours:
    module.explain = lambda *args: {
        **dict.fromkeys(("type", "message", "place", "code"), FORGED),
        "environment": True, "unsolved": False,
    }
print("changed in", len(ours), "modules")

# %%
import a_module_of_another_machine
Scale = None
