"""What goes wrong around a network: damaged files, a full disk, a process killed while it saves, numbers that are not finite."""

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
from dlcourse.guard import files
from dlcourse.layers import Dense
from dlcourse.losses import MeanSquaredError, SoftmaxCrossEntropy
from dlcourse.network import Sequential
from dlcourse.optimizers import SGD, Momentum
from dlcourse.training import Batches, fit


def numbers(net):
    return net.theta.tobytes(), net.grad.tobytes(), net.layers[0].mean.tobytes()


def refused(net, path):
    """The ValueError's message; nothing of the net has changed."""
    net.layers[0].mean[:] = 7
    before = numbers(net)
    with pytest.raises(ValueError, match="net.npz.*(damaged|holds)") as caught:
        net.load(path)
    message = str(caught.value).replace(str(path), "")
    assert numbers(net) == before and "pickle" not in message
    return message


@pytest.mark.parametrize("cut", range(100))
def test_a_file_cut_at_any_place_is_refused(tmp_path, cut):
    path = tmp_path / "net.npz"
    stateful(1).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: cut * len(whole) // 100])
    assert (
        "not a file that Sequential.save wrote, or it is damaged: save the network again"
        in refused(stateful(2), path)
    )


@pytest.mark.parametrize("place", range(0, 100, 4))
def test_a_file_with_a_changed_byte_is_refused_or_the_same(tmp_path, place):
    """Some bytes of a zip file say nothing about the arrays: times, versions."""
    path, net = tmp_path / "net.npz", stateful(2)
    stateful(1).save(path)
    whole = bytearray(path.read_bytes())
    whole[place * len(whole) // 100] ^= 255
    path.write_bytes(whole)
    try:
        net.load(path)
    except ValueError:
        refused(net, path)
    else:
        assert numbers(net) == numbers(stateful(1))


def test_a_network_that_is_not_finite_is_not_saved(tmp_path):
    net = stateful(1)
    net.save(tmp_path / "net.npz")
    good = (tmp_path / "net.npz").read_bytes()
    net.theta[3] = np.nan
    with pytest.raises(ValueError, match="Sequential.save takes a net of finite numbers"):
        net.save(tmp_path / "net.npz")
    assert (tmp_path / "net.npz").read_bytes() == good


def _write(path, **arrays):
    with open(path, "wb") as file:
        np.savez(file, **arrays)


def _damaged(path, how):
    """Turn the good file at `path` into another one."""
    with np.load(path) as saved:
        good = {name: saved[name] for name in saved.files}
    whole, theta = path.read_bytes(), good["theta"]
    if how == "text":
        path.write_text("theta = 1, 2, 3\n" * 50)
    elif how == "one array":
        with open(path, "wb") as file:
            np.save(file, theta)
    elif how == "flipped bytes":
        path.write_bytes(whole[:300] + bytes(255 - b for b in whole[300:340]) + whole[340:])
    elif how == "not arrays":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("theta.npy", "hello")
    elif how == "another network":
        Sequential([Running(4, 3), ReLU(), Dense(3, 2)]).save(path)
    elif how == "another dtype":
        Sequential([Running(4, 3), Tanh(), Dense(3, 2)], dtype=np.float64).save(path)
    else:
        changed = {
            "pickle": {"theta": np.array([object()] * theta.size)},
            "shape": {"theta": theta[:-1]},
            "column": {"theta": theta[:, None]},
            "kind": {"theta": theta.astype(str)},
            "float64": {"theta": theta.astype(np.float64)},
            "NaN": {
                "theta": np.where(np.arange(theta.size) == 5, np.nan, theta).astype(theta.dtype)
            },
            "infinity": {
                "theta": np.where(np.arange(theta.size) == 5, np.inf, theta).astype(theta.dtype)
            },
            "NaN state": {"state": good["state"] * np.nan},
            "state shape": {"state": good["state"][:-1]},
            "more": {"extra": theta},
            "no theta": {"theta": None},
            "no state": {"state": None},
            "no signature": {"signature": None},
        }[how]
        _write(path, **{name: a for name, a in {**good, **changed}.items() if a is not None})


DAMAGES = ["text", "one array", "flipped bytes", "not arrays", "another network", "another dtype"]
DAMAGES += [
    "pickle",
    "shape",
    "column",
    "kind",
    "float64",
    "NaN",
    "infinity",
    "NaN state",
    "state shape",
    "more",
]
DAMAGES += ["no theta", "no state", "no signature"]
OTHER_SIGNATURES = ["another network", "another dtype", "not arrays", "no signature"]


@pytest.mark.parametrize("how", DAMAGES)
def test_a_foreign_or_broken_file_is_refused_and_changes_nothing(tmp_path, how):
    path = tmp_path / "net.npz"
    stateful(1).save(path)
    _damaged(path, how)
    said = refused(stateful(2), path)
    assert ("takes a file of the same network" in said) == (how in OTHER_SIGNATURES)


class Alarm:
    """Rings when it is unpickled."""

    rang = False

    def __reduce__(self):
        return setattr, (Alarm, "rang", True)


@pytest.mark.parametrize("name", ["theta", "signature", "state", "more"])
def test_a_pickle_in_a_file_is_never_run(tmp_path, name):
    path = tmp_path / "net.npz"
    stateful(1).save(path)
    with np.load(path) as saved:
        _write(path, **{**dict(saved), name: np.array([Alarm()] * 23)})
    refused(stateful(2), path)
    assert not Alarm.rang


def test_a_pickle_alone_is_never_run(tmp_path):
    np.save(tmp_path / "net", np.array([Alarm()]))
    os.replace(tmp_path / "net.npy", tmp_path / "net.npz")
    refused(stateful(2), tmp_path / "net.npz")
    assert not Alarm.rang


@pytest.mark.parametrize("name", ["nothing.npz", "folder", "net.npz/inside.npz", "nowhere/net.npz"])
def test_what_cannot_be_read_or_written_is_named(tmp_path, name):
    (tmp_path / "folder").mkdir()
    stateful(1).save(tmp_path / "net.npz")
    with pytest.raises(
        OSError, match=rf"Sequential.load cannot read this file: .*: '.*{os.path.basename(name)}'"
    ):
        stateful(1).load(tmp_path / name)
    if name != "nothing.npz":
        with pytest.raises(
            OSError,
            match=rf"Sequential.save cannot write this file, .*: '.*{os.path.basename(name)}'",
        ) as caught:
            stateful(1).save(tmp_path / name)
        assert ".part" not in str(caught.value)
    assert sorted(os.listdir(tmp_path)) == ["folder", "net.npz"]


def test_a_missing_file_is_a_file_not_found_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing.npz"):
        stateful(1).load(tmp_path / "nothing.npz")


class FullDisk(io.FileIO):
    """A file that takes so many bytes, then says what a full disk says."""

    room = 0

    def write(self, data):
        FullDisk.room -= len(data)
        if FullDisk.room < 0:
            super().write(bytes(data)[: FullDisk.room])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


@pytest.mark.parametrize("percent", range(0, 100, 3))
def test_a_full_disk_keeps_the_good_file_and_leaves_no_other(tmp_path, monkeypatch, percent):
    path, new = tmp_path / "net.npz", tmp_path / "new.npz"
    stateful(1).save(path)
    good = path.read_bytes()
    monkeypatch.setattr(files, "open", FullDisk, raising=False)
    for target in (path, new):
        monkeypatch.setattr(FullDisk, "room", percent * len(good) // 100)
        with pytest.raises(
            OSError,
            match="Sequential.save cannot write this file, and leaves what is there: No space left",
        ) as caught:
            stateful(2).save(target)
        assert caught.value.errno == errno.ENOSPC and caught.value.filename == str(target)
    assert path.read_bytes() == good and os.listdir(tmp_path) == ["net.npz"]


def test_a_failure_while_the_arrays_are_written_is_no_file_either(tmp_path, monkeypatch):
    def half(file, **arrays):
        file.write(b"half")
        raise MemoryError("no memory left")

    monkeypatch.setattr(np, "savez", half)
    with pytest.raises(MemoryError, match="no memory left"):
        stateful(1).save(tmp_path / "net.npz")
    assert os.listdir(tmp_path) == []


SETTING = """
import io, os, sys
import numpy as np
from dlcourse.activations import Tanh
from dlcourse.guard import files
from dlcourse.layers import Dense
from dlcourse.network import Sequential

def made(seed):
    return Sequential([Dense(4, 3), Tanh(), Dense(3, 2)], seed)

path = sys.argv[1]
"""


def python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", SETTING + code, *map(str, arguments)], capture_output=True, text=True
    )


@pytest.mark.skipif(os.name == "nt", reason="no limits of this kind")
def test_a_disk_with_a_limit_of_the_system_keeps_the_good_file(tmp_path):
    """The system itself refuses to let a file grow further, at ten sizes."""
    run = python(
        """
import resource
made(1).save(path)
good = open(path, "rb").read()
for tenth in range(10):
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(good) * tenth // 10, resource.RLIM_INFINITY))
    try:
        made(2).save(path)
    except OSError as error:
        said = str(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert open(path, "rb").read() == good and os.listdir(os.path.dirname(path)) == [os.path.basename(path)], tenth
    assert "cannot write this file, and leaves what is there: File too large" in said and path in said, said
    del said
made(2).save(path)
""",
        tmp_path / "net.npz",
    )
    assert run.returncode == 0, run.stderr


DEATHS = {  # where the process ends, as if its plug were pulled
    "first byte": "Dying.left = 0",
    "first third": "Dying.left = size // 3",
    "second third": "Dying.left = 2 * size // 3",
    "last byte": "Dying.left = size - 1",
    "before it is on the disk": "os.fsync = lambda file: os._exit(9)",
    "before it has its name": "os.replace = lambda part, path: os._exit(9)",
    "after it has its name": "replace = os.replace; os.replace = lambda part, path: (replace(part, path), os._exit(9))",
}


@pytest.mark.parametrize("place", DEATHS)
def test_a_process_killed_while_it_saves_leaves_a_whole_file(tmp_path, place):
    path, old, new = (
        tmp_path / "net.npz",
        *(Sequential([Dense(4, 3), Tanh(), Dense(3, 2)], seed) for seed in (1, 2)),
    )
    old.save(path)
    size = path.stat().st_size
    run = python(
        f"""
class Dying(io.FileIO):
    left = 10**9
    def write(self, data):
        Dying.left -= len(data)
        if Dying.left < 0:
            super().write(bytes(data)[:Dying.left])
            os._exit(9)
        return super().write(data)

size = {size}
files.open = lambda path, mode: Dying(path, mode)
{DEATHS[place]}
made(2).save(path)
""",
        path,
    )
    assert run.returncode == 9 and run.stderr == ""
    found = Sequential([Dense(4, 3), Tanh(), Dense(3, 2)])
    found.load(path)  # whole: the old one, or the new one
    assert np.array_equal(found.theta, (new if place == "after it has its name" else old).theta)
    left = set(os.listdir(tmp_path)) - {"net.npz"}
    assert len(left) == (place != "after it has its name") and list(tmp_path.glob("*.npz")) == [
        path
    ]
    if "third" in place or "byte" in place:
        with pytest.raises(ValueError, match="damaged"):
            found.load(tmp_path / left.pop())  # no model
    new.save(path)  # what the dead process left is not in the way
    found.load(path)
    assert np.array_equal(found.theta, new.theta)


X = np.random.default_rng(0).standard_normal((20, 4))
T = np.eye(3)[np.random.default_rng(1).integers(0, 3, 20)]


class From3:
    """Mixed into a layer, a loss, a penalty or an optimizer's rate: from step 3 on, what it returns holds a NaN."""

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
    """Batches whose array is written into after they were made, as a later cell of a notebook may do."""

    class Late(Batches):
        def __iter__(self):
            for step, (x, t) in enumerate(super().__iter__(), 1):
                (x if where == "x" else t)[-1, -1] = value if step == 3 else 0
                yield x, t

    return Late(X, T, 4)


def stack(*middle, last=Dense):
    return lambda: Sequential(
        [Dense(4, 5), *(layer() for layer in middle), last(5, 3)], dtype=np.float32
    )


NOT_FINITE = {
    "NaN in x": (
        stack(Tanh),
        {"batches": lambda: spoilt_data("x", np.nan)},
        "the batch's x holds NaN or infinity",
    ),
    "-inf in x": (
        stack(Tanh),
        {"batches": lambda: spoilt_data("x", -np.inf)},
        "the batch's x holds NaN or infinity",
    ),
    "too large for float32": (
        lambda: Sequential([ReLU(), Dense(4, 3)]),
        {"batches": lambda: spoilt_data("x", 1e300)},
        "the output of ReLU() is not finite",
    ),
    "inf in t": (
        stack(Tanh),
        {"batches": lambda: spoilt_data("t", np.inf)},
        "the batch's t holds NaN or infinity",
    ),
    "output": (stack(ReLU, SpoiltOutput), {}, "the output of SpoiltOutput() is not finite"),
    "output of the lowest": (
        lambda: Sequential([SpoiltOutput(), Dense(4, 3)]),
        {},
        "the output of SpoiltOutput() is not finite",
    ),
    "output below others": (
        stack(SpoiltOutput, ReLU),
        {},
        "the output of SpoiltOutput() is not finite",
    ),
    "gradient that goes down": (
        stack(SpoiltBackward),
        {},
        "the gradient of layer 1 Dense(4, 5) is not finite",
    ),
    "gradient of a parameter": (
        stack(Tanh, last=SpoiltParameter),
        {},
        "the gradient of layer 2 Dense(5, 3) is not finite",
    ),
    "loss": (stack(Tanh), {"loss": SpoiltLoss}, "the loss is nan"),
    "gradient of the loss": (
        stack(Tanh),
        {"loss": SpoiltSlope},
        "the gradient of layer 2 Dense(5, 3) is not finite",
    ),
    "penalty": (
        stack(Tanh),
        {"penalty": SpoiltPenalty},
        "the gradient of layer 1 Dense(4, 5) is not finite",
    ),
}


@pytest.mark.parametrize("case", NOT_FINITE)
def test_fit_stops_at_the_step_and_names_the_layer_where_it_began(case):
    make, settings, said = NOT_FINITE[case]
    net = make()
    made = {"loss": MeanSquaredError, "batches": lambda: Batches(X, T, 4), **settings}
    made = {name: make() for name, make in made.items()}
    seen = []
    with pytest.warns(RuntimeWarning, match="^fit stopped: epoch 1, step 3: ") as warned:
        history = fit(
            net,
            made["loss"],
            Momentum(0.1),
            made["batches"],
            2,
            penalty=made.get("penalty"),
            progress=lambda *s: seen.append(s),
        )
    assert (
        history.stopped == f"epoch 1, step 3: {said}; lower the learning rate, or look at the data"
        and len(warned) == 1
    )
    assert (
        len(history.loss) == len(history.grad_rms) == len(seen) == 2
        and np.isfinite(history.grad_rms).all()
    )
    assert np.isfinite(net.theta).all() and not np.array_equal(net.theta, make().theta)


def test_a_rate_that_stops_being_a_number_is_named_with_its_step():
    net = stack(Tanh)()
    with pytest.raises(ValueError, match="takes a finite lr, 0 or more, got nan at step 2"):
        fit(
            net, SoftmaxCrossEntropy(), SGD(lambda t: 0.1 if t < 2 else np.nan), Batches(X, T, 4), 2
        )
    assert np.isfinite(net.theta).all()


def test_a_gradient_whose_length_alone_is_infinite_is_named_too():
    """Every number is finite, their root of the sum of squares is not."""
    net = Sequential([Dense(2, 3, initializers.normal(0)), Dense(3, 1)], dtype=np.float64)
    net.layers[1].W = 1
    with pytest.warns(
        RuntimeWarning, match=r"step 1: the gradient of layer 1 Dense\(2, 3\) is not finite"
    ):
        fit(
            net,
            MeanSquaredError(),
            SGD(1e-300),
            [(np.full((1, 2), 1e308), np.full((1, 1), 1.5))],
            1,
        )
    assert np.isfinite(net.grad).all()
