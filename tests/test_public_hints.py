from dataclasses import replace

from autograder.authors import public_hints
from autograder.authors.public_hints import CheckReport, Guess, Run

SLOPES = {"slopes": "got [1 4], not [2 3]"}
FLIPPED = {"slopes": "got [-2 -3], not [2 3]"}
SEEN = [
    Run("adds", "Multiply.", SLOPES, SLOPES),
    Run("adds_later", "Multiply.", SLOPES, SLOPES),
    Run("flips", "Mind the sign.", FLIPPED, FLIPPED),
    Run("draws", "Do not draw.", {"slopes": "got [8 9], not [2 3]"}, {}),
    Run("forgets", "Save it.", {"reloads": "got 3, not 6"}, {"reloads": "got 3, not 6"}),
    Run("forgets_more", "Save it all.", SLOPES | {"reloads": "got nan, not 6"}, SLOPES),
    Run("hidden", "Nobody sees it.", {}, {}),
]


def told(guesses):
    return {one.chaff: one.shown for one in guesses}


def test_a_known_chaff_gets_its_hint_unless_its_failures_change_or_are_anothers():
    assert told(public_hints.known("scale", SEEN)) == {
        "adds": ("Multiply.",),
        "adds_later": ("Multiply.",),
        "flips": ("Mind the sign.",),
        "draws": (),
        "forgets": ("Save it.",),
        "forgets_more": (),
    }


def test_a_chaff_that_is_left_out_can_get_a_hint_of_others_only():
    found = public_hints.left_out("scale", SEEN)
    assert told(found) == {
        "adds": ("Multiply.",),
        "adds_later": ("Multiply.",),
        "flips": (),
        "draws": (),
        "forgets": (),
        "forgets_more": ("Multiply.",),
    }
    assert [one.chaff for one in found if one.right] == ["adds", "adds_later"]
    assert [one.chaff for one in found if one.wrong] == ["forgets_more"]


def test_the_report_counts_and_lists_the_hints_of_others():
    report = CheckReport(
        "scale",
        len(SEEN),
        public_hints.known("scale", SEEN),
        public_hints.left_out("scale", SEEN),
    )
    cells = [list(column.cells) for column in public_hints.table([report]).columns]
    assert cells == [["scale"], ["7"], ["6"], ["4"], ["2"], ["1"], ["3"]]
    assert public_hints.others(report) == "forgets_more: Save it all.\n  gets: Multiply."


def test_a_hint_of_another_mistake_is_right_if_its_author_says_so():
    both = Guess("adds", "Multiply.", ("Multiply.", "Save it."))
    assert (both.right, both.wrong) == (False, True)
    judged = replace(both, judged=frozenset(["Save it."]))
    assert (judged.right, judged.wrong) == (True, False)
    silent = replace(judged, shown=())
    assert (silent.right, silent.wrong) == (False, False)
