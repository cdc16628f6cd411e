"""Lesson 0, before you start: what it claims of random numbers, over seeds 0 to 9."""

import numpy as np


def test_about_two_thirds_lie_within_one_standard_deviation():
    for seed in range(10):
        drawn = np.random.default_rng(seed).normal(0, 0.5, size=1000)
        near = np.mean(np.abs(drawn) < 0.5)
        assert 0.62 < near < 0.74, seed
