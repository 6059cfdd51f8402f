"""Trivial tests of ReFrame: beside them the runner tells what it costs."""

import reframe as rfm
import reframe.utility.sanity as sn


@rfm.simple_test
class Trivial(rfm.RunOnlyRegressionTest):
    """Twenty tests that say one number, which is read as a figure of performance."""

    number = parameter(range(20))
    valid_systems = ["*"]
    valid_prog_environs = ["*"]
    executable = "echo"
    executable_opts = ["latency 3012.50 us"]

    @sanity_function
    def has_latency(self):
        return sn.assert_found(r"^latency ", self.stdout)

    @performance_function("us")
    def latency(self):
        return sn.extractsingle(r"^latency (\S+)", self.stdout, 1, float)
