"""Say in words how all values of a wrong answer differ from the right ones, where that is certain.

The functions are pure. Two arrays of few values, or of values that hardly differ from each other,
agree with many formulas by chance: then they say nothing. What they say holds for every value of an
answer, and tells no more of what was expected than the one value that a message shows.
"""

import numpy as np
from numpy.typing import NDArray

ENOUGH = 4  # values that differ from each other and from zero
Floats = NDArray[np.float64]


def of(expected: NDArray, seen: NDArray, rtol: float, atol: float) -> str:
    """Return what all wrong values of an answer have in common, or nothing.

    Args:
        expected: the right answer.
        seen: a wrong one.
        rtol: relative tolerance of the check.
        atol: absolute tolerance of the check.
    """
    if {expected.dtype.kind, seen.dtype.kind} & {"b"} or not np.isfinite(expected).all():
        return ""
    right, wrong = expected.astype("float64"), seen.astype("float64")
    with np.errstate(all="ignore"):
        if right.shape != wrong.shape:
            return _of_shapes(right, wrong, rtol, atol)
        return _of_values(right, wrong, rtol, atol) if right.size >= ENOUGH else ""


def _of_shapes(expected: Floats, seen: Floats, rtol: float, atol: float) -> str:
    """Return how an answer of another shape holds the right values."""
    if not _varied(expected, rtol, atol) or not np.isfinite(seen).all():
        return ""
    size = expected.size
    if expected.ndim == seen.ndim == 2 and _same(seen.T, expected, rtol, atol):
        return "the values are right, but rows and columns have changed places"
    more = seen.ndim - expected.ndim
    if more and _same(np.squeeze(seen), np.squeeze(expected), rtol, atol):
        kind = "too many" if more > 0 else "too few"
        axes = "is one axis" if abs(more) == 1 else f"are {abs(more)} axes"
        return f"the values are right, but there {axes} of size 1 {kind}"
    if seen.shape == (size, size) and size == max(expected.shape):
        others = seen[~np.eye(size, dtype=bool)]
        mixed = (others != 0).all() and _distinct(others, rtol, atol) >= ENOUGH
        if mixed and _same(np.diag(seen), np.ravel(expected), rtol, atol):
            return (
                f"only the {size} on the diagonal are right: each value met all the others, as "
                f"where an array of shape ({size},) meets one of shape ({size}, 1)"
            )
    return ""


def _same(seen: Floats, expected: Floats, rtol: float, atol: float) -> bool:
    return seen.shape == expected.shape and bool(_near(seen, expected, rtol, atol).all())


def _of_values(expected: Floats, seen: Floats, rtol: float, atol: float) -> str:
    finite = np.isfinite(seen)
    if not finite.all():
        return _not_finite(expected, seen, finite, rtol, atol)
    if found := _same_everywhere(expected, seen, rtol, atol):
        return found
    if not _varied(expected, rtol, atol):
        return ""
    if found := _rounded(expected, seen) or _moved(expected, seen, rtol, atol):
        return found
    wrong = ~_near(seen, expected, rtol, atol)
    far = ~_near(seen, expected, 100 * rtol, 100 * atol)
    if far.sum() >= ENOUGH and not wrong.flat[0] and far.sum() == far.size - 1:
        return "only the first is right"
    if not far[wrong].all():  # what is off by so little would fit many a pattern
        return ""
    return _off_alike(expected[wrong], seen[wrong], bool(wrong.all()), rtol, atol)


def _not_finite(expected, seen, finite, rtol: float, atol: float) -> str:
    """Return where an answer is NaN or infinite, if it is right everywhere else."""
    if finite.sum() < ENOUGH or not _near(seen[finite], expected[finite], rtol, atol).all():
        return ""
    if not _varied(expected[finite], rtol, atol):
        return ""
    where = " where 0 is expected, and nowhere else," * bool(((expected == 0) == ~finite).all())
    what = "NaN" if np.isnan(seen[~finite]).all() else "NaN or infinite"
    return f"{what}{where or ' there'}; all other values are right"


def _same_everywhere(expected, seen, rtol: float, atol: float) -> str:
    """Say so if all values are the same, and should not be."""
    if _distinct(expected, rtol, atol) < ENOUGH or np.ptp(seen) > 1e-6 * np.abs(seen).max():
        return ""
    return f"all {seen.size} are {seen.flat[0]:.4g}, and should not be the same"


def _rounded(expected, seen) -> str:
    """Say so if the values are right, but have lost digits to a smaller dtype."""
    for dtype, digits, words in (("float16", 3, "half"), ("float32", 7, "single")):
        with np.errstate(over="ignore"):
            fits = seen.astype(dtype) == seen
        close = np.abs(seen - expected) <= 2.5 * np.finfo(dtype).eps * np.abs(expected)
        if fits.all() and close.all():
            return f"all are right to about {digits} digits, as in {words} precision"
    return ""


def _moved(expected, seen, rtol: float, atol: float) -> str:
    """Say so if the right values are there, in other places."""
    if _distinct(expected, rtol, atol) < ENOUGH:
        return ""
    square = expected.ndim == 2 and expected.shape == seen.T.shape
    if square and _near(seen.T, expected, rtol, atol).all():
        return "the values are right, but rows and columns have changed places"
    if _near(np.sort(seen, axis=None), np.sort(expected, axis=None), rtol, atol).all():
        return "the values are right, but in another order"
    return ""


def _off_alike(expected, seen, all_are: bool, rtol: float, atol: float) -> str:
    """Say what has happened to all values that are wrong."""
    if not _varied(expected, rtol, atol):
        return ""
    those = f"all {seen.size}" if all_are else f"the {seen.size} that differ"
    if _near(-seen, expected, rtol, atol).all():
        return f"{those} have the other sign"
    if _near(np.abs(expected), seen, rtol, atol).all():
        return f"{those} are as large as they should be, but have lost their sign"
    large = np.abs(expected) > 100 * atol
    factor = np.median(seen[large] / expected[large])
    if factor and _near(seen / factor, expected, rtol, atol).all():
        return f"{those} are {factor:.4g} times what they should be"
    shift = np.median(seen - expected)
    if _near(seen - shift, expected, rtol, atol).all():
        much = "large" if shift > 0 else "small"
        return f"{those} are too {much} by {abs(shift):.4g}"
    times = seen[large] / expected[large]
    whole = np.round(times)
    sums = (whole >= 2).all() and _near(times, whole, rtol, 0).all() and large.all()
    if sums and whole.max() <= 64 and _distinct(whole, rtol, atol) > 1:
        shown = ", ".join(f"{number:g}" for number in np.unique(whole)[:4])
        return f"{those} are {shown} times what they should be, as sums are in place of means"
    return ""


def _near(seen, expected, rtol: float, atol: float) -> NDArray[np.bool_]:
    return np.abs(seen - expected) <= atol + rtol * np.abs(expected)


def _varied(expected, rtol: float, atol: float) -> bool:
    """Tell whether the values are too different from each other, and from zero, for chance."""
    large = np.abs(expected) > 100 * atol
    return _distinct(np.abs(expected)[large], rtol, atol) >= ENOUGH


def _distinct(values, rtol: float, atol: float) -> int:
    """Return how many values there are that lie well apart."""
    ordered = np.sort(values, axis=None)
    steps = np.diff(ordered) > 100 * (atol + rtol * np.abs(ordered[1:]))
    return int(steps.sum()) + bool(ordered.size)
