"""Every public function and method of the core, once, with arguments that are right.

A new one needs one entry. The properties call it as it is here; the errors put something else in
the place of each argument.
"""

import inspect

import numpy as np

from dlcourse import (
    activations,
    data,
    gradcheck,
    initializers,
    layers,
    losses,
    network,
    optimizers,
    penalties,
    recurrent,
    schedules,
    training,
)
from dlcourse.activations import RReLU, Tanh
from dlcourse.layers import BatchNorm, Dense, Dropout, Layer, RandomLayer
from dlcourse.losses import SoftmaxCrossEntropy
from dlcourse.network import Sequential
from dlcourse.optimizers import SGD
from dlcourse.penalties import L1, L2
from dlcourse.recurrent import LSTM, RNN, Last
from dlcourse.training import Batches, Frame, History, Probe

CORE = activations, data, gradcheck, initializers, layers, losses, network, optimizers, penalties
CORE += recurrent, schedules, training


def classes(module, base):
    """The public classes of a module that are made from `base`."""
    found = [thing for name, thing in vars(module).items() if name[0] != "_"]
    found = [thing for thing in found if getattr(thing, "__module__", "") == module.__name__]
    found = [thing for thing in found if inspect.isclass(thing) and issubclass(thing, base)]
    return [thing for thing in found if thing is not base]


ACTIVATIONS, LOSSES = classes(activations, Layer), classes(losses, object)
OPTIMIZERS = classes(optimizers, optimizers._Optimizer)
PLAYGROUND = [data.circle, data.xor, data.blobs, data.spiral]


def constant(values, dtype=np.float64):
    """An array that nobody can write into."""
    a = np.array(values, dtype)
    a.flags.writeable = False
    return a


X = constant(np.arange(24).reshape(6, 4) / 10 + 0.05)
X3 = constant(np.arange(24).reshape(2, 3, 4) / 10 - 1.05)
LABELS = constant([0, 1, 2, 0, 1, 2], np.int64)
T, Z = constant(np.eye(3)[LABELS]), constant(np.cos(np.arange(18)).reshape(6, 3))
G = constant([1.0, -2.0])
READ_ONLY = [X, X3, LABELS, T, Z, G]
RNG = np.random.default_rng(0)


def ready(dtype=np.float64, *middle):
    """A net after a forward and a backward pass."""
    layers = [Dense(4, 5), *middle, Tanh(), Dense(5, 3)]
    net, loss = Sequential(layers, dtype=dtype), SoftmaxCrossEntropy()
    loss.forward(net.forward(X), T)
    net.backward(loss.backward())
    return net


def saved():
    """A net whose numbers are in the file net.npz."""
    net = ready()
    net.save("net.npz")
    return net


def after(layer, x=X):
    """The layer, in a net of its own, after a forward pass."""
    Sequential([layer], dtype=np.float64).forward(x)
    return layer


def judged(loss):
    """The loss after a forward pass."""
    loss.forward(Z, T)
    return loss


def learning():
    """Arguments of fit."""
    settings = {"net": ready(), "loss": SoftmaxCrossEntropy(), "optimizer": SGD(0.1)}
    settings |= {"batches": Batches(X, T, 4), "epochs": 1, "validation": (X, T)}
    return settings | {"penalty": L2(0.1), "clip": 0.1, "progress": lambda *_: None}


def stepping():
    """Arguments of one_step."""
    settings = {"net": ready(), "loss": SoftmaxCrossEntropy(), "optimizer": SGD(0.1)}
    return settings | {"x": X, "t": T, "penalty": L2(0.1), "clip": 0.1}


def only_argument(f, value):
    """{the name of what f takes: value}."""
    return {next(iter(inspect.signature(f).parameters)): value}


def two_numbers():
    """Arguments of an optimizer's step."""
    return {"theta": np.ones(2), "grad": G}


WIDTHS = {"rng": RNG, "n_in": 2, "n_out": 3}
DRAWN = {"rng": RNG}

CALLS = {  # what to call, and with what: made anew for every call
    "data.digits": lambda: (data.digits, {}),
    "data.letters": lambda: (
        data.letters,
        {"n": 2, "seed": 0, "fonts": "bold", "rotation": 15, "shift": 0.75, "scale": (0.9, 1.14)},
    ),
    **{
        f"data.{f.__name__}": lambda f=f: (f, {"n": 5, "noise": 0.1, "seed": 0}) for f in PLAYGROUND
    },
    "data.photographs": lambda: (data.photographs, {}),
    "data.cuttings": lambda: (data.cuttings, {"part": "left"}),
    "data.one_hot": lambda: (data.one_hot, {"labels": LABELS, "n_classes": 3}),
    "data.split": lambda: (data.split, {"x": X, "t": T, "fraction": 0.5, "seed": 0}),
    "data.standardize": lambda: (data.standardize, {"x_train": X}),
    "gradcheck.numerical_gradient": lambda: (  # perturbs theta, and restores it
        gradcheck.numerical_gradient,
        {"f": np.sum, "theta": X.copy(), "eps": 1e-6},
    ),
    "gradcheck.gradient_errors": lambda: (
        gradcheck.gradient_errors,
        {"net": ready(), "loss": SoftmaxCrossEntropy(), "x": X, "t": T, "penalty": L2(0.1)},
    ),
    "initializers.normal": lambda: (initializers.normal, {"std": 0.1}),
    "initializers.xavier": lambda: (initializers.xavier, WIDTHS),
    "initializers.he": lambda: (initializers.he, WIDTHS),
    "initializers.lecun": lambda: (initializers.lecun, WIDTHS),
    "layers.Layer.init_params": lambda: (Layer().init_params, DRAWN),
    "layers.Dense.init_params": lambda: (after(Dense(4, 5)).init_params, DRAWN),
    "layers.Dense.forward": lambda: (after(Dense(4, 5)).forward, {"x": X, "training": True}),
    "layers.Dense.backward": lambda: (after(Dense(4, 3)).backward, {"dy": T}),
    "layers.Dense.param_grads": lambda: (after(Dense(4, 3)).param_grads, {"dy": T}),
    "layers.BatchNorm.init_params": lambda: (after(BatchNorm(4)).init_params, DRAWN),
    "layers.BatchNorm.forward": lambda: (after(BatchNorm(4)).forward, {"x": X, "training": True}),
    "layers.BatchNorm.backward": lambda: (after(BatchNorm(4)).backward, {"dy": X}),
    "layers.RandomLayer.init_params": lambda: (RandomLayer(0).init_params, DRAWN),
    "layers.RandomLayer.draw": lambda: (RandomLayer(0).draw, {"shape": (2, 3)}),
    "layers.Dropout.init_params": lambda: (Dropout(0.5).init_params, DRAWN),
    "layers.Dropout.draw": lambda: (Dropout(0.5, 0).draw, {"shape": (2, 3)}),
    "layers.Dropout.forward": lambda: (after(Dropout(0.5)).forward, {"x": X, "training": True}),
    "layers.Dropout.backward": lambda: (after(Dropout(0.5)).backward, {"dy": X}),
    "activations.RReLU.draw": lambda: (RReLU(seed=0).draw, {"shape": (2, 3)}),
    "network.Sequential.forward": lambda: (ready().forward, {"x": X, "training": True}),
    "network.Sequential.backward": lambda: (ready().backward, {"dy": T}),
    "network.Sequential.predict": lambda: (ready().predict, {"x": X}),
    "network.Sequential.grad_rms": lambda: (ready().grad_rms, {}),
    "network.Sequential.weights": lambda: (ready().weights, {}),
    "network.Sequential.freeze": lambda: (ready().freeze, {"n_layers": 1}),
    "network.Sequential.save": lambda: (saved().save, {"path": "net.npz"}),
    "network.Sequential.load": lambda: (saved().load, {"path": "net.npz"}),
    "network.mlp": lambda: (network.mlp, {"sizes": [4, 5, 3], "unit": Tanh, "output": None}),
    "network.signals": lambda: (network.signals, {"net": ready(), "x": X, "dy": T}),
    "network.fold": lambda: (network.fold, {"net": ready(np.float64, BatchNorm(5))}),
    "optimizers.clip_norm": lambda: (  # shortens its argument
        optimizers.clip_norm,
        {"grad": X.copy(), "max_norm": 1.0},
    ),
    "optimizers.clip_value": lambda: (  # cuts its argument
        optimizers.clip_value,
        {"grad": X.copy(), "limit": 1.0},
    ),
    "schedules.Plateau.update": lambda: (schedules.Plateau(0.1).update, {"value": 1.0}),
    "penalties.L1.shrink": lambda: (L1(0.1).shrink, {"net": ready(), "lr": 0.1}),
    "recurrent.RNN.init_params": lambda: (after(RNN(4, 2), X3).init_params, DRAWN),
    "recurrent.RNN.step": lambda: (after(RNN(4, 3), X3).step, {"x": X, "h": Z}),
    "recurrent.RNN.forward": lambda: (after(RNN(4, 2), X3).forward, {"x": X3}),
    "recurrent.RNN.backward": lambda: (after(RNN(4, 4), X3).backward, {"dy": X3}),
    "recurrent.LSTM.init_params": lambda: (after(LSTM(4, 2), X3).init_params, DRAWN),
    "recurrent.LSTM.step": lambda: (after(LSTM(4, 3), X3).step, {"x": X, "h": Z, "c": Z}),
    "recurrent.LSTM.forward": lambda: (after(LSTM(4, 2), X3).forward, {"x": X3}),
    "recurrent.LSTM.backward": lambda: (after(LSTM(4, 4), X3).backward, {"dy": X3}),
    "recurrent.Last.init_params": lambda: (Last().init_params, DRAWN),
    "recurrent.Last.forward": lambda: (Last().forward, {"x": X3}),
    "recurrent.Last.backward": lambda: (after(Last(), X3).backward, {"dy": X3[:, 0]}),
    "training.Batches": lambda: (
        lambda **given: list(Batches(**given)),
        {"x": X, "t": T, "batch_size": 4, "seed": 0},
    ),
    "training.History.record": lambda: (History("ab").record, {"loss": 1.0, "grad_rms": G}),
    "training.Frame": lambda: (
        Frame,
        {"step": 0, "loss": 1.0, "accuracy": 1.0, "grad_rms": [], "slopes": []},
    ),
    "training.Probe.watch": lambda: (
        Probe(X, T, SoftmaxCrossEntropy(), [0]).watch,
        {"net": ready()},
    ),
    "training.one_step": lambda: (training.one_step, stepping()),
    "training.mean_loss": lambda: (
        training.mean_loss,
        {"net": ready(), "loss": SoftmaxCrossEntropy(), "x": X, "t": T},
    ),
    "training.tell": lambda: (
        training.tell,
        {"optimizer": SGD(0.1), "history": History("ab"), "n_batches": 1},
    ),
    "training.fit": lambda: (training.fit, learning()),
    "training.accuracy": lambda: (training.accuracy, {"net": ready(), "x": X, "t": T}),
}
for A in ACTIVATIONS:
    CALLS |= {
        f"activations.{A.__name__}.init_params": lambda A=A: (A().init_params, DRAWN),
        f"activations.{A.__name__}.forward": lambda A=A: (A().forward, {"x": X}),
        f"activations.{A.__name__}.backward": lambda A=A: (after(A()).backward, {"dy": X}),
        f"activations.{A.__name__}.f": lambda A=A: (A().f, {"z": X}),
        f"activations.{A.__name__}.slope": lambda A=A: (
            A().slope,
            only_argument(A().slope, X),
        ),
    }
for L in LOSSES:
    CALLS |= {
        f"losses.{L.__name__}.forward": lambda L=L: (L().forward, {"z": Z, "t": T}),
        f"losses.{L.__name__}.backward": lambda L=L: (judged(L()).backward, {}),
    }
for R in OPTIMIZERS:  # a step moves theta alone
    CALLS |= {
        f"optimizers.{R.__name__}.step": lambda R=R: (R(0.1).step, two_numbers()),
        f"optimizers.{R.__name__}.rate": lambda R=R: (R(0.1).rate, {}),
    }
for P in (L1, L2):
    CALLS |= {
        f"penalties.{P.__name__}.forward": lambda P=P: (P(0.1).forward, {"net": ready()}),
        f"penalties.{P.__name__}.backward": lambda P=P: (P(0.1).backward, {"net": ready()}),
    }
for made in [A for A in ACTIVATIONS if A.__init__ is object.__init__] + LOSSES + [Layer, Last]:
    CALLS[f"{made.__module__.split('.')[1]}.{made.__name__}"] = lambda made=made: (made, {})
CALLS |= {
    "activations.LeakyReLU": lambda: (activations.LeakyReLU, {"alpha": 0.1}),
    "activations.PReLU": lambda: (activations.PReLU, {"alpha": 0.1}),
    "activations.RReLU": lambda: (RReLU, {"low": 0.1, "high": 0.2, "seed": 0}),
    "activations.ELU": lambda: (activations.ELU, {"alpha": 0.1}),
    "activations.SELU": lambda: (activations.SELU, {}),
    "layers.BatchNorm": lambda: (BatchNorm, {"n_features": 2, "momentum": 0.5, "eps": 1e-3}),
    "layers.RandomLayer": lambda: (RandomLayer, {"seed": 0}),
    "layers.Dropout": lambda: (Dropout, {"p": 0.5, "seed": 0}),
    "schedules.piecewise": lambda: (schedules.piecewise, {"pairs": [(0, 0.1), (5, 0.01)]}),
    "schedules.exponential": lambda: (schedules.exponential, {"lr0": 0.1, "r": 5}),
    "schedules.power": lambda: (schedules.power, {"lr0": 0.1, "r": 5, "c": 1}),
    "schedules.cosine": lambda: (schedules.cosine, {"lr0": 0.1, "n_steps": 5}),
    "schedules.warm_up": lambda: (schedules.warm_up, {"lr": 0.1, "n_steps": 5}),
    "schedules.Plateau": lambda: (
        schedules.Plateau,
        {"lr0": 0.1, "factor": 0.5, "patience": 2},
    ),
    "layers.Dense": lambda: (Dense, {"n_in": 2, "n_out": 3, "init": initializers.he}),
    "network.Sequential": lambda: (
        Sequential,
        {"layers": [Dense(4, 3), Tanh()], "seed": 0, "dtype": np.float32},
    ),
    "optimizers.SGD": lambda: (SGD, {"lr": 0.1}),
    "optimizers.Momentum": lambda: (optimizers.Momentum, {"lr": 0.1, "beta": 0.9}),
    "optimizers.Nesterov": lambda: (optimizers.Nesterov, {"lr": 0.1, "beta": 0.9}),
    "optimizers.AdaGrad": lambda: (optimizers.AdaGrad, {"lr": 0.1, "eps": 1e-8}),
    "optimizers.RMSProp": lambda: (optimizers.RMSProp, {"lr": 0.1, "beta": 0.9, "eps": 1e-8}),
    "optimizers.Adam": lambda: (
        optimizers.Adam,
        {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    ),
    "penalties.L1": lambda: (L1, {"strength": 0.1, "proximal": True}),
    "penalties.L2": lambda: (L2, {"strength": 0.1}),
    "recurrent.RNN": lambda: (RNN, {"n_in": 2, "n_hidden": 3, "init": initializers.he}),
    "recurrent.LSTM": lambda: (
        LSTM,
        {"n_in": 2, "n_hidden": 3, "init": initializers.he, "forget_bias": 0.5},
    ),
    "training.History": lambda: (History, {"layers": ["a", "b"]}),
    "training.Probe": lambda: (
        Probe,
        {"x": X, "t": T, "loss": SoftmaxCrossEntropy(), "steps": [0]},
    ),
}
NOT_YET = {  # they only say that they are not written
    "layers.Layer.forward",
    "layers.Layer.backward",
    "layers.RandomLayer.forward",
    "layers.RandomLayer.backward",
}


def public_names():
    """module.function, module.Class and module.Class.method, inherited ones too, of the core."""
    for module in CORE:
        for name, thing in vars(module).items():
            if name[0] == "_" or getattr(thing, "__module__", "") != module.__name__:
                continue
            methods = [key for key, _ in inspect.getmembers(thing, inspect.isfunction)]
            names = [name, *(f"{name}.{key}" for key in methods if key[0] != "_")]
            yield from [f"{module.__name__.split('.')[1]}.{name}" for name in names]
