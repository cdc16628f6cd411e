"""What goes wrong around a network: damaged files, a full disk, a process killed while it saves.

And numbers that are not finite: where they began, and at which step.
"""

import builtins
import errno
import io
import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from test_network import Running, stateful

from dlcourse import initializers
from dlcourse.activations import ReLU, Tanh
from dlcourse.layers import Dense
from dlcourse.losses import MeanSquaredError, SoftmaxCrossEntropy
from dlcourse.network import Sequential
from dlcourse.optimizers import SGD, Momentum
from dlcourse.training import Batches, fit


@pytest.fixture
def path(tmp_path):
    """A file of a good network, alone in its folder."""
    stateful(1).save(tmp_path / "net.npz")
    return tmp_path / "net.npz"


def numbers(net):
    return net.theta.tobytes(), net.grad.tobytes(), net.state.tobytes()


def refused(path):
    """The ValueError's message; nothing of the network has changed."""
    net = stateful(2)
    net.state = 7
    before = numbers(net)
    with pytest.raises(ValueError, match="net.npz.*(damaged|holds)") as caught:
        net.load(path)
    message = str(caught.value).replace(str(path), "")
    assert numbers(net) == before and "pickle" not in message
    return message


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.1, 0.3, 0.6, 0.9, 1.0])
def test_a_file_cut_at_any_place_is_refused(path, kept):
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * (len(whole) - 1))])
    said = "is not a file that Sequential.save wrote, or it is damaged: save the network again"
    assert said in refused(path)


@pytest.mark.parametrize("place", [0.0, 0.04, 0.2, 0.4, 0.6, 0.8, 0.99])
def test_a_file_with_a_changed_byte_is_refused_or_the_same(path, place):
    """Some bytes of a zip file say nothing about the arrays: times, versions."""
    net, whole = stateful(2), bytearray(path.read_bytes())
    whole[int(place * len(whole))] ^= 255
    path.write_bytes(whole)
    try:
        net.load(path)
    except ValueError:
        refused(path)
    else:
        assert numbers(net) == numbers(stateful(1))


def test_a_network_that_is_not_finite_is_not_saved(path):
    net, good = stateful(2), path.read_bytes()
    net.theta[3] = np.nan
    with pytest.raises(ValueError, match="Sequential.save takes a net of finite numbers"):
        net.save(path)
    assert path.read_bytes() == good


def with_nan(a):
    return np.where(np.arange(a.size) == 1, np.nan, a).astype(a.dtype)


OTHERS = {  # a file of these arrays, made from the good ones
    "pickle": lambda good: {"theta": np.array([object()] * 23)},
    "shape": lambda good: {"theta": good["theta"][:-1]},
    "kind": lambda good: {"theta": good["theta"].astype(str)},
    "precision": lambda good: {"theta": good["theta"].astype(np.float64)},
    "NaN": lambda good: {"theta": with_nan(good["theta"])},
    "NaN in state": lambda good: {"state": with_nan(good["state"])},
    "infinity": lambda good: {"theta": good["theta"] / np.float32(0)},
    "extra array": lambda good: {"extra": good["theta"]},
    "no theta": lambda good: {"theta": None},
    "no state": lambda good: {"state": None},
    "no signature": lambda good: {"signature": None},
}


@np.errstate(all="ignore")
def replace(path, how):
    """Put another file in the place of the good one."""
    if how == "not a zip file":
        path.write_text("theta = 1, 2, 3\n" * 50)
    elif how == "one array":
        with open(path, "wb") as file:
            np.save(file, stateful(1).theta)
    elif how == "a zip file of something":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("theta.npy", "hello")
    elif how == "another network":
        Sequential([Running(4, 3), ReLU(), Dense(3, 2)]).save(path)
    elif how == "another dtype":
        Sequential([Running(4, 3), Tanh(), Dense(3, 2)], dtype=np.float64).save(path)
    else:
        with np.load(path) as saved:
            good = dict(saved)
        arrays = good | OTHERS[how](good)
        with open(path, "wb") as file:
            np.savez(file, **{name: a for name, a in arrays.items() if a is not None})


ANOTHER = ["another network", "another dtype", "a zip file of something", "no signature"]


@pytest.mark.parametrize("how", ["not a zip file", "one array", *ANOTHER[:3], *OTHERS])
def test_a_foreign_or_broken_file_is_refused_and_changes_nothing(path, how):
    replace(path, how)
    said = refused(path)
    assert ("takes a file of the same network" in said) == (how in ANOTHER)
    assert how in ANOTHER or said.endswith(": save the network again")


class Alarm:
    """Rings when it is unpickled."""

    rang = False

    def __reduce__(self):
        return setattr, (Alarm, "rang", True)


@pytest.mark.parametrize("name", ["theta", "signature", "more", "alone"])
def test_a_pickle_in_a_file_is_never_run(path, name):
    with np.load(path) as saved:
        arrays = dict(saved) | {name: np.array([Alarm()] * 23)}
    with open(path, "wb") as file:
        np.save(file, arrays[name]) if name == "alone" else np.savez(file, **arrays)
    refused(path)
    assert not Alarm.rang


@pytest.mark.parametrize("name", ["nothing.npz", "folder", "net.npz/inside.npz", "nowhere/net.npz"])
def test_what_cannot_be_read_or_written_is_named(path, name):
    folder, last = path.parent, os.path.basename(name)
    (folder / "folder").mkdir()
    said = rf"Sequential.load cannot read this file: .*: '.*{last}'"
    with pytest.raises(OSError, match=said) as caught:
        stateful(1).load(folder / name)
    assert isinstance(caught.value, FileNotFoundError) == name.startswith("no")
    if name != "nothing.npz":
        said = rf"Sequential.save cannot write this file, .*: '.*{last}'"
        with pytest.raises(OSError, match=said) as caught:
            stateful(1).save(folder / name)
        assert ".part" not in str(caught.value)
    assert sorted(os.listdir(folder)) == ["folder", "net.npz"]


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class FullDisk(io.FileIO):
    """A file that takes so many bytes, then says what a full disk says."""

    room = 0

    def write(self, data):
        super().write(bytes(data)[: FullDisk.room])
        full()


FULL = {  # what of the system fails, and how
    "open": (builtins, "open", full),
    "write": (builtins, "open", FullDisk),
    "fsync": (os, "fsync", full),
    "replace": (os, "replace", full),
}


@pytest.mark.parametrize("name", ["net.npz", "new.npz"])
@pytest.mark.parametrize("where, room", [("write", 0), ("write", 500), *((f, 0) for f in FULL)])
def test_a_full_disk_keeps_the_good_file_and_leaves_no_other(path, monkeypatch, where, room, name):
    good, target = path.read_bytes(), path.parent / name
    said = "Sequential.save cannot write this file, and leaves what is there: No space left"
    with monkeypatch.context() as patched:
        patched.setattr(*FULL[where])
        patched.setattr(FullDisk, "room", room)
        with pytest.raises(OSError, match=said) as caught:
            stateful(2).save(target)
    assert caught.value.errno == errno.ENOSPC and caught.value.filename == str(target)
    assert path.read_bytes() == good and os.listdir(path.parent) == ["net.npz"]


def test_a_browser_that_stores_nothing_is_told_where_the_file_can_go(path, monkeypatch):
    good = path.read_bytes()
    monkeypatch.setattr(os, "replace", full)
    monkeypatch.setattr(sys, "platform", "emscripten")
    with pytest.raises(OSError, match="a path that begins with /tmp/ then holds the file"):
        stateful(2).save(path)
    assert path.read_bytes() == good and os.listdir(path.parent) == ["net.npz"]


def test_a_failure_while_the_arrays_are_written_is_no_file_either(tmp_path, monkeypatch):
    def half(file, **arrays):
        file.write(b"half")
        raise MemoryError("no memory left")

    monkeypatch.setattr(np, "savez", half)
    with pytest.raises(MemoryError, match="no memory left"):
        stateful(1).save(tmp_path / "net.npz")
    assert os.listdir(tmp_path) == []


DYING = """
import builtins, io, os, sys
from dlcourse.activations import Tanh
from dlcourse.layers import Dense
from dlcourse.network import Sequential

class Dying(io.FileIO):
    def write(self, data):
        super().write(bytes(data)[:len(data) // 2])
        os._exit(9)

def die(*_):
    os._exit(9)

def replace_and_die(part, path, replace=os.replace):
    replace(part, path)
    os._exit(9)

net = Sequential([Dense(4, 3), Tanh(), Dense(3, 2)], 2)
"""
DEATHS = {  # where the process ends, as if its plug were pulled
    "half written": "builtins.open = Dying",
    "before it is on the disk": "os.fsync = die",
    "before it has its name": "os.replace = die",
    "after it has its name": "os.replace = replace_and_die",
}


@pytest.mark.parametrize("place", DEATHS)
def test_a_process_killed_while_it_saves_leaves_a_whole_file(tmp_path, place):
    path = tmp_path / "net.npz"
    old, new = (Sequential([Dense(4, 3), Tanh(), Dense(3, 2)], seed) for seed in (1, 2))
    old.save(path)
    code = f"{DYING}{DEATHS[place]}\nnet.save(sys.argv[1])"
    run = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
    assert run.returncode == 9 and run.stderr == ""
    found, after = Sequential([Dense(4, 3), Tanh(), Dense(3, 2)]), place == "after it has its name"
    found.load(path)  # whole: the old one, or the new one
    assert np.array_equal(found.theta, (new if after else old).theta)
    left = [name for name in os.listdir(tmp_path) if name != "net.npz"]
    assert len(left) == (not after) and list(tmp_path.glob("*.npz")) == [path]
    if place == "half written":
        with pytest.raises(ValueError, match="damaged"):
            found.load(tmp_path / left[0])  # no model
    new.save(path)  # what the dead process left is not in the way
    found.load(path)
    assert np.array_equal(found.theta, new.theta)


X = np.random.default_rng(0).standard_normal((20, 4))
T = np.eye(3)[np.random.default_rng(1).integers(0, 3, 20)]


class From3:
    """Mixed into a layer, a loss or a penalty: from step 3 on, what it returns holds a NaN."""

    steps = 0

    def spoil(self, a):
        a = np.array(a)
        a.flat[0] = np.nan
        return a if a.ndim else float(a)


class SpoiltOutput(From3, Tanh):
    def forward(self, x, training=False):
        self.steps += training
        y = super().forward(x, training)
        return self.spoil(y) if self.steps >= 3 and training else y


class SpoiltBackward(From3, Tanh):
    def backward(self, dy):
        self.steps += 1
        return self.spoil(super().backward(dy)) if self.steps >= 3 else super().backward(dy)


class SpoiltParameter(From3, Dense):
    def param_grads(self, dy):
        self.steps += 1
        super().param_grads(dy)
        if self.steps >= 3:
            self.db[-1] = -np.inf


class SpoiltLoss(From3, MeanSquaredError):
    def forward(self, z, t):
        self.steps += 1
        return self.spoil(super().forward(z, t)) if self.steps >= 3 else super().forward(z, t)


class SpoiltSlope(From3, MeanSquaredError):
    def backward(self):
        self.steps += 1
        return self.spoil(super().backward()) if self.steps >= 3 else super().backward()


class SpoiltPenalty(From3):
    def backward(self, net):
        self.steps += 1
        if self.steps >= 3:
            net.layers[0].dW = net.layers[0].dW * np.inf


def spoilt_data(where, value):
    """Batches whose array is written into later, as another cell of a notebook may do."""

    class Late(Batches):
        def __iter__(self):
            for step, (x, t) in enumerate(super().__iter__(), 1):
                (x if where == "x" else t)[-1, -1] = value if step == 3 else 0
                yield x, t

    return Late(X, T, 4)


def stack(*middle, last=Dense):
    return lambda: Sequential([Dense(4, 5), *(layer() for layer in middle), last(5, 3)])


def without(layer):
    """The layer at the bottom, with no parameters below."""
    return lambda: Sequential([layer(), Dense(4, 3)])


NOT_FINITE = [
    (stack(Tanh), {"batches": ("x", np.nan)}, "the batch's x holds NaN or infinity"),
    (stack(Tanh), {"batches": ("t", -np.inf)}, "the batch's t holds NaN or infinity"),
    (without(ReLU), {"batches": ("x", 1e300)}, "the output of ReLU() is not finite"),
    (without(SpoiltOutput), {}, "the output of SpoiltOutput() is not finite"),
    (stack(ReLU, SpoiltOutput), {}, "the output of SpoiltOutput() is not finite"),
    (stack(SpoiltOutput, ReLU), {}, "the output of SpoiltOutput() is not finite"),
    (stack(SpoiltBackward), {}, "the gradient of layer 1 Dense(4, 5) is not finite"),
    (stack(Tanh, last=SpoiltParameter), {}, "the gradient of layer 2 Dense(5, 3) is not finite"),
    (stack(Tanh), {"loss": SpoiltLoss}, "the loss is nan"),
    (stack(Tanh), {"loss": SpoiltSlope}, "the gradient of layer 2 Dense(5, 3) is not finite"),
    (stack(Tanh), {"penalty": SpoiltPenalty}, "the gradient of layer 1 Dense(4, 5) is not finite"),
]


@pytest.mark.parametrize("make, settings, said", NOT_FINITE)
def test_fit_stops_at_the_step_and_names_the_layer_where_it_began(make, settings, said):
    net, loss = make(), settings.get("loss", MeanSquaredError)()
    batches = spoilt_data(*settings["batches"]) if "batches" in settings else Batches(X, T, 4)
    penalty, seen = settings["penalty"]() if "penalty" in settings else None, []
    with pytest.warns(RuntimeWarning, match="^fit stopped: epoch 1, step 3: ") as warned:
        history = fit(
            net,
            loss,
            Momentum(0.1),
            batches,
            2,
            penalty=penalty,
            progress=lambda *s: seen.append(s),
        )
    words = f"epoch 1, step 3: {said}; lower the learning rate, or look at the data"
    assert history.stopped == words and len(warned) == 1
    assert len(history.loss) == len(history.grad_rms) == len(seen) == 2
    assert np.isfinite(history.grad_rms).all() and np.isfinite(net.theta).all()
    assert not np.array_equal(net.theta, make().theta)


def test_a_rate_that_stops_being_a_number_is_named_with_its_step():
    net, optimizer = stack(Tanh)(), SGD(lambda t: 0.1 if t < 2 else np.nan)
    with pytest.raises(ValueError, match="takes a finite lr, 0 or more, got nan at step 2"):
        fit(net, SoftmaxCrossEntropy(), optimizer, Batches(X, T, 4), 2)
    assert np.isfinite(net.theta).all()


def test_a_gradient_whose_length_alone_is_infinite_is_named_too():
    """Every number is finite, their root of the sum of squares is not."""
    net = Sequential([Dense(2, 3, initializers.normal(0)), Dense(3, 1)], dtype=np.float64)
    net.layers[1].W = 1
    batch, said = (np.full((1, 2), 1e308), np.full((1, 1), 1.5)), r"layer 1 Dense\(2, 3\) is not"
    with pytest.warns(RuntimeWarning, match=rf"step 1: the gradient of {said} finite"):
        fit(net, MeanSquaredError(), SGD(1e-300), [batch], 1)
    assert np.isfinite(net.grad).all()
