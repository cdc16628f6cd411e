"""Penalties keep weights small; biases and frozen layers are left alone."""

import numpy as np

from dlcourse.guard.checks import an_object, flag, number, takes

STRENGTH = number(words="a finite number from 0")
NET = an_object("a net", "weights")


class L2:
    """Penalty strength/2 sum W^2: adds strength W to dW, a pull towards 0.

    Under SGD every step multiplies the weights by 1 - lr strength (weight decay). Under Adam the
    pull is divided by the size of each gradient like the rest of it, which is something else
    (Loshchilov & Hutter 2019).
    """

    @takes(strength=STRENGTH)
    def __init__(self, strength):
        self.strength = strength

    @takes(net=NET)
    def forward(self, net):
        """The penalty, a float; `fit` does not add it to history.loss."""
        return 0.5 * self.strength * sum(float(np.sum(W * W)) for W, _ in net.weights())

    @takes(net=NET)
    def backward(self, net):
        """Add the penalty's gradient to net.grad."""
        for W, dW in net.weights():
            dW += self.strength * W


class L1:
    """Penalty strength sum |W|: adds strength sign(W) to dW. Weights come near 0, few reach it.

    proximal=True leaves dW alone; after each step of SGD `fit` moves every weight by lr * strength
    towards 0 and stops there: exact zeros (soft-thresholding, Daubechies et al. 2004). Where `fit`
    clips a gradient, the step is as short as a smaller lr would make it, and so is the move. After
    another rule's step this is not the minimum of loss plus penalty, and `fit` refuses it.
    """

    @takes(strength=STRENGTH, proximal=flag)
    def __init__(self, strength, proximal=False):
        self.strength, self.proximal = strength, proximal

    @takes(net=NET)
    def forward(self, net):
        """The penalty, a float; `fit` does not add it to history.loss."""
        return self.strength * sum(float(np.sum(np.abs(W))) for W, _ in net.weights())

    @takes(net=NET)
    def backward(self, net):
        """Add the penalty's subgradient to net.grad, unless proximal."""
        if not self.proximal:
            for W, dW in net.weights():
                dW += self.strength * np.sign(W)

    @takes(net=NET, lr=number())
    def shrink(self, net, lr):
        """The proximal step: W = sign(W) max(|W| - lr strength, 0)."""
        for W, _ in net.weights():
            W[...] = np.sign(W) * np.maximum(np.abs(W) - lr * self.strength, 0)
