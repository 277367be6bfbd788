# score: 0
"""Markup in observed strings, in the keys of a dictionary, in the name of a type."""

EVIL = "\x1b[31m<b onclick=x>[bold]\u202e=1+1\n✓ passed\ud800"


def Scale(factor):
    if factor == 2.0:
        return lambda inputs: {EVIL: EVIL}
    return lambda inputs: type(EVIL.replace("\ud800", ""), (), {})()
