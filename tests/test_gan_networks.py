"""How sheet 5's functions and networks are judged where a student wrote something unusual."""

import textwrap

import numpy as np
import pytest

from grader.course import outline
from grader.grading.check_files import check_file
from grader.judging.judge import judge_item
from grader.running.session import InProcess

SHEET = "sheet5_gan"
NETWORKS = ("build_generator", "build_discriminator")


def judged(source, *items, seed=11):
    """The reports on some items of the solution, with a student's definitions after it."""
    namespace = {"__name__": "student"}
    exec(outline.solution_source(SHEET), namespace)
    exec(textwrap.dedent(source), namespace)
    session, known = InProcess(namespace), outline.items(SHEET)
    return {item: judge_item(session, SHEET, known[item], seed) for item in items}


# ── what is wrong elsewhere ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "helper",
    [
        "def leaky_relu(x, alpha):\n    raise NotImplementedError\n",
        "def leaky_relu(x, alpha):\n    return tf.nn.relu(x)\n",
        "def leaky_relu(x, alpha):\n    return np.maximum(x, alpha * x)\n",
    ],
)
def test_a_wrong_leaky_relu_costs_the_networks_nothing(helper):
    reports = judged(helper, "leaky_relu", *NETWORKS)
    assert [reports[item].passed for item in ("leaky_relu", *NETWORKS)] == [False, True, True]


FUNCTIONAL = """
def leaky_relu(x, alpha):
    ops = tf.keras.ops
    return ops.maximum(x, 0) + alpha * ops.minimum(x, 0)


def build_generator(kind, noise_dim):
    if kind not in ("dense", "conv"):
        raise ValueError(kind)
    layers = tf.keras.layers
    z = tf.keras.Input((noise_dim,))
    if kind == "dense":
        h = leaky_relu(layers.Dense(64)(z), 0.2)
        h = leaky_relu(layers.Dense(128)(h), 0.2)
        h = layers.Reshape((28, 28, 1))(layers.Dense(784, "tanh")(h))
    else:
        h = layers.Reshape((7, 7, 16))(leaky_relu(layers.Dense(7 * 7 * 16)(z), 0.2))
        h = leaky_relu(layers.Conv2DTranspose(8, 5, 2, "same")(h), 0.2)
        h = layers.Conv2DTranspose(1, 5, 2, "same", activation="tanh")(h)
    return tf.keras.Model(z, h)
"""


def test_a_leaky_relu_of_ones_own_may_stand_between_the_layers_of_a_functional_model():
    report = judged(FUNCTIONAL, "build_generator")["build_generator"]
    assert report.passed, report


@pytest.mark.parametrize(
    "helper",
    [
        "def generator_loss(logits):\n    raise NotImplementedError\n",
        "def generator_loss(logits):\n    return tf.reduce_sum(tf.nn.softplus(-logits))\n",
        "def discriminator_loss(real, fake):\n    return -tf.reduce_mean(real)\n",
        "del discriminator_loss, generator_loss, generator_loss_minimax\n",
    ],
)
def test_a_wrong_loss_costs_the_training_step_nothing(helper):
    assert judged(helper, "train_step")["train_step"].passed


def test_losses_of_ones_own_that_go_together_are_right():
    pair = """
        def discriminator_loss(logits, label):
            return tf.reduce_mean(tf.nn.softplus((1 - 2 * label) * logits))

        def train_step(generator, discriminator, images, g_optimizer, d_optimizer, z):
            with tf.GradientTape(persistent=True) as tape:
                fake = discriminator(generator(z, training=True), training=True)
                real = discriminator(images, training=True)
                d_loss = discriminator_loss(real, 1) + discriminator_loss(fake, 0)
                g_loss = discriminator_loss(fake, 1)
            for loss, net, optimizer in (
                (d_loss, discriminator, d_optimizer), (g_loss, generator, g_optimizer)
            ):
                variables = net.trainable_variables
                optimizer.apply(tape.gradient(loss, variables), variables)
            return d_loss, g_loss
        """
    reports = judged(pair, "train_step", "discriminator_loss")
    assert reports["train_step"].passed and reports["discriminator_loss"].score == 0


def test_gradients_by_ones_own_losses_are_judged_by_themselves():
    by_tape = """
        def logit_gradients(fake_logits):
            a = tf.convert_to_tensor(fake_logits)
            with tf.GradientTape(persistent=True) as tape:
                tape.watch(a)
                losses = generator_loss_minimax(a), generator_loss(a)
            n = tf.cast(tf.size(a), a.dtype)
            return tuple(n * tape.gradient(loss, a) for loss in losses)
        """
    wrong = "def generator_loss(a):\n    return tf.reduce_sum(tf.nn.softplus(-a))\n"
    assert judged(by_tape, "logit_gradients")["logit_gradients"].passed
    reports = judged(wrong + textwrap.dedent(by_tape), "logit_gradients", "generator_loss")
    assert reports["logit_gradients"].passed and not reports["generator_loss"].passed


# ── networks ─────────────────────────────────────────────────────────────────────────────────

DEEP = """
    def build_discriminator(kind):
        if kind not in ("dense", "conv"):
            raise ValueError(kind)
        L = tf.keras.layers
        first = [L.Conv2D(4, 3, 2)] if kind == "conv" else []
        hidden = [L.Flatten()]
        for _ in range(3):
            hidden += [L.Dense(12), {layer}, L.Dropout(0.2)]
        return tf.keras.Sequential([*first, {first}, *hidden, L.Dense(1)])
    """


@pytest.mark.parametrize(
    ("layer", "right"),
    [
        ("L.LeakyReLU(0.2)", True),
        ("L.LeakyReLU(0.01)", True),
        ("L.LeakyReLU(0.9)", True),
        ("L.Activation('leaky_relu')", True),
        ("L.Activation(tf.nn.leaky_relu)", True),
        ("L.ReLU(negative_slope=0.1)", True),
        ("L.Lambda(lambda x: tf.maximum(x, 0.2 * x))", True),
        ("L.Lambda(lambda x: x - 0.7 * tf.minimum(x, 0.0))", True),
        ("L.ReLU()", False),
        ("L.LeakyReLU(0.0)", False),
        ("L.ELU()", False),
        ("L.Activation('selu')", False),
        ("L.Activation('gelu')", False),
        ("L.Activation('silu')", False),
        ("L.Activation('softplus')", False),
        ("L.Activation('tanh')", False),
        ("L.Activation('sigmoid')", False),
        ("L.Activation('linear')", False),
    ],
)
def test_whether_hidden_activations_leak_is_seen_from_outside(layer, right):
    _leaks(layer, layer, right)


@pytest.mark.parametrize("normal", ["L.BatchNormalization()", "L.LayerNormalization()"])
@pytest.mark.parametrize(
    ("layer", "right"), [("L.LeakyReLU(0.2)", True), ("L.ReLU()", False), ("L.ELU()", False)]
)
def test_so_it_is_behind_a_normalisation(layer, right, normal):
    _leaks(layer, f"{normal}, {layer}", right)


def _leaks(first, layer, right):
    source = DEEP.format(layer=layer, first=first)
    report = judged(source, "build_discriminator")["build_discriminator"]
    assert report.passed == right and not report.trouble
    if not right:
        assert [line.what for line in report.failed_lines] == [
            "hidden activations leak: what is negative passes, scaled"
        ]


FUNCTIONAL = """
    class Rounded(tf.keras.layers.Layer):
        def call(self, x):
            return x * (1 + {error} * tf.cast(tf.shape(x)[0], x.dtype))

    def build_discriminator(kind):
        if kind not in ("dense", "conv"):
            raise ValueError(kind)
        layers = tf.keras.layers
        image = tf.keras.Input((28, 28, 1))
        x = image if kind == "conv" else layers.Flatten()(image)
        for n in (8, 4):
            layer = layers.Conv2D(n, 4, 2, "same") if kind == "conv" else layers.Dense(n)
            x = layers.Dropout(0.3)(layers.LeakyReLU(0.2)(layer(x)))
        return tf.keras.Model(image, Rounded()(layers.Dense(1)(layers.Flatten()(x))))
    """


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("error", "right"), [(1e-4, True), (0.1, False)])
def test_rounding_that_depends_on_the_number_of_images_costs_nothing(error, right, seed):
    """A hundred times as much as there is; it was a refusal where a logit was near 0."""
    source = FUNCTIONAL.format(error=error)
    report = judged(source, "build_discriminator", seed=seed)["build_discriminator"]
    assert report.passed == right, report.failed_lines
    if not right:
        assert [line.mistake for line in report.failed_lines] == ["batch_statistics"]


def test_a_logit_near_0_is_compared_on_the_scale_of_its_batch():
    from reference.sheet5_gan.networks import checks

    logits = np.array([[2.0], [-1.0], [0.5], [1e-5], [3.0]])
    assert (
        checks._distance(logits[3:4] + 1e-6, logits[3:4], checks._size(logits[3:4]))
        > checks.SAME / 2
    )
    assert (
        checks._distance(logits[3:4] + 1e-6, logits[3:4], checks._size(logits)) < checks.SAME / 100
    )


def test_a_single_layer_that_does_not_leak_is_found():
    source = DEEP.format(layer="L.LeakyReLU(0.2)", first="L.ReLU()").replace(
        'kind == "conv" else []', 'kind == "conv" else [L.Flatten(), L.Dense(9, use_bias=False)]'
    )
    report = judged(source, "build_discriminator")["build_discriminator"]
    assert [line.mistake for line in report.failed_lines] == ["relu"]


STYLES = {
    "a sigmoid inside call": (
        "return tf.sigmoid(self.last(tf.nn.leaky_relu(self.first(x), 0.2)))",
        "sigmoid",
    ),
    "relu inside call": ("return self.last(tf.nn.relu(self.first(x)))", "relu"),
    "leaks inside call": ("return self.last(leaky_relu(self.first(x), 0.2))", None),
    "logits flattened": (
        "return tf.squeeze(self.last(leaky_relu(self.first(x), 0.2)), 1)",
        "no_second_axis",
    ),
    "a dropout that never rests": (
        "return self.last(tf.nn.dropout(leaky_relu(self.first(x), 0.2), 0.5))",
        "random_when_used",
    ),
}


def subclass(words, convolved=', activation="leaky_relu"'):
    """A discriminator as a subclass, by the words of its call and of its convolution."""
    return f"""
        class Net(tf.keras.Model):
            def __init__(self, kind):
                super().__init__()
                layers = tf.keras.layers
                self.first = tf.keras.Sequential(
                    ([layers.Conv2D(3, 5, 3{convolved})] if kind == "conv" else [])
                    + [layers.Flatten(), layers.Dense(10)]
                )
                self.last = layers.Dense(1)

            def call(self, x):
                {words}

        def build_discriminator(kind):
            if kind not in ("dense", "conv"):
                raise ValueError(kind)
            return Net(kind)
        """


def test_a_layer_without_activation_between_others_that_have_one_is_found():
    source = subclass(STYLES["leaks inside call"][0], convolved="")
    report = judged(source, "build_discriminator")["build_discriminator"]
    assert [line.mistake for line in report.failed_lines] == ["one_activation_missing"]


@pytest.mark.parametrize(("words", "mistake"), STYLES.values(), ids=STYLES)
def test_a_subclass_is_looked_at_like_any_other_network(words, mistake):
    report = judged(subclass(words), "build_discriminator")["build_discriminator"]
    assert not report.trouble and report.passed == (mistake is None)
    assert mistake in {None, *(line.mistake for line in report.failed_lines)}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def build_generator(kind, noise_dim):\n    raise NotImplementedError\n", "Not written"),
        ("def build_generator(kind, noise_dim):\n    pass\n", "not returned"),
        ("def build_generator(kind, noise_dim):\n    return lambda z, training: z\n", "function"),
        ("def build_generator(kind):\n    pass\n", "takes 1 positional argument but 2 were given"),
        ("build_generator = 3\n", "'int' object is not callable"),
        ("del build_generator\n", "There is no build_generator"),
    ],
)
def test_what_is_no_network_is_told_so(source, words):
    report = judged(source, "build_generator")["build_generator"]
    assert report.score == 0 and not report.trouble
    assert any(words in line.message for line in report.failed_lines), report.failed_lines


# ── training steps ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("returned", "right"),
    [
        ("d, g", True),
        ("[d, g]", True),
        ("tf.stack([d, g])", True),
        ("g, d", False),
        ("None", False),
        ("object()", False),
        ("{'d_loss': d, 'g_loss': g}", False),
        ("float('nan'), float('nan')", False),
    ],
)
def test_what_a_step_returns_may_be_anything_without_trouble(returned, right):
    source = f"""
        right_step = train_step

        def train_step(generator, discriminator, images, g_optimizer, d_optimizer, z):
            d, g = right_step(generator, discriminator, images, g_optimizer, d_optimizer, z)
            return {returned}
        """
    report = judged(source, "train_step")["train_step"]
    assert not report.trouble and report.passed == right


@pytest.mark.parametrize("item", ["sample_noise", "game_value", "interpolate", "conv_transpose"])
@pytest.mark.parametrize("returned", ["None", "'text'", "object()", "[]", "tf.zeros((2, 0))"])
def test_what_a_function_returns_may_be_anything_without_trouble(item, returned):
    name = outline.items(SHEET)[item].answer
    report = judged(f"def {name}(*arguments):\n    return {returned}\n", item)[item]
    assert report.score == 0 and not report.trouble


def test_the_solution_is_right_in_a_process_of_its_own(tmp_path):
    file = tmp_path / "student.py"
    file.write_text(outline.solution_source(SHEET))
    reports = list(check_file(file, SHEET, "a secret"))
    assert len(reports) == 14 and all(report.passed for report in reports), reports
