"""Findings of the paper, on maps in which they were planted, and in which not."""

import numpy as np
import pytest

from sklearn_microarch import RoiMap, SliceImage
from sklearn_microarch.anatomy import laminar_depth, patch_readouts
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.trust import FindingList, PublishedFinding, published_findings

STEP, SIZE = 8, (512, 1600)
NAMES = {1: "cortex", 2: "WM", 3: "striatum", 4: "VP", 5: "ZI"}
LAYERS = {1: "L1", 2: "L2/3", 3: "L4", 4: "L5", 5: "L6"}


@pytest.fixture(scope="module")
def section():
    """Draw five regions side by side, the cortex at the right, its pia outermost."""
    cols = np.indices(SIZE)[1]
    codes = np.digitize(cols, [40, 240, 480, 720, 800, 1560])
    codes = np.array([0, 5, 4, 3, 2, 1, 0])[codes]
    codes[:20], codes[-20:] = 0, 0
    layers = np.digitize(1560 - cols, [0, 60, 240, 400, 560]) * (codes == 1)
    rng = np.random.default_rng(0)
    grey = np.full(SIZE, 120.0) + rng.normal(0, 3, SIZE)
    # More and more cells from the third layer on up, none in white matter.
    cells = np.array([0, 4, 16, 64, 28, 8])[layers] + 12 * np.isin(codes, (3, 4, 5))
    rows, columns = np.nonzero(rng.random(SIZE) < cells * 1e-5)
    blobs = np.zeros(SIZE)
    blobs[rows, columns] = 1
    for down in range(-4, 5):
        for right in range(-4, 5):
            if np.hypot(down, right) < 4.5:
                grey -= 70 * np.roll(blobs, (down, right), axis=(0, 1))
    image = SliceImage(
        grey.clip(40, 255), pixel_size_um=1.0, name="s1", specimen="drawn"
    )
    return (
        image,
        RoiMap(codes, NAMES, pixel_size_um=1.0),
        RoiMap(layers, LAYERS, pixel_size_um=1.0),
    )


def mapped(section, *, planted=True, seed=0):
    """Return maps of all factors, and of the cortex with clusters in order."""
    image, rois, layers = section
    rng = np.random.default_rng(seed)
    codes, layer = rois.codes[::STEP, ::STEP], layers.codes[::STEP, ::STEP]
    factors = rng.exponential(0.3, size=(*codes.shape, 6))
    if planted:
        for number in range(5):
            factors[..., number] += codes == number + 1
        barrel = (np.arange(codes.shape[0]) // 8 % 2 == 0)[:, np.newaxis] & (layer == 3)
        factors[..., 5] += barrel
    about = {"patch_size": 64}
    maps = MicroarchMaps(image, STEP, factors=factors, about=about)
    clusters = np.array([-1, 0, 1, 3, 2, 0])[layer]
    if not planted:
        clusters = np.where(layer > 0, rng.integers(4, size=layer.shape), -1)
    return maps, maps.replace(clusters=clusters)


MATCHED = {
    name: f"factor{number - 1:02d}" for number, name in NAMES.items() if name != "VP"
}


def judge(section, *, planted=True, **more):
    _, rois, layers = section
    rows = np.indices(SIZE)[0]
    barrels = (layers.codes == 3) & (rows // (8 * STEP) % 2 == 0)
    return published_findings(
        *mapped(section, planted=planted),
        rois,
        MATCHED,
        depth=laminar_depth(rois, "cortex", "WM"),
        layers=layers,
        barrels=RoiMap(barrels * 1, {1: "barrel"}, pixel_size_um=1.0),
        random_state=0,
        **more,
    )


def verdict(findings, words):
    (found,) = [one for one in findings.findings if words in one.statement]
    return found.verdict


def test_what_was_planted_is_found(section):
    found = judge(section, again=(0.8, 0.1))
    for words in ("cortex", "striatum", "ZI", "follow the layers", "barrels"):
        named = [one for one in found.findings if words in one.statement]
        assert named[0].verdict == "found", named[0]
    assert verdict(found, "white matter") == "found"
    assert verdict(found, "second slice") == "found"


def test_clusters_of_density_are_ordered_by_it_and_others_are_not(section):
    maps, cortical = mapped(section)
    depth = laminar_depth(section[1], "cortex", "WM")
    density = patch_readouts(cortical).factors[..., 0]
    inside = cortical.clusters >= 0
    # Between one, two and three cells to a patch.
    quarters = np.where(inside, np.digitize(density, [100, 400, 600]), -1)
    for clusters, expected in ((quarters, "found"), (3 - quarters, "not found")):
        found = published_findings(
            maps,
            cortical.replace(clusters=np.where(inside, clusters, -1)),
            section[1],
            MATCHED,
            depth=depth,
            random_state=0,
        )
        assert verdict(found, "ordered by cell density") == expected


def test_what_is_noise_is_not_found(section):
    found = judge(section, planted=False, again=(0.02, 0.0))
    assert not [one for one in found.findings if one.verdict == "found"]


def test_what_needs_layers_is_not_testable_without(section):
    _, rois, _ = section
    found = published_findings(*mapped(section), rois, MATCHED, random_state=0)
    untold = [one for one in found.findings if one.verdict == "not testable"]
    assert len(untold) == 5
    assert all(one.rule and not one.number for one in untold)
    assert "because" in str(found)
    assert str(found).startswith("One specimen: drawn.")


def test_drawn_axons_are_asked_for_where_they_were_drawn(section):
    maps, _ = mapped(section)
    share = (section[1].codes[::STEP, ::STEP] == 3) * 0.4
    found = judge(section, axon_share=share)
    assert verdict(found, "scattered axons, in striatum") == "found"
    with pytest.raises(ValueError, match="axon_share has shape"):
        judge(section, axon_share=share[1:])
    assert maps.factor_names[2] == "factor02"


def of_axon_layers(section, **more):
    """Judge with layers renamed, so that L4 and L6 have the most cells; no L2/3."""
    image, rois, layers = section
    names = {1: "L1", 3: "L4", 4: "L6", 5: "L5"}
    codes = np.where(layers.codes == 2, 0, layers.codes)
    layers = RoiMap(codes, names, pixel_size_um=1.0)
    maps, cortical = mapped((image, rois, section[2]))
    found = published_findings(
        maps, cortical, rois, MATCHED, layers=layers, random_state=0, **more
    )
    (one,) = [one for one in found.findings if "L4 and L6" in one.statement]
    return one


def test_axons_and_cells_are_counted_in_l4_and_l6(section):
    layer = section[2].codes[::STEP, ::STEP]
    many = np.isin(layer, (3, 4))
    for share, expected in (
        (many * 0.3, "found"),
        ((layer == 3) * 0.3, "not found"),
        (many * 0.3 + 0.4 * (layer == 5), "not found"),
        (np.zeros(layer.shape), "not testable"),
    ):
        assert of_axon_layers(section, axon_share=share).verdict == expected
    # With many axons, and cells in L4 only.
    judged = judge(section, axon_share=np.isin(layer, (3, 5)) * 0.3)
    assert verdict(judged, "axons and many cells") == "not found"


def test_without_drawn_axons_bright_tissue_stands_for_them(section):
    image, rois, layers = section
    assert of_axon_layers(section).verdict == "not found"
    fibres = np.isin(layers.codes, (3, 4)) & (np.indices(SIZE)[0] % 8 < 4)
    bright = SliceImage(np.asarray(image.pixels) + 40 * fibres, pixel_size_um=1.0)
    found = of_axon_layers((bright, rois, layers))
    assert (found.verdict, "bright tissue" in found.number) == ("found", True)


def test_a_baseline_that_does_better_is_said_to(section):
    found = judge(section, planted=False, again=(0.1, 0.2))
    (again,) = [one for one in found.findings if "second slice" in one.statement]
    assert again.baseline.endswith("; the baseline does better")
    found = judge(section, again=(0.8, 0.1))
    (again,) = [one for one in found.findings if "second slice" in one.statement]
    assert "does better" not in again.baseline


def test_the_list_is_a_table(section, tmp_path):
    found = judge(section)
    rows = found.to_rows()
    assert len(rows) == 11
    path = found.to_csv(tmp_path / "findings.csv")
    assert path.read_text().count("\n") >= 12
    with pytest.raises(FileExistsError):
        found.to_csv(path)
    assert repr(found).startswith("FindingList('drawn': ")


def test_wrong_arguments_are_named(section):
    _, rois, _ = section
    maps, cortical = mapped(section)
    with pytest.raises(ValueError, match="verdict"):
        PublishedFinding("barrels", "perhaps", "", "", "")
    with pytest.raises(ValueError, match="hold no clusters"):
        published_findings(maps, maps, rois, MATCHED)
    with pytest.raises(ValueError, match="none of the maps' factors"):
        published_findings(maps, cortical, rois, {"cortex": "factor99"})
    with pytest.raises(TypeError, match="RoiMap"):
        published_findings(maps, cortical, rois.codes, MATCHED)
    with pytest.raises(TypeError, match="maps of a slice"):
        published_findings(maps.factors, cortical, rois, MATCHED)
    assert FindingList("m1", ()).to_rows() == []


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"layers": np.ones(SIZE, dtype=int)}, TypeError, "layers=.* a RoiMap"),
        ({"barrels": "barrels.geojson"}, TypeError, "barrels='barrels.geojson'"),
        ({"depth": np.zeros(SIZE)}, TypeError, "must be a LaminarDepth"),
        ({"again": 0.5}, TypeError, r"again=0\.5 must be two numbers"),
        ({"again": (0.5,)}, TypeError, "two numbers"),
        ({"again": ("a", 0.1)}, TypeError, "again='a'"),
        ({"again": (np.nan, 0.1)}, ValueError, "again=nan"),
        ({"again": (2, 0.1)}, ValueError, "between -1 and 1"),
        ({"matched": ["factor00"]}, TypeError, "must be a dict"),
    ],
)
def test_what_is_of_the_wrong_kind_is_named(section, changes, error, words):
    maps, cortical = mapped(section)
    given = {"rois": section[1], "matched": MATCHED} | changes
    with pytest.raises(error, match=words):
        published_findings(maps, cortical, **given)


def test_a_depth_that_lies_on_another_slice_is_refused(section):
    _, rois, _ = section
    small = RoiMap(rois.codes[:-8], NAMES, pixel_size_um=1.0)
    depth = laminar_depth(small, "cortex", "WM")
    with pytest.raises(ValueError, match="depth has shape"):
        published_findings(*mapped(section), rois, MATCHED, depth=depth)
