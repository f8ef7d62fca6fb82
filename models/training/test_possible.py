"""The bounds of possible.py against all small confusion matrices and sets of scores, counted one by one."""

import random
import unittest
from fractions import Fraction
from itertools import product

from possible import (errors_of, least_macro_auc, least_unsure, possible, printed, printed_share, range_at, sensitivity, specificity,
                      worst_scores)

STUDY = [103, 191, 159, 196]


def compositions(total, parts):
    """All ways to write `total` as that many integers of at least 0."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


def figures(matrix, supports):
    """{(measure, average): value} of a confusion matrix, by its definition."""
    n, k = sum(supports), len(supports)
    wrong = [sum(matrix[r][c] for r in range(k) if r != c) for c in range(k)]
    spec = [1 - Fraction(wrong[c], n - supports[c]) for c in range(k)]
    sens = [Fraction(matrix[c][c], supports[c]) for c in range(k)]
    negatives = sum(n - s for s in supports)
    return {("specificity", "macro"): sum(spec) / k, ("specificity", "weighted"): sum(s * v for s, v in zip(supports, spec)) / n,
            ("specificity", "micro"): 1 - Fraction(sum(wrong), negatives),
            ("sensitivity", "macro"): sum(sens) / k, ("sensitivity", "weighted"): sum(s * v for s, v in zip(supports, sens)) / n,
            ("sensitivity", "micro"): Fraction(sum(matrix[c][c] for c in range(k)), n)}


def macro_auc(images):
    """Of a list of (class, scores): one-vs-rest, ties half, mean over the classes."""
    k = len(images[0][1])
    areas = []
    for c in range(k):
        own, other = [s[c] for t, s in images if t == c], [s[c] for t, s in images if t != c]
        won = sum((a > b) + Fraction(a == b, 2) for a in own for b in other)
        areas.append(won / (len(own) * len(other)))
    return sum(areas) / k


class Printed(unittest.TestCase):
    def test_half_a_unit_of_the_last_digit(self):
        self.assertEqual(printed("72"), (Fraction(715, 1000), Fraction(725, 1000)))
        self.assertEqual(printed("91.0"), (Fraction(9095, 10000), Fraction(9105, 10000)))
        self.assertEqual(printed("100"), (Fraction(995, 1000), 1))
        self.assertEqual(printed_share("0.95"), (Fraction(945, 1000), Fraction(955, 1000)))

    def test_errors_are_those_whose_accuracy_lies_within(self):
        for text in ("72", "91.0", "100", "0", "33.3"):
            low, high = printed(text)
            self.assertEqual(list(errors_of(STUDY, (low, high))), [e for e in range(650) if low <= 1 - Fraction(e, 649) <= high])


class AgainstAllMatrices(unittest.TestCase):
    def test_bounds_are_attained_and_never_passed(self):
        for supports in ([1, 1], [1, 4], [3, 3], [1, 1, 1], [1, 2, 3], [4, 1, 1], [1, 1, 1, 1], [2, 1, 1, 2]):
            k, seen = len(supports), {}
            for rows in product(*(list(compositions(s, k)) for s in supports)):
                errors = sum(supports) - sum(rows[c][c] for c in range(k))
                for key, value in figures(rows, supports).items():
                    low, high = seen.get((errors, *key), (value, value))
                    seen[(errors, *key)] = (min(low, value), max(high, value))
            self.assertEqual({errors for errors, _, _ in seen}, set(range(sum(supports) + 1)))
            for (errors, measure, average), extremes in seen.items():
                bound = {"specificity": specificity, "sensitivity": sensitivity}[measure](supports, errors, average)
                self.assertEqual(bound, extremes, (supports, errors, measure, average))

    def test_too_many_errors_are_refused(self):
        with self.assertRaises(ValueError):
            sensitivity([2, 3], 6)


class Study(unittest.TestCase):
    def test_efficientnetb0(self):
        low, high = range_at(specificity, STUDY, printed("72"))
        self.assertEqual(low, 1 - Fraction(184, 4 * 453))  # 465 right answers round to 72 %, all errors called the largest class
        self.assertEqual((round(100 * low), round(100 * range_at(specificity, STUDY, printed("72"), "weighted")[0])), (90, 88))
        for average in ("macro", "weighted", "micro"):
            self.assertFalse(possible(specificity, STUDY, printed("72"), printed("80"), average))
        self.assertTrue(possible(sensitivity, STUDY, printed("72"), printed("70")))
        self.assertTrue(low < Fraction(91, 100) < high and possible(specificity, STUDY, printed("72"), printed("91")))

    def test_vgg16_with_adadelta(self):
        for average in ("macro", "weighted", "micro"):
            self.assertFalse(possible(specificity, STUDY, printed("91"), printed("90"), average))
        self.assertTrue(possible(specificity, STUDY, printed("91"), printed("97")))

    def test_rounding_may_save_a_figure(self):
        # Macro 89.85 % is the least: printed as 90 it can be, as 89.8 too, as 89.7 no longer.
        self.assertTrue(possible(specificity, STUDY, printed("72"), printed("90")))
        self.assertTrue(possible(specificity, STUDY, printed("72"), printed("89.8")))
        self.assertFalse(possible(specificity, STUDY, printed("72"), printed("89.7")))


class Auc(unittest.TestCase):
    def test_no_right_scores_on_a_grid_fall_below_the_bound(self):
        for supports, steps in (([1, 1], 7), ([2, 3], 5), ([1, 1, 1], 8), ([2, 1, 1], 6), ([1, 1, 1, 1], 5)):
            k = len(supports)
            of = [[s for s in compositions(steps, k) if s[c] > max(v for d, v in enumerate(s) if d != c)] for c in range(k)]
            truth = [c for c in range(k) for _ in range(supports[c])]
            bound, attained = least_macro_auc(supports)
            self.assertLessEqual(bound, attained)
            least = min(macro_auc(list(zip(truth, some))) for some in product(*(of[c] for c in truth)))
            self.assertGreaterEqual(least, bound, supports)

    def test_nor_drawn_ones_near_the_middle(self):
        draw = random.Random(1)
        bound, _ = least_macro_auc([2, 3, 2, 3])
        for _ in range(300):
            images = []
            for c, count in enumerate([2, 3, 2, 3]):
                for _ in range(count):
                    s = [Fraction(1000 + draw.randrange(100)) for _ in range(4)]
                    s[c] = max(s) + draw.randrange(1, 30)
                    images.append((c, [v / sum(s) for v in s]))
            self.assertGreaterEqual(macro_auc(images), bound)

    def test_the_worst_scores_are_right_and_attain_it(self):
        for supports in ([1, 1], [4, 4], [1, 1, 1], [2, 2, 2, 2], [1, 5, 2], [3, 6, 5, 6]):
            scores = worst_scores(supports)
            images = [(c, scores[c]) for c, count in enumerate(supports) for _ in range(count)]
            for c, s in images:
                self.assertEqual(sum(s), 1)
                self.assertGreaterEqual(min(s), 0)
                self.assertTrue(all(s[c] > v for d, v in enumerate(s) if d != c))
            self.assertEqual(macro_auc(images), least_macro_auc(supports)[1])

    def test_equal_classes(self):
        self.assertEqual(least_macro_auc([5, 5]), (1, 1))
        self.assertEqual(least_macro_auc([5, 5, 5]), (Fraction(2, 3), Fraction(2, 3)))
        self.assertEqual(least_macro_auc([9, 9, 9, 9]), (Fraction(7, 12), Fraction(7, 12)))

    def test_unsure_images_are_as_many_as_said_or_more(self):
        draw, met = random.Random(2), 0
        for _ in range(1000):
            supports = [draw.randrange(1, 5) for _ in range(draw.randrange(2, 5))]
            k = len(supports)
            images = []
            for c, count in enumerate(supports):
                for _ in range(count):
                    s = [Fraction(draw.randrange(1, 20)) for _ in range(k)]
                    if draw.random() < 0.85:
                        s[c] = max(s) + draw.randrange(1, 20)
                    images.append((c, [v / sum(s) for v in s]))
            # Where the greatest score is not alone, the image counts as an error.
            errors = sum(any(v >= s[c] for d, v in enumerate(s) if d != c) for c, s in images)
            unsure = sum(Fraction(sum(t == c and s[c] <= Fraction(1, 2) for t, s in images), supports[c]) for c in range(k)) / k
            least = least_unsure(supports, errors, macro_auc(images))
            self.assertGreaterEqual(unsure, least)
            met += least > 0
        self.assertGreater(met, 100)


if __name__ == "__main__":
    unittest.main()
