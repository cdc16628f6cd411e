"""Lesson 4, cross-entropy: sigmoid networks, their training, both losses at the same weights."""

import collections
import dataclasses

import numpy as np

from dlcourse import activations, initializers, layers, network, optimizers, training


def sigmoid_net(sizes, output=None, seed=0, dtype=np.float32):
    """Dense layers of these sizes, [289, 20, 26], with a sigmoid between each two: a Sequential.

    `output` is the class that stands behind the last Dense; without one the network returns logits.
    First weights are normal with standard deviation 1/sqrt(n_in), biases 0.
    """
    stack = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        stack.append(layers.Dense(n_in, n_out, initializers.normal(1 / np.sqrt(n_in))))
        stack.append(activations.Sigmoid())
    stack.pop()
    if output is not None:
        stack.append(output())
    return network.Sequential(stack, seed, dtype)


def train(net, loss, learn, judge, lr, epochs, batch_size, seed=0, progress=None):
    """Plain gradient descent in an order drawn from `seed`. Returns the History.

    `learn` and `judge` are pairs (x, t): the examples to learn from, and those whose accuracy is
    taken after each epoch.
    """
    batches = training.Batches(*learn, batch_size, seed)
    rule = optimizers.SGD(lr)
    return training.fit(net, loss, rule, batches, epochs, validation=judge, progress=progress)


@dataclasses.dataclass
class Look:
    """Both losses at the same weights: RMS of dW for each layer, input first; the mean p(1 - p)."""

    cross_entropy: np.ndarray
    squared_error: np.ndarray
    slope: float

    @property
    def ratio(self):
        """How many times larger cross-entropy's gradient is, for each layer."""
        return self.cross_entropy / self.squared_error


def send_back(net, x, t, squared):
    """Fill net.grad; the net returns logits. Returns the answers p.

    Back goes p - t (cross-entropy) or (p - t) p (1 - p) (squared error), over how many examples.
    """
    p = 1 / (1 + np.exp(-net.forward(x)))
    slope = p * (1 - p) if squared else 1
    net.backward((p - t) * slope / len(x))
    return p


def look(net, x, t):
    """Both losses on the examples (x, t) at the weights of `net`, which stay."""
    send_back(net, x, t, squared=True)
    squared_error = np.array(net.grad_rms())
    p = send_back(net, x, t, squared=False)
    return Look(np.array(net.grad_rms()), squared_error, np.mean(p * (1 - p)))


def look_on_the_way(hidden, learn, probe, moments, seed=0):
    """Train `hidden` layers of 20 sigmoids with squared error, lr 1, batches of 256, in float64.

    Returns {step: Look at the pair `probe`} for the steps in `moments`, 0 being before the first.
    The largest of them decides how long it trains.
    """
    net = sigmoid_net([289, *[20] * hidden, 26], seed=seed, dtype=np.float64)
    batches, rule = training.Batches(*learn, 256, seed), optimizers.SGD(1.0)
    looks, step = {}, 0
    while True:
        for x, t in batches:
            if step in moments:
                looks[step] = look(net, *probe)
            if step == max(moments):
                return looks
            send_back(net, x, t, squared=True)
            rule.step(net.theta, net.grad)
            step += 1


def misread(net, images, labels):
    """The places of the misread images, and what is read there, the surest mistake first."""
    logits = net.forward(images)
    read = logits.argmax(axis=1)
    wrong = np.flatnonzero(read != labels)
    order = np.argsort(-logits[wrong].max(axis=1), kind="stable")
    return wrong[order], read[wrong[order]]


def confused_pairs(labels, read):
    """How often two letters were taken for each other, either way: a Counter of pairs, "BE"."""
    pairs = zip(labels, read, strict=True)
    return collections.Counter("".join(sorted(chr(65 + k) for k in pair)) for pair in pairs)


def sums_of_answers(net, x):
    """For each example the sum of the sigmoids of the logits that `net` returns."""
    logits = net.forward(x).astype(float)
    return np.sum(1 / (1 + np.exp(-logits)), axis=1)
