"""Predictions for both labels with a threshold, and the scores over the threshold."""

import numpy as np


def draw(figure):
    left, right = figure.subplots(1, 2)
    rng = np.random.default_rng(2)
    fraud, fine = rng.beta(5, 3, 300), rng.beta(2.5, 5, 900)
    bins = np.linspace(0, 1, 21)
    left.hist(fine, bins, alpha=0.5, color="#0072b2", label="label 0")
    left.hist(fraud, bins, alpha=0.5, color="#d55e00", label="label 1")
    left.axvline(0.5, color="black", ls="--")
    left.text(0.48, 128, "not positive", ha="right")
    left.text(0.52, 128, "positive", ha="left")
    arrow = {"arrowstyle": "->"}
    left.annotate("FN", (0.43, 10), (0.06, 70), arrowprops=arrow)
    left.annotate("FP", (0.53, 35), (0.64, 88), arrowprops=arrow)
    left.annotate("TP", (0.73, 25), (0.86, 60), arrowprops=arrow)
    left.set(title="predictions of 1200 samples", xlabel="prediction", ylim=(0, 140))
    left.legend(loc="upper left", bbox_to_anchor=(0, 0.92))

    thresholds = np.linspace(0.02, 0.9, 89)
    hits = np.array([(fraud > t).sum() for t in thresholds])
    alarms = np.array([(fine > t).sum() for t in thresholds])
    precision, recall = hits / (hits + alarms), hits / len(fraud)
    right.plot(thresholds, precision, ":", color="gray", label="precision")
    right.plot(thresholds, recall, "--", color="gray", label="recall")
    for beta in (0.5, 1, 2):
        score = (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
        (line,) = right.plot(thresholds, score, label=f"F, β = {beta}")
        right.plot(thresholds[score.argmax()], score.max(), "o", color=line.get_color())
    right.set(title="scores", xlabel="threshold t", xlim=(0, 1.35), xticks=np.linspace(0, 1, 6))
    right.legend(loc="center right", fontsize=9)
