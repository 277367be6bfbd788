"""Lists of checks per kind: what an exercise takes, rewords, replaces and leaves out."""

import numpy as np
import pytest

from autograder.authors import audit_report
from autograder.authors.audit import Audit
from autograder.checks import check, kinds
from autograder.checks.kinds import Kind, exception
from autograder.checks.kinds.layers import Layer
from autograder.checks.kinds.losses import Loss
from autograder.checks.kinds.metrics import Metric
from autograder.grading.dialogue import describe
from autograder.grading.verdicts import CheckInfo
from autograder.records.results import DIMENSIONS


class Scaled(Kind):
    @check("graph", points=2)
    def second(self, made):
        """it keeps its {arguments}"""
        return made

    @check("numerics", points=1)
    def first(self, made, rng):
        """it answers"""
        return self.make(made, 1), rng


def taken(**body):
    return type("Taken", (Scaled,), body, asked="Scale")


def by_name(kind):
    return kinds.found({"Kind": kind, "Scaled": Scaled})


def test_all_checks_are_taken_each_dimension_together():
    found = by_name(taken(arguments={"a": (1, 2), "b": (3, 4), "c": (5, 6)}))
    assert list(found) == ["first", "second"]
    assert found["second"].statement == "it keeps its a, b and c"
    assert [(one.requires, one.random) for one in found.values()] == [
        (["Scale"], True),
        (["Scale"], False),
    ]


def test_a_check_is_asked_of_what_the_submission_defines():
    found = by_name(taken(arguments={"a": (1, 2)}))
    rng = np.random.default_rng(0)
    assert found["first"].ask(lambda a: f"made with {a}", rng=rng) == ("made with 2", rng)


def test_a_check_gets_another_sentence_and_other_points():
    given = Scaled.second.but("it is worded", points=5, atol=1.0)
    worded = by_name(taken(second=given))["second"]
    assert (worded.statement, worded.points, worded.atol) == ("it is worded", 5, 1.0)
    assert Scaled.second.points == 2


def test_a_check_is_replaced_in_its_place():
    @check("numerics", points=3)
    def own(self, made):
        """its own"""
        return "own"

    found = by_name(taken(first=own, added=own))
    assert list(found) == ["first", "added", "second"]
    assert found["first"].ask(None) == "own"


def test_an_exception_leaves_a_check_out_and_says_why():
    kind = taken(first=exception("there is\n  nothing to answer"))
    assert list(by_name(kind)) == ["second"]
    assert kinds.exceptions({"Kind": kind}) == {"first": "there is nothing to answer"}


def test_a_check_can_be_taken_again_after_an_exception():
    without = taken(first=exception("not here"))
    again = type("Again", (without,), {"first": Scaled.first})
    assert list(by_name(again)) == ["first", "second"]
    assert again.exceptions == {}


@pytest.mark.parametrize("reason", ["", "  ", None])
def test_an_exception_without_a_reason_is_refused(reason):
    with pytest.raises(ValueError, match="say why the check is left out"):
        exception(reason)


def test_an_exception_that_names_no_check_is_refused():
    with pytest.raises(ValueError, match=r"frist is no check .* Its checks are second and first"):
        taken(frist=exception("a slip"))


@pytest.mark.parametrize("value", [None, lambda made: 1])
def test_a_check_is_replaced_by_nothing_but_a_check(value):
    with pytest.raises(ValueError, match=r"leave it out by exception\('why'\)"):
        taken(first=value)


def test_two_checks_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two checks of the name first"):
        kinds.found({"One": taken(), "Other": taken()})


@pytest.mark.parametrize("kind", [Loss, Metric, Layer])
def test_every_kind_asks_in_all_dimensions_and_has_a_sentence(kind):
    found = kinds.found({"Every": type("Every", (kind,), {"arguments": {"a": (1, 2)}}, asked="A")})
    assert len(found) >= 10
    assert {one.dimension for one in found.values()} == set(DIMENSIONS)
    for one in found.values():
        assert "{" not in one.statement
        assert len(one.statement) > 20


OF_A_KIND = """
from autograder.checks.kinds import exception
from autograder.checks.kinds.layers import Layer


class EveryLayer(Layer, asked="Scale"):
    slopes = exception("{reason}")
"""


def test_a_child_describes_the_checks_of_a_kind(worker):
    described = describe(worker, OF_A_KIND.format(reason="it has none"))
    assert described["exceptions"] == {"slopes": "it has none"}
    assert {one["kind"] for one in described["checks"]} == {"layers"}
    assert "slopes" not in [one["name"] for one in described["checks"]]


def test_a_child_refuses_checks_with_an_exception_without_a_reason(worker):
    assert "say why" in describe(worker, OF_A_KIND.format(reason=""))["problem"]


def test_the_audit_shows_exceptions_and_why_a_check_of_a_kind_is_there(toy_exercise):
    checks = [CheckInfo("mean_of_the_batch", "numerics", 1, "", True, [], 0, 0, "losses")]
    found = Audit(toy_exercise, checks, [], False, exceptions={"slopes": "it has none"})
    assert "here they show with nothing else" in found.comments["mean_of_the_batch"]
    assert "slopes is not asked: it has none" in audit_report.findings(found).renderables
    assert '"exceptions": {\n    "slopes": "it has none"' in audit_report.as_json([found], 1)
