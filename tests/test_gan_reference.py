"""Sheet 5's references hold what the formulas stand for: finite differences, divergences, adjoints.

The checks compare students' functions with these; so these are compared with something else.
"""

import math

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from helpers.quiet import tf
from reference import randomness
from reference.sheet5_gan import reference as right

LOGITS = np.random.default_rng(3).normal(scale=3, size=7)
WIDE = np.concatenate([LOGITS, [200.0, -200.0, 0.0]])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def slope(function, x, step=1e-5):
    """The gradient of a number with respect to an array, by central differences."""
    steps = step * np.eye(len(x))
    return np.array([(function(x + h) - function(x - h)) / (2 * step) for h in steps], float)


@pytest.mark.parametrize("alpha", [0.0, 0.2, 1.0, 2.0])
def test_the_leaky_relu_passes_what_is_negative_scaled(alpha):
    x = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    expected = [-2 * alpha, -alpha, 0, 1, 2]
    assert right.leaky_relu(x, alpha).numpy().tolist() == pytest.approx(expected)
    assert right.leaky_relu(tf.constant(x, tf.float16), alpha).dtype == tf.float16


@pytest.mark.parametrize("alpha", [0.0, 0.2, 2.0])
def test_its_gradient_is_1_or_alpha(alpha):
    x = tf.constant([-3.0, -0.1, 0.1, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = right.leaky_relu(x, alpha)
    assert np.allclose(tape.gradient(y, x), [alpha, alpha, 1, 1])


def test_noise_is_uniform_and_new_on_every_call():
    one, other = (right.sample_noise(300, 50).numpy() for _ in range(2))
    assert one.dtype == np.float32 and one.min() >= -1 and one.max() < 1
    assert randomness.is_uniform(one, -1, 1) and randomness.unrelated(one, other)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: rng.uniform(0, 1, 20_000),
        lambda rng: rng.uniform(-0.9, 0.9, 20_000),
        lambda rng: rng.uniform(-1.01, 1.01, 20_000),
        lambda rng: np.clip(rng.normal(size=20_000), -1, 1),
        lambda rng: rng.integers(-1, 2, 20_000) * 1.0,
        lambda rng: rng.uniform(-1, 1, 20_000) ** 3,
    ],
)
def test_what_is_not_uniform_is_told_so(draw):
    assert not randomness.is_uniform(draw(np.random.default_rng(1)), -1, 1)


def test_uniform_draws_pass_with_every_seed():
    draws = (np.random.default_rng(seed).uniform(-1, 1, 20_000) for seed in range(200))
    assert all(randomness.is_uniform(values, -1, 1) for values in draws)


def test_the_losses_are_expectations_of_logarithms():
    d = sigmoid(LOGITS)
    more = LOGITS[:4] - 0.5
    expected = -np.mean(np.log(d)) - np.mean(np.log(1 - sigmoid(more)))
    for shape in ((-1,), (-1, 1)):
        found = right.discriminator_loss(LOGITS.reshape(shape), more.reshape(shape))
        assert float(found) == pytest.approx(expected)
    assert float(right.generator_loss_minimax(LOGITS)) == pytest.approx(np.mean(np.log(1 - d)))
    assert float(right.generator_loss(LOGITS)) == pytest.approx(-np.mean(np.log(d)))


def test_a_logit_of_200_costs_200_and_one_of_0_costs_log_2():
    zero, far = np.zeros(3), np.full(3, 200.0)
    assert float(right.discriminator_loss(zero, zero)) == pytest.approx(2 * math.log(2))
    assert float(right.discriminator_loss(-far, far)) == pytest.approx(400)
    assert float(right.discriminator_loss(far, -far)) == pytest.approx(0)
    assert float(right.generator_loss_minimax(far)) == pytest.approx(-200)
    assert float(right.generator_loss_minimax(zero)) == pytest.approx(-math.log(2))
    assert float(right.generator_loss(-far)) == pytest.approx(200)
    assert float(right.generator_loss(zero)) == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    "loss",
    [
        lambda a: right.discriminator_loss(a, LOGITS),
        lambda a: right.discriminator_loss(LOGITS, a),
        right.generator_loss_minimax,
        right.generator_loss,
    ],
)
def test_gradients_agree_with_finite_differences(loss):
    a = tf.constant(WIDE)
    with tf.GradientTape() as tape:
        tape.watch(a)
        value = loss(a)
    assert np.allclose(tape.gradient(value, a), slope(loss, WIDE), atol=1e-7)


def test_the_slopes_of_a_logit_are_those_of_the_losses():
    minimax, non_saturating = right.logit_gradients(WIDE)
    n = len(WIDE)
    assert np.allclose(minimax, n * slope(right.generator_loss_minimax, WIDE), atol=1e-6)
    assert np.allclose(non_saturating, n * slope(right.generator_loss, WIDE), atol=1e-6)


def test_the_minimax_loss_has_no_slope_where_d_is_sure_and_the_other_one_has():
    minimax, non_saturating = right.logit_gradients(tf.constant([[-20.0]]))
    assert minimax.shape == (1, 1) and abs(minimax.numpy().item()) < 1e-8
    assert non_saturating.numpy().item() == pytest.approx(-1)


P, Q = np.array([0.5, 0.2, 0.3, 0.0, 0.0]), np.array([0.1, 0.2, 0.0, 0.7, 0.0])


def test_no_discriminator_is_better_than_the_best():
    d = right.optimal_discriminator(P, Q)
    assert np.allclose(d, [5 / 6, 0.5, 1, 0, 0.5])
    best = right.game_value(P, Q, d)
    rng = np.random.default_rng(0)
    others = [np.clip(d + rng.normal(scale=s, size=5), 0, 1) for s in (0.01, 0.1, 1) * 30]
    assert all(right.game_value(P, Q, other) <= best + 1e-12 for other in others)


def test_the_best_value_is_twice_the_jensen_shannon_divergence_less_log_4():
    best = right.game_value(P, Q, right.optimal_discriminator(P, Q))
    assert best == pytest.approx(2 * jensenshannon(P, Q) ** 2 - math.log(4))
    equal = right.game_value(P, P, right.optimal_discriminator(P, P))
    assert equal == pytest.approx(-math.log(4))


@pytest.mark.parametrize(
    ("d", "value"),
    [
        ([0, 0.5, 1, 0, 0.5], -math.inf),
        ([0.5, 0.5, 1, 1, 0.5], -math.inf),
        ([0.5, 0.5, 1, 0, 0], math.log(0.5)),
        ([0.5, 0.5, 1, 0, 1], math.log(0.5)),
    ],
)
def test_a_certainty_costs_nothing_or_everything(d, value):
    assert right.game_value(P, Q, np.array(d, float)) == pytest.approx(value)


@pytest.mark.parametrize(
    ("height", "width", "kernel"),
    [(6, 8, (4, 4, 2, 3)), (7, 5, (3, 3, 3, 2)), (9, 6, (5, 2, 1, 4)), (5, 5, (1, 1, 2, 2))],
)
def test_both_convolutions_are_tensorflows_and_adjoint(height, width, kernel):
    rng = np.random.default_rng(2)
    *_, n_in, n_out = kernel
    kernel, x = rng.normal(size=kernel), rng.normal(size=(2, height, width, n_in))
    y = rng.normal(size=(2, -(-height // 2), -(-width // 2), n_out))
    small, large = right.conv_and_transpose(kernel, x, y)
    assert np.allclose(small, tf.nn.conv2d(x, kernel, 2, "SAME"))
    assert np.allclose(large, tf.nn.conv2d_transpose(y, kernel, x.shape, 2, "SAME"))
    assert np.sum(small * y) == pytest.approx(np.sum(x * large))


@pytest.mark.parametrize("n", [0, 1, 7])
def test_points_on_a_line_are_those_of_linspace_with_both_ends(n):
    z1, z2 = np.array([1.0, -2.0, 0.3]), np.array([0.5, 4.0, 0.3])
    points = right.interpolate(tf.constant(z1), z2, n).numpy()
    assert np.allclose(points, np.linspace(z1, z2, n + 2))
    assert np.array_equal(points[[0, -1]], [z1, z2])


def networks(name, *arguments):
    return [(kind, getattr(right, name)(kind, *arguments)) for kind in ("dense", "conv")]


def test_the_networks_have_the_shapes_and_kernels_that_their_kinds_ask_for():
    for kind, generator in networks("build_generator", 6):
        images = generator(right.sample_noise(3, 6), training=False)
        assert images.shape == (3, 28, 28, 1) and np.abs(images).max() <= 1
        ranks = {len(variable.shape) for variable in generator.trainable_variables}
        assert (4 in ranks) == (kind == "conv")
    for kind, discriminator in networks("build_discriminator"):
        assert discriminator(tf.zeros((3, 28, 28, 1))).shape == (3, 1)
        ranks = {len(variable.shape) for variable in discriminator.trainable_variables}
        assert (4 in ranks) == (kind == "conv")
    for name, arguments in (("build_generator", (6,)), ("build_discriminator", ())):
        with pytest.raises(ValueError, match="kind"):
            getattr(right, name)("other", *arguments)


@pytest.mark.parametrize("way", ["train_step", "train_step_at_once"])
def test_a_training_step_is_a_step_down_each_networks_own_loss(way):
    """By finite differences along the step that was taken, with D's parameters as G met them."""
    from reference.sheet5_gan.networks import reference as inner

    generator = inner.build_generator("dense", 4)
    discriminator = inner.build_discriminator("dense")
    images, z = right.sample_noise(5, 784).numpy().reshape(5, 28, 28, 1), right.sample_noise(5, 4)
    rate = 1e-3
    optimizers = {}
    for name, net in (("g", generator), ("d", discriminator)):
        optimizers[name] = tf.keras.optimizers.SGD(rate)
        optimizers[name].build(net.trainable_variables)

    def losses():
        fake = discriminator(generator(z, training=True), training=True)
        real = discriminator(images, training=True)
        return float(right.discriminator_loss(real, fake)), float(right.generator_loss(fake))

    before = losses()
    old = {net: [v.numpy() for v in net.variables] for net in (generator, discriminator)}
    found = getattr(inner, way)(
        generator, discriminator, images, optimizers["g"], optimizers["d"], z
    )
    new = {net: [v.numpy() for v in net.variables] for net in old}
    assert float(found[0]) == pytest.approx(before[0], rel=1e-5)

    def put(net, values):
        for variable, value in zip(net.variables, values, strict=True):
            variable.assign(value)

    def squares(net):  # a step of SGD lowers the loss by the rate times the squared gradient
        pairs = zip(old[net], new[net], strict=True)
        return sum(float(np.sum((a - b) ** 2)) for a, b in pairs) / rate

    put(generator, old[generator])
    d_after = losses()[0]
    assert before[0] - d_after == pytest.approx(squares(discriminator), rel=0.1)
    if way == "train_step_at_once":
        put(discriminator, old[discriminator])
    g_before = losses()[1]
    assert float(found[1]) == pytest.approx(g_before, rel=1e-5)
    put(generator, new[generator])
    assert g_before - losses()[1] == pytest.approx(squares(generator), rel=0.1)
    assert [int(optimizers[name].iterations) for name in "gd"] == [1, 1]
