"""Results as JUnit XML, which CI systems show."""

import re
from collections.abc import Iterable

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from autograder.records.results import CheckResult, Run, Status, SubmissionResult
from autograder.records.text import line, plain
from autograder.show.text import to_try

MAX_NAME = 200  # characters
NO_XML = re.compile("[\ufffe\uffff]")


def junit(runs: Iterable[Run]) -> bytes:
    """Return a suite for each submission, and a case for each check."""
    found = JUnitXml("autograder")
    for run in runs:
        for result in run.submissions:
            found.add_testsuite(_suite(run, result))
    found.update_statistics()
    return found.tostring()


def _suite(run: Run, result: SubmissionResult) -> TestSuite:
    suite = TestSuite(line(f"{run.assignment or run.exercise} {result.id}", MAX_NAME))
    suite.add_property("score", f"{result.score:g}")
    suite.add_property("max_score", f"{result.max_score:g}")
    if result.status != Status.GRADED:
        case = TestCase("reading", classname=run.exercise)
        kind = Failure if result.status == Status.UNREADABLE else Error
        case.result = [kind(_xml(result.message), result.status)]
        suite.add_testcase(case)
    for check in result.checks:
        suite.add_testcase(_case(run.exercise, check))
    suite.time = round(result.seconds, 3)
    return suite


def _case(exercise: str, check: CheckResult) -> TestCase:
    name = _xml(check.statement)
    case = TestCase(name, f"{exercise}.{check.dimension}", round(check.cpu_seconds, 3))
    if check.status == Status.NOT_ASKED:
        case.result = [Skipped("not asked")]
    elif check.status != Status.PASSED:
        failure = Failure(_xml(check.message), check.status)
        said = [check.message, check.call and to_try(check.call), check.hint]
        failure.text = _xml("\n".join(filter(None, said)))
        case.result = [failure]
    return case


def _xml(text: str) -> str:
    """Return a text with nothing in it that XML has no place for."""
    return NO_XML.sub("\N{REPLACEMENT CHARACTER}", plain(text))
