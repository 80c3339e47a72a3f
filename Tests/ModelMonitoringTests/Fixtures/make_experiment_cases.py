"""Writes experiments.txt: what scipy, statsmodels and scikit-learn say about seeded data.

Run with numpy 2.4.6, scipy 1.17.1, statsmodels 0.15.0, scikit-learn 1.9.1:
    python make_experiment_cases.py > experiments.txt
One case per line: a name, inputs, and what is expected, as numbers between blanks.
"""

import sys

import numpy
import scipy
import scipy.stats
import sklearn
import sklearn.metrics
import statsmodels
import statsmodels.stats.power
import statsmodels.stats.proportion

rng = numpy.random.default_rng(20261130)


def line(name, *values):
    print(name, *(repr(float(value)) if not isinstance(value, str) else value for value in values))


print(
    f"# numpy {numpy.__version__}, scipy {scipy.__version__}, statsmodels {statsmodels.__version__}, "
    f"scikit-learn {sklearn.__version__}"
)

for z in [-8, -3.5, -1, -0.01, 0, 0.3, 1, 1.959963984540054, 3, 6, 12, 30]:
    line("normal_upper_tail", z, scipy.stats.norm.sf(z))
for p in [1e-300, 1e-20, 1e-9, 0.001, 0.025, 0.0749, 0.2, 0.5, 0.5001, 0.8, 0.925, 0.975, 0.999, 1 - 1e-12]:
    line("normal_quantile", p, scipy.stats.norm.ppf(p))
for degrees in [1, 2, 3, 4, 7, 10, 19]:
    for x in [0, 1e-6, 0.1, 1, 3.841458820694124, 10, 50, 300]:
        line("chi_square_upper_tail", x, degrees, scipy.stats.chi2.sf(x, degrees))

for table in [
    (120, 1000, 150, 1000), (5, 40, 9, 35), (1, 10000, 0, 8000), (700, 7000, 360, 3000), (99999, 100000, 29998, 30000),
]:
    a, n, b, m = table
    result = scipy.stats.chi2_contingency([[a, n - a], [b, m - b]], correction=False)
    line("pearson", a, n, b, m, result.statistic, result.pvalue)
    _, z_p = statsmodels.stats.proportion.proportions_ztest([a, b], [n, m])
    line("proportions_ztest", a, n, b, m, z_p)
    line("effect_size", a / n, b / m, statsmodels.stats.proportion.proportion_effectsize(b / m, a / n))

for observed, weights in [
    ([7000, 3000], [70, 30]), ([7100, 2900], [70, 30]), ([10, 20, 30], [1, 1, 1]), ([5, 0, 4], [1, 0, 1]),
]:
    observed = numpy.array(observed, float)
    weights = numpy.array(weights, float)
    expected = weights / weights.sum() * observed.sum()
    used = expected > 0
    result = scipy.stats.chisquare(observed[used], expected[used])
    line("sample_ratio", len(observed), *observed, *weights, result.statistic, result.pvalue)

# Users with rates of their own: the delta method beside a cluster-robust regression of the same data.
for users, heterogeneity in [(40, 1.0), (300, 0.5)]:
    variant = rng.integers(0, 2, users)
    rate = rng.beta(0.3 * heterogeneity, 0.7 * heterogeneity, users)
    count = 1 + rng.poisson(3, users)
    total = rng.binomial(count, rate)
    estimates = []
    for index in (0, 1):
        n = count[variant == index].astype(float)
        x = total[variant == index].astype(float)
        r = x.sum() / n.sum()
        covariance = numpy.cov(x, n, ddof=1)
        variance = (covariance[0, 0] - 2 * r * covariance[0, 1] + r * r * covariance[1, 1]) / (len(n) * n.mean() ** 2)
        estimates += [r, variance]
    difference = estimates[2] - estimates[0]
    z = difference / (estimates[1] + estimates[3]) ** 0.5
    line(
        "delta_method", users, *variant, *count, *total, *estimates, z * z, scipy.stats.chi2.sf(z * z, 1),
    )

# The number of observations per variant that the z-test of two means needs.
for difference, deviation in [(0.02, 0.4), (0.1, 0.5), (0.005, 0.2)]:
    needed = statsmodels.stats.power.NormalIndPower().solve_power(
        effect_size=difference / deviation, alpha=0.05, power=0.8, ratio=1)
    detectable = statsmodels.stats.power.NormalIndPower().solve_power(
        nobs1=1000, alpha=0.05, power=0.8, ratio=1) * deviation
    line("power", difference, deviation, needed, detectable)

for classes, rows in [(2, 400), (2, 7), (4, 300)]:
    actual = rng.integers(0, classes, rows)
    noise = rng.random(rows)
    predicted = numpy.where(noise < 0.7, actual, rng.integers(0, classes, rows))
    probability = numpy.clip(0.5 * predicted + 0.5 * rng.random(rows), 0, 1)
    if rows > 10:
        probability[:2] = [0, 1]
    average = "binary" if classes == 2 else "macro"
    precision, recall, f1, _ = sklearn.metrics.precision_recall_fscore_support(
        actual, predicted, average=average, zero_division=0)
    figures = [sklearn.metrics.accuracy_score(actual, predicted), precision, recall, f1]
    if classes == 2:
        figures += [
            sklearn.metrics.brier_score_loss(actual, probability),
            sklearn.metrics.log_loss(actual, probability, labels=[0, 1]),
        ]
        negatives = actual == 0
        figures.append((predicted[negatives] != 0).mean())
    line("accuracy", classes, rows, *actual, *predicted, *probability, *figures)

sys.stdout.flush()
