"""Lesson 12 over ten seeds: layers taken over, how many to thaw, thawing, tasks without names."""

import functools

import numpy as np

from dlcourse import data, training
from dlcourse.lessons import transfer as lesson

SEEDS = range(10)


@functools.cache
def letters(n, seed):
    return data.letters(n, seed=seed, **lesson.HARD)


@functools.cache
def pool():
    return lesson.letters_of(letters(12000, 2), lesson.WANTED)


@functools.cache
def judge():
    return lesson.letters_of(letters(8000, 1), lesson.WANTED)


@functools.cache
def sources():
    return lesson.first_readers(lesson.letters_of(letters(20480, 0), lesson.KNOWN), seeds=SEEDS)


@functools.cache
def scratch(pictures):
    return lesson.from_scratch(pool(), judge(), [pictures], SEEDS)[0]


@functools.cache
def thawed(n, pictures):
    return lesson.transferred(sources(), n, pool(), judge(), [pictures])[0]


def test_with_ten_pictures_frozen_layers_lead():
    """Lesson 12: "10 pictures: frozen is 0.1 ahead of scratch"."""
    assert np.all(thawed(0, 10) > scratch(10) + 0.1), thawed(0, 10) - scratch(10)


def test_with_two_hundred_scratch_leads_frozen_layers_and_thawed_ones_lead_both():
    """Lesson 12: "200 pictures: frozen is 0.03 behind scratch, all thawed is ahead of both"."""
    assert np.all(thawed(0, 200) < scratch(200) - 0.03)
    assert np.all(thawed(3, 200) > scratch(200))
