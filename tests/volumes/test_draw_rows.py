"""Tests that rows of many slices are drawn evenly, and alike whatever the workers."""

import functools
import os
import signal
import threading
import time

import numpy as np
import pytest
from distributed import Client, LocalCluster
from pipelines import fitted_pipeline, phantom
from sklearn.exceptions import NotFittedError

from sklearn_microarch import CNNFeatureExtractor, PatchSampler, SliceImage
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.exceptions import (
    FewPatchesWarning,
    MissingRegionsWarning,
    PixelSizeWarning,
    TissueWarning,
)
from sklearn_microarch.volumes import draw_rows, open_volume

N_ROWS = 240


@functools.cache
def slices():
    """Return four slices of two animals, three of them of one, and their regions."""
    pixels = [one.data for one in phantom().images]
    cuts = [one[:, cut] for one in pixels for cut in (slice(0, 520), slice(504, 1024))]
    images = [
        SliceImage(data, pixel_size_um=1.17, name=f"s{at}", specimen="ab"[at == 3])
        for at, data in enumerate(cuts)
    ]
    rois = np.zeros((256, 520), dtype=np.int32)
    rois[:90], rois[95:170], rois[180:] = 1, 2, 5
    return images, [np.roll(rois, 7 * at, axis=0) for at in range(4)]


def sampler(**changes):
    settings = {"patch_size": 24, "tissue": None} | changes
    return PatchSampler(settings.pop("patch_size"), **settings)


def draw(client, *, network=False, images=None, rois=None, **settings):
    """Draw rows of the four slices, or of others."""
    known = slices()
    given = {"n_rows": N_ROWS, "sampler": sampler(), "random_state": 3} | settings
    features = fitted_pipeline()["features"] if network else None
    return draw_rows(
        known[0] if images is None else images,
        known[1] if rois is None else rois,
        client=client,
        features=features,
        **given,
    )


def test_rows_are_those_of_one_slice_after_another(client):
    X, labels = draw(client, network=True)
    patches, same = draw(client)
    np.testing.assert_array_equal(labels, same)
    assert X.dtype == np.float32
    assert X.shape == (N_ROWS, 16)
    expected = fitted_pipeline()["features"].transform(patches)
    np.testing.assert_allclose(X, expected, rtol=0, atol=1e-5 * expected.max())


def test_labels_are_those_of_the_centres(client):
    patches, labels = draw(client)
    np.testing.assert_array_equal(patches.labels(slices()[1]), labels)
    assert len(np.unique(patches.positions, axis=0)) == N_ROWS
    # In no order: neighbours are of one slice no more often than by chance.
    where = patches.positions[:, 0]
    assert abs((where[1:] == where[:-1]).mean() - 0.25) < 0.15


def test_rows_are_shared_out_over_regions_specimens_and_slices(client):
    patches, labels = draw(client)
    for code in (1, 2, 5):
        per_slice = np.bincount(patches.positions[labels == code, 0], minlength=4)
        # 80 of each region: 40 of each animal.
        assert sorted(per_slice[:3].tolist()) == [13, 13, 14]
        assert per_slice[3] == 40


def kill_one_that_works(client):
    """Kill the process of the first worker that is seen with a slice."""
    while not any(client.processing().values()):
        time.sleep(0.01)
    worker = next(name for name, tasks in client.processing().items() if tasks)
    os.kill(client.run(os.getpid, workers=[worker])[worker], signal.SIGKILL)


def test_no_bit_depends_on_the_workers(client):
    """Neither on their number, nor on one that dies; without any, some are started."""
    X, labels = draw(client, network=True)
    alone = draw(None, network=True)
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0"
        ) as local,
        Client(local, set_as_default=False) as two,
    ):
        killer = threading.Thread(target=kill_one_that_works, args=(two,))
        killer.start()
        decimated = draw(two, network=True)
        killer.join()
    for found in (alone, decimated):
        np.testing.assert_array_equal(found[0], X)
        np.testing.assert_array_equal(found[1], labels)


def test_another_seed_draws_other_rows(client):
    one, other = (draw(client, random_state=seed)[0].positions for seed in (3, 4))
    assert not np.array_equal(np.unique(one, axis=0), np.unique(other, axis=0))
    generator = np.random.RandomState(3)
    first, second = (draw(client, random_state=generator)[0] for _ in range(2))
    np.testing.assert_array_equal(first.positions, one)
    assert not np.array_equal(first.positions, second.positions)


def test_a_volume_gives_the_rows_of_its_planes(client, tmp_path):
    images, rois = slices()
    stack = np.stack([image.data for image in images])
    np.save(tmp_path / "brain.npy", stack)
    alone = [image.replace(specimen=None) for image in images]
    known = {"pixel_size_um": 1.17, "spacing_um": 40.0}
    # A volume is of one specimen.
    of_one = [image.replace(specimen="m") for image in alone]
    wanted = draw(client, network=True, images=of_one)
    volume = open_volume(stack, specimen="m", **known)
    for regions in (rois, np.stack(rois)):
        X, labels = draw(client, network=True, images=volume, rois=regions)
        np.testing.assert_array_equal(labels, wanted[1])
        np.testing.assert_array_equal(X, wanted[0])


def test_slices_of_other_pixel_sizes_are_brought_to_one(client):
    images, rois = slices()
    finer = images[0].replace(
        data=images[0].data.repeat(2, 0).repeat(2, 1), pixel_size_um=0.585
    )
    mixed = [finer, *images[1:]]
    patches, labels = draw(
        client, images=mixed, rois=[rois[0].repeat(2, 0).repeat(2, 1), *rois[1:]]
    )
    known, same = draw(client)
    np.testing.assert_array_equal(patches.positions, known.positions)
    np.testing.assert_array_equal(labels, same)
    np.testing.assert_array_equal(np.asarray(patches), np.asarray(known))


def test_names_are_labels_on_all_slices(client):
    rois = slices()[1]
    names = {code: f"region {code}" for code in (1, 2, 5)}
    _, labels = draw(client, names=names)
    _, as_codes = draw(client)
    np.testing.assert_array_equal(labels, [names[code] for code in as_codes.tolist()])
    # The same name on maps whose codes differ.
    maps = [
        RoiMap(np.where(codes > 0, codes + 10 * at, 0).astype(np.int32), named)
        for at, codes in enumerate(rois)
        for named in [{c + 10 * at: names[c] for c in (1, 2, 5)}]
    ]
    _, of_maps = draw(client, rois=maps)
    np.testing.assert_array_equal(of_maps, labels)


def test_a_slice_without_annotation_gives_nothing(client):
    rois = slices()[1]
    blank = [rois[0], np.zeros_like(rois[1]), *rois[2:]]
    patches, _ = draw(client, rois=blank)
    assert sorted(np.unique(patches.positions[:, 0])) == [0, 2, 3]
    with pytest.raises(ValueError, match="only unannotated pixels"):
        draw(client, rois=[np.zeros_like(one) for one in rois])


def corner(code=7, width=30):
    """Return the regions of the slices, with a small one in a corner of the first."""
    rois = [one.copy() for one in slices()[1]]
    rois[0][:width, :width] = code
    return rois


def test_a_small_region_gives_all_and_the_others_fill_up(client):
    images = [image.replace(specimen=None) for image in slices()[0]]
    with pytest.warns(FewPatchesWarning, match=r"\{7: \d+\}"):
        _, labels = draw(client, images=images, rois=corner(), n_rows=3000)
    codes, counts = np.unique(labels, return_counts=True)
    own = dict(zip(codes.tolist(), counts.tolist(), strict=True))
    alone = np.where(corner()[0] == 7, 7, 0)
    with pytest.warns(FewPatchesWarning):
        offered, _ = sampler(n_patches_per_roi=10**6).sample(slices()[0][0], alone)
    assert own.pop(7) == len(offered)
    assert sum(counts) == 3000
    assert max(own.values()) - min(own.values()) <= 1


def test_a_region_that_one_animal_lacks_is_warned_of(client):
    rois = slices()[1]
    less = [*rois[:3], np.where(rois[3] == 5, 0, rois[3])]
    with pytest.warns(MissingRegionsWarning, match="'b' of 5"):
        draw(client, rois=less)


def test_warnings_of_slices_are_heard(client):
    images, rois = slices()
    shifted = [one.replace(data=np.full_like(one.data, 9)) for one in images]
    for one in shifted:
        one.data[:, 300:] = 200
    regions = [np.where(np.arange(one.shape[1]) < 260, 1, 2) + 0 * one for one in rois]
    with pytest.warns(TissueWarning, match="tissue='otsu'"):
        draw(client, images=shifted, rois=regions, sampler=sampler(tissue="otsu"))


def test_unknown_pixel_sizes_among_known_ones_are_warned_of(client):
    images, _ = slices()
    with pytest.warns(PixelSizeWarning, match="of 1 of 4 images is unknown"):
        draw(client, images=[images[0].replace(pixel_size_um=None), *images[1:]])


@pytest.mark.parametrize(
    "changed, error, message",
    [
        ({"n_rows": 0}, ValueError, "n_rows=0"),
        ({"n_rows": 2}, ValueError, "n_rows=2 must be at least"),
        ({"n_threads": 0}, ValueError, "n_threads=0"),
        ({"client": 7}, TypeError, "client is a int"),
        ({"sampler": 7}, TypeError, "sampler is a int"),
        ({"features": 7}, TypeError, "features is a int"),
        ({"features": CNNFeatureExtractor()}, NotFittedError, "not fitted"),
        ({"names": ["a"]}, TypeError, r"names=\['a'\] must be a mapping"),
        ({"names": {1: "a"}}, ValueError, "name"),
        ({"random_state": "x"}, ValueError, "seed"),
        ({"rois": [np.ones((4, 4), int)]}, ValueError, "holds 1 maps for 4 slices"),
        ({"rois": [np.ones((4, 4), int)] * 4}, ValueError, r"rois has shape \(4, 4\)"),
        ({"rois": [np.ones((256, 520))] * 4}, TypeError, "integer codes"),
        ({"images": []}, ValueError, "images is empty"),
        ({"images": np.zeros((4, 256, 520))}, ValueError, "open_volume"),
        ({"images": "a.tif"}, TypeError, "images"),
        ({"sampler": PatchSampler(8, patch_size_um=9)}, ValueError, "both given"),
        ({"sampler": PatchSampler(24, border="x")}, ValueError, "border"),
        ({"sampler": PatchSampler(300, tissue=None)}, ValueError, "smaller than"),
    ],
)
def test_wrong_arguments_are_named(client, changed, error, message):
    images, rois = slices()
    known = {"images": images, "rois": rois, "n_rows": N_ROWS, "sampler": sampler()}
    given = known | {"client": client} | changed
    with pytest.raises(error, match=message):
        draw_rows(given.pop("images"), given.pop("rois"), **given)


def test_a_region_that_offers_nothing_is_named(client):
    with pytest.raises(ValueError, match=r"the regions \[7\] offer no position"):
        draw(client, rois=corner(width=6))


def test_patches_of_another_size_than_the_network_knows_are_refused(client):
    with pytest.raises(ValueError, match="24"):
        draw(client, network=True, sampler=sampler(patch_size=20))


def test_patches_are_as_large_as_the_network_knows(client):
    # Without a sampler, tissue is looked for.
    with pytest.warns(TissueWarning):
        X, _ = draw(client, network=True, sampler=None)
    assert len(X) == N_ROWS
