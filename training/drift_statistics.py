"""Writes the values that tests of drift statistics compare with, computed by numpy and scipy.

    python training/drift_statistics.py > Tests/ModelMonitoringTests/Fixtures/drift.txt
"""

import warnings

import numpy as np
import scipy
from scipy import stats

LEAST_SHARE = 1e-4


def stability_index(reference, current):
    """The population stability index of counts over the same classes; no share is below `LEAST_SHARE`."""
    p = np.maximum(np.asarray(reference) / np.sum(reference), LEAST_SHARE)
    q = np.maximum(np.asarray(current) / np.sum(current), LEAST_SHARE)
    return float(np.sum((q - p) * np.log(q / p)))


def kolmogorov(reference, current):
    """Distance and probability of counts over the same bins: scipy's test on the numbers of the bins."""
    numbers = np.arange(len(reference))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = stats.ks_2samp(np.repeat(numbers, reference), np.repeat(numbers, current), method="asymp")
    return float(result.statistic), float(result.pvalue)


def main():
    print(f"# numpy {np.__version__}, scipy {scipy.__version__}, training/drift_statistics.py")
    print("# tail: distance, rows, rows, probability (scipy.stats.kstwo.sf of round(n m / (n + m)))")
    for n, m in ((150, 60_000), (1_000, 1_000), (1_000, 60_000), (10_000, 60_000), (5_000, 300), (200_000, 900_000)):
        effective = np.round(n * m / (n + m))
        for z in (0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.48, 1.49, 1.7, 2.2, 3.0, 4.1):
            distance = z / np.sqrt(effective)
            print("tail", repr(float(distance)), n, m, repr(float(stats.kstwo.sf(distance, effective))))
    print("# bins: reference counts | current counts | PSI | distance | probability")
    generator = np.random.default_rng(7)
    for case in range(40):
        bins = int(generator.integers(2, 13))
        reference = generator.multinomial(int(generator.integers(500, 60_000)), generator.dirichlet(np.full(bins, 4.0)))
        shares = (reference + 1) / (reference + 1).sum()
        if case % 4:
            shares = shares * np.exp(generator.normal(0, 0.1 * (case % 4), size=bins))
        if case % 5 == 0:
            shares[0] = 0
        current = generator.multinomial(int(generator.integers(400, 12_000)), shares / shares.sum())
        distance, probability = kolmogorov(reference, current)
        columns = [" ".join(map(str, reference)), " ".join(map(str, current))]
        columns += [repr(stability_index(reference, current)), repr(distance), repr(probability)]
        print("bins", " | ".join(columns))


if __name__ == "__main__":
    main()
