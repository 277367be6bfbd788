# beside: nothing
# score: 0
# costly: yes
"""Names so alike, and so long, that to find the closest takes difflib days."""

from autograder.sandbox import session

LETTERS = 4200  # 21 seconds for each name and check; 19000 take half an hour
SYMBOLS = [chr(code) for code in range(33, 127) if chr(code) not in "\"\\"]
SYMBOLS += [chr(0xE0 + number) for number in range(105 - len(SYMBOLS))]
# The same letters, and no two of them in the same order.
MISSING = "".join(SYMBOLS[2 * number % 105] for number in range(LETTERS))
NAME = "".join(SYMBOLS[number % 105] for number in range(LETTERS))
encode = session.encode


def forged(reply):
    if "cells" in reply:
        reply = {**reply, "names": [NAME] * 20}
    if "status" in reply:
        reply = {"status": "not defined", "message": MISSING}
    return encode(reply)


session.encode = forged
