"""Wrong implementations that students write: `<item>__<mistake>`, the docstring is what they read.

Each is right but for the one thing that it is named for.
"""

import numpy as np
from scipy.special import xlog1py, xlogy

from helpers.quiet import tf
from reference import derivations as items
from reference.sheet5_gan import derivations
from reference.sheet5_gan import reference as right
from reference.sheet5_gan.networks.mistakes import *  # noqa: F403

# ── leaky_relu ───────────────────────────────────────────────────────────────────────────────


def leaky_relu__maximum(x, alpha):
    """The larger of x and alpha times x is taken, which is right for an alpha up to 1 only."""
    return tf.maximum(x, alpha * x)


def leaky_relu__minimum(x, alpha):
    """The smaller of x and alpha times x is taken: below alpha = 1 the sides are swapped."""
    return tf.minimum(x, alpha * x)


def leaky_relu__sides_swapped(x, alpha):
    """What is positive is scaled, and what is negative passes as it is."""
    return tf.where(x >= 0, alpha * x, x)


def leaky_relu__relu(x, alpha):
    """Nothing negative passes: that is the ReLU, and alpha is not used."""
    return tf.nn.relu(x)


def leaky_relu__fixed_slope(x, alpha):
    """The slope is the one that a library takes where none is given; alpha is to be used."""
    return tf.nn.leaky_relu(x)


def leaky_relu__alpha_added(x, alpha):
    """For what is negative, alpha itself stands there; it is alpha times x."""
    x = tf.convert_to_tensor(x)
    return tf.where(x >= 0, x, tf.cast(alpha, x.dtype) * tf.ones_like(x))


def leaky_relu__alpha_more(x, alpha):
    """What is negative has alpha added to it; it is multiplied by alpha."""
    x = tf.convert_to_tensor(x)
    return tf.where(x >= 0, x, x + tf.cast(alpha, x.dtype))


def leaky_relu__sign_lost(x, alpha):
    """What is negative comes out positive."""
    x = tf.convert_to_tensor(x)
    return tf.nn.relu(x) + alpha * tf.nn.relu(-x)


def leaky_relu__both_scaled(x, alpha):
    """Everything is scaled by alpha, what is positive too."""
    return alpha * tf.convert_to_tensor(x)


def leaky_relu__added_to_x(x, alpha):
    """x and the scaled part are added for negative numbers too: their slope is 1 + alpha."""
    x = tf.convert_to_tensor(x)
    return x + alpha * tf.minimum(x, tf.zeros_like(x))


def leaky_relu__elu(x, alpha):
    """What is negative is bent like an exponential, as in ELU; a straight line is expected."""
    x = tf.convert_to_tensor(x)
    return tf.where(x >= 0, x, tf.cast(alpha, x.dtype) * (tf.exp(tf.minimum(x, 0)) - 1))


def leaky_relu__divided(x, alpha):
    """What is negative is divided by alpha; it is multiplied by it."""
    x = tf.convert_to_tensor(x)
    return tf.where(x >= 0, x, x / tf.cast(alpha, x.dtype))


def leaky_relu__array(x, alpha):
    """A NumPy array is returned, through which no gradient goes; a tensor is expected."""
    x = np.asarray(x)
    return np.where(x >= 0, x, alpha * x)


def leaky_relu__float32(x, alpha):
    """Everything becomes float32; the result has the dtype of x."""
    return right.leaky_relu(tf.cast(x, tf.float32), alpha)


def leaky_relu__no_gradient(x, alpha):
    """The numbers go through NumPy on their way, and no gradient comes back."""
    x = np.asarray(x)
    return tf.constant(np.where(x >= 0, x, alpha * x))


def leaky_relu__one_sign_for_all(x, alpha):
    """One comparison decides for the whole array; each number has a sign of its own."""
    x = tf.convert_to_tensor(x)
    return tf.where(tf.reduce_sum(x) >= 0, x, alpha * x)


# ── sample_noise ─────────────────────────────────────────────────────────────────────────────


def sample_noise__uniform_from_0_to_1(batch, dim):
    """The numbers lie between 0 and 1, which is what is drawn where no limits are given."""
    return tf.random.uniform((batch, dim))


def sample_noise__half_the_range(batch, dim):
    """The numbers lie between -0.5 and 0.5: shifted, but not stretched."""
    return tf.random.uniform((batch, dim)) - 0.5


def sample_noise__normal(batch, dim):
    """The numbers are normal; uniform ones are expected."""
    return tf.random.normal((batch, dim))


def sample_noise__truncated_normal(batch, dim):
    """The numbers are normal ones without the tails; uniform ones are expected."""
    return tf.random.truncated_normal((batch, dim))


def sample_noise__clipped_normal(batch, dim):
    """Normal numbers are clipped to [-1, 1], so that a third of them lies at the ends."""
    return tf.clip_by_value(tf.random.normal((batch, dim)), -1.0, 1.0)


def sample_noise__squashed_normal(batch, dim):
    """Normal numbers go through a tanh, which keeps them in the range; they are not uniform."""
    return tf.tanh(tf.random.normal((batch, dim)))


def sample_noise__whole_numbers(batch, dim):
    """There are whole numbers only; every number in between is to be as likely."""
    return tf.cast(tf.random.uniform((batch, dim), -1, 2, tf.int32), tf.float32)


def sample_noise__normalised(batch, dim):
    """Every row is brought to length 1, so that its numbers are small."""
    return tf.math.l2_normalize(right.sample_noise(batch, dim), axis=1)


def sample_noise__same_on_every_call(batch, dim):
    """The same numbers come on every call, from a seed that is set inside."""
    return tf.random.stateless_uniform((batch, dim), seed=(1, 2), minval=-1.0, maxval=1.0)


def sample_noise__one_for_the_batch(batch, dim):
    """There is one vector of noise for all images of the batch."""
    return tf.repeat(right.sample_noise(1, dim), batch, axis=0)


def sample_noise__one_number_for_each_image(batch, dim):
    """Each image has one number, repeated; all of its dimensions are to differ."""
    return tf.repeat(right.sample_noise(batch, 1), dim, axis=1)


def sample_noise__sizes_swapped(batch, dim):
    """The shape is (dim, batch); the batch comes first."""
    return right.sample_noise(dim, batch)


def sample_noise__float64(batch, dim):
    """The numbers are float64; networks compute in float32."""
    return tf.random.uniform((batch, dim), -1, 1, tf.float64)


def sample_noise__array(batch, dim):
    """A NumPy array is returned; a tensor is expected."""
    return np.random.default_rng().uniform(-1, 1, (batch, dim)).astype(np.float32)


# ── discriminator_loss ───────────────────────────────────────────────────────────────────────


def _mean(values):
    return tf.reduce_mean(values)


def _cost(logits, label):
    """−log of the probability of a label, for each logit."""
    logits = tf.convert_to_tensor(logits)
    return tf.nn.softplus((1 - 2 * label) * logits)


def discriminator_loss__sigmoid_twice(real_logits, fake_logits):
    """The logits go through a sigmoid before a loss that takes logits: two sigmoids in a row."""
    return _mean(_cost(tf.sigmoid(real_logits), 1)) + _mean(_cost(tf.sigmoid(fake_logits), 0))


def _keras_cost(labels, outputs, from_logits=True):
    cost = tf.keras.losses.BinaryCrossentropy(from_logits=from_logits)
    return cost(tf.reshape(labels, (-1, 1)), tf.reshape(outputs, (-1, 1)))


def discriminator_loss__arguments_swapped(real_logits, fake_logits):
    """Labels and logits are swapped in the cross-entropy: Keras takes the labels first."""
    real = _keras_cost(real_logits, tf.ones_like(real_logits))
    return real + _keras_cost(fake_logits, tf.zeros_like(fake_logits))


def discriminator_loss__from_logits_forgotten(real_logits, fake_logits):
    """Logits go into a cross-entropy of probabilities: from_logits=True is missing."""
    real = _keras_cost(tf.ones_like(real_logits), real_logits, from_logits=False)
    return real + _keras_cost(tf.zeros_like(fake_logits), fake_logits, from_logits=False)


def discriminator_loss__fakes_stopped(real_logits, fake_logits):
    """A stop_gradient lies on the logits of G's images, from which D has to learn too."""
    return _mean(_cost(real_logits, 1)) + _mean(_cost(tf.stop_gradient(fake_logits), 0))


def discriminator_loss__value_of_the_game(real_logits, fake_logits):
    """This is V itself, which D maximises; the loss to be minimised is minus that."""
    return -right.discriminator_loss(real_logits, fake_logits)


def discriminator_loss__labels_swapped(real_logits, fake_logits):
    """Real and generated images are swapped: D is paid for calling fakes real."""
    return right.discriminator_loss(fake_logits, real_logits)


def discriminator_loss__fake_as_real(real_logits, fake_logits):
    """Generated images are labelled as real too: log D(G(z)) in place of log(1 - D(G(z)))."""
    return _mean(_cost(real_logits, 1)) + _mean(_cost(fake_logits, 1))


def discriminator_loss__minus_between(real_logits, fake_logits):
    """The two terms are subtracted; both count as costs."""
    return _mean(_cost(real_logits, 1)) - _mean(_cost(fake_logits, 0))


def discriminator_loss__real_only(real_logits, fake_logits):
    """Only the real images count; the term of the generated ones is missing."""
    return _mean(_cost(real_logits, 1))


def discriminator_loss__fake_only(real_logits, fake_logits):
    """Only the generated images count; the term of the real ones is missing."""
    return _mean(_cost(fake_logits, 0))


def discriminator_loss__halved(real_logits, fake_logits):
    """The two terms are averaged; V is their sum."""
    return right.discriminator_loss(real_logits, fake_logits) / 2


def discriminator_loss__one_mean(real_logits, fake_logits):
    """One mean is taken over both batches together; each has a mean of its own."""
    both = [_cost(real_logits, 1), _cost(fake_logits, 0)]
    return 2 * _mean(tf.concat(both, axis=0))


def discriminator_loss__mean_of_all(real_logits, fake_logits):
    """One mean is taken over all images of both kinds; the loss is the sum of two means."""
    return discriminator_loss__one_mean(real_logits, fake_logits) / 2


def discriminator_loss__added_before_the_mean(real_logits, fake_logits):
    """Costs of real and generated images are added pairwise, though there may be more of one."""
    return _mean(_cost(real_logits, 1) + _cost(fake_logits, 0))


def discriminator_loss__sums(real_logits, fake_logits):
    """The costs are summed over the batch; their mean is expected."""
    return tf.reduce_sum(_cost(real_logits, 1)) + tf.reduce_sum(_cost(fake_logits, 0))


def discriminator_loss__broadcast(real_logits, fake_logits):
    """Labels of shape (n,) meet logits of shape (n, 1): every logit gets every label."""

    def total(logits, label):
        logits = tf.convert_to_tensor(logits)
        labels = tf.fill([tf.shape(logits)[0]], tf.cast(label, logits.dtype))
        costs = tf.nn.softplus(logits) - labels * logits
        return tf.reduce_sum(costs) / tf.cast(tf.shape(logits)[0], logits.dtype)

    return total(real_logits, 1) + total(fake_logits, 0)


def discriminator_loss__logarithm_of_0(real_logits, fake_logits):
    """The logarithm is taken of a number that is 0 or infinite in floating point."""
    real, fake = tf.sigmoid(real_logits), tf.sigmoid(fake_logits)
    return -_mean(tf.math.log(real)) - _mean(tf.math.log(1 - fake))


def discriminator_loss__clipped(real_logits, fake_logits, *, constant: (1e-12, 0.1) = 1e-7):
    """D is clipped at {constant} from 0 and 1, as Keras does it: no gradient where D is wrong."""
    real, fake = (
        tf.clip_by_value(tf.sigmoid(logits), constant, 1 - constant)
        for logits in (real_logits, fake_logits)
    )
    return -_mean(tf.math.log(real)) - _mean(tf.math.log(1 - fake))


def discriminator_loss__small_number(real_logits, fake_logits, *, constant: (1e-14, 0.1) = 1e-8):
    """You add {constant} inside the logarithm: far logits cost no more, and have no gradient."""
    real, fake = tf.sigmoid(real_logits), 1 - tf.sigmoid(fake_logits)
    return -_mean(tf.math.log(real + constant)) - _mean(tf.math.log(fake + constant))


def _undone(*logits):
    """The logits of what could be probabilities; otherwise the logits as they are."""
    logits = [tf.convert_to_tensor(one) for one in logits]
    could_be = all(np.all((one.numpy() > 0) & (one.numpy() < 1)) for one in logits)
    return [tf.math.log(one / (1 - one)) if could_be else one for one in logits]


def discriminator_loss__probabilities_if_they_could_be(real_logits, fake_logits):
    """Logits that all lie between 0 and 1 are taken for probabilities; they may lie there too."""
    return right.discriminator_loss(*_undone(real_logits, fake_logits))


def discriminator_loss__logits_clipped(real_logits, fake_logits, *, constant: (5.0, 190.0) = 50.0):
    """You clip the logits at {constant} and minus that: what lies beyond has no gradient."""
    real, fake = (
        tf.clip_by_value(logits, -constant, constant) for logits in (real_logits, fake_logits)
    )
    return _mean(_cost(real, 1)) + _mean(_cost(fake, 0))


def discriminator_loss__logarithm_of_the_mean(real_logits, fake_logits):
    """The logarithm is taken of the mean probability; it belongs inside the mean."""
    real = tf.sigmoid(tf.cast(real_logits, tf.float64))
    fake = tf.sigmoid(-tf.cast(fake_logits, tf.float64))
    return -tf.math.log(_mean(real)) - tf.math.log(_mean(fake))


def discriminator_loss__bits(real_logits, fake_logits):
    """The logarithm is to base 2; nats are expected."""
    return right.discriminator_loss(real_logits, fake_logits) / np.log(2.0)


def discriminator_loss__smoothed(real_logits, fake_logits):
    """The labels are smoothed, 0.9 for a real image; here they are 1 and 0."""
    real = 0.9 * _cost(real_logits, 1) + 0.1 * _cost(real_logits, 0)
    return _mean(real) + _mean(_cost(fake_logits, 0))


def discriminator_loss__wasserstein(real_logits, fake_logits):
    """The difference of the mean logits is another GAN's loss (Wasserstein)."""
    return _mean(fake_logits) - _mean(real_logits)


def discriminator_loss__squares(real_logits, fake_logits):
    """Squared differences between logits and labels are another GAN's loss (least squares)."""
    return _mean(tf.square(tf.convert_to_tensor(real_logits) - 1)) + _mean(tf.square(fake_logits))


def discriminator_loss__hinge(real_logits, fake_logits):
    """Costs that stop at a margin are another GAN's loss (hinge)."""
    real, fake = (tf.convert_to_tensor(logits) for logits in (real_logits, fake_logits))
    return _mean(tf.nn.relu(1 - real)) + _mean(tf.nn.relu(1 + fake))


def discriminator_loss__not_averaged(real_logits, fake_logits):
    """A cost for each image is returned; their means are expected, as one number."""
    return _cost(real_logits, 1) + _cost(fake_logits, 0)


# ── generator_loss_minimax, generator_loss ───────────────────────────────────────────────────


def generator_loss_minimax__non_saturating(fake_logits):
    """This is the non-saturating loss; here the generator's part of V is expected."""
    return right.generator_loss(fake_logits)


def generator_loss_minimax__positive(fake_logits):
    """The sign is turned: this is what the generated images cost D, and G is to maximise that."""
    return -right.generator_loss_minimax(fake_logits)


def generator_loss_minimax__log_d(fake_logits):
    """The logarithm is of D(G(z)); here it is of 1 - D(G(z))."""
    return -right.generator_loss(fake_logits)


def generator_loss_minimax__sigmoid_twice(fake_logits):
    """The logits go through a sigmoid before a loss that takes logits: two sigmoids in a row."""
    return -_mean(_cost(tf.sigmoid(fake_logits), 0))


def generator_loss_minimax__sum(fake_logits):
    """The losses are summed over the batch; their mean is expected."""
    return -tf.reduce_sum(_cost(fake_logits, 0))


def generator_loss_minimax__logarithm_of_0(fake_logits):
    """The logarithm is taken of a number that is 0 or infinite in floating point."""
    return _mean(tf.math.log(1 - tf.sigmoid(fake_logits)))


def generator_loss_minimax__clipped(fake_logits, *, constant: (1e-12, 0.1) = 1e-7):
    """D is clipped at {constant} from 0 and 1, as Keras does it, which bounds the loss."""
    d = tf.clip_by_value(tf.sigmoid(fake_logits), constant, 1 - constant)
    return _mean(tf.math.log(1 - d))


def generator_loss_minimax__small_number(fake_logits, *, constant: (1e-14, 0.1) = 1e-8):
    """You add {constant} inside the logarithm, which cuts the loss off and its gradient."""
    return _mean(tf.math.log(1 - tf.sigmoid(fake_logits) + constant))


def generator_loss_minimax__probabilities_if_they_could_be(fake_logits):
    """Logits that all lie between 0 and 1 are taken for probabilities; they may lie there too."""
    return right.generator_loss_minimax(*_undone(fake_logits))


def generator_loss_minimax__logits_clipped(fake_logits, *, constant: (5.0, 190.0) = 50.0):
    """You clip the logits at {constant} and minus that: what lies beyond has no gradient."""
    return -_mean(_cost(tf.clip_by_value(fake_logits, -constant, constant), 0))


def generator_loss_minimax__logarithm_of_the_mean(fake_logits):
    """The logarithm is taken of the mean probability; it belongs inside the mean."""
    return tf.math.log(_mean(tf.sigmoid(-tf.cast(fake_logits, tf.float64))))


def generator_loss_minimax__logarithm_missing(fake_logits):
    """The logarithm is missing: this is the mean of 1 - D(G(z))."""
    return _mean(tf.sigmoid(-tf.cast(fake_logits, tf.float32)))


def generator_loss_minimax__bits(fake_logits):
    """The logarithm is to base 2; nats are expected."""
    return right.generator_loss_minimax(fake_logits) / np.log(2.0)


def generator_loss_minimax__not_averaged(fake_logits):
    """A loss for each image is returned; their mean is expected."""
    return -_cost(fake_logits, 0)


def generator_loss__saturating(fake_logits):
    """This is the minimax loss, which learns slowly; the non-saturating one is expected."""
    return right.generator_loss_minimax(fake_logits)


def generator_loss__log_d(fake_logits):
    """The sign is wrong: minimising log D(G(z)) makes the images worse."""
    return -right.generator_loss(fake_logits)


def generator_loss__cost_of_d(fake_logits):
    """This is what the generated images cost D; minimising it makes D's work easy."""
    return -right.generator_loss_minimax(fake_logits)


def generator_loss__sigmoid_twice(fake_logits):
    """The logits go through a sigmoid before a loss that takes logits: two sigmoids in a row."""
    return _mean(_cost(tf.sigmoid(fake_logits), 1))


def generator_loss__arguments_swapped(fake_logits):
    """Labels and logits are swapped in the cross-entropy: Keras takes the labels first."""
    return _keras_cost(fake_logits, tf.ones_like(fake_logits))


def generator_loss__from_logits_forgotten(fake_logits):
    """Logits go into a cross-entropy of probabilities: from_logits=True is missing."""
    return _keras_cost(tf.ones_like(fake_logits), fake_logits, from_logits=False)


def generator_loss__squares(fake_logits):
    """Squared differences between logits and labels are another GAN's loss (least squares)."""
    return _mean(tf.square(tf.convert_to_tensor(fake_logits) - 1))


def generator_loss__squares_of_d(fake_logits):
    """The squared distance of D from 1 is another GAN's loss (least squares)."""
    return _mean((tf.sigmoid(tf.cast(fake_logits, tf.float32)) - 1) ** 2)


def generator_loss__sum(fake_logits):
    """The losses are summed over the batch; their mean is expected."""
    return tf.reduce_sum(_cost(fake_logits, 1))


def generator_loss__broadcast(fake_logits):
    """Labels of shape (n,) meet logits of shape (n, 1): every logit gets every label."""
    logits = tf.convert_to_tensor(fake_logits)
    labels = tf.ones([tf.shape(logits)[0]], logits.dtype)
    costs = tf.nn.softplus(logits) - labels * logits
    return tf.reduce_sum(costs) / tf.cast(tf.shape(logits)[0], logits.dtype)


def generator_loss__logarithm_of_0(fake_logits):
    """The logarithm is taken of a number that is 0 or infinite in floating point."""
    return -_mean(tf.math.log(tf.sigmoid(tf.cast(fake_logits, tf.float32))))


def generator_loss__clipped(fake_logits, *, constant: (1e-12, 0.1) = 1e-7):
    """D is clipped at {constant} from 0 and 1, as Keras does it: no gradient where G needs it."""
    d = tf.clip_by_value(tf.sigmoid(fake_logits), constant, 1 - constant)
    return -_mean(tf.math.log(d))


def generator_loss__small_number(fake_logits, *, constant: (1e-14, 0.1) = 1e-8):
    """You add {constant} inside the logarithm: there is no gradient where G needs it."""
    return -_mean(tf.math.log(tf.sigmoid(fake_logits) + constant))


def generator_loss__probabilities_if_they_could_be(fake_logits):
    """Logits that all lie between 0 and 1 are taken for probabilities; they may lie there too."""
    return right.generator_loss(*_undone(fake_logits))


def generator_loss__logits_clipped(fake_logits, *, constant: (5.0, 190.0) = 50.0):
    """You clip the logits at {constant} and minus that: what lies beyond has no gradient."""
    return _mean(_cost(tf.clip_by_value(fake_logits, -constant, constant), 1))


def generator_loss__logarithm_of_the_mean(fake_logits):
    """The logarithm is taken of the mean probability; it belongs inside the mean."""
    return -tf.math.log(_mean(tf.sigmoid(tf.cast(fake_logits, tf.float64))))


def generator_loss__logarithm_missing(fake_logits):
    """The logarithm is missing: this is minus the mean of D(G(z))."""
    return -_mean(tf.sigmoid(tf.cast(fake_logits, tf.float32)))


def generator_loss__wasserstein(fake_logits):
    """Minus the mean logit is another GAN's loss (Wasserstein)."""
    return -_mean(tf.convert_to_tensor(fake_logits))


def generator_loss__bits(fake_logits):
    """The logarithm is to base 2; nats are expected."""
    return right.generator_loss(fake_logits) / np.log(2.0)


def generator_loss__not_averaged(fake_logits):
    """A loss for each image is returned; their mean is expected."""
    return _cost(fake_logits, 1)


# ── logit_gradients ──────────────────────────────────────────────────────────────────────────


def _d(logits):
    return tf.sigmoid(tf.cast(logits, tf.float64))


def logit_gradients__order_swapped(fake_logits):
    """The two are returned in the other order; the minimax loss comes first."""
    minimax, non_saturating = right.logit_gradients(fake_logits)
    return non_saturating, minimax


def logit_gradients__signs_turned(fake_logits):
    """Both signs are turned: a larger logit makes both losses smaller."""
    return tuple(-slope for slope in right.logit_gradients(fake_logits))


def logit_gradients__minimax_sign(fake_logits):
    """The minimax gradient has the wrong sign: G minimises log(1 - D(G(z)))."""
    minimax, non_saturating = right.logit_gradients(fake_logits)
    return -minimax, non_saturating


def logit_gradients__non_saturating_sign(fake_logits):
    """The non-saturating gradient has the wrong sign: G minimises -log D(G(z))."""
    minimax, non_saturating = right.logit_gradients(fake_logits)
    return minimax, -non_saturating


def logit_gradients__of_the_mean(fake_logits):
    """These are gradients of the batch's mean, n times smaller than those of one image's loss."""
    n = tf.cast(tf.size(fake_logits), tf.float64)
    return tuple(slope / n for slope in right.logit_gradients(fake_logits))


def logit_gradients__to_the_probability(fake_logits):
    """The derivative is taken with respect to D(G(z)); the logit's is expected."""
    d = _d(fake_logits)
    return -1 / (1 - d), -1 / d


def logit_gradients__losses(fake_logits):
    """The losses themselves are returned; their derivatives are expected."""
    return -right.softplus(fake_logits), right.softplus(-tf.cast(fake_logits, tf.float64))


def logit_gradients__of_the_sigmoid(fake_logits):
    """A factor is left from the sigmoid's derivative: d(1 - d), without that of the logarithm."""
    d = _d(fake_logits)
    return -d * (1 - d), -d * (1 - d)


def logit_gradients__twice_the_chain(fake_logits):
    """The sigmoid's derivative is multiplied once too often."""
    d = _d(fake_logits)
    return -d * d * (1 - d), -(1 - d) * d * (1 - d)


def logit_gradients__minimax_twice(fake_logits):
    """Both are the gradient of the minimax loss."""
    minimax, _ = right.logit_gradients(fake_logits)
    return minimax, minimax


def logit_gradients__quotient(fake_logits):
    """The derivative is taken apart into a product with a quotient, and that is 0/0 at ±200."""
    a = tf.cast(fake_logits, tf.float32)
    d = tf.sigmoid(a)
    slope = d * (1 - d)
    return -slope / (1 - d), -slope / d


def logit_gradients__exponentials_divided(fake_logits):
    """exp(a) / (1 + exp(a)) is infinity by infinity at large logits; tf.sigmoid is right there."""
    exponential = tf.exp(tf.cast(fake_logits, tf.float32))
    d = exponential / (1 + exponential)
    return -d, d - 1


def logit_gradients__one_exponential_divided(fake_logits):
    """exp(a) / (1 + exp(a)) is infinity by infinity at large logits, in the first derivative."""
    exponential = tf.exp(tf.cast(fake_logits, tf.float32))
    return -exponential / (1 + exponential), -1 / (1 + exponential)


def logit_gradients__non_saturating_twice(fake_logits):
    """Both are the derivative of the non-saturating loss."""
    return (right.logit_gradients(fake_logits)[1],) * 2


def logit_gradients__flattened(fake_logits):
    """The results are flat; they are to have the shape of the logits."""
    return tuple(tf.reshape(slope, (-1,)) for slope in right.logit_gradients(fake_logits))


def logit_gradients__means(fake_logits):
    """One number for the batch is returned; each image has a gradient of its own."""
    return tuple(_mean(slope) for slope in right.logit_gradients(fake_logits))


# ── optimal_discriminator ────────────────────────────────────────────────────────────────────


def _ratio(above, below):
    """A quotient, and ½ where there is none."""
    above, below = np.asarray(above, float), np.asarray(below, float)
    return np.divide(above, below, out=np.full(len(above), 0.5), where=below != 0)


def optimal_discriminator__of_the_model(p_data, p_model):
    """The probability of being generated is returned; D(x) is that of being real."""
    return right.optimal_discriminator(p_model, p_data)


def optimal_discriminator__ratio(p_data, p_model):
    """The data's probability is divided by the model's; the sum of both belongs below."""
    return _ratio(p_data, p_model)


def optimal_discriminator__mean_below(p_data, p_model):
    """Below stands the mean of both, so that D reaches 2."""
    both = (np.asarray(p_data) + p_model) / 2
    return np.where(both > 0, _ratio(p_data, both), 0.5)


def optimal_discriminator__hard(p_data, p_model):
    """The likelier one wins all: that is a decision, not the best probability."""
    return np.where(p_data > p_model, 1.0, np.where(p_data < p_model, 0.0, 0.5))


def optimal_discriminator__nan(p_data, p_model):
    """Where both are 0, 0/0 gives nan."""
    with np.errstate(invalid="ignore"):
        return p_data / (p_data + p_model)


def optimal_discriminator__zero(p_data, p_model):
    """Where both are 0, D is 0; 1/2 is expected there."""
    d = right.optimal_discriminator(p_data, p_model)
    return np.where(p_data + p_model > 0, d, 0.0)


def optimal_discriminator__one(p_data, p_model):
    """Where both are 0, D is 1; 1/2 is expected there."""
    d = right.optimal_discriminator(p_data, p_model)
    return np.where(p_data + p_model > 0, d, 1.0)


def optimal_discriminator__half_beside_zeros(p_data, p_model):
    """D is 1/2 where one of the two is 0; it is so only where both are."""
    both = (np.asarray(p_data) > 0) & (np.asarray(p_model) > 0)
    return np.where(both, right.optimal_discriminator(p_data, p_model), 0.5)


def optimal_discriminator__half_without_data(p_data, p_model):
    """D is 1/2 wherever the data have probability 0; where only the model goes it is 0."""
    d = right.optimal_discriminator(p_data, p_model)
    return np.where(np.asarray(p_data) > 0, d, 0.5)


def optimal_discriminator__small_number(p_data, p_model, *, constant: (1e-14, 1e-1) = 1e-8):
    """You add {constant} below: tiny probabilities come out wrong, and 0/0 is not 1/2."""
    return p_data / (p_data + p_model + constant)


def optimal_discriminator__small_number_twice(p_data, p_model, *, constant: (1e-14, 1e-1) = 1e-10):
    """You add {constant} to both: that makes 1/2 of 0/0, but spoils tiny probabilities."""
    return (p_data + constant) / (p_data + p_model + 2 * constant)


def optimal_discriminator__isclose(p_data, p_model):
    """Probabilities below 1e-8 are taken for 0, as np.isclose does; there D is not 1/2."""
    total = p_data + p_model
    return np.where(np.isclose(total, 0), 0.5, _ratio(p_data, total))


def optimal_discriminator__clipped(p_data, p_model, *, constant: (1e-12, 0.2) = 1e-6):
    """You clip D at {constant} from 0 and 1, which it may well be."""
    return np.clip(right.optimal_discriminator(p_data, p_model), constant, 1 - constant)


def optimal_discriminator__normalised(p_data, p_model):
    """D is scaled to add up to 1; it is a probability for each outcome by itself."""
    d = right.optimal_discriminator(p_data, p_model)
    return d / np.sum(d)


def optimal_discriminator__sum_over_outcomes(p_data, p_model):
    """The sum below goes over all outcomes; each outcome has a sum of its own."""
    return p_data / np.sum(p_data + p_model)


def optimal_discriminator__softmax(p_data, p_model):
    """A sigmoid takes the difference of probabilities; it belongs to that of their logarithms."""
    return 1 / (1 + np.exp(np.asarray(p_model, float) - p_data))


def optimal_discriminator__squares(p_data, p_model):
    """The probabilities are squared."""
    return right.optimal_discriminator(np.square(p_data), np.square(p_model))


def optimal_discriminator__tensor(p_data, p_model):
    """A tensor is returned; a NumPy array is expected."""
    return tf.constant(right.optimal_discriminator(p_data, p_model))


# ── game_value ───────────────────────────────────────────────────────────────────────────────


def _value(p_data, p_model, log_d, log_rest):
    """The value of the game, from the two logarithms."""
    p, q = np.asarray(p_data, float), np.asarray(p_model, float)
    real = np.sum(p[p > 0] * np.asarray(log_d)[p > 0])
    return float(real + np.sum(q[q > 0] * np.asarray(log_rest)[q > 0]))


def _logs(d):
    with np.errstate(divide="ignore"):
        d = np.asarray(d, float)
        return np.log(d), np.log1p(-d)


def game_value__loss(p_data, p_model, d):
    """The sign is turned: this is D's loss, and the value is what D maximises."""
    return -right.game_value(p_data, p_model, d)


def game_value__minus_between(p_data, p_model, d):
    """The second term is subtracted, as if log ½ and log ½ cancelled; both are added."""
    real = np.sum(xlogy(p_data, d))
    return float(real - np.sum(xlog1py(p_model, -np.asarray(d, float))))


def game_value__real_only(p_data, p_model, d):
    """Only the term of the data is there; that of the model is missing."""
    return float(np.sum(xlogy(p_data, d)))


def game_value__log_d_twice(p_data, p_model, d):
    """Both terms have log d; under the model it is log(1 - d)."""
    log_d, _ = _logs(d)
    return _value(p_data, p_model, log_d, log_d)


def game_value__data_twice(p_data, p_model, d):
    """Both terms are weighted with the data's probabilities; the second has the model's."""
    return right.game_value(p_data, p_data, d)


def game_value__swapped(p_data, p_model, d):
    """Data and model are swapped."""
    return right.game_value(p_model, p_data, d)


def game_value__mean(p_data, p_model, d):
    """The terms are averaged over the outcomes; the probabilities are the weights already."""
    return right.game_value(p_data, p_model, d) / len(p_data)


def game_value__unweighted(p_data, p_model, d):
    """The logarithms are averaged as if all outcomes were as likely."""
    log_d, log_rest = _logs(d)
    return float(np.mean(log_d) + np.mean(log_rest))


def game_value__nan(p_data, p_model, d):
    """0 times the logarithm of 0 gives nan; such a term is 0."""
    log_d, log_rest = _logs(d)
    with np.errstate(invalid="ignore"):
        return float(np.sum(p_data * log_d) + np.sum(p_model * log_rest))


def game_value__nan_as_0(p_data, p_model, d):
    """What is not finite counts as 0, so that a wrong certainty costs nothing."""
    log_d, log_rest = _logs(d)
    with np.errstate(invalid="ignore"):
        terms = np.asarray(p_data) * log_d, np.asarray(p_model) * log_rest
    return float(sum(np.sum(term[np.isfinite(term)]) for term in terms))


def game_value__one_sided_left_out(p_data, p_model, d):
    """Outcomes that only one of the two has are left out; their term of the other is 0."""
    both = (p_data > 0) & (p_model > 0)
    return right.game_value(p_data * both, p_model * both, d)


def game_value__huge_number(p_data, p_model, d):
    """Minus infinity is replaced by a huge number."""
    return float(np.nan_to_num(right.game_value(p_data, p_model, d)))


def game_value__small_number(p_data, p_model, d, *, constant: (1e-30, 1e-1) = 1e-12):
    """You add {constant} inside the logarithms, so that -inf is never reached."""
    d = np.asarray(d, float)
    return float(np.sum(p_data * np.log(d + constant)) + np.sum(p_model * np.log(1 - d + constant)))


def game_value__clipped(p_data, p_model, d, *, constant: (1e-30, 0.1) = 1e-15):
    """You clip d at {constant} from 0 and 1 before the logarithm, so that -inf is never reached."""
    return right.game_value(p_data, p_model, np.clip(d, constant, 1 - constant))


def game_value__d_ignored(p_data, p_model, d):
    """The value of the best discriminator is returned; the one that is passed is to be used."""
    return right.game_value(p_data, p_model, right.optimal_discriminator(p_data, p_model))


def game_value__divergence(p_data, p_model, d):
    """log 4 is added: that is the divergence which is left for G, not the value."""
    return right.game_value(p_data, p_model, d) + float(np.log(4))


def game_value__halved(p_data, p_model, d):
    """The two terms are averaged; the value is their sum."""
    return right.game_value(p_data, p_model, d) / 2


def game_value__bits(p_data, p_model, d):
    """The logarithm is to base 2; nats are expected."""
    return right.game_value(p_data, p_model, d) / float(np.log(2))


def game_value__logarithm_of_the_mean(p_data, p_model, d):
    """The logarithm is taken of the mean of d; it belongs inside the expectation."""
    with np.errstate(divide="ignore"):
        rest = 1 - np.asarray(d, float)
        return float(np.log(np.sum(p_data * d)) + np.log(np.sum(p_model * rest)))


def game_value__for_each_outcome(p_data, p_model, d):
    """There is a number for each outcome; their sum is expected."""
    return xlogy(p_data, d) + xlog1py(p_model, -np.asarray(d, float))


# ── conv_transpose ───────────────────────────────────────────────────────────────────────────


def _conv(kernel, x, strides=2, padding="SAME"):
    return tf.nn.conv2d(x, kernel, strides, padding)


def _back(kernel, y, shape, strides=2, padding="SAME"):
    return tf.nn.conv2d_transpose(y, kernel, shape, strides, padding)


def conv_transpose__order_swapped(kernel, x, y):
    """The two are returned in the other order; conv(x) comes first."""
    return tuple(reversed(right.conv_and_transpose(kernel, x, y)))


def conv_transpose__no_stride(kernel, x, y):
    """The convolution has a stride of 1: conv(x) is as large as x."""
    return _conv(kernel, x, 1), _back(kernel, y, tf.shape(x))


def conv_transpose__no_stride_either_way(kernel, x, y):
    """Both have a stride of 1, with which y does not fit x; each has one of 2."""
    return _conv(kernel, x, 1), _back(kernel, y, tf.shape(x), 1)


def conv_transpose__every_second(kernel, x, y):
    """A convolution with stride 1 is thinned out afterwards: 'same' then pads in another way."""
    return _conv(kernel, x, 1)[:, ::2, ::2], _back(kernel, y, tf.shape(x))


def conv_transpose__valid(kernel, x, y):
    """The padding is 'valid', so that conv(x) is smaller than y."""
    return _conv(kernel, x, padding="VALID"), _back(kernel, y, tf.shape(x))


def conv_transpose__even_sizes_only(kernel, x, y):
    """convT(y) is made twice as large as y, which is one too many where x is odd."""
    n, height, width, _ = y.shape
    shape = (n, 2 * height, 2 * width, kernel.shape[2])
    return _conv(kernel, x), _back(kernel, y, shape)


def conv_transpose__channels_swapped(kernel, x, y):
    """The kernel's channels are swapped for the transposed convolution, which does that itself."""
    swapped = tf.transpose(tf.convert_to_tensor(kernel), (0, 1, 3, 2))
    return _conv(kernel, x), _back(swapped, y, tf.shape(x))


def conv_transpose__flipped(kernel, x, y):
    """The kernel is flipped for the convolution; here, as in all such libraries, it is not."""
    flipped = tf.reverse(tf.convert_to_tensor(kernel), (0, 1))
    return _conv(flipped, x), _back(kernel, y, tf.shape(x))


def conv_transpose__flipped_back(kernel, x, y):
    """The kernel is flipped for the transposed convolution."""
    flipped = tf.reverse(tf.convert_to_tensor(kernel), (0, 1))
    return _conv(kernel, x), _back(flipped, y, tf.shape(x))


def conv_transpose__height_and_width_swapped(kernel, x, y):
    """The kernel's height and width are swapped for the transposed convolution."""
    swapped = tf.transpose(tf.convert_to_tensor(kernel), (1, 0, 2, 3))
    return _conv(kernel, x), _back(swapped, y, tf.shape(x))


def conv_transpose__enlarged(kernel, x, y):
    """y is enlarged and convolved; that is another way to a larger image, not the adjoint."""
    swapped = tf.transpose(tf.convert_to_tensor(kernel), (0, 1, 3, 2))
    large = tf.repeat(tf.repeat(tf.convert_to_tensor(y), 2, axis=1), 2, axis=2)
    return _conv(kernel, x), _conv(swapped, large[:, : x.shape[1], : x.shape[2]], 1)


def conv_transpose__of_the_convolution(kernel, x, y):
    """The transposed convolution is applied to conv(x); y is not used."""
    small, _ = right.conv_and_transpose(kernel, x, y)
    return right.conv_and_transpose(kernel, x, small)


def conv_transpose__inverse_meant(kernel, x, y):
    """x itself is returned, as if the transposed convolution undid the convolution."""
    small, _ = right.conv_and_transpose(kernel, x, y)
    return small, tf.convert_to_tensor(x)


def conv_transpose__scaled(kernel, x, y):
    """convT(y) is divided by the stride squared, as if it were to keep the brightness."""
    small, large = right.conv_and_transpose(kernel, x, y)
    return small, large / 4


def conv_transpose__inner_products(kernel, x, y):
    """The two inner products are returned; the arrays are expected."""
    small, large = right.conv_and_transpose(kernel, x, y)
    return tf.reduce_sum(small * tf.cast(y, small.dtype)), tf.reduce_sum(
        large * tf.cast(x, large.dtype)
    )


# ── interpolate ──────────────────────────────────────────────────────────────────────────────


def _line(z1, z2, shares):
    """The points at some shares of the way."""
    z1, z2 = tf.cast(z1, tf.float64), tf.cast(z2, tf.float64)
    shares = tf.cast(shares, tf.float64)[:, None]
    return (1 - shares) * z1 + shares * z2


def interpolate__ends_counted(z1, z2, n):
    """There are n points with the ends among them; n lie between the ends."""
    return _line(z1, z2, np.linspace(0, 1, n))


def interpolate__one_short(z1, z2, n):
    """There are n + 1 points, as if n were the number of steps."""
    return _line(z1, z2, np.linspace(0, 1, n + 1))


def interpolate__without_ends(z1, z2, n):
    """The ends are missing."""
    return _line(z1, z2, np.linspace(0, 1, n + 2)[1:-1])


def interpolate__last_missing(z1, z2, n):
    """The points stop one step before z2."""
    return _line(z1, z2, np.linspace(0, 1, n + 2, endpoint=False))


def interpolate__divided_by_n(z1, z2, n):
    """The step is one n-th of the way, so that the points go beyond z2; n = 0 divides by 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return _line(z1, z2, np.arange(n + 2) / np.float64(n))


def interpolate__backwards(z1, z2, n):
    """The points go from z2 to z1."""
    return right.interpolate(z2, z1, n)


def interpolate__weights_do_not_add_up(z1, z2, n):
    """Both ends are weighted with the same share; the weights have to add up to 1."""
    shares = np.linspace(0, 1, n + 2)[:, None]
    return tf.constant(shares * (np.asarray(z1) + np.asarray(z2)))


def interpolate__z2_added(z1, z2, n):
    """A share of z2 is added to z1; it is a share of the way there, z2 - z1."""
    z1, z2 = tf.cast(z1, tf.float64), tf.cast(z2, tf.float64)
    return z1 + tf.cast(np.linspace(0, 1, n + 2)[:, None], tf.float64) * z2


def interpolate__sphere(z1, z2, n):
    """The points lie on an arc, as for normal noise; a straight line is expected."""
    z1, z2 = np.asarray(z1, float), np.asarray(z2, float)
    cosine = np.sum(z1 * z2) / np.sqrt(np.sum(z1**2) * np.sum(z2**2))
    angle = max(np.arccos(np.clip(cosine, -1, 1)), 1e-6)
    shares = np.linspace(0, 1, n + 2)[:, None]
    points = np.sin((1 - shares) * angle) * z1 + np.sin(shares * angle) * z2
    return tf.constant(points / np.sin(angle))


def interpolate__transposed(z1, z2, n):
    """The shape is (dim, n + 2); a row is a point."""
    return tf.transpose(right.interpolate(z1, z2, n))


def interpolate__array(z1, z2, n):
    """A NumPy array is returned; a tensor is expected."""
    return right.interpolate(z1, z2, n).numpy()


def interpolate__uneven(z1, z2, n):
    """The steps are not equal."""
    return _line(z1, z2, np.linspace(0, 1, n + 2) ** 2)


def interpolate__only_in_length(z1, z2, n):
    """z1 is scaled up to the length of z2; its direction has to change too."""
    lengths = np.linspace(1, np.linalg.norm(z2) / np.linalg.norm(z1), n + 2)
    return tf.constant(lengths[:, None] * np.asarray(z1))


def interpolate__seven_steps(z1, z2, n):
    """There are always seven points between the ends; n is to be used."""
    return right.interpolate(z1, z2, 7)


# ── game_value_derivation ────────────────────────────────────────────────────────────────────────

_made = items.mistakes("game_value_derivation", derivations.game_value_derivation, 3)
for _name, _answer in _made.items():
    globals()[_name] = _answer
