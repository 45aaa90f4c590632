"""One training, in rounds of a few steps.

What a round draws depends on the seed and the round's number alone, so a training that went on after a crash ends
where one that was left alone ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from embeddings.mapping import file, linear
from embeddings.mapping import net as mapping_net
from embeddings.mapping.draw import STEPS, Draw, near_and_far
from embeddings.mapping.net import Net, Shape
from embeddings.mapping.plan import Plan
from embeddings.mapping.vectors import Mapping

LEARNING_RATE, WARM_SHARE = 2e-3, 0.05
PULL = 0.05  # of each weight towards where it began, times the learning rate (Li et al. 2018, arXiv:1802.01483)
AVERAGE = 0.99  # weights of the last hundred steps count (Polyak & Juditsky 1992, doi:10.1137/0330046)
TIME_WEIGHT, DIVERGENCE_WEIGHT = 0.2, 0.01  # beside 1 for the contrast with content


class Rounds:
    """The network, its averaged weights and its optimiser, after `done` rounds of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.done = 0
        self._plan = plan
        self._draw = Draw.over(plan.pairs.session, plan.person)
        self._brain, self._content = _tensor(plan.pairs.brain), _tensor(plan.pairs.content)
        self._weight = _tensor(plan.pairs.weight)
        with _chance(plan.seed, plan.rounds):
            self._net = Net(Shape(plan.pairs.brain.shape[1], plan.pairs.content.shape[1]))
        self._anchors = _begun(self._net, plan)
        self._average = {name: tensor.clone() for name, tensor in self._net.state_dict().items()}
        self._adam = torch.optim.Adam(self._net.parameters(), lr=LEARNING_RATE)

    @property
    def finished(self) -> bool:
        """Whether every round is done."""
        return self.done >= self._plan.rounds

    def run(self) -> float:
        """Do one round; returns its mean loss."""
        rng = np.random.default_rng([self._plan.seed, self.done])
        with _chance(self._plan.seed, self.done):
            losses = [self._step(rng, self.done * STEPS + step) for step in range(STEPS)]
        self.done += 1
        mean = float(np.mean(losses))
        if not math.isfinite(mean):
            raise FloatingPointError(f"the loss of round {self.done} is {mean}")
        return mean

    def mapping(self, share: float, facts: dict[str, Any]) -> Mapping:
        """Return what was learned: the averaged weights, or those a ``share`` of the way there (0 to 1)."""
        weights = {name: begun.lerp(self._average[name], share) for name, begun in self._anchors.items()}
        return mapping_net.to_mapping(weights, facts)

    def arrays(self) -> file.Arrays:
        """Return everything `resume` needs."""
        kept: dict[str, Tensor] = {f"average.{name}": tensor for name, tensor in self._average.items()}
        kept |= {f"net.{name}": tensor for name, tensor in self._net.state_dict().items()}
        for number, state in self._adam.state_dict()["state"].items():
            kept |= {f"adam.{number}.{name}": tensor for name, tensor in state.items()}
        return {name: tensor.detach().numpy() for name, tensor in kept.items()}

    def resume(self, arrays: file.Arrays, done: int) -> None:
        """Go on where `arrays` was called, with ``done`` rounds done."""
        tensors = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
        self._net.load_state_dict(_under("net.", tensors))
        self._average = _under("average.", tensors)
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _under("adam.", tensors).items():
            number, part = name.split(".")
            state.setdefault(int(number), {})[part] = tensor
        self._adam.load_state_dict({**self._adam.state_dict(), "state": state})
        self.done = done

    def _step(self, rng: np.random.Generator, number: int) -> float:
        rate = _rate(number / (self._plan.rounds * STEPS))
        for group in self._adam.param_groups:
            group["lr"] = rate
        loss = self._loss(self._draw.groups(rng))
        self._adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        self._adam.step()
        with torch.no_grad():
            for name, weight in self._net.named_parameters():
                weight.lerp_(self._anchors[name], rate * PULL)
                self._average[name].lerp_(weight, max(1 - AVERAGE, 1 / (number + 1)))
        return float(loss.item())

    def _loss(self, chosen: NDArray[np.int64]) -> Tensor:
        """Return the loss of groups of pairs, ``int64[groups, size]``."""
        which = torch.from_numpy(chosen.ravel())
        found = self._net.bottleneck(self._brain[which])
        content, shape = self._content[which], (*chosen.shape, -1)
        loss = mapping_net.content_contrast(
            self._net.encode_brain(found.draw).view(shape),
            self._net.encode_content(content).view(shape),
            content.view(shape),
            self._weight[which].view(chosen.shape),
            self._net.log_temperature,
        )
        near, far = near_and_far(self._plan.pairs.time[chosen])
        state = torch.nn.functional.normalize(found.draw, dim=-1).view(shape)
        slow = mapping_net.time_contrast(
            state, torch.from_numpy(near), torch.from_numpy(far), self._net.state_log_temperature
        )
        return loss + TIME_WEIGHT * slow + DIVERGENCE_WEIGHT * mapping_net.divergence(found)


def _begun(net: Net, plan: Plan) -> dict[str, Tensor]:
    """Set the weights of a new network: the start's, or the best straight map; returns them."""
    with torch.no_grad():
        if plan.start is None:
            straight = linear.fit(plan.pairs, plan.person, state=mapping_net.STATE, shared=mapping_net.SHARED)
            mapping_net.begin_straight(net, straight)
        elif not mapping_net.begin(net, plan.start):
            states = net.eval().bottleneck(_tensor(plan.pairs.brain)).mean.numpy()
            net.train()
            mapping_net.begin_heads(net, linear.heads(plan.pairs, plan.person, states, shared=mapping_net.SHARED))
    return {name: tensor.clone() for name, tensor in net.state_dict().items()}


def _rate(share: float) -> float:
    """Return the learning rate after a share of all steps: up in a line, down in half a cosine."""
    if share < WARM_SHARE:
        return LEARNING_RATE * (share + 1e-3) / WARM_SHARE
    return LEARNING_RATE * (1 + math.cos(math.pi * (share - WARM_SHARE) / (1 - WARM_SHARE))) / 2


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread: more only wait for each other in a network so small, and round differently."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _chance(seed: int, number: int) -> Iterator[None]:
    """Let torch draw what this round of this seed draws, and give it its own chance back."""
    drawn = np.random.SeedSequence([seed, number]).generate_state(1)[0]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(drawn))
        yield


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _tensor(array: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(np.array(array, np.float32))  # a copy that can be written, which torch asks for
