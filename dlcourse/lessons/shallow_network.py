"""Lesson 2, a shallow network: units set by hand, networks of three numbers, forty at once.

First what is computed, then what is drawn of it. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a function `draw_...` stands behind sliders.
Everything is plain float64 NumPy with sigmoid(z) = (1 + tanh(z / 2)) / 2, which never overflows.
"""

import functools

import numpy as np

from dlcourse import data, plots
from dlcourse.drawing import units as unit_drawing
from dlcourse.drawing.scenes import marks, ridges
from dlcourse.drawing.sheet import arrow, box, say, sheet
from dlcourse.drawing.style import BACKWARD, GREY, INK, ORANGE


def sigmoid(z):
    """1 / (1 + e^-z), number by number."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def sigmoid_slope(y):
    """The slope of sigmoid, from its output y."""
    return y * (1 - y)


def tanh_slope(y):
    """The slope of tanh, from its output y."""
    return 1 - y**2


ACTIVATIONS = {"sigmoid": (sigmoid, sigmoid_slope), "tanh": (np.tanh, tanh_slope)}

# Three units around a disc, each facing inwards: their weights are the columns of (2, 3).
ANGLES = np.arange(3) * 2 * np.pi / 3
INWARDS = -np.array([np.sin(ANGLES), np.cos(ANGLES)])


# The puzzles.


def standardized(points):
    """(x, t) of a playground set: x standardized, t as a column (N, 1)."""
    x, t = points
    return data.standardize(x)[0], t.reshape(-1, 1)


@functools.cache
def puzzle(name, seed=0):
    """(x, t) of "circle" or "xor", 100 points, or of "four", the four points of xor.

    In both kinds of xor the label is 1 where the signs of the two coordinates differ.
    """
    if name == "circle":
        return standardized(data.circle(100, seed=seed))
    if name == "xor":
        x, same_sign = standardized(data.xor(100, seed=seed))
        return x, 1 - same_sign
    if name == "four":
        corners = np.array([[1.0, 1], [-1, -1], [1, -1], [-1, 1]])
        return corners, np.array([[0], [0], [1], [1]])
    raise ValueError(f'puzzle takes "circle", "xor" or "four", got {name!r}')


# Three units placed by hand.


def hill(q, steep, distance):
    """The sum (N,) of three sigmoid units at points q (N, 2).

    Each unit stands at 1/2 on a line that passes the origin at `distance`, and goes from 0 to 1 the
    faster the larger `steep`.
    """
    return sigmoid(steep * (q @ INWARDS + distance)).sum(axis=1)


def ring_height(steep, distance):
    """The mean of the hill on the circle of radius 4/3, in the empty ring between the colours."""
    angle = np.linspace(0, 2 * np.pi, 200)
    ring = 4 / 3 * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return hill(ring, steep, distance).mean()


def hill_above_ring(q, steep, distance):
    """The hill (N,) at q (N, 2), less its height on the ring."""
    return hill(q, steep, distance) - ring_height(steep, distance)


def share_of_hill(x, t, steep, distance):
    """The share of points x (N, 2) that lie on the right side of the ring.

    Right is above it if the target in t (N, 1) is 1, else below.
    """
    above = hill_above_ring(x, steep, distance) > 0
    return np.mean(above == (t[:, 0] == 1))


def best_steep_shares(seeds=range(10)):
    """For ten draws of 1000 points: the best share right of 41 triangles, one for each distance."""
    distances = np.linspace(0.6, 1.6, 41)
    found = []
    for seed in seeds:
        points = standardized(data.circle(1000, seed=seed))
        found.append(max(share_of_hill(*points, 60, distance) for distance in distances))
    return np.array(found)


def soft_shares(seeds=range(10)):
    """For ten draws of 1000 points: the share right of three soft units, steep 2, distance 1."""
    draws = [standardized(data.circle(1000, seed=seed)) for seed in seeds]
    return np.array([share_of_hill(*points, 2, 1) for points in draws])


# Many small networks at once.


def outputs(networks, x, activation="sigmoid"):
    """(hidden, output) of K networks at once for points x (N, 2): (K, N, units) and (K, N, 1)."""
    W1, b1, W2, b2 = networks
    hidden = ACTIVATIONS[activation][0](x @ W1 + b1)
    return hidden, sigmoid(hidden @ W2 + b2)


def train_many(x, t, units, lr, steps, seeds, activation="sigmoid", bias=True, frames=()):
    """Train a network 2-units-1 from each seed, all at once.

    Returns the stacks W1 (K, 2, units), b1 (K, 1, units), W2 (K, units, 1), b2 (K, 1, 1), or, with
    `frames`, a list of such stacks, one after each of these steps, 0 being the start. Half the
    squared error; every step sees all of x (N, 2) and t (N, 1); parameters start as N(0, 1).
    Without `bias`, b1 is 0 and stays so.
    """
    rngs = [np.random.default_rng(seed) for seed in seeds]
    shapes = [(2, units), (1, units), (units, 1), (1, 1)]
    W1, b1, W2, b2 = (np.stack([rng.standard_normal(shape) for rng in rngs]) for shape in shapes)
    if not bias:
        b1[...] = 0
    slope = ACTIVATIONS[activation][1]
    seen = [[part.copy() for part in (W1, b1, W2, b2)]] if 0 in frames else []
    for step in range(1, steps + 1):
        hidden, y = outputs((W1, b1, W2, b2), x, activation)
        dz2 = (y - t) / len(x) * sigmoid_slope(y)
        dz1 = dz2 @ W2.swapaxes(1, 2) * slope(hidden)
        W2 -= lr * hidden.swapaxes(1, 2) @ dz2
        b2 -= lr * dz2.sum(axis=1, keepdims=True)
        W1 -= lr * x.T @ dz1
        if bias:
            b1 -= lr * dz1.sum(axis=1, keepdims=True)
        if step in frames:
            seen.append([part.copy() for part in (W1, b1, W2, b2)])
    return seen if frames else (W1, b1, W2, b2)


def share_right(networks, x, t, activation="sigmoid"):
    """The share of points that each of K networks puts on the right side of 1/2, (K,)."""
    return np.mean((outputs(networks, x, activation)[1] > 0.5) == t, axis=(1, 2))


STEPS = (0, 1, 2, 3, 5, 8, 12, 16, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400)
STEPS = (*STEPS, 500)  # at which a film of a training stands still


@functools.lru_cache(maxsize=64)
def film(name, units, activation, seed):
    """A training of 500 steps at lr 20 from one seed: the network at each of STEPS, and its share.

    Two lists: networks, as `train_many` gives them, and shares of the puzzle's points that are
    right.
    """
    x, t = puzzle(name)
    setting = {"lr": 20, "steps": STEPS[-1], "seeds": [seed], "activation": activation}
    networks = train_many(x, t, units, **setting, frames=STEPS)
    shares = [share_right(network, x, t, activation)[0] for network in networks]
    return networks, shares


# A way back without some of its slopes.


def first_gradient(x, t, weights, forgetful):
    """The gradient of the first of the matrices `weights`, as one vector, for one example x (D,).

    The layers are sigmoids without biases, the loss is (p - t)^2 / 2. Where `forgetful`, an error
    is handed back as the sum of w times error, without the unit's slope: each unit's slope then
    counts for its own weights only.
    """
    signals = [x]
    for W in weights:
        signals.append(sigmoid(signals[-1] @ W))
    error = signals[-1] - t
    for k in reversed(range(len(weights))):
        delta = error * sigmoid_slope(signals[k + 1])
        gradient = np.outer(signals[k], delta)
        error = weights[k] @ (error if forgetful else delta)
    return gradient.ravel()


def forgetful_against_right(seed, networks=200):
    """(lengths, cosines), each (networks,), of the forgetful first gradient against the right one.

    How many times as long it is, and the cosine between the two, in random networks 2-3-2-1 with
    weights N(0, 1), each with a random example of target 1.
    """
    rng = np.random.default_rng(seed)
    lengths, cosines = [], []
    for _ in range(networks):
        weights = [rng.standard_normal(shape) for shape in ((2, 3), (3, 2), (2, 1))]
        x = rng.standard_normal(2)
        right = first_gradient(x, 1, weights, forgetful=False)
        wrong = first_gradient(x, 1, weights, forgetful=True)
        lengths.append(np.linalg.norm(wrong) / np.linalg.norm(right))
        cosines.append(right @ wrong / (np.linalg.norm(right) * np.linalg.norm(wrong)))
    return np.array(lengths), np.array(cosines)


# What a pass costs.


class Counted(np.ndarray):
    """An array that counts the products of numbers in its products of matrices, in `products`."""

    products = 0

    def __matmul__(self, other):
        Counted.products += self.shape[0] * self.shape[1] * other.shape[1]
        return np.ndarray.__matmul__(self, other)

    def __rmatmul__(self, other):
        Counted.products += other.shape[0] * other.shape[1] * self.shape[1]
        return np.ndarray.__rmatmul__(self, other)


def products(run, net, array):
    """How many products of numbers the matrix products of run(net, array) take."""
    Counted.products = 0
    run(net, array.view(Counted))
    return Counted.products


def named_rightly(net, x, labels):
    """The share (26,) of the letters of each kind that a network names rightly."""
    right = net.predict(x) == labels
    return np.array([right[labels == letter].mean() for letter in range(26)])


# What is seen of it.


def share(value):
    """0.94 as "94 %"; below 1 never "100 %"."""
    percent = round(100 * value)
    return f"{min(percent, 99) if value < 1 else 100} %"


def show_puzzles(circle, xor):
    """The two sets of points, each with its name."""
    ax = plots.axes(2, width=5.4, height=2.7)
    for a, name, (x, t) in zip(ax, ("circle", "xor"), (circle, xor), strict=True):
        marks(a, x, t)
        a.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", title=name)
        a.set(xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    plots.show(
        ax,
        "Two sets of 100 points. Circle: blue points, label 1, with red ones, label 0, all around. "
        "Xor: four squares, blue where the two coordinates have different signs.",
    )


def hand_made(steep=2.0, distance=0.9):
    """The three units by hand as a network (W1, b1, W2, b2): p is 1/2 at the height of the ring."""
    W2 = np.full((3, 1), 10.0)
    b2 = np.array([-10.0 * ring_height(steep, distance)])
    return steep * INWARDS, np.full(3, steep * distance), W2, b2


def _seen_over_plane(network, activation="sigmoid", n=40):
    """(outputs, weights) of a network (W1, b1, W2, b2) as unit_pictures takes them."""
    W1, b1, W2, b2 = network
    q = unit_drawing.plane(n=n)
    hidden = ACTIVATIONS[activation][0](q @ W1 + b1)
    return [q, hidden, sigmoid(hidden @ W2 + b2)], [W1, W2]


def show_hand_made(points, steep=2.0, distance=0.9):
    """The network with three units placed by hand, its parts named."""
    x, t = points
    right = share_of_hill(x, t, steep, distance)
    title = f"the output: {share(right)} right"
    seen = _seen_over_plane(hand_made(steep, distance))
    ax = unit_drawing.unit_pictures(*seen, x, t, title=title)
    for image in ax.images:
        image.set_interpolation("nearest")  # smooth shades take twice the bytes
    line = {"arrowstyle": "-", "color": "0.5", "linewidth": 0.8}
    look = {"color": INK, "va": "center", "fontsize": 9.5, "linespacing": 1.3, "zorder": 7}
    parts = [
        ("features: blue is positive,\nred negative", (1.0, 3.3), (0.75, 2.68)),
        ("weights: blue is positive,\nred negative", (1.1, 0.33), (1.7, 1.22)),
        ("hidden units: blue is\nnear 1, red near 0", (4.25, 3.3), (2.98, 2.9)),
        ("border", (4.6, 0.42), (5.95, 1.33)),
    ]
    for words, at, to in parts:
        ax.annotate(words, to, at, arrowprops=line, ha="center", **look)
    plots.show(
        ax,
        "A network of two features, three hidden units and an output. Each unit is a picture of "
        "its answers over the plane; the output is a round blue hill, and "
        f"{share(right)} of the points are right.",
    )


def draw_lines(ax, W, b):
    """The line of each hidden unit, dashed and grey."""
    plots.unit_lines(W, b, ax)
    for line in ax.lines:
        if line.get_linestyle() == "--":
            line.set_color("0.3")


def draw_plane(ax, points, steep, distance):
    """The border where three units add up to the height of the ring; returns the share right."""
    x, t = points
    plots.decision_boundary(lambda q: hill_above_ring(q, steep, distance), x, t, ax, level=0)
    draw_lines(ax, INWARDS, np.full(3, distance))
    return share_of_hill(x, t, steep, distance)


SIDE, TILT = 2.4, 0.75  # of the hill seen from the front: how far it reaches, and its tilt


def hill_axes():
    """Two axes, for the plane and for the hill."""
    return plots.axes(2, width=8.4, height=3.6)


def draw_hill(ax=None, steep=60.0, distance=0.9):
    """Three steep units: left the triangle that they cut out, 95 % right; right their sum as a
    hill with a flat top, blue where it is higher than in the ring between the colours."""
    ax = hill_axes() if ax is None else ax
    right = draw_plane(ax[0], puzzle("circle"), steep, distance)
    ax[0].set_title(f"{share(right)} right")
    _draw_ridges(ax[1], steep, distance)
    return ax


def _draw_ridges(ax, steep, distance):
    """The hill in rows, one before the other; a row is blue where it is above the ring."""
    level = ring_height(steep, distance)
    look = {"limits": (-SIDE, SIDE), "columns": 109, "rows": 31, "tilt": TILT, "linewidth": 1.1}
    ridges(lambda q: hill(q, steep, distance), ax, level=level, **look)
    ax.set(xlim=(-SIDE - 0.1, SIDE + 0.1), ylim=(-TILT * SIDE - 0.1, TILT * SIDE + 3.2))
    ax.set_title("the sum of the three units, seen from the front")


# The network 2-2-1 of the lesson, with the numbers that are worked by hand.

X = np.array([1.0, 2.0])
V = np.array([[0.6, -0.4], [0.3, 0.5]])  # from the two features to the two hidden units
W = np.array([[1.0], [-1.2]])  # from these to the output unit


def worked():
    """{name: number} of the network 2-2-1 for x = (1, 2), target 1: forward, and every delta."""
    z1, z2 = X @ V
    y1, y2 = sigmoid(z1), sigmoid(z2)
    z3 = y1 * W[0, 0] + y2 * W[1, 0]
    p = sigmoid(z3)
    delta3 = (p - 1) * sigmoid_slope(p)
    delta1 = delta3 * W[0, 0] * sigmoid_slope(y1)
    delta2 = delta3 * W[1, 0] * sigmoid_slope(y2)
    found = {"z1": z1, "y1": y1, "z2": z2, "y2": y2, "z3": z3, "p": p}
    found |= {"delta3": delta3, "delta1": delta1, "delta2": delta2}
    return found | {"loss": (p - 1) ** 2 / 2, "dx": V @ np.array([delta1, delta2])}


def _minus(text):
    return text.replace("-", "−")


def _forward_boxes(at):
    """The words in the boxes of the network 2-2-1."""
    one, two = ([_minus(f"z = {at[f'z{k}']:.2f}\ny = {at[f'y{k}']:.3f}")] for k in (1, 2))
    last = _minus(f"z = {at['z3']:.3f}\np = {at['p']:.3f}")
    return [["$x_1$ = 1", "$x_2$ = 2"], one + two, [last]]


def show_forward():
    """The network 2-2-1 with what every unit adds up and what leaves it."""
    at = worked()
    ax = plots.network(_forward_boxes(at), [V, W], plots.axes(width=6.8, height=2.3))
    for (column, row), name in (((1, -0.5), "unit 1"), ((1, 0.5), "unit 2"), ((2, 0), "output")):
        ax.annotate(name, (column, row), (0, 26), textcoords="offset points", ha="center",
                    color=GREY)  # fmt: skip
    plots.show(
        ax,
        "The network of two features, two hidden units and one output, its weights on the edges; "
        f"for x = (1, 2) the hidden units answer {at['y1']:.3f} and {at['y2']:.3f}, the output "
        f"{at['p']:.3f}.",
    )


def show_chain():
    """From the first weight to the loss, a slope on each link; below, going back, their product."""
    at = worked()
    slopes = [1.0, sigmoid_slope(at["y1"]), W[0, 0], sigmoid_slope(at["p"]), at["p"] - 1]
    names = ["w", "$z_1$", "$y_1$", "$z_3$", "p", "L"]
    numbers = [V[0, 0], at["z1"], at["y1"], at["z3"], at["p"], at["loss"]]
    ax = sheet(8.4, 1.65)
    places = np.linspace(0.75, 7.75, 6)
    high, low = 1.2, 0.72
    for x, name, value in zip(places, names, numbers, strict=True):
        box(ax, x, high, 0.66, 0.5)
        say(ax, x, high, _minus(f"{name}\n{value:.3f}"), size=9.5, linespacing=1.3)
    for x, slope in zip(places[:-1], slopes, strict=True):
        arrow(ax, (x + 0.36, high), (x + 1.04, high))
        say(ax, x + 0.68, high + 0.15, _minus(f"{slope:.3f}"), size=9.5)
    product, words = 1.0, ["dL/dw", "$\\delta_1$", "dL/d$y_1$", "$\\delta_3$", "dL/dp"]
    for x, slope, name in zip(places[-2::-1], slopes[::-1], words[::-1], strict=True):
        product = product * slope
        arrow(ax, (x + 1.04, low), (x + 0.36, low), color=BACKWARD)
        text = _minus(f"{name}\n{product:.4f}")
        say(ax, x, low - 0.18, text, size=9.5, color=BACKWARD, linespacing=1.3)
    say(ax, places[-1], low, "start here", size=9.5, color=BACKWARD)
    plots.show(
        ax,
        "A chain of six boxes from the weight w over z1, y1, z3 and p to the loss, the slopes on "
        f"its arrows; below, going back, their product, which ends at {_minus(f'{product:.4f}')}.",
    )


def show_way_back():
    """The network 2-2-1 both ways: every delta, every dL/dw, and two paths to each feature."""
    at = worked()
    deltas = np.array([at["delta1"], at["delta2"]])
    paths = [
        f"{over_1:.4f} {'-' if over_2 < 0 else '+'} {abs(over_2):.4f}\n= {over_1 + over_2:.4f}"
        for over_1, over_2 in V * deltas
    ]
    boxes = [["$x_1$ = 1", "$x_2$ = 2"], ["unit 1", "unit 2"], ["output"]]
    signals = [[f"δ = {delta:.4f}" for delta in deltas], [f"δ = {at['delta3']:.4f}"]]
    back = [[_minus(words) for words in column] for column in (paths, *signals)]
    gradients = [np.outer(X, deltas), np.outer([at["y1"], at["y2"]], [at["delta3"]])]
    ax = plots.axes(width=8.0, height=3.0)
    plots.network(boxes, [V, W], ax, back=back, gradients=gradients)
    plots.show(
        ax,
        "The same network with arrows both ways. Forward the weights; back, in purple, δ in every "
        "unit and dL/dw on every edge. At x1 two arrows arrive, over unit 1 and over unit 2, and "
        f"what they bring is added up to dL/dx1, {_minus(format(at['dx'][0], '.4f'))}.",
    )


# Trained networks.


def draw_border(ax, units, start):
    """The border of a network that learned the circle, its units' lines, the share right on top."""
    networks, shares = film("circle", units, "sigmoid", start)
    W1, b1, _, _ = networks[-1]
    x, t = puzzle("circle")
    plots.decision_boundary(lambda q: outputs(networks[-1], q)[1][0], x, t, ax)
    draw_lines(ax, W1[0], b1[0, 0])
    many = f"{units} unit{'s' * (units > 1)}"
    ax.set_title(f"circle, {many}\n{share(shares[-1])} right")
    ax.set(xlabel="", ylabel="", xticks=[], yticks=[])
    return shares[-1]


def show_one_to_three(start=4):
    """The circle with one, two and three hidden units, from the same start."""
    ax = plots.axes(3, width=5.4, height=2.4)
    rights = [draw_border(a, k, start) for k, a in enumerate(ax, 1)]
    plots.show(
        ax,
        "One unit cuts the plane, two make a wedge, three close around the blue disc; right are "
        f"{', '.join(share(right) for right in rights)} of the points.",
    )


def show_solved(rows):
    """Forty dots for each {words: shares (40,)}: dark where a start puts all points right."""
    ax = sheet(8.4, 0.34 * len(rows) + 0.3)
    words = []
    for k, (name, shares) in enumerate(rows.items()):
        y = 0.34 * (len(rows) - k) - 0.02
        solved = np.asarray(shares) == 1
        places = 1.75 + 0.135 * np.arange(len(shares))
        look = {"s": 42, "edgecolors": INK, "linewidths": 0.8, "zorder": 3}
        ax.scatter(places, np.full(len(shares), y), c=np.where(solved, INK, "white"), **look)
        say(ax, 1.6, y, name, ha="right")
        say(ax, 7.2, y, f"{solved.sum()} of {len(shares)}", ha="left")
        words.append(f"{name} ≈ {solved.sum()}")
    say(ax, 1.68, 0.06, "one dot, one start", size=9, ha="left", color=GREY)
    plots.show(ax, f"Of forty starts so many put all points right: {', '.join(words)}.")


def draw_training(ax=None, step=60, units=3, activation="sigmoid", data_set="circle", start=4):
    """A network of three hidden units at step 60 of its training on the circle, each unit as the
    picture of its answers: the border is still open below, 87 % of the points are right."""
    networks, shares = film(data_set, units, activation, start)
    at = STEPS.index(step)
    W1, b1, W2, b2 = (part[0] for part in networks[at])
    outputs_over_plane, weights = _seen_over_plane((W1, b1, W2, b2), activation)
    low = -1 if activation == "tanh" else 0
    x, t = puzzle(data_set)
    return unit_drawing.unit_pictures(
        outputs_over_plane,
        weights,
        x,
        t,
        ax,
        ranges=[(-2.4, 2.4), (low, 1), (0, 1)],
        title=f"step {step}: {share(shares[at])} right",
    )


def walk(network, n=401):
    """Along the line of hidden unit 1, through the origin: places (n, 2), and p there (n,)."""
    W1 = network[0]
    w = W1[0, :, 0] / np.linalg.norm(W1[0, :, 0])
    q = np.linspace(-2.3, 2.3, n)[:, None] * np.array([-w[1], w[0]])
    return q, outputs(network, q)[1][0, :, 0]


def show_walk(start=4):
    """A walk parallel to the line of unit 1: with two hidden units p only rises or only falls."""
    ax = plots.axes(2, width=5.0, height=2.3)
    networks = {n: film("circle", n, "sigmoid", start)[0][-1] for n in (2, 3)}
    x, t = puzzle("circle")
    W1, b1, _, _ = networks[2]
    plots.decision_boundary(lambda q: outputs(networks[2], q)[1][0], x, t, ax[0])
    draw_lines(ax[0], W1[0][:, :1], b1[0, 0][:1])
    q, _ = walk(networks[2])
    start, end = q[np.abs(q).max(axis=1) < 2.1][[0, -1]]
    way = {"arrowstyle": "-|>", "color": ORANGE, "linewidth": 2.5, "shrinkA": 0, "shrinkB": 0}
    ax[0].annotate("", end, start, arrowprops=way, zorder=6)
    for line in ax[0].lines:
        line.set_visible(line.get_linestyle() == "--")  # the points would hide the walk
    ax[0].set(title="two units, and a walk", xlabel="", ylabel="", xticks=[], yticks=[])
    crossings = []
    for color, (units, network) in zip((ORANGE, "black"), networks.items(), strict=True):
        _, p = walk(network)
        ax[1].plot(np.linspace(-2.3, 2.3, len(p)), p, color=color, linestyle="-")
        crossings.append(int(np.sum((p[1:] > 0.5) != (p[:-1] > 0.5))))
        place = {2: (-2.3, p[0] - 0.08), 3: (-0.7, p.max() - 0.08)}[units]
        ax[1].text(*place, f"{units} units", va="center", color=INK)
    ax[1].axhline(0.5, color="0.6", linewidth=0.8, linestyle="-")
    ax[1].set(ylim=(-0.02, 1.02), yticks=[0, 0.5, 1], xlabel="along the walk", title="p on a walk")
    plots.show(
        ax,
        "A walk parallel to the line of one hidden unit. With two units p crosses one half "
        f"{crossings[0]} time, with three {crossings[1]} times.",
    )


def show_cube(start=4):
    """The circle's points at the answers of three hidden units, in space and along the cut."""
    x, t = puzzle("circle")
    network = film("circle", 3, "sigmoid", start)[0][-1]
    hidden = outputs(network, x)[0][0]
    v, c = network[2][0, :, 0], network[3][0, 0, 0]
    cube, cut = plots.axes(2, width=6.6, height=2.9)
    figure, place = cube.figure, cube.get_subplotspec()
    cube.remove()
    cube = figure.add_subplot(place, projection="3d")
    plots.space(hidden, t, cube, v, c, seen_from=(25, -30))
    cube.grid(False)
    cube.set_box_aspect((1, 1, 1), zoom=0.85)
    cube.set(xlabel="$y_1$", ylabel="$y_2$", zlabel="$y_3$", xticks=[0, 1], yticks=[0, 1])
    cube.set(zticks=[0, 1])
    distance = (hidden @ v + c) / np.linalg.norm(v)
    across = hidden @ np.linalg.svd(v[None])[2][1]  # along the plane, at right angles to v
    marks(cut, np.stack([across, distance], axis=1), t)
    cut.axhline(0, color="0.4", linewidth=1.2, linestyle="-")
    cut.text(cut.get_xlim()[1], -0.01, "the plane", ha="right", va="top", color=INK)
    cut.set(title="seen along the plane", xlabel="along it", ylabel="distance from it", xticks=[])
    apart = min(distance[t[:, 0] == 1].min(), -distance[t[:, 0] == 0].max())
    plots.show(
        cut,
        "Left the points of the circle at the answers of three hidden units, in a cube: the blue "
        "ones lie in a corner, and a plane cuts it off. Right the same seen along the plane: every "
        f"point is at least ≈ {apart:.2f} away on its side.",
    )


def show_shapes():
    """The three products of a Dense layer as boxes that fit."""
    plots.show(
        plots.shapes(),
        "Three products of matrices: x times W gives y (N by M); x transposed times dy gives dW "
        "(D by M), over N examples; dy times W transposed gives dx (N by D), over M units.",
    )


def show_letters(letters, run):
    """Twelve letters, and the accuracy after each epoch of a History."""
    ax = plots.axes(2, width=6.6, height=2.5)
    plots.images(letters[:12], ax[0], columns=4)
    score = np.array(run.val_accuracy)
    ax[1].plot(np.arange(1, len(score) + 1), score, color="black", linestyle="-")
    ax[1].set(xlabel="epoch", ylabel="accuracy on unseen letters", ylim=(0, 1), xlim=(1, 20))
    ax[1].set(xticks=[1, 5, 10, 15, 20])
    plots.show(
        ax,
        f"Twelve letters; an accuracy that climbs from ≈ {score[0]:.2f} after one epoch to "
        f"≈ {score[-1]:.2f} after twenty.",
    )


def show_letter_weights(net):
    """The 289 weights of each of the 26 units as a picture of blue and red dots."""
    W = net.layers[0].W
    sizes = np.linalg.norm(W, axis=0)
    names = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    ax = plots.axes(width=6.8, height=3.0)
    pictures = plots.images(W.T, ax, captions=names, columns=9, signed=True)
    plots.show(
        pictures,
        "Twenty-six pictures of blue and red dots; in many the letter shows. B's is pale: its "
        f"weights have ≈ {sizes[1] / np.median(sizes):.2f} of the usual length.",
    )
