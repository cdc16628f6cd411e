"""Losses: forward(z, t) -> float, the mean over the batch; backward() -> dL/dz. z and t are both (N, K)."""

import numpy as np

from dlcourse.checks import real_array


class _Loss:
    """Checks the pair (z, t) once and keeps what `backward` needs; see `_value` of each loss for the formula."""

    on_logits = False  # True: the loss applies its own sigmoid or softmax, so no such layer may come before it

    def forward(self, z, t):
        """The loss, a float. Targets t must have z's shape (ValueError): one-hot rows, or (N, 1)."""
        z, t = real_array(self, "outputs z", z), real_array(self, "targets t", t)
        if z.dtype.kind != "f":
            raise TypeError(f"{self!r} takes float outputs z, got dtype {z.dtype}")
        if z.ndim != 2 or z.shape != t.shape or not z.size:
            hint = ": make the targets a column with t.reshape(-1, 1), or one-hot with data.one_hot" if t.ndim == 1 else ""
            raise ValueError(f"{self!r} takes outputs z and targets t of one shape (N, K), got {z.shape} and {t.shape}{hint}")
        self._dz, value = self._value(z, t.astype(z.dtype, copy=False))
        return float(value) / len(z)

    def backward(self):
        """dL/dz, of z's shape and dtype; a RuntimeError before the first forward."""
        if not hasattr(self, "_dz"):
            raise RuntimeError(f"{self!r}.backward needs a forward first")
        return self._dz / len(self._dz)

    def _fractions(self, t):
        if t.min() < 0 or t.max() > 1:  # a NaN passes here, and shows in the loss
            raise ValueError(f"{self!r} takes targets between 0 and 1, got {t.min():g} to {t.max():g}")

    def __repr__(self):
        return f"{type(self).__name__}()"


class MeanSquaredError(_Loss):
    """L = 1/(2N) sum (z - t)^2: half the squared distance, summed over outputs, averaged over examples. dL/dz = (z - t) / N."""

    def _value(self, z, t):
        dz = z - t
        return dz, 0.5 * np.vdot(dz, dz)


class SigmoidCrossEntropy(_Loss):
    """L = -1/N sum [t ln p + (1 - t) ln(1 - p)] with p = sigmoid(z), for K independent yes-or-no targets. dL/dz = (p - t) / N.

    Computed from the logits as max(z, 0) - z t + ln(1 + e^-|z|): finite for every finite z.
    """

    on_logits = True

    def _value(self, z, t):
        self._fractions(t)
        positive, e = (z > 0).astype(z.dtype), np.exp(-np.abs(z))
        u, missed = 1 + e, positive - t
        log1p = np.log(u) + (e - (u - 1)) / u  # plus what rounding took from u: np.log1p's digits in half its time
        return missed + (1 - 2 * positive) * (e / u), np.vdot(z, missed) + log1p.sum()  # p - t, exact also where p is nearly t


class SoftmaxCrossEntropy(_Loss):
    """L = -1/N sum t ln p with p = softmax(z) along a row, for one class out of K >= 2; rows of t sum to 1. dL/dz = (p - t) / N.

    Each row is shifted by its largest logit first: the same p, and nothing overflows.
    """

    on_logits = True

    def _value(self, z, t):
        self._fractions(t)
        if z.shape[1] < 2 or np.abs(t.sum(axis=1) - 1).max() > 1e-3:
            raise ValueError(
                f"{self!r} takes at least 2 outputs and target rows that sum to 1 (data.one_hot), got shape {z.shape}"
            )
        z = z - z.max(axis=1, keepdims=True)
        e = np.exp(z)
        total = e.sum(axis=1, keepdims=True)
        return e / total - t, np.vdot(t, np.log(total) - z)
