"""The series of the example, its peaks, and what is none."""

X = (1, 3, 2, 5, 5, 4, 6, 0, 7)


def draw(figure):
    axes = figure.subplots()
    axes.plot(X, "o-", color="gray", label="the series x")
    axes.plot([1, 6], [3, 6], "^", ms=13, color="#d55e00", label="peaks")
    axes.text(1, 3.7, "1 < 3 > 2", ha="center", color="#d55e00")
    axes.text(6, 6.7, "4 < 6 > 0", ha="center", color="#d55e00")
    axes.axvspan(2.85, 4.15, color="#0072b2", alpha=0.12, lw=0)
    axes.text(3.5, 5.5, "a plateau", ha="center", color="#0072b2")
    for step, text in (0, "an end"), (8, "an end"):
        axes.axvspan(step - 0.15, step + 0.15, color="#0072b2", alpha=0.12, lw=0)
        axes.text(step, X[step] + 0.5, text, ha="center", color="#0072b2")
    axes.set(xlabel="step i", ylim=(-0.6, 8.4), xticks=range(9))
    axes.legend(loc="upper left")
