"""Lesson 0, before you start: what it claims of random numbers, over seeds 0 to 9."""

import numpy as np

from dlcourse.lessons import before_you_start as lesson


def test_about_two_thirds_lie_within_one_standard_deviation():
    for seed in range(10):
        drawn = np.random.default_rng(seed).normal(0, 0.5, size=1000)
        near = np.mean(np.abs(drawn) < 0.5)
        assert 0.62 < near < 0.74, seed


def test_a_factor_of_077_ends_where_taking_away_a_tenth_does_and_is_lower_on_the_way():
    """Try 3 of the two axes."""
    multiplied, reduced = (
        line.get_ydata() for line in lesson.draw_two_axes(None, 0.77, 0.1)[0].lines[:2]
    )
    assert 0.0945 < multiplied[9] < 0.0955 and abs(reduced[9] - 0.1) < 1e-9
    assert 0.105 < lesson.draw_two_axes(None, 0.78)[0].lines[0].get_ydata()[9] < 0.115
    assert np.all(multiplied[1:9] < reduced[1:9])
    assert 0.345 < multiplied[4] < 0.355 and abs(reduced[4] - 0.6) < 1e-9
