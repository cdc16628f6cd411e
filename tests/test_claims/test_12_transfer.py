"""Lesson 12 over ten seeds: layers taken over, how many to thaw, thawing, tasks without names."""

import functools

import numpy as np

from dlcourse import data, training
from dlcourse.lessons import transfer as lesson

SEEDS = range(10)
FEWER = range(6)  # for what only has to stay behind the best


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


def test_with_one_picture_the_more_is_thawed_the_worse():
    """Lesson 12: "1 picture: the more is thawed, the worse", in the mean of the starts."""
    none, two, three = thawed(0, 1), thawed(2, 1), thawed(3, 1)
    assert none.mean() > two.mean() + 0.02 and two.mean() > three.mean() + 0.02
    assert np.mean(none > three) >= 0.8, none - three


def test_with_two_hundred_pictures_the_more_is_thawed_the_better_up_to_two():
    """Lesson 12: "200 pictures: two thawed beat one, one beats none"."""
    assert np.all(thawed(2, 200) > thawed(1, 200))
    assert np.all(thawed(1, 200) > thawed(0, 200))


def test_layers_that_learned_nothing_hide_the_letter():
    """Lesson 12: "frozen first weights, 10 pictures: worse than pixels"."""
    beginners = lesson.transferred(lesson.untrained(SEEDS), 0, pool(), judge(), [10])[0]
    assert np.all(beginners < lesson.from_pixels(pool(), judge(), [10], SEEDS)[0] - 0.1)


def test_thawing_step_by_step_ends_higher_moves_the_first_layer_less_and_forgets_less():
    """Lesson 12: "step by step by 0.05 or more", "a fifth as far", "less is lost"."""
    plans = {"at once": [(3, 400)], "step by step": [(0, 100), (1, 100), (2, 100), (3, 100)]}
    known = lesson.letters_of(letters(8000, 1), lesson.KNOWN)
    ahead, loses, loses_less = [], [], []
    for seed in SEEDS:
        old, five = sources()[seed], lesson.few(pool(), 5, seed)
        runs, reads = {}, {}
        for name, plan in plans.items():
            runs[name] = lesson.thaw(old, plan, five, judge(), seed, every=100)
            both = lesson.with_old_last_layer(runs[name].net, old)
            reads[name] = training.accuracy(both, *known)
        once, patiently = runs["at once"], runs["step by step"]
        ahead.append(patiently.scores[-1] - once.scores[-1])
        assert patiently.moved[0] < once.moved[0] / 5, seed
        loses.append(training.accuracy(old, *known) - reads["at once"])
        loses_less.append(reads["step by step"] - reads["at once"])
    assert min(ahead) > 0 and np.mean(ahead) > 0.05, ahead
    assert min(loses) > 0.2 and min(loses_less) > 0, (loses, loses_less)


def test_restoring_half_wiped_pictures_helps_most_of_the_tasks_without_names():
    """Lesson 12: "half wiped gains most", "more than 0.03", "whole or glued less than 0.03"."""
    images = letters(8192, 0)[0]
    teachers = {
        "half wiped": lesson.autoencoders(images, 0.5, seeds=SEEDS),
        "given back": lesson.autoencoders(images, 0.0, seeds=FEWER),
        "quarter turns": lesson.on_task(lesson.turn, images, seeds=FEWER),
        "whole or glued": lesson.on_task(lesson.glue, images, seeds=SEEDS),
    }
    gains = {"A to R": np.mean(thawed(2, 10) - scratch(10))}
    for name, teacher in teachers.items():
        scores = lesson.transferred(teacher, 2, pool(), judge(), [10])[0]
        gains[name] = np.mean(scores - scratch(10)[: len(scores)])
    assert gains["half wiped"] > 0.03 > gains["whole or glued"], gains
    assert gains["half wiped"] > max(gains["given back"], gains["quarter turns"]) + 0.02, gains
    assert gains["A to R"] > 2 * gains["half wiped"], gains


def test_ten_pictures_with_another_networks_layers_are_worth_more_than_25():
    """Lesson 12: "with the layers of A to R ten pictures are worth more than 25"."""
    assert np.all(thawed(2, 10) > lesson.from_scratch(pool(), judge(), [25], SEEDS)[0])
