"""Wrong networks and trainings that students write; see the folder above for the rest.

Each is right but for the one thing that it is named for.
"""
# ruff: noqa: N801 (a class is named <item>__<mistake>)

import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, Normal

from reference.sheet3_vae.networks.reference import (
    kl_loss,
    negative_elbo,
    reconstruction_loss,
    reparametrize,
)

# ── Encoder ──────────────────────────────────────────────────────────────────────────────────


class _Encoder(nn.Module):
    """A right one, whose parts the mistakes replace."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.hidden = nn.Linear(n_pixels, n_hidden)
        self.mean = nn.Linear(n_hidden, n_latent)
        self.log_var = nn.Linear(n_hidden, n_latent)

    def features(self, x):
        return torch.relu(self.hidden(x))

    def forward(self, x):
        h = self.features(x)
        return self.mean(h), self.log_var(h)


class Encoder__relu_on_log_var(_Encoder):
    """There is a ReLU on log_var, so that no variance is ever below 1."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return mean, torch.relu(log_var)


class Encoder__softplus_on_log_var(_Encoder):
    """Something makes log_var positive, such as a softplus; a logarithm may be negative."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return mean, F.softplus(log_var)


class Encoder__exponential_on_log_var(_Encoder):
    """The second output is an exponential, like a standard deviation; the logarithm is expected."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return mean, torch.exp(0.5 * log_var)


class Encoder__sigmoid_on_log_var(_Encoder):
    """There is a sigmoid on log_var, which keeps it between 0 and 1."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return mean, torch.sigmoid(log_var)


class Encoder__tanh_on_log_var(_Encoder):
    """There is a tanh on log_var, which keeps it between -1 and 1."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return mean, torch.tanh(log_var)


class Encoder__clamped_on_log_var(_Encoder):
    """log_var is kept within bounds that are too narrow."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return mean, log_var.clamp(-5.0, 5.0)


class Encoder__relu_on_mean(_Encoder):
    """There is a ReLU on the mean, which may be negative."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return torch.relu(mean), log_var


class Encoder__sigmoid_on_mean(_Encoder):
    """There is a sigmoid on the mean, which keeps it between 0 and 1."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return torch.sigmoid(mean), log_var


class Encoder__tanh_on_mean(_Encoder):
    """There is a tanh on the mean, which keeps it between -1 and 1."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return torch.tanh(mean), log_var


class Encoder__one_head(_Encoder):
    """Mean and log_var come out of the same layer and are always equal."""

    def forward(self, x):
        h = self.features(x)
        return self.mean(h), self.mean(h)


class Encoder__one_log_var_for_all_dimensions(_Encoder):
    """There is a single log_var for all latent dimensions; each needs its own."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return mean, log_var[..., :1].expand_as(mean)


class Encoder__log_var_for_all_images(_Encoder):
    """log_var is a constant of the model; it should depend on the image."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__(n_pixels, n_hidden, n_latent)
        self.log_var = nn.Parameter(torch.zeros(n_latent))

    def forward(self, x):
        mean = self.mean(self.features(x))
        return mean, self.log_var.expand_as(mean)


class Encoder__linear(_Encoder):
    """There is no non-linearity between the layers: together they are one linear map."""

    def features(self, x):
        return self.hidden(x)


class Encoder__no_hidden_layer(nn.Module):
    """There is no hidden layer: a single linear map leads to each output."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.mean = nn.Linear(n_pixels, n_latent)
        self.log_var = nn.Linear(n_pixels, n_latent)

    def forward(self, x):
        return self.mean(x), self.log_var(x)


class Encoder__input_ignored(_Encoder):
    """The output is the same for every image."""

    def features(self, x):
        return torch.relu(self.hidden(torch.zeros_like(x)))


class Encoder__not_registered(_Encoder):
    """A layer stands where the module does not find it, in a plain list for example."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__(n_pixels, n_hidden, n_latent)
        del self.hidden
        self.layers = [nn.Linear(n_pixels, n_hidden), nn.ReLU()]

    def features(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class Encoder__not_parameters(_Encoder):
    """Weights are kept as plain tensors, which no optimizer moves and no file keeps."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__(n_pixels, n_hidden, n_latent)
        del self.hidden
        self.W = torch.randn(n_pixels, n_hidden) / math.sqrt(n_pixels)

    def features(self, x):
        return torch.relu(x @ self.W)


class Encoder__fixed_features(_Encoder):
    """The hidden layer is no parameter: a buffer or a tensor that is the same in every network."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__(n_pixels, n_hidden, n_latent)
        del self.hidden
        torch.manual_seed(0)
        self.register_buffer("W", torch.randn(n_pixels, n_hidden) / math.sqrt(n_pixels))

    def features(self, x):
        return torch.relu(x @ self.W)


class Encoder__new_layer_on_every_call(_Encoder):
    """A layer is made inside forward: every call starts with new random weights."""

    def features(self, x):
        return torch.relu(nn.Linear(x.shape[-1], self.mean.in_features)(x))


class Encoder__width_ignored(_Encoder):
    """The width of the hidden layer is fixed; n_hidden is not used."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__(n_pixels, 500, n_latent)


class Encoder__sizes_of_mnist(_Encoder):
    """The sizes are those of MNIST whatever sizes are given."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__(784, n_hidden, n_latent)


class Encoder__latent_of_2(_Encoder):
    """The number of latent dimensions is fixed; n_latent is not used."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__(n_pixels, n_hidden, 2)


class Encoder__sizes_swapped(_Encoder):
    """n_hidden and n_latent have changed places."""

    def __init__(self, n_pixels, n_latent, n_hidden):
        super().__init__(n_pixels, n_hidden, n_latent)


class Encoder__dropout(_Encoder):
    """There is dropout: the same image gives something else on every call."""

    def features(self, x):
        return F.dropout(super().features(x), 0.2, self.training)


class Encoder__sample_returned(_Encoder):
    """Something is drawn at random inside; the draw comes later, and not from the encoder."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return mean + torch.exp(0.5 * log_var) * torch.randn_like(mean), log_var


class Encoder__batch_norm(_Encoder):
    """What comes out for a row depends on the others in its batch, as in batch normalisation."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__(n_pixels, n_hidden, n_latent)
        self.norm = nn.BatchNorm1d(n_hidden)

    def features(self, x):
        return self.norm(super().features(x))


class Encoder__frozen(_Encoder):
    """Some parameters are marked as not to be trained."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__(n_pixels, n_hidden, n_latent)
        self.hidden.requires_grad_(False)


class Encoder__detached(_Encoder):
    """The graph is cut on the way (detach, .data, no_grad, NumPy): layers before do not learn."""

    def features(self, x):
        return super().features(x).detach()


class Encoder__one_tensor(_Encoder):
    """Mean and log_var are returned side by side in one tensor; two are expected."""

    def forward(self, x):
        return torch.cat(super().forward(x), dim=-1)


class Encoder__only_mean(_Encoder):
    """Only the mean is returned."""

    def forward(self, x):
        return super().forward(x)[0]


class Encoder__three_outputs(_Encoder):
    """A draw is returned too; mean and log_var are expected."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return reparametrize(mean, log_var, torch.randn_like(mean)), mean, log_var


class Encoder__distribution(_Encoder):
    """A distribution object is returned; mean and log_var are expected."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return Normal(mean, torch.exp(0.5 * log_var))


class Encoder__float64(_Encoder):
    """The parameters are float64; float32 is expected."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__(n_pixels, n_hidden, n_latent)
        self.double()

    def forward(self, x):
        return super().forward(x.double())


class Encoder__super_forgotten(_Encoder):
    """super().__init__() is not called before the first layer is assigned."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        self.hidden = nn.Linear(n_pixels, n_hidden)


class Encoder__squeezed(_Encoder):
    """Axes of length 1 are removed: a batch of one image, or a single latent, loses its axis."""

    def forward(self, x):
        mean, log_var = super().forward(x)
        return mean.squeeze(), log_var.squeeze()


def Encoder__function(n_pixels, n_hidden, n_latent):
    """A function is returned, whose weights no optimizer finds; an nn.Module is expected."""
    encoder = _Encoder(n_pixels, n_hidden, n_latent)
    return lambda x: encoder(x)


# ── Decoder ──────────────────────────────────────────────────────────────────────────────────


class _Decoder(nn.Module):
    """A right one, whose parts the mistakes replace."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__()
        self.hidden = nn.Linear(n_latent, n_hidden)
        self.logits = nn.Linear(n_hidden, n_pixels)

    def features(self, z):
        return torch.tanh(self.hidden(z))

    def forward(self, z):
        return self.logits(self.features(z))


class Decoder__sigmoid_on_logits(_Decoder):
    """There is a sigmoid at the end: these are probabilities, and logits are expected."""

    def forward(self, z):
        return torch.sigmoid(super().forward(z))


class Decoder__softmax_on_logits(_Decoder):
    """There is a softmax at the end, as if an image's pixels summed to 1; logits are expected."""

    def forward(self, z):
        return torch.softmax(super().forward(z), dim=-1)


class Decoder__tanh_on_logits(_Decoder):
    """There is a tanh at the end, which keeps the logits between -1 and 1."""

    def forward(self, z):
        return torch.tanh(super().forward(z))


class Decoder__relu_on_logits(_Decoder):
    """There is a ReLU at the end: no pixel would have a probability below one half."""

    def forward(self, z):
        return torch.relu(super().forward(z))


class Decoder__softplus_on_logits(_Decoder):
    """Something makes the logits positive: no pixel has a probability below one half."""

    def forward(self, z):
        return F.softplus(super().forward(z))


class Decoder__exponential_on_logits(_Decoder):
    """There is an exponential at the end: no logit is negative."""

    def forward(self, z):
        return torch.exp(super().forward(z))


class Decoder__logarithm_on_logits(_Decoder):
    """No output is positive, as with a logarithm of probabilities; logits are expected."""

    def forward(self, z):
        return F.logsigmoid(super().forward(z))


class Decoder__clamped_on_logits(_Decoder):
    """The logits are kept within bounds."""

    def forward(self, z):
        return super().forward(z).clamp(-20.0, 20.0)


class Decoder__samples_on_logits(_Decoder):
    """Pixels of 0 and 1 are returned, drawn or rounded; logits are expected."""

    def forward(self, z):
        return torch.bernoulli(torch.sigmoid(super().forward(z)))


class Decoder__one_logit_for_all_pixels(_Decoder):
    """All pixels of an image get the same logit."""

    def forward(self, z):
        logits = super().forward(z)
        return logits[..., :1].expand_as(logits)


class Decoder__linear(_Decoder):
    """There is no non-linearity between the layers: together they are one linear map."""

    def features(self, z):
        return self.hidden(z)


class Decoder__no_hidden_layer(nn.Module):
    """There is no hidden layer: a single linear map leads to the logits."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__()
        self.logits = nn.Linear(n_latent, n_pixels)

    def forward(self, z):
        return self.logits(z)


class Decoder__input_ignored(_Decoder):
    """The output is the same for every z."""

    def features(self, z):
        return torch.tanh(self.hidden(torch.zeros_like(z)))


class Decoder__not_registered(_Decoder):
    """A layer stands where the module does not find it, in a plain list for example."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__(n_latent, n_hidden, n_pixels)
        del self.hidden
        self.layers = [nn.Linear(n_latent, n_hidden), nn.Tanh()]

    def features(self, z):
        for layer in self.layers:
            z = layer(z)
        return z


class Decoder__not_parameters(_Decoder):
    """Weights are kept as plain tensors, which no optimizer moves and no file keeps."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__(n_latent, n_hidden, n_pixels)
        del self.hidden
        self.W = torch.randn(n_latent, n_hidden)

    def features(self, z):
        return torch.tanh(z @ self.W)


class Decoder__width_ignored(_Decoder):
    """The width of the hidden layer is fixed; n_hidden is not used."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__(n_latent, 500, n_pixels)


class Decoder__sizes_of_mnist(_Decoder):
    """The number of pixels is that of MNIST whatever number is given."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__(n_latent, n_hidden, 784)


class Decoder__sizes_swapped(_Decoder):
    """The sizes are taken in the encoder's order, pixels first."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__(n_latent, n_hidden, n_pixels)


class Decoder__dropout(_Decoder):
    """There is dropout: the same z gives something else on every call."""

    def features(self, z):
        return F.dropout(super().features(z), 0.2, self.training)


class Decoder__batch_norm(_Decoder):
    """What comes out for a row depends on the others in its batch, as in batch normalisation."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__(n_latent, n_hidden, n_pixels)
        self.norm = nn.BatchNorm1d(n_hidden)

    def features(self, z):
        return self.norm(super().features(z))


class Decoder__frozen(_Decoder):
    """Some parameters are marked as not to be trained."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__(n_latent, n_hidden, n_pixels)
        self.logits.requires_grad_(False)


class Decoder__detached(_Decoder):
    """The graph is cut on the way (detach, .data, no_grad, NumPy): layers before do not learn."""

    def features(self, z):
        return super().features(z).detach()


class Decoder__image_shaped(_Decoder):
    """The pixels are arranged as a picture; (batch, n_pixels) is expected."""

    def forward(self, z):
        return super().forward(z)[:, None, :]


class Decoder__distribution(_Decoder):
    """A distribution object is returned; logits are expected."""

    def forward(self, z):
        return Bernoulli(logits=super().forward(z))


class Decoder__pair(_Decoder):
    """Two tensors are returned, logits and probabilities; the logits alone are expected."""

    def forward(self, z):
        logits = super().forward(z)
        return logits, torch.sigmoid(logits)


class Decoder__float64(_Decoder):
    """The parameters are float64; float32 is expected."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__(n_latent, n_hidden, n_pixels)
        self.double()

    def forward(self, z):
        return super().forward(z.double())


class Decoder__super_forgotten(_Decoder):
    """super().__init__() is not called before the first layer is assigned."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        self.hidden = nn.Linear(n_latent, n_hidden)


class Decoder__squeezed(_Decoder):
    """Axes of length 1 are removed: a batch of one loses its axis."""

    def forward(self, z):
        return super().forward(z).squeeze()


# ── negative_elbo ────────────────────────────────────────────────────────────────────────────


def _terms(encoder, decoder, x, eps):
    """Both terms for each image."""
    mean, log_var = encoder(x)
    logits = decoder(reparametrize(mean, log_var, eps))
    return reconstruction_loss(logits, x), kl_loss(mean, log_var)


def _loss(reconstruction, kl):
    """The three results, for terms of each image."""
    reconstruction, kl = reconstruction.mean(), kl.mean()
    return reconstruction + kl, reconstruction, kl


def _elbo(encoder, decoder, x, eps):
    """A right one, whose parts a check can replace here too."""
    return _loss(*_terms(encoder, decoder, x, eps))


def negative_elbo__kl_subtracted(encoder, decoder, x, eps):
    """The KL term is subtracted from the reconstruction: both are costs."""
    _, reconstruction, kl = _elbo(encoder, decoder, x, eps)
    return reconstruction - kl, reconstruction, kl


def negative_elbo__elbo(encoder, decoder, x, eps):
    """This is the ELBO itself, which is to be made large; a loss is minimised."""
    loss, reconstruction, kl = _elbo(encoder, decoder, x, eps)
    return -loss, -reconstruction, kl


def negative_elbo__loss_negated(encoder, decoder, x, eps):
    """The two terms are right, and the loss is their sum with a minus: it is minimised."""
    loss, reconstruction, kl = _elbo(encoder, decoder, x, eps)
    return -loss, reconstruction, kl


def negative_elbo__log_likelihood_added(encoder, decoder, x, eps):
    """The reconstruction has the sign of a log-likelihood; as a cost it is positive."""
    reconstruction, kl = _terms(encoder, decoder, x, eps)
    return _loss(-reconstruction, kl)


def negative_elbo__log_likelihood_returned(encoder, decoder, x, eps):
    """The loss is right, but the second value is the log-likelihood: as a cost it is positive."""
    loss, reconstruction, kl = _elbo(encoder, decoder, x, eps)
    return loss, -reconstruction, kl


def negative_elbo__negative_kl(encoder, decoder, x, eps):
    """The KL has the wrong sign; it is never negative."""
    reconstruction, kl = _terms(encoder, decoder, x, eps)
    return _loss(reconstruction, -kl)


def negative_elbo__mean_over_pixels(encoder, decoder, x, eps):
    """The reconstruction is averaged over the pixels, so that the KL weighs far too much."""
    reconstruction, kl = _terms(encoder, decoder, x, eps)
    return _loss(reconstruction / x.shape[1], kl)


def negative_elbo__mean_over_latents(encoder, decoder, x, eps):
    """The KL is averaged over the latent dimensions where their sum is expected."""
    reconstruction, kl = _terms(encoder, decoder, x, eps)
    return _loss(reconstruction, kl / eps.shape[1])


def negative_elbo__mean_over_pixels_everywhere(encoder, decoder, x, eps):
    """Both terms are divided by the number of pixels; they are sums over pixels and latents."""
    return tuple(part / x.shape[1] for part in _elbo(encoder, decoder, x, eps))


def negative_elbo__sum_over_batch(encoder, decoder, x, eps):
    """The batch is summed where its mean is expected."""
    reconstruction, kl = _terms(encoder, decoder, x, eps)
    return _loss(reconstruction * len(x), kl * len(x))


def negative_elbo__kl_summed_over_batch(encoder, decoder, x, eps):
    """The KL is summed over the batch while the reconstruction is averaged."""
    reconstruction, kl = _terms(encoder, decoder, x, eps)
    return _loss(reconstruction, kl * len(x))


def negative_elbo__reconstruction_summed_over_batch(encoder, decoder, x, eps):
    """The reconstruction is summed over the batch while the KL is averaged."""
    reconstruction, kl = _terms(encoder, decoder, x, eps)
    return _loss(reconstruction * len(x), kl)


def negative_elbo__std_is_variance(encoder, decoder, x, eps):
    """The noise is multiplied by exp(log_var), which is the variance."""
    mean, log_var = encoder(x)
    logits = decoder(mean + torch.exp(log_var) * eps)
    return _loss(reconstruction_loss(logits, x), kl_loss(mean, log_var))


def negative_elbo__std_forgotten(encoder, decoder, x, eps):
    """The noise is added as it is; the standard deviation has to multiply it."""
    mean, log_var = encoder(x)
    return _loss(reconstruction_loss(decoder(mean + eps), x), kl_loss(mean, log_var))


def negative_elbo__outputs_swapped(encoder, decoder, x, eps):
    """The encoder's outputs are swapped: the mean comes first, and log_var second."""
    log_var, mean = encoder(x)
    logits = decoder(reparametrize(mean, log_var, eps))
    return _loss(reconstruction_loss(logits, x), kl_loss(mean, log_var))


def negative_elbo__kl_of_the_code(encoder, decoder, x, eps):
    """The KL gets the code in place of the mean of q."""
    mean, log_var = encoder(x)
    z = reparametrize(mean, log_var, eps)
    return _loss(reconstruction_loss(decoder(z), x), kl_loss(z, log_var))


def negative_elbo__log_var_as_std(encoder, decoder, x, eps):
    """The noise is multiplied by log_var, as if that were the standard deviation."""
    mean, log_var = encoder(x)
    logits = decoder(mean + log_var * eps)
    return _loss(reconstruction_loss(logits, x), kl_loss(mean, log_var))


def negative_elbo__one_noise_for_all(encoder, decoder, x, eps):
    """One row of noise is used for the whole batch; each image has its own."""
    return _elbo(encoder, decoder, x, eps[:1].expand_as(eps))


def negative_elbo__own_noise(encoder, decoder, x, eps):
    """New noise is drawn; the noise to use is passed as eps."""
    return _elbo(encoder, decoder, x, torch.randn_like(eps))


def negative_elbo__mean_decoded(encoder, decoder, x, eps):
    """The mean is decoded, without any noise."""
    return _elbo(encoder, decoder, x, torch.zeros_like(eps))


def negative_elbo__prior_decoded(encoder, decoder, x, eps):
    """The noise itself is decoded, as if z came from the prior; it comes from q(z|x)."""
    mean, log_var = encoder(x)
    return _loss(reconstruction_loss(decoder(eps), x), kl_loss(mean, log_var))


def negative_elbo__noise_squared(encoder, decoder, x, eps):
    """The noise is squared, or its sign is lost, on the way."""
    return _elbo(encoder, decoder, x, eps.abs())


def negative_elbo__sample_detached(encoder, decoder, x, eps):
    """The code is detached: no gradient gets from the reconstruction back to the encoder."""
    mean, log_var = encoder(x)
    logits = decoder(reparametrize(mean, log_var, eps).detach())
    return _loss(reconstruction_loss(logits, x), kl_loss(mean, log_var))


def negative_elbo__std_detached(encoder, decoder, x, eps):
    """The gradient reaches the mean through the code, but not log_var."""
    mean, log_var = encoder(x)
    logits = decoder(reparametrize(mean, log_var.detach(), eps))
    return _loss(reconstruction_loss(logits, x), kl_loss(mean, log_var))


def negative_elbo__kl_detached(encoder, decoder, x, eps):
    """No gradient gets through the KL term, which then has no effect on training."""
    reconstruction, kl = _terms(encoder, decoder, x, eps)
    return _loss(reconstruction, kl.detach())


def negative_elbo__kl_by_sample(encoder, decoder, x, eps):
    """The KL is estimated from the sample; its exact value is expected."""
    mean, log_var = encoder(x)
    z = reparametrize(mean, log_var, eps)
    kl = 0.5 * (z**2 - eps**2 - log_var).sum(dim=1)
    return _loss(reconstruction_loss(decoder(z), x), kl)


def negative_elbo__kl_reversed(encoder, decoder, x, eps):
    """The KL is that of the prior to q: the two have changed places."""
    mean, log_var = encoder(x)
    logits = decoder(reparametrize(mean, log_var, eps))
    kl = 0.5 * (log_var + torch.exp(-log_var) * (1 + mean**2) - 1).sum(dim=1)
    return _loss(reconstruction_loss(logits, x), kl)


def negative_elbo__half_of_kl_missing(encoder, decoder, x, eps):
    """The KL is twice what it should be: a factor of one half is missing."""
    reconstruction, kl = _terms(encoder, decoder, x, eps)
    return _loss(reconstruction, 2 * kl)


def _padded_elbo(encoder, decoder, x, eps, number):
    """The results with a small number in the logarithm of the KL."""
    mean, log_var = encoder(x)
    logits = decoder(reparametrize(mean, log_var, eps))
    var = torch.exp(log_var)
    kl = 0.5 * (mean**2 + var - torch.log(var + number) - 1).sum(dim=1)
    return _loss(reconstruction_loss(logits, x), kl)


def negative_elbo__small_number(encoder, decoder, x, eps):
    """In the KL, 1e-6 is added in the logarithm of the variance, which spoils small variances."""
    return _padded_elbo(encoder, decoder, x, eps, 1e-6)


def negative_elbo__small_number_of_1e_5(encoder, decoder, x, eps):
    """In the KL, 1e-5 is added in the logarithm of the variance, which spoils small variances."""
    return _padded_elbo(encoder, decoder, x, eps, 1e-5)


def negative_elbo__small_number_of_1e_8(encoder, decoder, x, eps):
    """In the KL, 1e-8 is added in the logarithm of the variance, which spoils small variances."""
    return _padded_elbo(encoder, decoder, x, eps, 1e-8)


def negative_elbo__positive_as_std(encoder, decoder, x, eps):
    """Log variances that are all positive are taken for standard deviations; they may be so."""
    mean, log_var = encoder(x)
    if (log_var > 0).all():
        log_var = 2 * torch.log(log_var)
    logits = decoder(reparametrize(mean, log_var, eps))
    return _loss(reconstruction_loss(logits, x), kl_loss(mean, log_var))


def negative_elbo__kl_left_out_of_loss(encoder, decoder, x, eps):
    """The loss is the reconstruction alone."""
    _, reconstruction, kl = _elbo(encoder, decoder, x, eps)
    return reconstruction, reconstruction, kl


def negative_elbo__kl_weighted(encoder, decoder, x, eps):
    """The KL has a weight in the sum, as in a β-VAE; here it has none."""
    _, reconstruction, kl = _elbo(encoder, decoder, x, eps)
    return reconstruction + 0.5 * kl, reconstruction, kl


def negative_elbo__sigmoid_twice(encoder, decoder, x, eps):
    """The logits go through a sigmoid, and then through a loss that applies one itself."""
    mean, log_var = encoder(x)
    logits = torch.sigmoid(decoder(reparametrize(mean, log_var, eps)))
    return _loss(reconstruction_loss(logits, x), kl_loss(mean, log_var))


def negative_elbo__squared_error(encoder, decoder, x, eps):
    """The reconstruction is a squared error; here it is the Bernoulli log-likelihood."""
    mean, log_var = encoder(x)
    pixels = torch.sigmoid(decoder(reparametrize(mean, log_var, eps)))
    return _loss(((x - pixels) ** 2).sum(dim=1), kl_loss(mean, log_var))


def negative_elbo__loss_arguments_swapped(encoder, decoder, x, eps):
    """Images and logits have changed places in the reconstruction."""
    mean, log_var = encoder(x)
    logits = decoder(reparametrize(mean, log_var, eps))
    return _loss(reconstruction_loss(x, logits), kl_loss(mean, log_var))


def negative_elbo__terms_swapped(encoder, decoder, x, eps):
    """The two terms are returned in the other order: the reconstruction comes before the KL."""
    loss, reconstruction, kl = _elbo(encoder, decoder, x, eps)
    return loss, kl, reconstruction


def negative_elbo__loss_last(encoder, decoder, x, eps):
    """The loss is returned last; it comes first."""
    loss, reconstruction, kl = _elbo(encoder, decoder, x, eps)
    return reconstruction, kl, loss


def negative_elbo__per_image(encoder, decoder, x, eps):
    """There is a value for each image; three numbers are expected, means over the batch."""
    reconstruction, kl = _terms(encoder, decoder, x, eps)
    return reconstruction + kl, reconstruction, kl


def negative_elbo__loss_alone(encoder, decoder, x, eps):
    """The loss alone is returned; its two terms are expected as well."""
    return _elbo(encoder, decoder, x, eps)[0]


def negative_elbo__terms_as_numbers(encoder, decoder, x, eps):
    """The two terms are Python numbers or detached; tensors with gradient are expected."""
    loss, reconstruction, kl = _elbo(encoder, decoder, x, eps)
    return loss, reconstruction.item(), kl.item()


def negative_elbo__loss_as_number(encoder, decoder, x, eps):
    """The loss is returned as a Python number, through which no gradient goes."""
    return tuple(part.item() for part in _elbo(encoder, decoder, x, eps))


def negative_elbo__backward_inside(encoder, decoder, x, eps):
    """backward() is called inside: every call leaves gradients behind; only a loss is expected."""
    loss, reconstruction, kl = _elbo(encoder, decoder, x, eps)
    loss.backward(retain_graph=True)
    return loss, reconstruction, kl


# ── train_epoch ──────────────────────────────────────────────────────────────────────────────


def _noise_for(encoder, x, generator):
    with torch.no_grad():
        latent = encoder(x)[0].shape[-1]
    return torch.randn(len(x), latent, generator=generator)


def _train(encoder, decoder, batches, optimizer, generator, noise=_noise_for, scale=None):
    """The losses before the steps, and the sizes of the batches."""
    losses, sizes = [], []
    for x in batches:
        loss, _, _ = negative_elbo(encoder, decoder, x, noise(encoder, x, generator))
        optimizer.zero_grad()
        (loss * scale(x) if scale else loss).backward()
        optimizer.step()
        losses.append(loss.item())
        sizes.append(len(x))
    return losses, sizes


def _mean(losses, sizes):
    return sum(a * n for a, n in zip(losses, sizes, strict=True)) / sum(sizes)


def train_epoch__mean_over_batches(encoder, decoder, batches, optimizer, generator):
    """The mean is taken over the batches: a smaller last batch then weighs as much as any other."""
    losses, _ = _train(encoder, decoder, batches, optimizer, generator)
    return sum(losses) / len(losses)


def train_epoch__last_batch(encoder, decoder, batches, optimizer, generator):
    """What is returned is the loss of the last batch; the mean over the epoch is expected."""
    losses, _ = _train(encoder, decoder, batches, optimizer, generator)
    return losses[-1]


def train_epoch__sum_over_batches(encoder, decoder, batches, optimizer, generator):
    """The batches' losses are added up, and not divided by anything."""
    losses, _ = _train(encoder, decoder, batches, optimizer, generator)
    return sum(losses)


def train_epoch__sum_over_images(encoder, decoder, batches, optimizer, generator):
    """The images' losses are added up; their mean is expected."""
    losses, sizes = _train(encoder, decoder, batches, optimizer, generator)
    return _mean(losses, sizes) * sum(sizes)


def train_epoch__divided_twice(encoder, decoder, batches, optimizer, generator):
    """The sum of batch means is divided by the number of images: they were averaged already."""
    losses, sizes = _train(encoder, decoder, batches, optimizer, generator)
    return sum(losses) / sum(sizes)


def train_epoch__all_batches_as_the_first(encoder, decoder, batches, optimizer, generator):
    """Every batch is counted with the size of the first one; the last may be smaller."""
    losses, sizes = _train(encoder, decoder, batches, optimizer, generator)
    return sum(losses) * sizes[0] / sum(sizes)


def train_epoch__loss_after_step(encoder, decoder, batches, optimizer, generator):
    """The loss is computed again after the step; the one before it is expected."""
    losses, sizes = [], []
    for x in batches:
        eps = _noise_for(encoder, x, generator)
        optimizer.zero_grad()
        negative_elbo(encoder, decoder, x, eps)[0].backward()
        optimizer.step()
        losses.append(negative_elbo(encoder, decoder, x, eps)[0].item())
        sizes.append(len(x))
    return _mean(losses, sizes)


def train_epoch__reconstruction_returned(encoder, decoder, batches, optimizer, generator):
    """The mean is that of the reconstruction; the loss has two terms."""
    total, count = 0.0, 0
    for x in batches:
        eps = _noise_for(encoder, x, generator)
        loss, reconstruction, _ = negative_elbo(encoder, decoder, x, eps)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total, count = total + reconstruction.item() * len(x), count + len(x)
    return total / count


def train_epoch__reconstruction_trained(encoder, decoder, batches, optimizer, generator):
    """The gradient is that of the reconstruction alone; the KL is reported but not trained."""
    losses, sizes = [], []
    for x in batches:
        eps = _noise_for(encoder, x, generator)
        loss, reconstruction, _ = negative_elbo(encoder, decoder, x, eps)
        optimizer.zero_grad()
        reconstruction.backward()
        optimizer.step()
        losses.append(loss.item())
        sizes.append(len(x))
    return _mean(losses, sizes)


def train_epoch__gradients_accumulate(encoder, decoder, batches, optimizer, generator):
    """The old gradients are not cleared: each step goes along the sum of all gradients so far."""
    losses, sizes = [], []
    for x in batches:
        loss, _, _ = negative_elbo(encoder, decoder, x, _noise_for(encoder, x, generator))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        sizes.append(len(x))
    return _mean(losses, sizes)


def train_epoch__encoder_gradients_accumulate(encoder, decoder, batches, optimizer, generator):
    """Only the decoder's old gradients are cleared; the encoder steps along the sum of all."""
    losses, sizes = [], []
    for x in batches:
        loss, _, _ = negative_elbo(encoder, decoder, x, _noise_for(encoder, x, generator))
        decoder.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        sizes.append(len(x))
    return _mean(losses, sizes)


def train_epoch__no_step(encoder, decoder, batches, optimizer, generator):
    """No parameter moves: no step is taken, or the gradients are cleared right before it."""
    losses, sizes = [], []
    for x in batches:
        loss, _, _ = negative_elbo(encoder, decoder, x, _noise_for(encoder, x, generator))
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
        sizes.append(len(x))
    return _mean(losses, sizes)


def train_epoch__one_step(encoder, decoder, batches, optimizer, generator):
    """There is one step at the end of the epoch; each batch has its own."""
    optimizer.zero_grad()
    losses, sizes = [], []
    for x in batches:
        loss, _, _ = negative_elbo(encoder, decoder, x, _noise_for(encoder, x, generator))
        loss.backward()
        losses.append(loss.item())
        sizes.append(len(x))
    optimizer.step()
    return _mean(losses, sizes)


def train_epoch__two_steps(encoder, decoder, batches, optimizer, generator):
    """The optimizer takes two steps on each batch."""

    def batch_and_step():
        for x in batches:
            yield x
            optimizer.step()

    return _mean(*_train(encoder, decoder, batch_and_step(), optimizer, generator))


def train_epoch__step_on_sum(encoder, decoder, batches, optimizer, generator):
    """The gradient is that of the sum over the batch, where that of its mean is expected."""
    return _mean(*_train(encoder, decoder, batches, optimizer, generator, scale=len))


def train_epoch__first_batch_only(encoder, decoder, batches, optimizer, generator):
    """The function returns after the first batch: the return statement stands inside the loop."""
    for x in batches:
        return _mean(*_train(encoder, decoder, [x], optimizer, generator))


def train_epoch__own_optimizer(encoder, decoder, batches, optimizer, generator):
    """An optimizer is made inside; the one to use, which remembers earlier steps, is passed."""
    parameters = [*encoder.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=1e-3)
    return _mean(*_train(encoder, decoder, batches, optimizer, generator))


def train_epoch__encoder_left_out(encoder, decoder, batches, optimizer, generator):
    """Only the decoder moves: the encoder's gradients are not computed, or cleared."""
    losses, sizes = [], []
    for x in batches:
        loss, _, _ = negative_elbo(encoder, decoder, x, _noise_for(encoder, x, generator))
        optimizer.zero_grad()
        loss.backward()
        for p in encoder.parameters():
            p.grad = None
        optimizer.step()
        losses.append(loss.item())
        sizes.append(len(x))
    return _mean(losses, sizes)


def train_epoch__gradients_clipped(encoder, decoder, batches, optimizer, generator):
    """The gradients are clipped before the step, which is not part of it."""
    losses, sizes = [], []
    for x in batches:
        loss, _, _ = negative_elbo(encoder, decoder, x, _noise_for(encoder, x, generator))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*encoder.parameters(), *decoder.parameters()], 0.1)
        optimizer.step()
        losses.append(loss.item())
        sizes.append(len(x))
    return _mean(losses, sizes)


def train_epoch__tensor(encoder, decoder, batches, optimizer, generator):
    """A tensor is returned; a Python float is expected."""
    return torch.tensor(_mean(*_train(encoder, decoder, batches, optimizer, generator)))


def train_epoch__list_of_losses(encoder, decoder, batches, optimizer, generator):
    """The losses of all batches are returned; their mean over the images is expected."""
    return _train(encoder, decoder, batches, optimizer, generator)[0]


def train_epoch__nothing_returned(encoder, decoder, batches, optimizer, generator):
    """The training is right, but nothing is returned."""
    _train(encoder, decoder, batches, optimizer, generator)


def train_epoch__length_asked(encoder, decoder, batches, optimizer, generator):
    """The batches are counted or indexed, which an iterable need not allow."""
    count = len(batches)
    losses, sizes = [], []
    for i in range(count):
        (loss,), (size,) = _train(encoder, decoder, [batches[i]], optimizer, generator)
        losses.append(loss)
        sizes.append(size)
    return _mean(losses, sizes)


def train_epoch__batches_used_up(encoder, decoder, batches, optimizer, generator):
    """The batches are gone through twice, first to count; an iterable may give them once only."""
    count = sum(len(x) for x in batches)
    losses, sizes = _train(encoder, decoder, batches, optimizer, generator)
    return sum(a * n for a, n in zip(losses, sizes, strict=True)) / count


def train_epoch__one_noise_for_all(encoder, decoder, batches, optimizer, generator):
    """One row of noise is drawn for all images of a batch; each image needs its own."""

    def noise(encoder, x, generator):
        return _noise_for(encoder, x[:1], generator).expand(len(x), -1)

    return _mean(*_train(encoder, decoder, batches, optimizer, generator, noise))


def train_epoch__mirrored_noise(encoder, decoder, batches, optimizer, generator):
    """Half of a batch gets the other half's noise with its sign turned."""

    def noise(encoder, x, generator):
        half = _noise_for(encoder, x[: (len(x) + 1) // 2], generator)
        return torch.cat([half, -half])[: len(x)]

    return _mean(*_train(encoder, decoder, batches, optimizer, generator, noise))


def train_epoch__same_noise_in_every_batch(encoder, decoder, batches, optimizer, generator):
    """Every batch gets the same noise: the generator is seeded again, or drawn from once only."""

    def noise(encoder, x, generator):
        return _noise_for(encoder, x, generator.manual_seed(generator.initial_seed()))

    return _mean(*_train(encoder, decoder, batches, optimizer, generator, noise))


def train_epoch__same_noise_in_every_epoch(encoder, decoder, batches, optimizer, generator):
    """Every epoch gets the same noise: the generator is seeded again."""
    generator.manual_seed(0)
    return _mean(*_train(encoder, decoder, batches, optimizer, generator))


def train_epoch__another_generator(encoder, decoder, batches, optimizer, generator):
    """The noise does not come from the generator that is passed."""

    def noise(encoder, x, generator):
        return _noise_for(encoder, x, None)

    return _mean(*_train(encoder, decoder, batches, optimizer, generator, noise))


def train_epoch__no_noise(encoder, decoder, batches, optimizer, generator):
    """There is no noise: the mean itself is decoded."""

    def noise(encoder, x, generator):
        return 0 * _noise_for(encoder, x, generator)

    return _mean(*_train(encoder, decoder, batches, optimizer, generator, noise))


def train_epoch__uniform_noise(encoder, decoder, batches, optimizer, generator):
    """The noise is uniform between 0 and 1 (rand in place of randn); it should be normal."""

    def noise(encoder, x, generator):
        return torch.rand(_noise_for(encoder, x, None).shape, generator=generator)

    return _mean(*_train(encoder, decoder, batches, optimizer, generator, noise))


def train_epoch__one_number_for_all_dimensions(encoder, decoder, batches, optimizer, generator):
    """All latent dimensions of an image get the same number; each needs its own."""

    def noise(encoder, x, generator):
        eps = _noise_for(encoder, x, generator)
        return eps[:, :1].expand_as(eps)

    return _mean(*_train(encoder, decoder, batches, optimizer, generator, noise))


def train_epoch__sample_detached(encoder, decoder, batches, optimizer, generator):
    """No gradient takes the way through the noise back to the encoder."""
    losses, sizes = [], []
    for x in batches:
        mean, log_var = encoder(x)
        eps = torch.randn(mean.shape, generator=generator)
        z = mean + (torch.exp(log_var / 2) * eps).detach()
        loss = (reconstruction_loss(decoder(z), x) + kl_loss(mean, log_var)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        sizes.append(len(x))
    return _mean(losses, sizes)


def train_epoch__std_is_variance(encoder, decoder, batches, optimizer, generator):
    """The noise is multiplied by exp(log_var), which is the variance."""
    losses, sizes = [], []
    for x in batches:
        mean, log_var = encoder(x)
        z = torch.exp(log_var) * torch.randn(mean.shape, generator=generator) + mean
        loss = (reconstruction_loss(decoder(z), x) + kl_loss(mean, log_var)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        sizes.append(len(x))
    return _mean(losses, sizes)


# ── importance_bound ─────────────────────────────────────────────────────────────────────────


def _log_weights(encoder, decoder, x, eps):
    """(k, batch): log p(x|z) + log p(z) - log q(z|x)."""
    mean, log_var = encoder(x)
    z = reparametrize(mean, log_var, eps)
    log_prior = -0.5 * (z**2).sum(dim=-1)
    log_posterior = -0.5 * (eps**2 + log_var).sum(dim=-1)
    return log_prior - log_posterior - reconstruction_loss(decoder(z), x)


def _parts(encoder, decoder, x, eps):
    """log p(x|z), log p(z) and log q(z|x) without their common constant, and log_var."""
    mean, log_var = encoder(x)
    z = reparametrize(mean, log_var, eps)
    log_likelihood = -reconstruction_loss(decoder(z), x)
    log_prior = -0.5 * (z**2).sum(dim=-1)
    log_posterior = -0.5 * (eps**2 + log_var).sum(dim=-1)
    return log_likelihood, log_prior, log_posterior


def _log_mean(log_weights):
    return torch.logsumexp(log_weights, dim=0) - math.log(len(log_weights))


def _bound(encoder, decoder, x, eps):
    """A right one, whose parts a check can replace here too."""
    return _log_mean(_log_weights(encoder, decoder, x, eps))


def importance_bound__mean_of_logs(encoder, decoder, x, eps):
    """The logarithm stands inside the mean: that is the ELBO again, for any k."""
    return _log_weights(encoder, decoder, x, eps).mean(dim=0)


def importance_bound__log_of_sum(encoder, decoder, x, eps):
    """The weights are added up and not divided by their number."""
    return torch.logsumexp(_log_weights(encoder, decoder, x, eps), dim=0)


def importance_bound__divided_outside(encoder, decoder, x, eps):
    """The logarithm is divided by k; the mean stands inside the logarithm."""
    return torch.logsumexp(_log_weights(encoder, decoder, x, eps), dim=0) / len(eps)


def importance_bound__divided_by_batch(encoder, decoder, x, eps):
    """The weights are divided by the number of images; there are k of them for each."""
    return torch.logsumexp(_log_weights(encoder, decoder, x, eps), dim=0) - math.log(len(x))


def importance_bound__largest_weight(encoder, decoder, x, eps):
    """Only the largest weight counts; the logarithm of the mean is expected."""
    return _log_weights(encoder, decoder, x, eps).amax(dim=0)


def importance_bound__underflows(encoder, decoder, x, eps):
    """The weights themselves are computed, and below e^-100 float32 has only 0."""
    return torch.log(torch.exp(_log_weights(encoder, decoder, x, eps)).mean(dim=0))


def importance_bound__closed_form_kl(encoder, decoder, x, eps):
    """The KL is taken in closed form for every sample; a weight has densities at the sample."""
    mean, log_var = encoder(x)
    logits = decoder(reparametrize(mean, log_var, eps))
    return _log_mean(-reconstruction_loss(logits, x) - kl_loss(mean, log_var))


def importance_bound__posterior_left_out(encoder, decoder, x, eps):
    """log q(z|x) is missing from the weights."""
    log_likelihood, log_prior, _ = _parts(encoder, decoder, x, eps)
    constant = 0.5 * eps.shape[-1] * math.log(2 * math.pi)
    return _log_mean(log_likelihood + log_prior - constant)


def importance_bound__prior_left_out(encoder, decoder, x, eps):
    """log p(z) is missing from the weights."""
    log_likelihood, _, log_posterior = _parts(encoder, decoder, x, eps)
    constant = 0.5 * eps.shape[-1] * math.log(2 * math.pi)
    return _log_mean(log_likelihood - log_posterior + constant)


def importance_bound__likelihood_alone(encoder, decoder, x, eps):
    """The weights are p(x|z) alone, as if z came from the prior; it comes from q(z|x)."""
    log_likelihood, _, _ = _parts(encoder, decoder, x, eps)
    return _log_mean(log_likelihood)


def importance_bound__ratio_upside_down(encoder, decoder, x, eps):
    """q(z|x) / p(z) is used where it is p(z) / q(z|x)."""
    log_likelihood, log_prior, log_posterior = _parts(encoder, decoder, x, eps)
    return _log_mean(log_likelihood + log_posterior - log_prior)


def importance_bound__likelihood_negative(encoder, decoder, x, eps):
    """log p(x|z) has the sign of a loss."""
    log_likelihood, log_prior, log_posterior = _parts(encoder, decoder, x, eps)
    return _log_mean(-log_likelihood + log_prior - log_posterior)


def importance_bound__constant_on_one_side(encoder, decoder, x, eps):
    """log 2π stands in log p(z) only; in log q(z|x) it would cancel."""
    log_likelihood, log_prior, log_posterior = _parts(encoder, decoder, x, eps)
    constant = 0.5 * eps.shape[-1] * math.log(2 * math.pi)
    return _log_mean(log_likelihood + log_prior - constant - log_posterior)


def importance_bound__constant_in_posterior(encoder, decoder, x, eps):
    """log 2π stands in log q(z|x) only; in log p(z) it would cancel."""
    log_likelihood, log_prior, log_posterior = _parts(encoder, decoder, x, eps)
    constant = 0.5 * eps.shape[-1] * math.log(2 * math.pi)
    return _log_mean(log_likelihood + log_prior + constant - log_posterior)


def importance_bound__width_of_posterior_left_out(encoder, decoder, x, eps):
    """log q(z|x) lacks the term with the standard deviation."""
    log_likelihood, log_prior, _ = _parts(encoder, decoder, x, eps)
    return _log_mean(log_likelihood + log_prior + 0.5 * (eps**2).sum(dim=-1))


def importance_bound__log_var_for_log_std(encoder, decoder, x, eps):
    """log q(z|x) has log_var where the logarithm of the standard deviation belongs."""
    mean, log_var = encoder(x)
    z = reparametrize(mean, log_var, eps)
    log_ratio = -0.5 * (z**2 - eps**2 - 2 * log_var).sum(dim=-1)
    return _log_mean(log_ratio - reconstruction_loss(decoder(z), x))


def importance_bound__posterior_of_variance_1(encoder, decoder, x, eps):
    """log q(z|x) is computed as if its standard deviation were 1."""
    mean, log_var = encoder(x)
    z = reparametrize(mean, log_var, eps)
    log_ratio = -0.5 * (z**2 - (z - mean) ** 2).sum(dim=-1)
    return _log_mean(log_ratio - reconstruction_loss(decoder(z), x))


def importance_bound__prior_at_noise(encoder, decoder, x, eps):
    """log p(z) is taken at the noise; it belongs at z."""
    mean, log_var = encoder(x)
    z = reparametrize(mean, log_var, eps)
    return _log_mean(0.5 * log_var.sum(dim=-1) - reconstruction_loss(decoder(z), x))


def importance_bound__std_is_variance(encoder, decoder, x, eps):
    """exp(log_var) is taken for the standard deviation; it is the variance."""
    mean, log_var = encoder(x)
    z = mean + torch.exp(log_var) * eps
    log_ratio = -0.5 * (z**2 - eps**2 - 2 * log_var).sum(dim=-1)
    return _log_mean(log_ratio - reconstruction_loss(decoder(z), x))


def importance_bound__variance_in_log_q(encoder, decoder, x, eps):
    """log q(z|x) has exp(log_var) as its standard deviation; it is the variance."""
    mean, log_var = encoder(x)
    z = reparametrize(mean, log_var, eps)
    log_q = Normal(mean, torch.exp(log_var)).log_prob(z).sum(dim=-1)
    log_prior = Normal(0.0, 1.0).log_prob(z).sum(dim=-1)
    return _log_mean(log_prior - log_q - reconstruction_loss(decoder(z), x))


def importance_bound__mean_over_latents(encoder, decoder, x, eps):
    """The log densities of the code are averaged over the latents; they add up."""
    mean, log_var = encoder(x)
    z = reparametrize(mean, log_var, eps)
    log_ratio = -0.5 * (z**2 - eps**2 - log_var).mean(dim=-1)
    return _log_mean(log_ratio - reconstruction_loss(decoder(z), x))


def importance_bound__mean_over_pixels(encoder, decoder, x, eps):
    """log p(x|z) is averaged over the pixels; the pixels' log-likelihoods add up."""
    log_likelihood, log_prior, log_posterior = _parts(encoder, decoder, x, eps)
    return _log_mean(log_likelihood / x.shape[-1] + log_prior - log_posterior)


def importance_bound__one_noise_for_all(encoder, decoder, x, eps):
    """The first noise is used for all k samples."""
    return _bound(encoder, decoder, x, eps[:1].expand_as(eps))


def importance_bound__noise_of_first_image(encoder, decoder, x, eps):
    """All images get the noise of the first one; each has its own."""
    return _bound(encoder, decoder, x, eps[:, :1].expand_as(eps))


def importance_bound__own_noise(encoder, decoder, x, eps):
    """New noise is drawn; the noise to use is passed as eps."""
    return _bound(encoder, decoder, x, torch.randn_like(eps))


def importance_bound__negative(encoder, decoder, x, eps):
    """The sign is that of a loss; the bound itself is expected."""
    return -_bound(encoder, decoder, x, eps)


def importance_bound__mean_over_batch(encoder, decoder, x, eps):
    """The images are averaged; one number for each is expected."""
    return _bound(encoder, decoder, x, eps).mean()


def importance_bound__mean_over_images_inside(encoder, decoder, x, eps):
    """The axes are mixed up: the weights are averaged over the images, for each sample."""
    log_weights = _log_weights(encoder, decoder, x, eps)
    return torch.logsumexp(log_weights, dim=1) - math.log(len(x))


def importance_bound__per_sample(encoder, decoder, x, eps):
    """The log weights of all samples are returned, and not put together."""
    return _log_weights(encoder, decoder, x, eps)


def importance_bound__weights_averaged_by_themselves(encoder, decoder, x, eps):
    """The log weights are averaged with the normalised weights; that is no bound."""
    log_weights = _log_weights(encoder, decoder, x, eps)
    return (torch.softmax(log_weights, dim=0) * log_weights).sum(dim=0)


def importance_bound__detached(encoder, decoder, x, eps):
    """The graph is cut (detach, no_grad, or NumPy): no gradient reaches the networks."""
    return _bound(encoder, decoder, x, eps).detach()


__all__ = [name for name in list(globals()) if "__" in name and name[0] != "_"]
