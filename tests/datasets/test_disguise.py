"""Disguises hide what is public and keep what learning depends on: distances, scales, edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.datasets import diabetes, disguise, henon, pictures, renamed_ids, reversal, windows

SIZES = st.integers(1, 12)
SEEDS = st.integers(0, 2**32 - 1)


def generator(seed):
    return np.random.default_rng(seed)


def images(seed, n=5, size=6):
    """Images with grey values from 0 to 1, each pixel another."""
    return generator(seed).permutation(n * size * size).reshape(n, size, size) / (n * size * size)


@given(SIZES, SEEDS)
def test_an_orthogonal_map_keeps_lengths_and_can_be_undone(size, seed):
    Q = disguise.orthogonal_map(size, generator(seed))
    np.testing.assert_allclose(Q @ Q.T, np.eye(size), atol=1e-12)


def test_every_orthogonal_map_is_as_likely_as_any_other():
    drawn = np.array([disguise.orthogonal_map(3, generator(seed)) for seed in range(2_000)])
    np.testing.assert_allclose(drawn.mean(axis=0), 0.0, atol=0.06)  # the diagonal's signs, too
    np.testing.assert_allclose((drawn**2).mean(axis=0), 1 / 3, atol=0.04)


@given(st.integers(2, 20), SIZES, SEEDS)
def test_mixing_keeps_distances_and_singular_values(n, d, seed):
    X = generator(seed).normal(size=(n, d)) * np.linspace(1, 3, d)
    mixed = disguise.mixed(X, generator(seed + 1))
    distances = [np.linalg.norm(one[:, None] - one, axis=2) for one in (X, mixed)]
    np.testing.assert_allclose(*distances, atol=1e-9)
    singular = [np.linalg.svd(one, compute_uv=False) for one in (X, mixed)]
    np.testing.assert_allclose(*singular, atol=1e-9)


def test_mixing_leaves_no_column_of_the_diabetes_table():
    X, _ = diabetes()
    mixed = disguise.mixed(X, generator(0))
    correlation = np.corrcoef(X.T, mixed.T)[:10, 10:]
    assert np.abs(correlation).max() < 0.95


def test_only_the_training_rows_say_how_to_standardise():
    X = generator(1).normal(size=(9, 3)) * [1, 10, 100] + 5
    scaled = disguise.standardised(X, np.arange(6))
    np.testing.assert_allclose(scaled[:6].mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(scaled[:6].std(axis=0), 1.0)
    assert np.abs(scaled[6:].mean(axis=0)).max() > 1e-3


@given(st.integers(1, 10), SEEDS)
def test_renamed_classes_stay_apart_and_keep_their_rows(classes, seed):
    y = generator(seed).integers(0, classes, size=30)
    renamed = disguise.renamed(y, classes, generator(seed + 1))
    pairs = {(int(old), int(new)) for old, new in zip(y, renamed, strict=True)}
    assert len(pairs) == len({old for old, _ in pairs}) == len({new for _, new in pairs})
    assert set(renamed) <= set(range(classes))


@given(SEEDS)
def test_rescaled_targets_are_an_affine_map_of_the_old(seed):
    y = generator(seed).normal(size=20) * 50 + 150
    scaled = disguise.rescaled(y, generator(seed + 1))
    assert abs(np.corrcoef(y, scaled)[0, 1]) == pytest.approx(1.0)
    assert 0.5 - 1e-9 <= scaled.std() / y.std() <= 2.0 + 1e-9
    assert abs(scaled.mean()) <= 2.0 * scaled.std() + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_other_scores_are_linear_and_spread_over_the_directions(seed):
    X = generator(seed).normal(size=(60, 8)) @ disguise.orthogonal_map(8, generator(9))
    scores = disguise.other_scores(X, 3, generator(seed + 1), directions=4)
    np.testing.assert_allclose(scores.T @ scores / 60, np.eye(3), atol=1e-9)
    np.testing.assert_allclose(scores.mean(axis=0), 0.0, atol=1e-9)
    inputs = np.column_stack([X, np.ones(60)])
    fitted = inputs @ np.linalg.lstsq(inputs, scores, rcond=None)[0]
    np.testing.assert_allclose(fitted, scores, atol=1e-9)
    left = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)[0]
    np.testing.assert_allclose(np.abs(left[:, :4].T @ scores), np.sqrt(60) / 2, atol=1e-9)


def test_other_classes_are_no_renaming_and_all_occur():
    X, y = generator(0).normal(size=(200, 3, 2)), np.arange(200) % 4
    found = disguise.other_classes(X, y)
    assert found.dtype == y.dtype
    assert set(np.unique(found - y)) == {0, 1, -3}
    pairs = {(int(old), int(new)) for old, new in zip(y, found, strict=True)}
    assert len(pairs) == 8


def test_there_are_eight_poses_and_all_images_share_theirs():
    given_images = images(0)
    seen = {pictures.posed(given_images, generator(seed)).tobytes() for seed in range(100)}
    assert len(seen) == 8
    first, second = (pictures.posed(given_images[order], generator(7)) for order in ([0, 1], [1]))
    np.testing.assert_array_equal(first[1], second[0])


@given(SEEDS)
def test_a_pose_keeps_neighbours(seed):
    ramp = np.arange(36.0).reshape(1, 6, 6)
    (posed,) = pictures.posed(ramp, generator(seed))
    steps = {tuple(sorted(np.unique(np.abs(np.diff(posed, axis=axis))))) for axis in (0, 1)}
    assert steps == {(1.0,), (6.0,)}


@given(SEEDS)
def test_contrast_keeps_the_order_of_greys_and_black(seed):
    given_images = images(seed)
    changed = pictures.contrasted(given_images, generator(seed + 1))
    np.testing.assert_array_equal(
        np.argsort(changed, axis=None), np.argsort(given_images, axis=None)
    )
    assert changed.min() == 0.0 and 0.65 < changed.max() <= 1.0


@given(SEEDS)
def test_a_negative_of_a_negative_is_the_image(seed):
    given_images = images(seed)
    np.testing.assert_allclose(pictures.inverted(pictures.inverted(given_images)), given_images)


def test_half_of_the_images_each_by_itself_are_negatives():
    given_images = images(4, n=1_000, size=3)
    shown = pictures.negatives(given_images, generator(5))
    kept = np.all(shown == given_images, axis=(1, 2))
    assert np.all(shown[~kept] == 1 - given_images[~kept])
    assert 440 < kept.sum() < 560 and (kept[1:] != kept[:-1]).sum() > 200


def test_every_image_is_shifted_by_itself_and_never_wraps():
    dots = np.zeros((200, 5, 5))
    dots[:, 2, 0] = 1.0
    shifted = pictures.shifted(dots, generator(3))
    assert shifted.shape == dots.shape
    places = {tuple(place) for place in np.argwhere(shifted)[:, 1:].tolist()}
    assert places == {(row, column) for row in (1, 2, 3) for column in (0, 1)}
    assert 50 < (shifted.sum(axis=(1, 2)) == 0).sum() < 85  # a third left the image


def test_a_placed_image_lies_whole_somewhere_on_the_field_of_zeros():
    given_images = images(1, n=300, size=3) + 1.0
    placed = pictures.placed(given_images, (5, 6), generator(2))
    assert placed.shape == (300, 5, 6)
    corners = set()
    for image, field in zip(given_images, placed, strict=True):
        row, column = np.argwhere(field)[0]
        corners.add((int(row), int(column)))
        np.testing.assert_array_equal(field[row : row + 3, column : column + 3], image)
        assert np.count_nonzero(field) == image.size
    assert corners == {(row, column) for row in range(3) for column in range(4)}


@given(SEEDS)
def test_renamed_ids_keep_the_separator_and_name_inputs_and_answers_apart(seed):
    task = reversal(300, 4, generator(seed))
    renamed = renamed_ids(task, generator(seed + 1))
    start = task.answer_start
    assert renamed.answer_start == start and renamed.sequences.dtype == task.sequences.dtype
    np.testing.assert_array_equal(renamed.sequences[:, start - 1], task.sequences[:, start - 1])
    for part in (slice(0, start - 1), slice(start, None)):
        pairs = set(zip(task.sequences[:, part].flat, renamed.sequences[:, part].flat, strict=True))
        assert len(pairs) == len({new for _, new in pairs}) == 10


@pytest.mark.parametrize("seed", range(20))
def test_no_line_through_the_last_values_continues_henons_series(seed):
    series = henon(600, generator(seed))
    assert series.mean() == pytest.approx(0.0, abs=1e-9) and series.std() == pytest.approx(1.0)
    x, y = windows(series, 8)
    inputs = np.column_stack([x[:, :, 0], np.ones(len(x))])
    residuals = y - inputs @ np.linalg.lstsq(inputs, y, rcond=None)[0]
    assert residuals.std() > 0.55


DISGUISES = {
    "mixed": lambda rng: disguise.mixed(np.eye(4), rng),
    "renamed": lambda rng: disguise.renamed(np.arange(9), 9, rng),
    "rescaled": lambda rng: disguise.rescaled(np.arange(9.0), rng),
    "other_scores": lambda rng: disguise.other_scores(np.eye(6), 2, rng, 4),
    "contrasted": lambda rng: pictures.contrasted(images(0), rng),
    "shifted": lambda rng: pictures.shifted(images(0), rng),
    "placed": lambda rng: pictures.placed(images(0), (9, 9), rng),
    "renamed_ids": lambda rng: renamed_ids(reversal(9, 3, generator(0)), rng).sequences,
    "henon": lambda rng: henon(20, rng),
}


@pytest.mark.parametrize("make", DISGUISES.values(), ids=DISGUISES)
def test_one_seed_makes_one_disguise_and_another_seed_another(make):
    first, again, other = (make(generator(seed)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
