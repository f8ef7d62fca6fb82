"""Which printed figures a confusion matrix can have at all. Pure Python, exact fractions.

Supports n_1..n_K are the numbers of test images of each class, N their sum, K >= 2. A confusion matrix has rows of truth that sum to the
supports; its errors E are all that lies off the diagonal. Of class c, e_c errors lie in its row (images missed) and f_c in its column
(images wrongly called c); sum e = sum f = E. Specificity of c is 1 - f_c / (N - n_c), sensitivity 1 - e_c / n_c.

    python3 models/training/possible.py --supports 103 191 159 196 --accuracy 72 --specificity 80

tells whether the printed percentages can stand together.
"""

import argparse
import math
from fractions import Fraction
from itertools import combinations, permutations


def printed(text):
    """(least, greatest) value of a percentage printed as `text`, as fractions of 1: half a unit of the last digit to either side, both
    ends counted in, so that no way of rounding is wronged. '72' gives 0.715 to 0.725, '91.0' gives 0.9095 to 0.9105."""
    value = Fraction(text) / 100
    half = Fraction(1, 200 * 10 ** len(str(text).partition(".")[2]))
    return max(value - half, Fraction(0)), min(value + half, Fraction(1))


def printed_share(text):
    """The same for a figure printed as a share of 1: '0.95' gives 0.945 to 0.955."""
    half = Fraction(1, 2 * 10 ** len(str(text).partition(".")[2]))
    return max(Fraction(text) - half, Fraction(0)), min(Fraction(text) + half, Fraction(1))


def errors_of(supports, accuracy):
    """All numbers of errors that an accuracy in the interval (least, greatest) leaves, as a range; empty where no count rounds so."""
    n, (low, high) = sum(supports), accuracy
    return range(n - math.floor(high * n), n - math.ceil(low * n) + 1)


def _extremes(capacities, weights, errors):
    """(least, greatest) sum of weights[c] * x[c] over integers 0 <= x[c] <= capacities[c] that sum to `errors`. Filling the classes in
    order of their weights is best: in any other filling, moving one error to a class of better weight that has room improves it."""
    out = []
    for descending in (False, True):
        left, total = errors, Fraction(0)
        for c in sorted(range(len(weights)), key=weights.__getitem__, reverse=descending):
            some = min(left, capacities[c])
            left, total = left - some, total + some * weights[c]
        if left:
            raise ValueError(f"{errors} errors do not fit: there are only {sum(capacities) - left} places.")
        out.append(total)
    return tuple(out)


def specificity(supports, errors, average="macro"):
    """(least, greatest) mean specificity of all confusion matrices with these supports and this number of errors, both attained. `average`:
    'macro' (every class alike), 'weighted' (by support) or 'micro' (all false positives over all negatives).

    The mean is 1 - sum w_c f_c, w_c = 1 / (K (N - n_c)), n_c / (N (N - n_c)) or 1 / ((K - 1) N). So the question is which f are possible,
    and these are all with sum E and 0 <= f_c <= N - n_c. They need to be no larger: column c has no more places. And they are enough. A
    matrix without diagonal and with row sums e and column sums f exists if and only if e_c + f_c <= E for all c (Hall: one row reaches all
    columns but its own, two rows reach all). So it is to be shown that an e with sum E and e_c <= min(n_c, E - f_c) exists, that is
    sum min(n_c, E - f_c) >= E. Let S be the classes with E - f_c < n_c. S empty: the sum is N >= E. S = {c}: it is N - n_c + E - f_c >= E as
    f_c <= N - n_c. S with j >= 2 classes: it is at least jE - sum f >= (j - 1) E >= E. A linear sum within bounds is `_extremes`.
    """
    n, k = sum(supports), len(supports)
    weights = {"macro": [Fraction(1, k * (n - s)) for s in supports],
               "weighted": [Fraction(s, n * (n - s)) for s in supports],
               "micro": [Fraction(1, (k - 1) * n)] * k}[average]
    least, greatest = _extremes([n - s for s in supports], weights, errors)
    return 1 - greatest, 1 - least


def sensitivity(supports, errors, average="macro"):
    """(least, greatest) mean sensitivity, as `specificity`; 'weighted' and 'micro' are both the accuracy.

    All e with sum E and 0 <= e_c <= n_c are possible: the columns must take f_c <= E - e_c, and sum (E - e_c) = (K - 1) E >= E."""
    n, k = sum(supports), len(supports)
    weights = {"macro": [Fraction(1, k * s) for s in supports], "weighted": [Fraction(1, n)] * k, "micro": [Fraction(1, n)] * k}[average]
    least, greatest = _extremes(list(supports), weights, errors)
    return 1 - greatest, 1 - least


def range_at(measure, supports, accuracy, average="macro"):
    """(least, greatest) value of `measure`, `specificity` or `sensitivity`, over every number of errors that an accuracy in the interval
    (least, greatest) leaves. ValueError where no number of errors gives that accuracy."""
    both = [measure(supports, errors, average) for errors in errors_of(supports, accuracy)]
    if not both:
        raise ValueError(f"no number of right answers of {sum(supports)} gives an accuracy of {float(accuracy[0]):.4f} to {float(accuracy[1]):.4f}.")
    return min(low for low, _ in both), max(high for _, high in both)


def possible(measure, supports, accuracy, value, average="macro"):
    """Can a figure in the interval `value` stand beside an accuracy in the interval `accuracy`? True is said where the intervals of what
    is possible and of what was printed meet, so that no figure is called impossible that rounding might explain."""
    low, high = range_at(measure, supports, accuracy, average)
    return low <= value[1] and value[0] <= high


def least_macro_auc(supports):
    """(bound, attained): below `bound` no macro one-vs-rest AUC can fall while every image is called rightly, and a set of scores exists
    (`worst_scores`) whose AUC is as near to `attained` as one likes. The two agree where the classes are equally large.

    Scores of an image are probabilities that sum to 1, its own class's u the greatest. The AUC of class c is the share of pairs (x of c, y
    of another class) with s_c(x) > s_c(y), ties half. A pair 'fails' where s_c(y) >= s_c(x) = u(x): 'y beats x'. Then:
    1. u(y) > s_c(y) >= u(x). So of two images of different classes at most the one with the greater u beats the other.
    2. As the greatest of K shares of 1, u >= 1/K. If y beat images of all K - 1 other classes, then K - 1 of its scores were >= 1/K and its
       own greater: they would sum to more than 1. So for each y there is a class no image of which it beats.
    3. Take one image of each class. Nobody beats the one with the greatest u (1), and it does not beat that of some class (2): this pair does
       not fail either way. So of the K (K - 1) / 2 pairs of the K images at least one does not fail. Over all such choices of K images, the
       shares phi(c, d) of failing pairs of two classes sum to at most K (K - 1) / 2 - 1.
    4. A failing pair in which one of c is beaten costs the macro AUC w_c = 1 / (K n_c (N - n_c)). So all of them cost at most the sum over
       pairs of classes of phi(c, d) n_c n_d max(w_c, w_d), which is greatest with phi = 1 but for the cheapest pair of classes.
    For two classes this is 1, for K equal ones 1/2 + 1 / (K (K - 1)): 7/12 for four. So a low AUC beside an accuracy of 100 % is odd,
    and not impossible; `least_unsure` says what it takes.

    Attained: the classes in an order, each with one value of u, greater from class to class and all just above 1/K; each class beats all
    before it, but the last one leaves out one. The best order is sought among all, so K should be small.
    """
    n, k = sum(supports), len(supports)
    weight = [Fraction(1, k * s * (n - s)) for s in supports]
    costs = [supports[c] * supports[d] * max(weight[c], weight[d]) for c, d in combinations(range(k), 2)]
    bound = 1 - (sum(costs) - min(costs))
    return bound, 1 - max(cost for cost, _, _ in _orders(supports, weight))


def _orders(supports, weight):
    """(cost, order of the classes by rising u, the class that the last one does not beat) for every order and class left out."""
    for order in permutations(range(len(supports))):
        costs = [[supports[c] * supports[d] * weight[c] for c in order[:i]] for i, d in enumerate(order)]
        for left_out, c in enumerate(order[:-1]):
            yield sum(map(sum, costs)) - costs[-1][left_out], order, c


def worst_scores(supports, step=Fraction(1, 1000)):
    """For each class the scores of all its images, in a set in which every image is called rightly and the macro AUC is `attained`."""
    n, k = sum(supports), len(supports)
    weight = [Fraction(1, k * s * (n - s)) for s in supports]
    _, order, left_out = max(_orders(supports, weight))
    step = min(step, Fraction(1, 4 * k * k))
    top = {c: Fraction(1, k) + (2 * i + 2) * step for i, c in enumerate(order)}
    scores = {}
    for i, d in enumerate(order):
        beaten = [c for c in order[:i] if i < k - 1 or c != left_out]
        rest = [c for c in range(k) if c != d and c not in beaten]
        row = {d: top[d], **{c: top[c] + step for c in beaten}}
        share = (1 - sum(row.values())) / len(rest)
        scores[d] = [row.get(c, share) for c in range(k)]
    return scores


def least_unsure(supports, errors, auc):
    """At least this share of the images, averaged over the classes, has a score of at most 1/2 for its own class, where the macro
    one-vs-rest AUC is at most `auc` and there are at most `errors` errors. Nothing (0) where it does not follow.

    An image x of c with s_c(x) > 1/2 is beaten or tied only by a y with s_c(y) > 1/2, which is therefore called c: a false positive. So the AUC
    of c is at least 1 - q_c - f_c / (N - n_c), q_c the share of class c with at most 1/2; averaged over the classes, macro AUC >= macro
    specificity - mean of q_c, and the specificity is at least what `specificity` says."""
    return max(Fraction(0), specificity(supports, errors)[0] - Fraction(auc))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--supports", type=int, nargs="+", required=True, help="test images of each class")
    parser.add_argument("--accuracy", required=True, help="as printed, in per cent")
    parser.add_argument("--specificity", help="as printed, in per cent")
    parser.add_argument("--sensitivity", help="as printed, in per cent")
    args = parser.parse_args()
    if len(args.supports) < 2 or min(args.supports) < 1:
        parser.error("--supports: give at least two classes, each with at least one image")
    accuracy = printed(args.accuracy)
    for measure, text in ((specificity, args.specificity), (sensitivity, args.sensitivity)):
        for average in ("macro", "weighted") if text else ():
            low, high = range_at(measure, args.supports, accuracy, average)
            verdict = "possible" if possible(measure, args.supports, accuracy, printed(text), average) else "IMPOSSIBLE"
            print(f"{measure.__name__} {text} % at accuracy {args.accuracy} %, {average} mean: {verdict}; {100 * float(low):.2f} to {100 * float(high):.2f} % can be")


if __name__ == "__main__":
    main()
