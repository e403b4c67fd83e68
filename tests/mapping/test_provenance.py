"""Tests of sklearn_microarch.mapping._provenance: a record where there can be one."""

import pytest
from pipelines import fitted_pipeline, phantom
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_microarch import map_slice
from sklearn_microarch.images import read_ome_zarr_provenance


def test_a_step_that_cannot_be_pickled_is_mapped_without_a_fingerprint(tmp_path):
    fitted = fitted_pipeline()
    double = FunctionTransformer(lambda loadings: loadings * 2).fit([[1.0]])
    pipe = Pipeline([*fitted.steps[:3], ("double", double)])
    image = phantom().images[1]
    maps = map_slice(pipe, image, stride=32)
    assert maps.factors.shape[2] == 8
    out = tmp_path / "maps.ome.zarr"
    map_slice(pipe, image, stride=32, out=out)
    assert read_ome_zarr_provenance(out)["model"]["fingerprint"] is None
    map_slice(fitted, image, stride=32, out=out, overwrite=True)
    assert read_ome_zarr_provenance(out)["model"]["fingerprint"]


@pytest.mark.parametrize("width", [8, 4])
def test_a_first_step_that_takes_whole_patches_gets_few_at_a_time(width):
    seen = []

    def means(patches):
        seen.append(len(patches))
        return patches[:].__array__().reshape(len(patches), -1)[:, :width].astype(float)

    step = FunctionTransformer(means)
    pipe = Pipeline([fitted_pipeline().steps[0], ("means", step)])
    maps = map_slice(pipe, phantom().images[1], stride=2, memory_limit="60MB")
    assert maps.factors.shape[2] == width
    assert max(seen) < sum(seen) / 2
