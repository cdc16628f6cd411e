"""How fast is the course? Its networks beside PyTorch, scikit-learn and the bare matrix products.

    pip install -r tools/benchmark-requirements.txt
    python tools/benchmark.py [--threads 2] [--rounds 15] [letters spiral ...]

Everything is float32 and runs in one process, the sides in turn: A B C D, A B C D ... First every
workload asserts that the sides compute the same numbers from the same weights. "dlcourse" is `fit`
as a learner calls it: shuffling, checks, the loss and every layer's gradient magnitude recorded at
every step. "PyTorch" is the fastest eager loop with its modules and optimizers that we found:
slices of a permuted table, fused optimizers, nothing recorded. "products" is only the matrix
products, by NumPy, into arrays that are there already. Prints which code OpenBLAS runs on this
processor, and a Markdown table: medians of CPU time, wall time in brackets, and medians of each
round's ratio. Where OPENBLAS_CORETYPE is set, that code is not the one that a user has: it says so.
"""

import argparse
import itertools
import os
import pathlib
import platform
import re
import time

import numpy as np

from dlcourse import (
    activations,
    data,
    initializers,
    layers,
    losses,
    network,
    optimizers,
    recurrent,
    training,
)

try:
    import sklearn
    import threadpoolctl
    import torch
    from sklearn.neural_network import MLPClassifier
    from torch.nn import functional
except ImportError as error:
    raise SystemExit(f"{error}: pip install -r tools/benchmark-requirements.txt") from None

# losses with our factors; of the ways to write each, the fastest; cross_entropy takes class numbers
PEERS = {
    activations.Sigmoid: torch.nn.Sigmoid,
    activations.ReLU: torch.nn.ReLU,
    losses.MeanSquaredError: lambda z, t: functional.mse_loss(z, t, reduction="sum") / (2 * len(t)),
    losses.SigmoidCrossEntropy: lambda z, t: (
        functional.binary_cross_entropy_with_logits(z, t, reduction="sum") / len(t)
    ),
    losses.SoftmaxCrossEntropy: functional.cross_entropy,
}
SIDES = "dlcourse PyTorch scikit-learn products".split()


def letters(loss, last):
    """289-20-26 sigmoids, batches of 1024, SGD: 20 steps."""
    x, labels = data.letters(20 * 1024)
    return trained(
        x,
        data.one_hot(labels, 26),
        (289, 20, 26),
        activations.Sigmoid,
        last,
        loss,
        "SGD",
        0.5,
        1024,
    )


def digits(optimizer, lr, fused=True):
    """784-300-100-10, ReLU, softmax, batches of 50: 200 steps."""
    x, labels = data.digits()
    stack = (784, 300, 100, 10), activations.ReLU, None, losses.SoftmaxCrossEntropy
    return trained(x, data.one_hot(labels, 10), *stack, optimizer, lr, 50, fused=fused)


def spiral():
    """2-8-8-8-1, ReLU and a last sigmoid, squared error, batches of 10, SGD: 1000 steps."""
    x, labels = data.spiral(1000)
    x, t = x.astype(np.float32), labels[:, None].astype(np.float32)
    stack = (2, 8, 8, 8, 1), activations.ReLU, activations.Sigmoid, losses.MeanSquaredError
    return trained(x, t, *stack, "SGD", 0.05, 10, epochs=10)


def cats(shuffled=False):
    """12288-20-7-5-1, ReLU, one logit, SGD: 10 steps.

    All 209 pictures (random numbers here) are one batch. Nothing needs a shuffle there: both sides
    are handed the tables themselves. If shuffled, both copy 10 MB at every step.
    """
    rng = np.random.default_rng(0)
    x, t = rng.random((209, 12288), np.float32), (rng.random((209, 1)) < 0.34).astype(np.float32)
    stack = (12288, 20, 7, 5, 1), activations.ReLU, None, losses.SigmoidCrossEntropy
    return trained(x, t, *stack, "SGD", 0.0075, 209, epochs=10, shuffled=shuffled)


def trained(
    x, t, sizes, hidden, last, loss, optimizer, lr, batch, epochs=1, fused=True, shuffled=True
):
    """The sides of one workload: functions that each train for the same number of steps."""
    net, model = networks(sizes, hidden, last)
    torch_x, torch_t = (
        torch.from_numpy(x),
        torch.from_numpy(t.argmax(axis=1) if loss is losses.SoftmaxCrossEntropy else t),
    )
    ours = net, loss(), getattr(optimizers, optimizer)(lr)
    theirs = (
        model,
        PEERS[loss],
        getattr(torch.optim, optimizer)(model.parameters(), lr=lr, fused=fused),
    )
    found = []
    for _ in range(3):  # on one batch: the same losses, so the same gradients and updates
        found.append(PEERS[loss](model(torch_x[:batch]), torch_t[:batch]).item())
        torch_epoch(*theirs, [(torch_x[:batch], torch_t[:batch])])
    same("losses", training.fit(*ours, [(x[:batch], t[:batch])] * 3, 1).loss, found)
    if shuffled:
        batches, torch_epochs = (
            training.Batches(x, t, batch),
            (torch_batches(torch_x, torch_t, batch) for _ in itertools.count()),
        )
    else:
        batches, torch_epochs = [(x, t)], itertools.repeat([(torch_x, torch_t)])
    calls = {
        "dlcourse": lambda: training.fit(*ours, batches, epochs),
        "PyTorch": lambda: [torch_epoch(*theirs, next(torch_epochs)) for _ in range(epochs)],
    }
    if loss is not losses.MeanSquaredError:  # scikit-learn has no squared error for classes
        calls["scikit-learn"] = scikit_learn(x, t, sizes, hidden, optimizer, lr, batch, epochs)
    return calls | {"products": products(x, sizes, batch, epochs)}


def networks(sizes, hidden, last):
    """Our network and PyTorch's, with the same weights."""
    stack, init = [], initializers.he if hidden is activations.ReLU else initializers.xavier
    for n_in, n_out in itertools.pairwise(sizes):
        stack += [layers.Dense(n_in, n_out, init), hidden()]
    net, model = network.Sequential(stack[:-1] + ([last()] if last else [])), torch.nn.Sequential()
    for layer in net.layers:
        if isinstance(layer, layers.Dense):
            model.append(torch.nn.Linear(layer.n_in, layer.n_out))
            model[-1].weight.data[:], model[-1].bias.data[:] = (
                torch.from_numpy(layer.W.T),
                torch.from_numpy(layer.b),
            )
        else:
            model.append(PEERS[type(layer)]())
    return net, model


def torch_batches(x, t, batch):
    order = torch.randperm(len(x))
    x, t = x[order], t[order]
    for start in range(0, len(x), batch):
        yield x[start : start + batch], t[start : start + batch]


def torch_epoch(model, loss, optimizer, batches):
    for x, t in batches:
        optimizer.zero_grad(set_to_none=True)
        loss(model(x), t).backward()
        optimizer.step()


def same(what, ours, theirs):
    assert np.allclose(ours, theirs, rtol=1e-3, atol=1e-6), (
        f"the two sides compute other {what}:\n{ours}\n{theirs}"
    )


def scikit_learn(x, t, sizes, hidden, optimizer, lr, batch, epochs):
    activation, n_out = "relu" if hidden is activations.ReLU else "logistic", t.shape[1]
    rates = {"learning_rate_init": lr, "momentum": 0, "alpha": 0}
    model = MLPClassifier(
        sizes[1:-1], activation, solver=optimizer.lower(), batch_size=batch, **rates
    )
    yes_or_no = n_out == 1 or activation == "logistic"  # for each output, else one class of n_out
    labels = t.astype(int).squeeze() if yes_or_no else t.argmax(axis=1)
    model.partial_fit(x, labels, classes=range(max(2, n_out)))
    same("shapes", [W.shape for W in model.coefs_], list(itertools.pairwise(sizes)))
    return lambda: [model.partial_fit(x, labels) for _ in range(epochs)]


def products(x, sizes, batch, epochs):
    """x W of every layer, x^T dy of every layer, dy W^T of every layer but the first.

    They are computed for each batch.
    """
    rng = np.random.default_rng(0)
    y = [x[:batch], *(rng.random((batch, n), np.float32) for n in sizes[1:])]
    W = [rng.random(pair, np.float32) - 0.5 for pair in itertools.pairwise(sizes)]
    y_out, W_out = [np.empty_like(a) for a in y], [np.empty_like(a) for a in W]

    def run():
        for _ in range(epochs * len(x) // batch):
            for i in range(len(W)):
                y[i].dot(W[i], y_out[i + 1])
            for i in reversed(range(len(W))):
                y[i].T.dot(y[i + 1], W_out[i])
                if i:
                    y[i + 1].dot(W[i].T, y_out[i])

    return run


def ten_sigmoids():
    """Ten layers of 100 sigmoids, batches of 128.

    Forward, backward and every layer's gradient magnitude, 20 times.
    """
    net, model = networks((100,) * 11, activations.Sigmoid, activations.Sigmoid)
    x, t = np.random.default_rng(0).random((2, 128, 100), np.float32)
    loss, torch_loss = losses.MeanSquaredError(), PEERS[losses.MeanSquaredError]
    torch_x, torch_t = torch.from_numpy(x), torch.from_numpy(t)

    def dlcourse():
        loss.forward(net.forward(x, training=True), t)
        net.backward(loss.backward())
        return net.grad_rms()

    def pytorch():
        model.zero_grad(set_to_none=True)
        torch_loss(model(torch_x), torch_t).backward()
        return [torch.linalg.vector_norm(layer.weight.grad).item() / 100 for layer in model[::2]]

    same("gradients", np.log(dlcourse()), np.log(pytorch()))
    return repeated(
        20, {"dlcourse": dlcourse, "PyTorch": pytorch, "products": products(x, (100,) * 11, 128, 1)}
    )


def rnn_forward():
    """A tanh RNN, forward only: 50 steps in time, batches of 32, 28 inputs, 128 units; 20 times."""
    x = np.random.default_rng(0).random((32, 50, 28), np.float32)
    net, model = (
        network.Sequential([recurrent.RNN(28, 128)]),
        torch.nn.RNN(28, 128, batch_first=True),
    )
    torch_x, W_x, W_h = torch.from_numpy(x), net.layers[0].W_x, net.layers[0].W_h
    for theirs, ours in zip(
        model.parameters(), (W_x, W_h, np.zeros(128), np.zeros(128)), strict=True
    ):
        theirs.data[:] = torch.from_numpy(ours.T)
    z, h, out = (
        np.empty((32 * 50, 128), np.float32),
        np.ones((32, 128), np.float32),
        np.empty((32, 128), np.float32),
    )

    @torch.inference_mode()  # keeps nothing for a backward
    def pytorch():
        return model(torch_x)[0]

    def bare():
        x.reshape(-1, 28).dot(W_x, z)
        for _ in range(50):
            h.dot(W_h, out)

    same("states", net.forward(x), pytorch())
    return repeated(20, {"dlcourse": lambda: net.forward(x), "PyTorch": pytorch, "products": bare})


def through_time(ours, theirs, blocks):
    """Forward and back through 50 steps in time, batches of 32, 28 inputs, 128 units; 10 times."""
    rng = np.random.default_rng(0)
    x, dy = rng.random((32, 50, 28), np.float32), rng.random((32, 50, 128), np.float32) / 1000
    net, model = network.Sequential([ours(28, 128)]), theirs(28, 128, batch_first=True)
    layer, torch_x, torch_dy = net.layers[0], torch.from_numpy(x), torch.from_numpy(dy)
    own = layer.W_x.T, layer.W_h.T, layer.b, np.zeros_like(layer.b)
    for parameter, values in zip(model.parameters(), own, strict=True):
        parameter.data[:] = torch.from_numpy(values)
    rows, W_x, W_h = x.reshape(-1, 28), layer.W_x, layer.W_h
    dz = np.ones((32 * 50, blocks * 128), np.float32)
    z, h, back = np.empty_like(dz), *np.ones((2, 32, 128), np.float32)
    step, states = np.empty((32, blocks * 128), np.float32), np.ones((32 * 50, 128), np.float32)

    def dlcourse():
        net.forward(x)
        net.backward(dy)
        return layer.dW_h

    def pytorch():
        model.zero_grad(set_to_none=True)
        model(torch_x)[0].backward(torch_dy)
        return model.weight_hh_l0.grad.T

    def bare():
        rows.dot(W_x, z)
        for _ in range(50):
            h.dot(W_h, step)
            step.dot(W_h.T, back)
        rows.T.dot(dz)
        states.T.dot(dz)

    same("gradients", dlcourse(), pytorch())
    return repeated(10, {"dlcourse": dlcourse, "PyTorch": pytorch, "products": bare})


def repeated(times, calls):
    return {side: lambda call=call: [call() for _ in range(times)] for side, call in calls.items()}


WORKLOADS = {
    "letters, squared error": lambda: letters(losses.MeanSquaredError, activations.Sigmoid),
    "letters, cross-entropy": lambda: letters(losses.SigmoidCrossEntropy, None),
    "digits, SGD": lambda: digits("SGD", 0.01),
    "digits, Adam, beside PyTorch's default": lambda: digits("Adam", 1e-3, fused=None),
    "digits, Adam, beside PyTorch's fused": lambda: digits("Adam", 1e-3),
    "spiral": spiral,
    "cats, in order": cats,  # a full batch, without a copy on either side
    "cats, shuffled by both": lambda: cats(shuffled=True),
    "RNN forward": rnn_forward,
    "RNN, there and back": lambda: through_time(recurrent.RNN, torch.nn.RNN, 1),
    "LSTM, there and back": lambda: through_time(recurrent.LSTM, torch.nn.LSTM, 4),
    "ten sigmoid layers": ten_sigmoids,
}


def measured(calls, rounds):
    """{side: (rounds, 2)}: CPU and wall seconds, the sides taking turns.

    The first round is not counted.
    """
    times = {side: [] for side in calls}
    for _ in range(rounds + 1):
        for side, call in calls.items():
            start = time.process_time(), time.perf_counter()
            call()
            times[side].append((time.process_time() - start[0], time.perf_counter() - start[1]))
    return {side: np.array(rows[1:]) for side, rows in times.items()}


def row(name, times, clock):
    """A row of the table: milliseconds of each side, then three ratios.

    They say how many times as long as ours PyTorch and scikit-learn take, and how many times as
    long as the products we take.
    """
    cells = [name]
    for side in SIDES:
        cells.append(
            "{:.1f} ({:.1f})".format(*(1e3 * np.median(times[side], axis=0)))
            if side in times
            else ""
        )
    for above, below in (
        ("PyTorch", "dlcourse"),
        ("scikit-learn", "dlcourse"),
        ("dlcourse", "products"),
    ):
        cells.append(
            f"{np.median(times[above][:, clock] / times[below][:, clock]):.2f}"
            if above in times
            else ""
        )
    return "| " + " | ".join(cells) + " |"


def machine():
    """The processor and the versions that were measured."""
    info = pathlib.Path("/proc/cpuinfo")
    found = (
        re.findall("model name\\s*: (.*)", info.read_text(encoding="utf-8"))
        if info.exists()
        else []
    )
    blas = next(pool for pool in threadpoolctl.threadpool_info() if "numpy" in pool["filepath"])
    blas = f"{blas['internal_api']} {blas['version']} for {blas.get('architecture')}"
    versions = (
        f"Python {platform.python_version()}, NumPy {np.__version__} with {blas}, "
        f"PyTorch {torch.__version__}, scikit-learn {sklearn.__version__}"
    )
    return f"{[*found, platform.processor()][0]}, {os.cpu_count()} cores; {versions}"


def warning():
    """A line about what makes this measurement another than a user's, or nothing.

    Variables of the environment can do so.
    """
    forced = {
        name: os.environ[name]
        for name in ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES")
        if os.environ.get(name)
    }
    told = " ".join(f"{name}={value}" for name, value in forced.items())
    return f"Warning: {told} is set. Not what a user has: measure without it.\n" if told else ""


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "names", nargs="*", help="only workloads with one of these words in their name"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    clock = (
        f"{chosen.threads} threads, ratios of wall time"
        if chosen.threads > 1
        else "1 thread, ratios of CPU time"
    )
    print(warning(), end="")
    print(f"{machine()}; float32, {clock}. CPU (wall) time in ms, medians of {chosen.rounds}.\n")
    print(
        "| workload | "
        + " | ".join(SIDES)
        + " | PyTorch / dlcourse | scikit-learn / dlcourse | dlcourse / products |"
    )
    print("|---" + "|---:" * 7 + "|")
    with threadpoolctl.threadpool_limits(chosen.threads):
        for name, prepare in WORKLOADS.items():
            if not chosen.names or any(word in name for word in chosen.names):
                print(
                    row(name, measured(prepare(), chosen.rounds), clock=int(chosen.threads > 1)),
                    flush=True,
                )


if __name__ == "__main__":
    main()
