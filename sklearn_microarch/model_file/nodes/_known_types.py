"""The types a model file may hold, and the names they have in it."""

import sys

import numpy as np

_OWN = (
    "sklearn_microarch.clustering._gmm_clusterer.GMMClusterer",
    "sklearn_microarch.decomposition._nmf_embedder.NMFEmbedder",
    "sklearn_microarch.decomposition.nmf._embedding.Embedding",
    "sklearn_microarch.decomposition.nnls._statistics.Statistics",
    "sklearn_microarch.drift._drift_reference.DriftReference",
    "sklearn_microarch.drift.blocks._baseline.Baseline",
    "sklearn_microarch.drift.blocks._feature_shift.RegionCentres",
    "sklearn_microarch.drift.blocks._null.Null",
    "sklearn_microarch.drift.blocks._support.Whitening",
    "sklearn_microarch.features._cnn_feature_extractor.CNNFeatureExtractor",
    "sklearn_microarch.features.networks._network_spec.NetworkSpec",
    "sklearn_microarch.features.normalization._grey_templates.GreyTemplates",
    "sklearn_microarch.features.normalization._slice_normalizer.SliceNormalizer",
    "sklearn_microarch.features.novelty._novelty_reference.NoveltyReference",
    "sklearn_microarch.sampling._patch_sampler.PatchSampler",
    "sklearn_microarch.sampling.tissue._tissue_rule.TissueRule",
    "sklearn_microarch.selection._coverage_leakage_selector.CoverageLeakageSelector",
)
# Estimators that may stand for one of ours. None holds a function, reads a file or
# follows indices of its own through memory, as trees and k-means do.
_SKLEARN = (
    "sklearn.decomposition._factor_analysis.FactorAnalysis",
    "sklearn.decomposition._fastica.FastICA",
    "sklearn.decomposition._incremental_pca.IncrementalPCA",
    "sklearn.decomposition._nmf.MiniBatchNMF",
    "sklearn.decomposition._nmf.NMF",
    "sklearn.decomposition._pca.PCA",
    "sklearn.decomposition._truncated_svd.TruncatedSVD",
    "sklearn.discriminant_analysis.LinearDiscriminantAnalysis",
    "sklearn.frozen._frozen.FrozenEstimator",
    "sklearn.linear_model._logistic.LogisticRegression",
    "sklearn.mixture._bayesian_mixture.BayesianGaussianMixture",
    "sklearn.mixture._gaussian_mixture.GaussianMixture",
    "sklearn.pipeline.Pipeline",
    "sklearn.preprocessing._data.MaxAbsScaler",
    "sklearn.preprocessing._data.MinMaxScaler",
    "sklearn.preprocessing._data.Normalizer",
    "sklearn.preprocessing._data.RobustScaler",
    "sklearn.preprocessing._data.StandardScaler",
)


def _short(name: str) -> str:
    """Return a name that stays when a class moves: the package's and the class's."""
    parts = name.split(".")
    return f"{parts[0]}.{parts[-1]}"


# By the name in the file: where the class is, which the file does not say.
KNOWN_TYPES = {_short(name): name for name in _OWN + _SKLEARN}
SHORT_NAMES = {name: short for short, name in KNOWN_TYPES.items()}

_SCALARS = frozenset(
    f"numpy.{kind.__name__}"
    for kind in np.sctypeDict.values()
    if np.dtype(kind).kind in "biufU"
)
_PLAIN = frozenset({"builtins.str", "builtins.int", "builtins.float", "builtins.bool"})
# By the kind of node, as skops calls them: plain values that need no trust.
PLAIN_TYPES = {
    "DictNode": frozenset({"builtins.dict", "collections.OrderedDict"}),
    "DTypeNode": frozenset({"numpy.dtype"}),
    "JsonNode": frozenset({"builtins.str"}),
    "ListNode": frozenset({"builtins.list"}),
    "NdArrayNode": _SCALARS | {"numpy.ndarray"},
    "RandomStateNode": frozenset({"numpy.random.mtrand.RandomState"}),
    "SetNode": frozenset({"builtins.set"}),
    "TupleNode": frozenset({"builtins.tuple"}),
    "TypeNode": _PLAIN | _SCALARS,
}
# What makes an object that skops fills, in place of its type.
REBUILT_BY = {
    "numpy.random.mtrand.RandomState": (
        "sklearn_microarch.model_file.nodes._seeded_state.seeded_state"
    )
}
# The kinds of nodes that name code: an object's class, a class itself, a function.
CODE_NODES = ("ObjectNode", "TypeNode", "FunctionNode")


def is_never_trusted(name: str) -> bool:
    """Tell a name of Python's own library, such as os.system, which no model needs."""
    root = name.partition(".")[0]
    return root in sys.stdlib_module_names and root != "__main__"
