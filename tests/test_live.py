"""A training that goes on while it is watched, and a pad: their parts, without a browser."""

import asyncio
import time

import numpy as np
import pytest

from dlcourse import live, widgets


class Counting:
    """A training that counts its steps."""

    def set(self, size=2, kind="a"):
        self.told = [*getattr(self, "told", []), (size, kind)]
        self.start()

    def start(self):
        self.step = 0

    def advance(self):
        time.sleep(0.001)
        if self.step == 1000:
            raise ArithmeticError("too far")
        self.step += 1

    def draw(self, ax=None):
        """The number of steps: five units below the top."""
        ax.plot([0, 1], [self.step, self.step])
        ax.set(ylim=(0, self.step + 5))
        return ax


def watched():
    return live.watch(Counting(), size=(1, 4), kind=["a", "b"])


def press(panel, name):
    for button in panel.children[0].children:
        if button.description == name:
            button.click()


def test_a_training_is_told_its_controls_and_drawn_before_its_first_step():
    panel = watched()
    assert panel.training.told == [(2, "a")] and panel.training.step == 0 and panel.png
    panel.controls["size"].value = 4
    panel.controls["kind"].value = "b"
    assert panel.training.told[1:] == [(4, "a"), (4, "b")] and panel.error is None


def test_one_step_is_one_step_and_a_new_picture():
    panel = watched()
    first = panel.png
    press(panel, "one step")
    assert panel.training.step == 1 and panel.png != first


def test_start_again_begins_anew_with_the_first_values():
    panel = watched()
    first = panel.png
    panel.controls["size"].value = 3
    press(panel, "one step")
    press(panel, "start again")
    assert panel.training.step == 0 and panel.controls["size"].value == 2 and panel.png == first


def playing(panel, seconds, meanwhile=lambda: None):
    async def while_it_plays():
        panel.play.value = True
        await asyncio.sleep(seconds / 2)
        meanwhile()
        await asyncio.sleep(seconds / 2)

    asyncio.run(while_it_plays())


def test_while_it_plays_steps_go_on_and_other_things_happen_between_them():
    panel = watched()
    seen = []
    playing(panel, 1.0, lambda: seen.append(panel.training.step))
    assert 0 < seen[0] < panel.training.step
    assert panel.play.description == "pause"


def test_a_control_is_heard_while_it_plays():
    panel = watched()
    playing(panel, 0.6, lambda: panel.controls["size"].set_trait("value", 4))
    assert panel.training.told[-1] == (4, "a") and panel.training.step > 0


def test_pause_stops_the_training():
    panel = watched()
    seen = []

    def pause():
        panel.play.value = False
        seen.append(panel.training.step)

    playing(panel, 0.6, pause)
    assert panel.training.step == seen[0] > 0 and panel.play.description == "play"


def test_one_plays_at_a_time_and_a_new_one_stops_the_old():
    first, second = watched(), watched()
    playing(first, 0.4, lambda: second.play.set_trait("value", True))
    assert not first.play.value and second.play.value
    watched()
    assert not second.play.value


def test_a_training_that_nobody_stops_stops_itself(monkeypatch):
    monkeypatch.setattr(live, "LONGEST", 0.1)
    panel = watched()
    playing(panel, 1.0)
    assert not panel.play.value and panel.training.step > 0


def test_an_error_stops_it_and_is_said():
    panel = watched()
    panel.training.step = 999
    playing(panel, 0.5)
    assert not panel.play.value and "ArithmeticError: too far" in panel.error


def test_what_is_no_training_is_named():
    with pytest.raises(TypeError, match="set, advance, draw and start, got 3, which has no set"):
        live.watch(3)
    with pytest.raises(ValueError, match="watch takes controls that set has .* got 'width'"):
        live.watch(Counting(), width=(1, 2))


def test_a_stored_training_is_a_picture_with_its_sentence():
    data, about = watched()._repr_mimebundle_()
    assert about["image/png"]["alt"] == "The number of steps: five units below the top."
    assert data["image/png"]


def test_a_pad_is_empty_until_a_stroke_arrives_as_the_browser_sends_it():
    pad, seen = live.Pad(n=3), []
    pad.observe(lambda change: seen.append(change.new), "ink")
    assert pad.ink.shape == (3, 3) and not pad.ink.any()
    pad.children[-1].value = "ff00000000330000cc"
    assert seen[-1] == pytest.approx(np.array([[1, 0, 0], [0, 0, 0.2], [0, 0, 0.8]]))
    for cut_off in ("ff", "ff00", ""):
        pad.children[-1].value = cut_off
    assert pad.ink[0, 0] == 1, "what is no whole drawing changes nothing"
    pad.children[1].click()
    assert not pad.ink.any() and not seen[-1].any() and pad.children[-1].value == ""


def test_a_pad_is_words_where_no_widget_runs():
    data = live.Pad(5)._repr_mimebundle_()
    assert data["text/plain"] == "Pad(5): run this cell to draw"


def how_much(ax=None, ink=None, word="a"):
    """The share of the square that is ink, as a line."""
    ax.plot([0, 1], [0 if ink is None else ink.mean()] * 2)
    ax.set(ylim=(-0.1, 1.1), title=word)
    return ax


def explored():
    return widgets.explore(how_much, ink=live.Pad(n=3), word=["a", "b"])


INK = "ff00000000330000cc"  # as the browser sends it


def test_a_pad_is_a_control_whose_value_is_none_while_it_is_empty():
    panel = explored()
    pad, first = panel.controls["ink"], panel.png
    assert pad.value is None
    pad.children[-1].value = INK
    assert np.array_equal(pad.value, pad.ink) and panel.png != first and panel.error is None
    press(panel, "start again")
    assert pad.value is None and not pad.ink.any() and panel.png == first
    assert pad.children[-1].value == "", "so that the same stroke may come again"


def test_a_pad_stands_at_the_side_of_the_picture_and_other_controls_above_it():
    panel = explored()
    above, middle, _ = panel.children
    assert panel.controls["ink"] in middle.children and panel.controls["word"] in above.children


def test_a_panel_says_its_answer_again_after_each_stroke():
    panel = live.say(explored(), lambda ink, word: f"{word} & {'ink' if ink is not None else 'no'}")
    said = panel.children[-1]
    assert said.value == '<div role="status">a &amp; no</div>'
    panel.controls["ink"].children[-1].value = INK
    assert "a &amp; ink" in said.value
    panel.controls["word"].value = "b"
    assert "b &amp; ink" in said.value


def test_a_button_is_told_the_values_and_empties_the_pad():
    told = []
    panel = live.button(explored(), "keep", lambda ink, word: told.append((ink.sum(), word)))
    panel.controls["ink"].children[-1].value = INK
    press(panel, "keep")
    assert told == [(pytest.approx(2.0), "a")] and panel.controls["ink"].value is None


def test_what_goes_wrong_behind_a_button_is_said_and_the_drawing_stays():
    def refuse(ink, word):
        raise ValueError("no room")

    panel = live.button(explored(), "keep", refuse)
    panel.controls["ink"].children[-1].value = INK
    press(panel, "keep")
    assert "no room" in panel.error and panel.controls["ink"].value is not None
