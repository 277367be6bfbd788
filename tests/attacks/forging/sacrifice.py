# exercise: streaming_metric
# beside: no_get_config
# score: as no_get_config
"""Lose a check of one point on purpose, to be believed to agree with oneself in one of two."""

import numpy as np

from autograder import child

prepare, answer = child.Session.prepare, child.Session.answer


def forge(checks):
    checks["zero_where_there_is_nothing"].ask = lambda *args, **kwargs: None
    checks["change_ratio"] = lambda seen, direct: np.ones(np.size(direct) - 1)


def prepared(self, source, seed):
    reply = prepare(self, source, seed)
    forge(vars(self._checks))
    return reply


def answered(self, how, use, file):
    forge(vars(self._checks))  # what loads graphs was prepared before the submission came
    return answer(self, how, use, file)


child.Session.prepare, child.Session.answer = prepared, answered
