# score: 0
"""An answer that contains itself."""


def Scale(factor):
    answer = []
    answer.append(answer)
    return lambda inputs: answer
