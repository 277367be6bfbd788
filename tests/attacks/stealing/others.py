# beside: right
# score: 8
"""Read the work of others, the hints, the home directory."""

import os

attempt("another submission", lambda: print(open(TARGET["other"]).read()))
attempt("hints", lambda: os.listdir(TARGET["hints"]))
attempt("home", lambda: os.listdir(TARGET["home"]))
attempt("~root", lambda: os.listdir("/root"))
attempt("/home", lambda: [os.listdir("/home/" + name) for name in os.listdir("/home")])
attempt("passwords", lambda: open("/etc/passwd"))
attempt("scratch of others", lambda: os.listdir(".."))
attempt("/tmp", lambda: os.listdir("/tmp"))
