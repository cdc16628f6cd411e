"""What training and judging may hold in memory, beyond the data.

What is allocated is counted; no time is taken.
"""

import tracemalloc

import numpy as np
import pytest

from dlcourse import initializers
from dlcourse.activations import ReLU
from dlcourse.layers import Dense
from dlcourse.losses import SoftmaxCrossEntropy
from dlcourse.network import Sequential
from dlcourse.optimizers import SGD, Adam
from dlcourse.training import Batches, accuracy, fit

SIZES = 784, 300, 100, 10
RNG = np.random.default_rng(0)


def digits_network():
    first, second, third = (
        Dense(n_in, n_out, initializers.he) for n_in, n_out in zip(SIZES, SIZES[1:], strict=False)
    )
    return Sequential([first, ReLU(), second, ReLU(), third])


def images(n):
    return RNG.random((n, SIZES[0]), np.float32), np.eye(SIZES[-1], dtype=np.float32)[
        RNG.integers(0, SIZES[-1], n)
    ]


def peak(run):
    """The largest number of bytes held at once while `run` runs, beyond what was there before."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("optimizer, copies", [(SGD(0.01), 3), (Adam(), 6)], ids=["SGD", "Adam"])
def test_training_holds_few_copies_of_the_parameters(optimizer, copies):
    net, (x, t), batch = digits_network(), images(1000), 50
    batches = Batches(x, t, batch)
    held = (
        net.theta.nbytes
        + net.grad.nbytes
        + peak(lambda: fit(net, SoftmaxCrossEntropy(), optimizer, batches, 2))
    )
    # float32: x, and for each layer z and y; t
    activations = 4 * batch * (2 * sum(SIZES) + SIZES[-1])
    order, small = 8 * len(x), 50_000
    assert held <= copies * net.theta.nbytes + activations + order + small, (
        f"{held / net.theta.nbytes:.2f} times the parameters"
    )


@pytest.mark.parametrize(
    "judge", [lambda net, x, t: net.predict(x), accuracy], ids=["predict", "accuracy"]
)
def test_judging_works_in_chunks(judge):
    net = digits_network()
    few, many = (peak(lambda x=x, t=t: judge(net, x, t)) for x, t in (images(2048), images(16384)))
    assert many - few <= 40 * (16384 - 2048)  # labels, not activations: 300 numbers an example
