# beside: right
# score: 8
"""Read nbgrader's gradebook, and write into it (nbgrader's A8, A9)."""

import sqlite3


def query(text):
    book = sqlite3.connect(TARGET["book"])
    print(book.execute(text).fetchall())
    book.commit()


attempt("read", lambda: query("select * from grade"))
attempt("write", lambda: query("update grade set score = 8"))
attempt("write the file", lambda: open(TARGET["book"], "r+b"))
attempt("append", lambda: open(TARGET["book"], "ab"))
