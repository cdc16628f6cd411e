"""Losses: forward(z, t) -> float, the mean over the batch; backward() -> dL/dz. z and t: (N, K)."""

import numpy as np

from dlcourse.guard.checks import any_numbers, fractions, outputs_and_targets, rows_that_sum_to_1


class _Loss:
    """`_value` gives dL/dz and the loss as sums over the batch; here both become means."""

    _targets = any_numbers  # what the loss takes as t
    on_logits = False  # True: it applies its own sigmoid or softmax; no such layer comes before it

    def forward(self, z, t):
        """The loss, a float. Targets t have z's shape, else ValueError: one-hot rows, or (N, 1)."""
        z, t = outputs_and_targets(self, z, t)
        self._dz, value = self._value(z, t)
        return float(value) / len(z)

    def backward(self):
        """dL/dz, of z's shape and dtype; a RuntimeError before the first forward."""
        if not hasattr(self, "_dz"):
            raise RuntimeError(f"{self!r}.backward needs a forward first")
        return self._dz / len(self._dz)

    def __repr__(self):
        return f"{type(self).__name__}()"


class MeanSquaredError(_Loss):
    """L = 1/(2N) sum (z - t)^2: half the squared error per example. dL/dz = (z - t) / N.

    Summed over outputs, averaged over examples: K/2 times what other libraries call by this name
    (PyTorch's MSELoss takes the mean over all N K numbers), and so is the gradient. A learning rate
    for one is not one for the other.
    """

    def _value(self, z, t):
        dz = z - t
        return dz, 0.5 * np.vdot(dz, dz)


class SigmoidCrossEntropy(_Loss):
    """L = -1/N sum [t ln p + (1 - t) ln(1 - p)], p = sigmoid(z). dL/dz = (p - t) / N.

    For K independent yes-or-no targets. Computed from the logits as
    max(z, 0) - z t + ln(1 + e^-|z|): finite for every finite z.
    """

    _targets, on_logits = fractions, True

    def _value(self, z, t):
        positive, e = (z > 0).astype(z.dtype), np.exp(-np.abs(z))
        u, missed = 1 + e, positive - t
        log1p = np.log(u) + (e - (u - 1)) / u  # within two roundings of np.log1p, and faster
        p_minus_t = missed + (1 - 2 * positive) * (e / u)  # exact also where p is nearly t
        return p_minus_t, np.vdot(z, missed) + log1p.sum()


class SoftmaxCrossEntropy(_Loss):
    """L = -1/N sum t ln p, p = softmax(z) along a row. dL/dz = (p - t) / N.

    For one class out of K >= 2; rows of t sum to 1. Each row is shifted by its largest logit first:
    the same p, and nothing overflows. An example of which the net is so sure, and right, that all
    other classes together have less than rounding can add to 1 (1e-16; in float32 6e-8) has the
    loss 0.
    """

    _targets, on_logits = rows_that_sum_to_1, True

    def _value(self, z, t):
        z = z - z.max(axis=1, keepdims=True)
        e = np.exp(z)
        total = e.sum(axis=1, keepdims=True)
        return e / total - t, np.vdot(t, np.log(total) - z)
