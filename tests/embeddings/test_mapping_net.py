from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from embeddings.mapping.net import Bottleneck, Net, Shape, content_contrast, divergence, time_contrast

COLD = torch.tensor(math.log(0.1))


def unit(*shape: int, seed: int = 0) -> Tensor:
    return normalize(torch.randn(*shape, generator=torch.Generator().manual_seed(seed)), dim=-1)


def weights(groups: int, size: int) -> Tensor:
    return torch.ones(groups, size)


def test_it_is_small() -> None:
    assert sum(weight.numel() for weight in Net(Shape(90, 384)).parameters()) < 100_000


def test_the_contrast_is_that_of_a_softmax_over_the_group() -> None:
    shared, content = unit(1, 5, 8), unit(1, 5, 16, seed=1)
    brain = unit(1, 5, 8, seed=2)
    logits = brain[0] @ shared[0].T / 0.1
    right = torch.arange(5)
    expected = (
        torch.nn.functional.cross_entropy(logits, right) + torch.nn.functional.cross_entropy(logits.T, right)
    ) / 2
    found = content_contrast(brain, shared, content, weights(1, 5), COLD)
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)


def test_groups_are_not_held_against_each_other() -> None:
    brain, shared, content = unit(2, 5, 8), unit(2, 5, 8, seed=1), unit(2, 5, 16, seed=2)
    both = content_contrast(brain, shared, content, weights(2, 5), COLD)
    alone = [
        content_contrast(brain[i : i + 1], shared[i : i + 1], content[i : i + 1], weights(1, 5), COLD) for i in range(2)
    ]
    assert both.item() == pytest.approx((alone[0] + alone[1]).item() / 2, rel=1e-5)


def test_the_same_content_twice_is_not_held_against_itself() -> None:
    content = unit(1, 3, 16)
    content[0, 2] = normalize(content[0, 0] + 0.001, dim=0)  # the first one again, but for a comma
    shared = normalize(content[..., :8], dim=-1)
    brain = shared.clone()
    apart = content_contrast(brain[:, :2], shared[:, :2], content[:, :2], weights(1, 2), COLD)
    together = content_contrast(brain, shared, content, weights(1, 3), COLD)
    assert together.item() < 2 * apart.item() + 1e-6
    assert together.item() < 0.1  # would be above log 2 were the two told apart


def test_content_that_is_not_known_neither_counts_nor_is_held_against_others() -> None:
    brain, shared, content = unit(1, 6, 8), unit(1, 6, 8, seed=1), unit(1, 6, 16, seed=2)
    known = weights(1, 6)
    known[0, 4:] = 0
    with_unknown = content_contrast(brain, shared, content, known, COLD)
    without = content_contrast(brain[:, :4], shared[:, :4], content[:, :4], weights(1, 4), COLD)
    assert with_unknown.item() == pytest.approx(without.item(), rel=1e-5)


def test_what_was_confirmed_counts_more() -> None:
    brain, shared, content = unit(1, 6, 8), unit(1, 6, 8, seed=1), unit(1, 6, 16, seed=2)
    heavy = weights(1, 6)
    heavy[0, 0] = 1e6
    logits = brain[0] @ shared[0].T / 0.1
    first = torch.tensor([0])
    expected = (
        torch.nn.functional.cross_entropy(logits[:1], first) + torch.nn.functional.cross_entropy(logits.T[:1], first)
    ) / 2
    found = content_contrast(brain, shared, content, heavy, COLD)
    assert found.item() == pytest.approx(expected.item(), abs=1e-4)


def test_one_content_alone_teaches_nothing_and_breaks_nothing() -> None:
    brain = unit(1, 4, 8).requires_grad_()
    content = unit(1, 1, 16).expand(1, 4, 16)
    loss = content_contrast(brain, unit(1, 4, 8, seed=1), content, weights(1, 4), COLD)
    loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
    assert loss.item() == 0
    assert brain.grad is not None
    assert (brain.grad == 0).all()


def test_states_near_in_time_are_drawn_together_and_far_ones_apart() -> None:
    angles = torch.tensor([0.0, 0.1, 3.0])
    state = torch.stack([angles.cos(), angles.sin()], dim=1)[None]
    near, far = torch.zeros(1, 3, 3, dtype=torch.bool), torch.zeros(1, 3, 3, dtype=torch.bool)
    near[0, 0, 1] = near[0, 1, 0] = far[0, 0, 2] = far[0, 1, 2] = True
    good = time_contrast(state, near, far, COLD)
    bad = time_contrast(state[:, [0, 2, 1]], near, far, COLD)
    assert good.item() < 0.01
    assert bad.item() > 10


def test_a_state_that_is_neither_near_nor_far_has_no_part() -> None:
    state = unit(1, 4, 8)
    near, far = torch.zeros(1, 4, 4, dtype=torch.bool), torch.zeros(1, 4, 4, dtype=torch.bool)
    near[0, 0, 1] = far[0, 0, 2] = True
    other = state.clone()
    other[0, 3] = -other[0, 3]
    assert time_contrast(state, near, far, COLD).item() == time_contrast(other, near, far, COLD).item()


def test_without_anything_far_time_teaches_nothing() -> None:
    near = torch.ones(1, 4, 4, dtype=torch.bool)
    state = unit(1, 4, 8).requires_grad_()
    loss = time_contrast(state, near, ~near, COLD)
    loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
    assert loss.item() == 0
    assert state.grad is not None
    assert torch.isfinite(state.grad).all()


def test_a_standard_normal_bottleneck_costs_nothing_and_another_something() -> None:
    zero = torch.zeros(3, 4)
    assert divergence(Bottleneck(zero, zero, zero)).item() == 0
    assert divergence(Bottleneck(zero + 1, zero, zero)).item() == pytest.approx(0.5)
    assert divergence(Bottleneck(zero, zero - 2, zero)).item() == pytest.approx((math.exp(-2) + 1) / 2)
