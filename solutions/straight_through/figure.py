"""The step and the line that its gradient takes instead, and the slopes of both."""

STEP, LINE = "#0072b2", "#d55e00"


def draw(figure):
    left, right = figure.subplots(1, 2)
    left.plot([-2.5, 0], [-1, -1], color=STEP, lw=2.5)
    left.plot([0, 2.5], [1, 1], color=STEP, lw=2.5, label="forward: the step")
    left.plot(0, 1, "o", color=STEP, ms=7)
    left.plot(0, -1, "o", color=STEP, ms=7, mfc="white")
    line = [-2.5, -1, 1, 2.5], [-1, -1, 1, 1]
    left.plot(*line, "--", color=LINE, label="backward: as if it were this")
    left.set(title="value", xlabel="z", ylim=(-1.5, 2.2), yticks=(-1, 0, 1))
    left.legend(loc="upper left")

    right.plot([-2.5, 2.5], [0, 0], color=STEP, lw=2.5, label="of the step: 0")
    for beyond in ([-2.5, -1], [1, 2.5]):
        right.plot(beyond, [0, 0], "--", color=LINE, lw=2)
    right.plot([-1, 1], [1, 1], "--", color=LINE, lw=2, label="used instead: 1 where |z| ≤ 1")
    right.plot([-1, 1], [1, 1], "o", color=LINE)
    right.set(title="slope", xlabel="z", xlim=(-2.5, 2.5), ylim=(-0.3, 1.8), yticks=(0, 1))
    right.legend(loc="upper left")
