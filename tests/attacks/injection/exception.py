# score: 0
"""An exception whose name and text hold what terminals, pages and tables obey."""

EVIL = (
    "\x1b[2J\x1b]0;owned\x07\x9b31m\r\x00\x08 [red]rich[/] [/] [link=http://x]x[/link] \\[ "
    "<script>alert(1)</script><img src=x onerror=alert(1)> &lt; ]]> {{ 7 * 7 }} {% raw %} "
    '=HYPERLINK("http://x") \u202egnp.exe \u2066\u2028\u2029\ufeff \ud800 \U000e0041 $$x$$ '
    "[click](javascript:alert(1)) `x` </code></p><script>"
)
Evil = type(EVIL, (Exception,), {"__module__": EVIL, "__qualname__": EVIL})


def Scale(factor):
    raise Evil(EVIL)
