"""The network of the mapping in PyTorch, and what it learns from. Imported by training alone.

A trunk of two layers with a linear way around it leads into a Gaussian bottleneck (Alemi et al. 2017,
arXiv:1612.00410), whose mean is the state. One linear head takes it to the shared space, another the content vectors.
"""

from __future__ import annotations

import math
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from embeddings.mapping.linear import Linear
from embeddings.mapping.pairs import SAME_CONTENT
from embeddings.mapping.vectors import CLIP, NORM_EPSILON, Mapping

HIDDEN, STATE, SHARED = 128, 32, 64
DROPOUT, BLANKED = 0.3, 0.1  # of hidden units; of EEG features, so that no single electrode or band decides
FIRST_TEMPERATURE = 0.1
LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE = -8.0, 4.0
FIRST_LOG_VARIANCE = -2.0
LEAST_TEMPERATURE, MOST_TEMPERATURE = 0.03, 1.0  # colder ones learn single pairs by heart
_HEADS = ("brain.", "content.")
_FAR_OFF = -1e4  # a logit that counts for nothing and whose gradient is a number


@dataclass(frozen=True, slots=True)
class Shape:
    """Lengths of the rows that go in."""

    inputs: int
    content: int


class Bottleneck(NamedTuple):
    """What the trunk says of a row: ``mean`` and ``log_variance`` of the state, and a ``draw`` from them."""

    mean: Tensor
    log_variance: Tensor
    draw: Tensor


class Net(nn.Module):
    """The mapping while it is learned; parameter names are those of `embeddings.mapping.Mapping`."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(shape.inputs, HIDDEN), nn.Linear(HIDDEN, HIDDEN)
        self.first_norm, self.second_norm = (nn.LayerNorm(HIDDEN, eps=NORM_EPSILON) for _ in range(2))
        self.skip = nn.Linear(shape.inputs, STATE, bias=False)
        self.mean, self.log_variance = nn.Linear(HIDDEN, STATE), nn.Linear(HIDDEN, STATE)
        self.brain = nn.Linear(STATE, SHARED, bias=False)
        self.content = nn.Linear(shape.content, SHARED)
        self.log_temperature = nn.Parameter(torch.tensor(math.log(FIRST_TEMPERATURE)))
        self.state_log_temperature = nn.Parameter(torch.tensor(math.log(FIRST_TEMPERATURE)))
        for layer in (self.mean, self.log_variance):  # the trunk says nothing until it has learned something
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.constant_(self.log_variance.bias, FIRST_LOG_VARIANCE)

    def bottleneck(self, x: Tensor) -> Bottleneck:
        """Return the bottleneck of EEG features ``[n, inputs]``; the draw is the mean unless in training."""
        # In plain multiplication, not `dropout`: what is left keeps its size, since 0 is a value that is met in use.
        if self.training:
            x = x * (torch.rand_like(x) >= BLANKED)
        clipped = x.clamp(-CLIP, CLIP)
        hidden = self._dropped(functional.silu(self.first_norm(self.first(clipped))))
        hidden = hidden + self._dropped(functional.silu(self.second_norm(self.second(hidden))))
        mean = self.mean(hidden) + self.skip(clipped)
        log_variance = self.log_variance(hidden).clamp(LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE)
        noise = torch.randn_like(mean) * (log_variance / 2).exp() if self.training else 0.0
        return Bottleneck(mean, log_variance, mean + noise)

    def encode_brain(self, state: Tensor) -> Tensor:
        """Return shared vectors of states, of unit norm."""
        return functional.normalize(self.brain(state), dim=-1)

    def encode_content(self, content: Tensor) -> Tensor:
        """Return shared vectors of content vectors, of unit norm."""
        return functional.normalize(self.content(content), dim=-1)

    def _dropped(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        return x * (torch.rand_like(x) >= DROPOUT) / (1 - DROPOUT)  # faster than torch's own on a CPU


def divergence(found: Bottleneck) -> Tensor:
    """Return the mean Kullback-Leibler divergence to the standard normal, a row and dimension."""
    return (found.mean.square() + found.log_variance.exp() - 1 - found.log_variance).mean() / 2


def content_contrast(brain: Tensor, shared: Tensor, content: Tensor, weight: Tensor, log_temperature: Tensor) -> Tensor:
    """Return the symmetric contrastive loss within each group (Oord et al. 2018, arXiv:1807.03748).

    Parameters
    ----------
    brain, shared
        Unit vectors of the EEG and of the content in the shared space, ``[groups, size, shared]``. A group holds
        neighbours in time, so that knowing what time it is tells nothing.
    content
        The content vectors themselves, ``[groups, size, content]``: nearly the same ones are not held against
        each other.
    weight
        ``[groups, size]``; 0 leaves an item out, as positive and as negative.

    """
    there = weight > 0
    apart = (content @ content.transpose(1, 2) <= SAME_CONTENT) & there[:, None, :]
    kept = apart | torch.eye(weight.shape[1], dtype=torch.bool)
    counts = weight * (apart.any(dim=2) & there)
    logits = brain @ shared.transpose(1, 2) / _temperature(log_temperature)
    losses = [_nll(side.masked_fill(~kept, _FAR_OFF)) for side in (logits, logits.transpose(1, 2))]
    return ((losses[0] + losses[1]) / 2 * counts).sum() / counts.sum().clamp(min=1)


def time_contrast(state: Tensor, near: Tensor, far: Tensor, log_temperature: Tensor) -> Tensor:
    """Return the loss that brings states close in time together and keeps distant ones apart.

    Each positive is held against all negatives of its row (Khosla et al. 2020, arXiv:2004.11362, equation 2).

    Parameters
    ----------
    state
        Unit vectors ``[groups, size, state]``.
    near, far
        ``bool[groups, size, size]``: what counts as the same state and as another; what is neither is left out.

    """
    logits = state @ state.transpose(1, 2) / _temperature(log_temperature)
    against = logits.masked_fill(~far, _FAR_OFF).logsumexp(dim=2, keepdim=True)
    losses = torch.logaddexp(logits, against) - logits
    counts = near & far.any(dim=2, keepdim=True)
    each = (losses * counts).sum(dim=2) / counts.sum(dim=2).clamp(min=1)
    rows = counts.any(dim=2)
    return (each * rows).sum() / rows.sum().clamp(min=1)


def to_mapping(weights: dict[str, Tensor], facts: dict[str, object]) -> Mapping:
    """Return trained weights as what NumPy can use."""
    return Mapping({name: tensor.detach().numpy().astype(np.float32) for name, tensor in weights.items()}, facts)


def begin(net: Net, start: Mapping) -> bool:
    """Take the weights of ``start``; returns whether its two heads could be taken as well.

    They cannot when it has learned from no content, or from that of another text model.
    """
    same = start.knows_content and start.content_dimension == net.content.in_features
    _set(net, {name: array for name, array in start.weights.items() if same or not name.startswith(_HEADS)})
    return same


def begin_heads(net: Net, linear: Linear) -> None:
    """Take new heads on the same states."""
    _set(net, {"brain.weight": linear.brain, "content.weight": linear.content, "content.bias": linear.offset})


def begin_straight(net: Net, linear: Linear) -> None:
    """Take the best straight map: what the trunk learns is added to it."""
    _set(net, {"skip.weight": linear.state})
    begin_heads(net, linear)


def _set(net: Net, arrays: Table[str, NDArray[Any]]) -> None:
    own = net.state_dict()
    for name, array in arrays.items():
        own[name].copy_(torch.from_numpy(np.array(array, np.float32)))


def _nll(logits: Tensor) -> Tensor:
    """Return how surprised a softmax is that each row's own column is right."""
    return logits.logsumexp(dim=2) - logits.diagonal(dim1=1, dim2=2)


def _temperature(log_temperature: Tensor) -> Tensor:
    return log_temperature.exp().clamp(LEAST_TEMPERATURE, MOST_TEMPERATURE)
