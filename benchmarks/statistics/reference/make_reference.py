"""Makes the reference vectors beside it with SciPy, NumPy and statsmodels: python3 make_reference.py

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1 numpy==2.4.6 statsmodels==0.15.0

The data are drawn here and rounded as tools print them, so that there are ties as in real tables.
"""

import json
import math
import pathlib
import subprocess
import tempfile

import numpy
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.multitest import multipletests

here = pathlib.Path(__file__).parent
random = numpy.random.default_rng(20260101)
versions = {"scipy": scipy.__version__, "numpy": numpy.__version__, "statsmodels": statsmodels.__version__}


def write(name, cases, made_with=versions):
    rows = ",\n".join("    " + json.dumps(case) for case in cases)
    text = '{\n  "madeWith": ' + json.dumps(made_with) + ',\n  "cases": [\n' + rows + "\n  ]\n}\n"
    (here / f"{name}.json").write_text(text)


def latencies(count, digits):
    return [float(value) for value in numpy.round(numpy.exp(random.normal(0.3, 0.08, count)), digits)]


def quantiles():
    methods = {7: "linear", 8: "median_unbiased"}
    for count in (1, 2, 5, 6, 19, 40):
        values = latencies(count, 2)
        for kind, method in methods.items():
            for probability in (0, 0.01, 0.025, 0.25, 0.5, 0.9, 0.975, 1):
                quantile = float(numpy.quantile(values, probability, method=method))
                yield {"values": values, "type": kind, "probability": probability, "quantile": quantile}


def distributions():
    for z in (-30, -8.2, -5, -2.6, -2.5, -2.4, -1, -0.01, 0, 0.3, 1.96, 2.49, 2.51, 4, 7):
        yield {"of": "normal", "at": z, "cumulative": float(stats.norm.cdf(z))}
    for probability in (1e-12, 1e-5, 0.0025, 0.02425, 0.025, 0.3, 0.5, 0.7, 0.975, 0.99999):
        yield {"of": "normal", "probability": probability, "quantile": float(stats.norm.ppf(probability))}
    for degrees in (1, 2, 3, 4, 5, 9, 10, 19, 100):
        for probability in (0.0005, 0.025, 0.4, 0.5, 0.8, 0.975, 0.995):
            quantile = float(stats.t.ppf(probability, degrees))
            yield {"of": "student", "degreesOfFreedom": degrees, "probability": probability, "quantile": quantile}


def median_intervals():
    """SciPy inverts the sign test in quantile_test; its interval is the same, one order statistic at either end."""
    for count in (3, 5, 6, 7, 9, 10, 20, 41, 100):
        for confidence in (0.9, 0.95, 0.99):
            values = latencies(count, 3)
            interval = stats.quantile_test(values, q=0, p=0.5, alternative="two-sided").confidence_interval(confidence)
            rank = int(stats.binom.ppf((1 - confidence) / 2, count, 0.5))
            if stats.binom.cdf(rank - 1, count, 0.5) > (1 - confidence) / 2 or rank == 0:
                said = None
            else:
                coverage = 1 - 2 * float(stats.binom.cdf(rank - 1, count, 0.5))
                ordered = sorted(values)
                said = {"lower": ordered[rank - 1], "upper": ordered[count - rank], "coverage": coverage}
                assert (said["lower"], said["upper"]) == (interval.low, interval.high)
            assert (said is None) == (math.isnan(interval.low) or math.isnan(interval.high))
            yield {"values": values, "confidence": confidence, "interval": said}


def log_ratio(subject, reference, axis=-1):
    """Rounded as in blocks.ts: NumPy's logarithms of arrays and of single numbers differ in the last digit, and hide ties."""
    ratio = numpy.log(numpy.median(subject, axis=axis)) - numpy.log(numpy.median(reference, axis=axis))
    return numpy.round(ratio, 12)


def bca():
    """The resampled log ratios are given, so that what follows from them is compared and not the random numbers."""
    for count, confidence in ((6, 0.95), (6, 0.9951), (10, 0.95), (11, 0.9), (20, 0.95)):
        subject, reference = latencies(count, 2), latencies(count, 2)
        drawn = random.integers(0, count, (400, count))
        distribution = log_ratio(numpy.array(subject)[drawn], numpy.array(reference)[drawn])
        given = stats._resampling.BootstrapResult(None, distribution, None)
        result = stats.bootstrap(
            (subject, reference), log_ratio, paired=True, vectorized=True, n_resamples=0,
            confidence_level=confidence, method="BCa", bootstrap_result=given,
        )
        estimate = float(log_ratio(subject, reference))
        percentile = (numpy.mean(distribution < estimate) + numpy.mean(distribution <= estimate)) / 2
        left_out = [
            float(log_ratio(numpy.delete(subject, index), numpy.delete(reference, index))) for index in range(count)
        ]
        yield {
            "subject": subject,
            "reference": reference,
            "confidence": confidence,
            "distribution": sorted(float(value) for value in distribution),
            "biasCorrection": float(stats.norm.ppf(percentile)),
            "leaveOneOut": left_out,
            "acceleration": float(stats.skew(left_out) * -1 / (6 * math.sqrt(count))),
            "lower": float(result.confidence_interval.low),
            "upper": float(result.confidence_interval.high),
        }


def independent_bca():
    """As bca(), of two samples that have nothing in common."""
    for counts, confidence in (((6, 6), 0.95), ((6, 11), 0.95), ((20, 12), 0.9), ((10, 10), 0.99)):
        subject, reference = (latencies(count, 2) for count in counts)
        resampled = [
            numpy.array(values)[random.integers(0, len(values), (400, len(values)))] for values in (subject, reference)
        ]
        distribution = log_ratio(*resampled)
        result = stats.bootstrap(
            (subject, reference), log_ratio, vectorized=True, n_resamples=0, confidence_level=confidence, method="BCa",
            bootstrap_result=stats._resampling.BootstrapResult(None, distribution, None),
        )
        yield {
            "subject": subject,
            "reference": reference,
            "confidence": confidence,
            "distribution": sorted(float(value) for value in distribution),
            "lower": float(result.confidence_interval.low),
            "upper": float(result.confidence_interval.high),
        }


def rank_sums():
    def p_value(first, second, alternative):
        if len(set(first + second)) == len(first + second):
            return float(stats.mannwhitneyu(first, second, alternative=alternative, method="exact").pvalue)
        test = stats.permutation_test(
            (first, second), lambda a, b: stats.rankdata(numpy.concatenate((a, b)))[: len(a)].sum(), vectorized=False,
            permutation_type="independent", n_resamples=math.inf, alternative=alternative,
        )
        return float(test.pvalue)

    samples = [[latencies(count, 9) for count in counts] for counts in ((4, 4), (6, 6), (6, 10), (20, 20), (3, 15))]
    samples += [[latencies(count, 1) for count in counts] for counts in ((4, 4), (6, 6), (5, 8))]
    for first, second in samples:
        yield {
            "first": first,
            "second": second,
            "twoSided": p_value(first, second, "two-sided"),
            "greater": p_value(first, second, "greater"),
            "less": p_value(first, second, "less"),
        }


def signed_rank_p(differences, alternative):
    differences = numpy.array(differences)
    ties = len(set(abs(differences))) < len(differences) or 0 in differences
    method = stats.PermutationMethod(n_resamples=2**20) if ties else "exact"
    return float(stats.wilcoxon(differences, zero_method="pratt", alternative=alternative, method=method).pvalue)


def signed_ranks():
    samples = [[float(v) for v in random.normal(0.4, 1, count)] for count in (5, 6, 10, 20, 41)]
    # Halves and quarters: ties are exact ties in both languages.
    samples += [[float(v) for v in numpy.round(random.normal(0.4, 1, count) * 4) / 4] for count in (6, 9, 13)]
    for differences in samples:
        yield {
            "differences": differences,
            "twoSided": signed_rank_p(differences, "two-sided"),
            "greater": signed_rank_p(differences, "greater"),
            "less": signed_rank_p(differences, "less"),
        }


def equivalences():
    for count in (6, 10, 20):
        for margin in (0.01, 0.03, 0.1):
            log_ratios = [float(value) for value in random.normal(0.01, 0.02, count)]
            lower = signed_rank_p(numpy.array(log_ratios) + math.log1p(margin), "greater")
            upper = signed_rank_p(numpy.array(log_ratios) - math.log1p(margin), "less")
            yield {"logRatios": log_ratios, "margin": margin, "lower": lower, "upper": upper, "p": max(lower, upper)}


def holm():
    for p_values in ([0.04], [0.01, 0.04, 0.03, 0.005], [0.5, 0.9, 0.02], [0.03125] * 5, list(random.random(24) ** 3)):
        p_values = [float(value) for value in p_values]
        yield {"pValues": p_values, "adjusted": [float(v) for v in multipletests(p_values, method="holm")[1]]}


def order_effects():
    def correlation(order):
        return stats.spearmanr(range(len(order)), order).statistic

    for count in (5, 6, 7, 12):
        values = latencies(count, 1 if count == 6 else 3)
        if count > 7:
            yield {"values": values, "correlation": float(correlation(values)), "p": None}
            continue
        test = stats.permutation_test(
            (values,), correlation, permutation_type="pairings", n_resamples=math.inf,
        )
        # Two-sided in SciPy is twice the smaller tail; here, all orders at least as far from 0.
        far = numpy.mean(abs(test.null_distribution) >= abs(test.statistic) - 1e-12)
        yield {"values": values, "correlation": float(test.statistic), "p": float(far)}


def outliers():
    for values in ([1.0, 1.01, 0.99, 1.02, 1.0, 3.0], [1.0, 1.0, 1.0, 1.0, 1.02], latencies(20, 2), latencies(20, 2) + [2.5]):
        logs = numpy.log(values)
        spread = stats.median_abs_deviation(logs, scale="normal")
        if spread == 0:
            spread = numpy.mean(abs(logs - numpy.median(logs))) * math.sqrt(math.pi / 2)
        scores = (logs - numpy.median(logs)) / spread
        flagged = [{"index": i, "score": float(score)} for i, score in enumerate(scores) if abs(score) > 3.5]
        yield {"values": values, "outliers": flagged}


xoshiro = r"""
#include <stdint.h>
#include <stdio.h>
static uint32_t s[4] = {1, 0x9e3779b9u, 3, 0xffffffffu};
static inline uint32_t rotl(const uint32_t x, int k) { return (x << k) | (x >> (32 - k)); }
static uint32_t next(void) {
  const uint32_t result = rotl(s[1] * 5, 7) * 9;
  const uint32_t t = s[1] << 9;
  s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3];
  s[2] ^= t; s[3] = rotl(s[3], 11);
  return result;
}
int main(void) { for (int i = 0; i < 32; i++) printf("%u\n", next()); }
"""


def generator():
    """The authors' C text, compiled."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "xoshiro.c")
        source.write_text(xoshiro)
        program = pathlib.Path(folder, "xoshiro")
        subprocess.run(["cc", "-o", program, source], check=True)
        words = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()
    yield {"state": [1, 0x9E3779B9, 3, 0xFFFFFFFF], "words": [int(word) for word in words]}


write("quantiles", quantiles())
write("distributions", distributions())
write("median-intervals", median_intervals())
write("bca", bca())
write("signed-ranks", signed_ranks())
write("equivalences", equivalences())
write("holm", holm())
write("order-effects", order_effects())
write("outliers", outliers())
write("independent-bca", independent_bca())
write("rank-sums", rank_sums())
write("generator", generator(), {"xoshiro128starstar.c": "1.1"})
