"""Which questions one submission is asked, and what it leaves for other processes to answer."""

import dataclasses
from collections.abc import Iterable, Iterator

from autograder.grading import replies
from autograder.grading.dialogue import Dialogue, Question, Setup, needs_submission
from autograder.grading.processes import Worker
from autograder.grading.seeds import Seeds
from autograder.records.observations import Later, Thing, left_for_later, replace, walk
from autograder.records.results import Outcome, Status
from autograder.records.submissions import Submission

WHERE = {
    "reloaded": "loaded in a new process",
    "reloaded_alone": "loaded without the submission",
    "exported": "exported and loaded without the submission",
    "in_graph": "as a graph, without the submission",
    "written": "loaded without the submission",
}
NO_FILE = Thing("an answer of its own, and nothing that another process could load")
Plan = dict[tuple, tuple[str, str]]  # by check and path: `how` and `use` of what is left for later


@dataclasses.dataclass(frozen=True)
class Answers:
    """What an interview brought back.

    Attributes:
        outcomes: by check.
        repeated: what was seen where a check was asked again with the seed of the hints.
        left_for_later: what another process was asked, by check and path.
        cells: for each code cell its `outputs` and `errors`, and whether it came too `late` to run.
        output: what the submission printed past the cells' own outputs.
        stopped: the first exception that stopped a cell, or the script.
        look_at: why somebody should look at it: this machine may have cost it points.
        unreadable: why its code is no Python.
        phases: wall seconds by what was waited for.
        cpu_seconds: of all its children.
        check_cpu_seconds: by check, with what it left for later.
    """

    outcomes: dict[str, Outcome]
    repeated: dict[str, Outcome]
    left_for_later: dict[tuple, Later]
    cells: list[dict]
    output: str
    stopped: str
    look_at: str
    unreadable: str
    phases: dict[str, float]
    cpu_seconds: float
    check_cpu_seconds: dict[str, float]


class Interview:
    """The questions to one submission. Use it in a `with` statement, or call `run`.

    Args:
        worker: forks the children.
        setup: what each of them gets.
        submission: whose code they run.
        plan: what the reference left for later; anything else is not followed, and no answer there
            counts. None follows everything.
    """

    def __init__(
        self, worker: Worker, setup: Setup, submission: Submission, plan: Plan | None = None
    ):
        self._dialogue = Dialogue(worker, setup, submission)
        self._plan = plan
        self._left_for_later: dict[tuple, Later] = {}

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._dialogue.__exit__(*exception)

    def run(self, checks: Iterable[str], seeds: Seeds) -> Answers:
        """Ask the checks, and have other processes answer what they leave for later."""
        with self:
            outcomes = self.follow(dict(self.ask(checks, seeds.first)), seeds.later)
        return self.answers(outcomes)

    def ask(
        self, checks: Iterable[str], seed: int, more: bool = True
    ) -> Iterator[tuple[str, Outcome]]:
        """Yield each check with its outcome; the caller may stop early.

        Args:
            checks: their names.
            seed: of their random inputs.
            more: `follow` is called next, whose first child is forked meanwhile.
        """
        questions = [Question(name, {"do": "ask", "name": name, "seed": seed}) for name in checks]
        asked = {question.check for question in questions}
        more = more and (self._plan is None or any(name in asked for name, _ in self._plan))
        for question, outcome in self._dialogue.ask(questions, more):
            yield question.check, outcome

    def follow(self, outcomes: dict[str, Outcome], seed: int) -> dict[str, Outcome]:
        """Return the outcomes with other processes' answers in the place of what is left for later.

        What was exported is loaded where no submission is. That comes first, in a process of its
        own: a submission may configure TensorFlow, which must not have computed anything yet.
        """
        later = self._later(outcomes)
        found = self._without_files(outcomes, later)
        alone = [one for one in later if not needs_submission(one[1].how)]
        beside = [one for one in later if needs_submission(one[1].how)]
        replied = self._answers_to(alone, seed, more=bool(beside)) + self._answers_to(beside, seed)
        for ((name, path), leaf), answer in zip(alone + beside, replied, strict=True):
            before = found[name]
            if before.status != Status.SEEN:
                continue  # another file of the same check has failed
            if answer.status == Status.SEEN:
                seen = replace(before.seen, {path: answer.seen})
                found[name] = dataclasses.replace(before, seen=seen)
            else:
                message = f"{WHERE[leaf.how]}: {answer.message}"
                found[name] = dataclasses.replace(answer, message=message, unsolved=False)
        self._left_for_later |= dict(later)
        return found

    def _answers_to(
        self, later: list[tuple[tuple, Later]], seed: int, more: bool = False
    ) -> list[Outcome]:
        """Have a new process answer what was left for later."""
        self._dialogue.dismiss()
        questions = [_about(key, leaf, seed) for key, leaf in later]
        outcomes = [outcome for _, outcome in self._dialogue.ask(questions, more)]
        self._dialogue.dismiss()
        return outcomes

    def _later(self, outcomes: dict[str, Outcome]) -> list[tuple[tuple, Later]]:
        """Return what another process is to answer, by check and path."""
        return [
            ((name, path), leaf)
            for name, outcome in outcomes.items()
            for path, leaf in walk(outcome.seen)
            if isinstance(leaf, Later)
            and (self._plan is None or self._plan.get((name, path)) == (leaf.how, leaf.use))
        ]

    def _without_files(
        self, outcomes: dict[str, Outcome], later: list[tuple[tuple, Later]]
    ) -> dict[str, Outcome]:
        """Return the outcomes with no answer where the reference left a file, and they did not."""
        found = dict(outcomes)
        for name, path in set(self._plan or ()) - dict(later).keys():
            if name in found and found[name].status == Status.SEEN:
                seen = replace(found[name].seen, {path: NO_FILE})
                found[name] = dataclasses.replace(found[name], seen=seen)
        return found

    def seconds(self, check: str) -> float:
        """Return how long a check has taken so far, without what it left for later."""
        return self._dialogue.phases.get(check, 0)

    def answers(
        self, outcomes: dict[str, Outcome], repeated: dict[str, Outcome] | None = None
    ) -> Answers:
        """Return the record of what has been asked, after the `with` statement."""
        code = self._dialogue.code
        return Answers(
            outcomes,
            repeated or {},
            dict(self._left_for_later),
            code.cells,
            self._dialogue.output,
            next(map(replies.in_words, code.errors), ""),
            _look_at(code, outcomes),
            self._dialogue.unreadable,
            dict(self._dialogue.phases),
            self._dialogue.cpu_seconds,
            dict(self._dialogue.check_cpu_seconds),
        )


def not_asked(checks: Iterable[str], outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
    """Return outcomes for all checks of an interview that was stopped before it was complete."""
    done = {name: one for name, one in outcomes.items() if not left_for_later(one.seen)}
    return {name: done.get(name, Outcome(Status.NOT_ASKED)) for name in checks}


def _about(key: tuple, leaf: Later, seed: int) -> Question:
    """Return the question about what a check left for later."""
    name, path = key
    request = {
        "do": "answer",
        "place": f"{name} {path}",
        "how": leaf.how,
        "use": leaf.use,
        "file": leaf.file,
        "beside": leaf.beside,
        "seed": seed,
    }
    return Question(name, request, leaf.how)


def _look_at(code: replies.Code, outcomes: dict[str, Outcome]) -> str:
    """Return why somebody should look at a submission, if this machine may have cost it points."""
    late = [index for index, cell in enumerate(code.cells) if cell["late"]]
    errors = code.errors
    if code.resumed:
        stopped = next(map(replies.in_words, errors), "")
        more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
        where = f" at {stopped}" if stopped else ""
        return f"graded without the statement that raised{where}{more}"
    if late:
        return (
            f"its cells together took more than {code.total:g} seconds; those "
            f"from cell {late[0] + 1} on did not run"
        )
    missing = {one.missing for one in outcomes.values() if one.missing}
    for error in errors:
        if error["environment"] and missing.intersection(error["kept"]):
            return f"it may be right elsewhere; here the code stopped at {replies.in_words(error)}"
    for outcome in outcomes.values():
        if outcome.environment:
            return f"it may be right elsewhere; here it raised {outcome.message}"
    return ""
