"""Train a network to tell regions apart; use its last hidden layer as features."""

from collections.abc import Callable, Iterator
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.metrics import accuracy_score
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import (
    check_consistent_length,
    check_is_fitted,
)
from tqdm import tqdm

from sklearn_microarch._annotation import annotated_rows, check_roi_labels
from sklearn_microarch._device import resolve_device
from sklearn_microarch._sklearn_private import (
    HasMethods,
    Interval,
    StrOptions,
    fit_context,
)
from sklearn_microarch._version import VersionedMixin
from sklearn_microarch.features._evaluation import class_logits, class_probabilities
from sklearn_microarch.features._evaluator import Evaluator
from sklearn_microarch.features._remembered import is_remembered, remembered_features
from sklearn_microarch.features._rows import grey_statistics, image_shape
from sklearn_microarch.features._sharing import (
    check_sharing,
    dense_network,
    find_obstacle,
)
from sklearn_microarch.features.networks._build_module import MODULES
from sklearn_microarch.features.networks._network_spec import NetworkSpec
from sklearn_microarch.features.networks._seeding import forked_seed
from sklearn_microarch.features.training._objectives import TrainedModule
from sklearn_microarch.features.training._probe import probe_network
from sklearn_microarch.features.training._split import training_rows
from sklearn_microarch.features.training._training import (
    RegionNet,
    RowDataset,
    Schedule,
    make_net,
    train_net,
)
from sklearn_microarch.features.training._training_data import (
    check_same_dtype,
    given_validation,
    label_rows,
)
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._check_rows import check_patch_rows, remember_columns
from sklearn_microarch.sampling._purity import check_stride

# Rows on which the fitted network is checked and its dead units are counted.
N_PROBED = 512


class CNNFeatureExtractor(
    VersionedMixin,
    ClassNamePrefixFeaturesOutMixin,
    ClassifierMixin,
    TransformerMixin,
    BaseEstimator,
):
    """A network trained to tell regions apart, as a transformer and a classifier.

    :meth:`transform` gives the activations of the last hidden layer, which the
    later steps factorize; :meth:`predict`, :meth:`predict_proba` and
    :meth:`score` judge how well regions are told apart. The network is trained
    with skorch on patches alone: it never sees where a patch lies.

    Parameters
    ----------
    module : {"gap", "paper"} or callable, default="gap"
        "gap": unpadded convolutions, averaged over the patch; "paper": the
        published layers, with a ReLU on the features. A callable, for example a
        class, builds your own: ``module(n_channels, patch_shape, n_features,
        n_classes, **module_params)`` returns a `torch.nn.Module` with
        ``features(x)`` of shape (n, n_features), not negative, and ``head(z)``,
        the region logits.
    n_features : int, default=64
        Width of the last hidden layer.
    module_params : dict or None, default=None
        Further arguments of the module.
    max_epochs : int, default=6
        Passes over the training patches.
    batch_size : int, default=64
        Patches per training step.
    lr : float, default=0.003
        Highest learning rate, of one cycle over the whole training.
    max_patches_per_class : int or None, default=2000
        Training patches drawn from each region when there are more. None uses
        all of them.
    augment : bool, default=True
        While training, at random: flip patches, turn square ones by quarters,
        change their contrast (by up to 10 %) and brightness (by up to 0.3 standard
        deviations), and cover a side of three in ten, as the rim of tissue does.
    description_weight : float, default=1.0
        Weight of a second objective beside the regions: that a linear map of the
        features which the head does not read describes the patch by its grey
        levels, scales and directions. It keeps in the features what varies within
        a region. Patches of less than 8 pixels a side are not described, and
        networks without an attribute ``n_region_features`` (of the two named ones,
        "paper") are trained for the regions alone; so is "gap" with no more than two
        features a region, all of which its head reads.
    decorrelation_weight : float, default=0.5
        Weight of a third, under the same conditions: that all features vary alike
        and independently of each other.
    normalization : {"train"} or None, default="train"
        "train" subtracts the mean grey level of the training patches and
        divides by their standard deviation, also on new slices. With None,
        ``augment`` changes brightness by these amounts of raw grey levels: set it
        to False unless they are of about unit variance.
    validation : {"spatial"}, tuple or None, default="spatial"
        Rows that judge the training after each epoch: "spatial" sets a strip of
        each region apart, with no pixel shared (only for `Patches`, and where
        every region keeps half of its patches); a pair ``(patches, y)``; None
        for none. They are not trained on.
    device : str, default="auto"
        "auto" takes a GPU where there is one; or a torch device. It is looked up
        when used and never saved.
    precision : {"float32", "bfloat16"}, default="float32"
        Of the evaluation, not of the training. "bfloat16" is faster on some GPUs
        and keeps two to three digits only. Products in float32 are not rounded to
        TF32.
    dense : {"auto"} or bool, default="auto"
        How overlapping `Patches` are evaluated: together, so that each layer is
        computed once for each pixel of the slice, or one by one. "auto" does what
        is cheaper in each part of a slice; True always together, and a network
        that does not allow it is an error. The features are the same, but for
        rounding.
    unannotated : int, str or None, default=None
        Label of rows that are left out of training, validation and score.
    memory : str, joblib.Memory or None, default=None
        Where the features of rows are kept, so that the same rows pass the same
        network once; see Notes.
    random_state : int, RandomState instance or None, default=None
        Draws weights, rows, their order and augmentation. The global
        random state of torch is left alone. Results repeat for one number of
        threads.
    verbose : int, default=0
        1 shows progress bars.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Regions, sorted.
    weights_ : dict of str to ndarray
        All weights of the network, and grey-level statistics.
    history_ : list of dict
        After each epoch: ``train_loss``, of all objectives; with validation rows
        ``valid_loss``, of the regions alone, and ``valid_balanced_accuracy``, the
        mean of their recalls.
    validation_score_ : float
        Mean recall over the regions of the validation rows after the last
        epoch; NaN without such rows.
    n_training_rows_ : ndarray of shape (n_classes,)
        Patches trained on, of each region.
    dead_units_ : float
        Share of features that are zero for every training patch probed.
    dense_deviation_ : float
        Largest difference between features of patches evaluated together and one
        by one, relative to the largest feature, of 16 patches after the training.
        NaN where patches are never evaluated together.
    patch_shape_ : tuple of int
        ``X.shape[1:]`` seen in :meth:`fit`.
    patch_dtype_ : dtype
        Of the patches seen in :meth:`fit`.
    net_ : RegionNet
        The skorch net, built anew from ``weights_`` when needed.
    n_features_in_ : int
        Only when fitted on 2-D rows.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Only when fitted on 2-D rows with string feature names.

    See Also
    --------
    PatchSampler : Cuts the patches.

    Notes
    -----
    The loss weighs every region alike, whatever its number of patches. Told only
    to separate the regions, a network keeps little else: its features restate its
    logits, and layers or barrels within a region are lost [4]_. Two more
    objectives, of ``description_weight`` and ``decorrelation_weight``, keep them;
    `feature_report` tells how much is left.

    Patches of neighbouring pixels overlap almost entirely. A network that is a
    chain of convolutions without padding, poolings, functions of single values
    and, at the end, an average or linear layers gives a patch the same features
    wherever it lies; so every layer is evaluated once for each pixel of a slice,
    with all offsets of the poolings kept as fragments [3]_. "gap" is such a
    network; the published layers pad each patch, so that "paper" is evaluated
    patch by patch unless ``module_params={"padded": False}``.

    skorch nets predict, but do not transform; a step between a net and further
    estimators has been asked for since skorch issue 482 (2019). This is one.

    A fitted extractor pickles as plain arrays: no skorch net, optimizer or torch
    storage. It loads on a machine without the device it was trained on, and its
    ``joblib.hash`` is the same before and after, so that a pipeline's
    ``memory`` recognises it.

    A pipeline's ``memory`` keeps what training rows give, and ``memory`` here what
    any rows give: in a search over later steps, the held-out rows of a fold then
    pass the network once, and not once for each candidate. Features are kept of 64
    rows or more, up to 64 MiB in one call (262 144 rows of 64 features), and never
    those of :meth:`iter_transform`, as in a mapping; slices are read whole to
    recognise them. The folder holds pickles: only use one you trust. An estimator
    that is saved keeps its ``memory``, and would write where it is loaded: set it
    to None before.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473`
    .. [2] https://github.com/skorch-dev/skorch/issues/482
    .. [3] A. Giusti, D. C. Ciresan, J. Masci, L. M. Gambardella and J. Schmidhuber,
       "Fast Image Scanning with Deep Max-Pooling Convolutional Neural Networks",
       ICIP, 2013. :doi:`10.1109/ICIP.2013.6738831`
    .. [4] V. Papyan, X. Y. Han and D. L. Donoho, "Prevalence of neural collapse
       during the terminal phase of deep learning training", PNAS 117(40), 2020.
       :doi:`10.1073/pnas.2015509117`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import CNNFeatureExtractor
    >>> rng = np.random.default_rng(0)
    >>> patches = rng.normal(size=(60, 16, 16))
    >>> regions = np.repeat(["CTX", "VP"], 30)
    >>> patches[regions == "VP"] *= 3
    >>> cnn = CNNFeatureExtractor(max_epochs=8, batch_size=16, random_state=0)
    >>> cnn.fit(patches, regions).transform(patches).shape
    (60, 64)
    >>> cnn.predict(patches[[0, -1]]).tolist()
    ['CTX', 'VP']
    """

    _parameter_constraints: ClassVar[dict[str, list]] = {
        "module": [StrOptions(set(MODULES)), callable],
        "n_features": [Interval(Integral, 1, None, closed="left")],
        "module_params": [dict, None],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "max_patches_per_class": [Interval(Integral, 1, None, closed="left"), None],
        "augment": ["boolean"],
        "description_weight": [Interval(Real, 0, None, closed="left")],
        "decorrelation_weight": [Interval(Real, 0, None, closed="left")],
        "normalization": [StrOptions({"train"}), None],
        "validation": [StrOptions({"spatial"}), tuple, None],
        "device": [str],
        "precision": [StrOptions({"float32", "bfloat16"})],
        "dense": [StrOptions({"auto"}), "boolean"],
        "unannotated": [Integral, str, None],
        "memory": [str, HasMethods("cache"), None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        module: str | Callable[..., torch.nn.Module] = "gap",
        *,
        n_features: int = 64,
        module_params: dict[str, Any] | None = None,
        max_epochs: int = 6,
        batch_size: int = 64,
        lr: float = 0.003,
        max_patches_per_class: int | None = 2000,
        augment: bool = True,
        description_weight: float = 1.0,
        decorrelation_weight: float = 0.5,
        normalization: str | None = "train",
        validation: str | tuple[Any, ArrayLike] | None = "spatial",
        device: str = "auto",
        precision: str = "float32",
        dense: str | bool = "auto",
        unannotated: int | str | None = None,
        memory: Any = None,  # noqa: ANN401 - str or joblib.Memory
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.module = module
        self.n_features = n_features
        self.module_params = module_params
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.lr = lr
        self.max_patches_per_class = max_patches_per_class
        self.augment = augment
        self.description_weight = description_weight
        self.decorrelation_weight = decorrelation_weight
        self.normalization = normalization
        self.validation = validation
        self.device = device
        self.precision = precision
        self.dense = dense
        self.unannotated = unannotated
        self.memory = memory
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: ArrayLike) -> Self:  # noqa: ANN401 - Patches or array
        """Train the network to tell the regions apart.

        Parameters
        ----------
        X : Patches, or array-like of shape (n, p), (n, h, w) or (n, c, h, w)
            Rows of 2-D input are read as patches of 1 x p pixels.
        y : array-like of shape (n,)
            Region of each patch, integers or strings.

        Returns
        -------
        self : object
            The fitted extractor.

        Raises
        ------
        DenseEvaluationError
            If ``dense=True`` and the network does not allow it; names the layer.
        KeyboardInterrupt
            If interrupted; an earlier fit stays whole.
        NegativeFeaturesError
            If the module's features can be negative.
        TypeError
            If ``X`` is an image, labels mix types, or ``module`` builds
            something without ``features`` and ``head``.
        ValueError
            If rows are empty or not finite, if fewer than two regions are
            annotated, if ``device`` does not exist, or if training diverged.

        Warns
        -----
        DeadUnitsWarning
            If more than half of the features are zero for every patch.
        DenseEvaluationWarning
            If features of patches evaluated together differ from those one by
            one; they are evaluated one by one then.
        """
        rows = label_rows(self, X, y, unannotated=self.unannotated)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        train, valid = training_rows(
            rows.X,
            rows.codes,
            max_per_class=self.max_patches_per_class,
            spatial=self.validation == "spatial",
            seed=seed,
        )
        judge = RowDataset(rows.X, valid, rows.codes[valid]) if len(valid) else None
        if isinstance(self.validation, tuple):
            judge = given_validation(
                self, self.validation, rows, unannotated=self.unannotated
            )
        mean, std = grey_statistics(rows.X, train)
        if self.normalization is None:
            mean, std = np.zeros_like(mean), np.ones_like(std)

        spec = NetworkSpec(
            self.module,
            self.module_params,
            rows.X.shape[1:],
            self.n_features,
            len(rows.classes),
        )
        device = resolve_device(self.device)
        with forked_seed(seed):
            module = spec.build(mean, std, augment=self.augment)
            obstacle = find_obstacle(module, spec, self.dense)
            trained = TrainedModule(
                module,
                image_shape(spec.row_shape),
                self.n_features,
                description_weight=self.description_weight,
                decorrelation_weight=self.decorrelation_weight,
            )
            history = train_net(
                trained,
                device,
                Schedule(self.max_epochs, self.batch_size, self.lr, self.verbose > 0),
                RowDataset(rows.X, train, rows.codes[train]),
                judge,
            )
        weights = module.to_arrays()
        # Evaluated through the arrays from the start, as after loading.
        net = make_net(spec.rebuild(weights), device)
        # Rows of all regions, also where they come region by region.
        by_region = train[np.argsort(rows.codes[train], kind="stable")]
        probed = by_region[:: -(-len(by_region) // N_PROBED)]
        dead = probe_network(net, spec, rows.X[probed])
        deviation, obstacle = check_sharing(
            net, spec, rows.X[probed], obstacle=obstacle, seed=seed
        )

        remember_columns(self, X)

        self.classes_ = rows.classes
        self.patch_shape_, self.patch_dtype_ = rows.X.shape[1:], rows.X.dtype
        self.history_ = history
        self.n_training_rows_ = np.bincount(rows.codes[train])
        self.validation_score_ = history[-1].get("valid_balanced_accuracy", np.nan)
        self.dead_units_, self._n_features_out = dead, self.n_features
        self.dense_deviation_, self._dense_obstacle = deviation, obstacle
        self._spec, self.weights_ = spec, weights
        self._net = net
        self._evaluators: dict[tuple, Evaluator] = {}
        return self

    def transform(self, X: Any) -> NDArray[np.float32]:  # noqa: ANN401 - Patches or array
        """Return the activations of the last hidden layer.

        Parameters
        ----------
        X : Patches, or array-like of shape (n, p), (n, h, w) or (n, c, h, w)
            Patches of the shape seen in :meth:`fit`.

        Returns
        -------
        features : ndarray of shape (n, n_features), dtype float32
            Not negative.

        Raises
        ------
        TypeError
            If ``X`` is an image, or its patches are of another dtype.
        ValueError
            If ``X`` is empty, not finite, or of another patch shape.
        """
        rows = self._check_rows(X)
        return self._collect(rows, self._n_features_out, lambda features: features)

    def iter_transform(
        self,
        X: Any,  # noqa: ANN401 - as transform
        *,
        step: int | None = None,
        max_memory: int | None = None,
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
        """Return the activations piece by piece, so that they need not fit in memory.

        Parameters
        ----------
        X : Patches, or array-like of shape (n, p), (n, h, w) or (n, c, h, w)
            Patches of the shape seen in :meth:`fit`.
        step : int or None, default=None, unit: pixels
            Distance of neighbouring patches in rows and columns, as they were cut.
            When given, how patches are evaluated depends on it and not on which
            patches there are, so that a mask does not change a bit of the rest.
        max_memory : int or None, default=None, unit: bytes
            Evaluate fewer parts of a slice at the same time where they would take
            more; :meth:`dense_memory` tells the least that is needed. No value
            depends on it.

        Returns
        -------
        pieces : iterator of tuple
            Rows, ndarray of shape (b,), dtype int: which patches, each once; and
            their features, ndarray of shape (b, n_features), dtype float32, as
            :meth:`transform` gives them.

        Raises
        ------
        TypeError, ValueError
            As in :meth:`transform`; and if patches are not multiples of ``step``
            apart.
        """
        rows, evaluator = self._check_rows(X), self._evaluator()
        step = None if step is None else check_stride(step, name="step")
        evaluator.warn_if_slow(rows, stacklevel=2)
        return evaluator.iterate(
            rows,
            always=self.dense is True,
            step=None if step is None else (step, step),
            max_memory=max_memory,
        )

    def dense_memory(self, shape: tuple[int, int], *, step: int = 1) -> int:
        """Return the least memory that :meth:`iter_transform` takes for a slice.

        Parameters
        ----------
        shape : tuple of int, unit: pixels
            Height and width of the slice.
        step : int, default=1, unit: pixels
            Distance of neighbouring patches.

        Returns
        -------
        n_bytes : int
            Beside the slice and the network itself.
        """
        step = check_stride(step, name="step")
        always = self.dense is True
        return self._evaluator().memory(shape, (step, step), always=always)

    def predict_proba(self, X: Any) -> NDArray[np.float32]:  # noqa: ANN401 - as transform
        """Return the probability of each region.

        Parameters
        ----------
        X : Patches, or array-like of shape (n, p), (n, h, w) or (n, c, h, w)
            Patches of the shape seen in :meth:`fit`.

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes), dtype float32
            Columns follow ``classes_``.

        Raises
        ------
        TypeError, ValueError
            As in :meth:`transform`.
        """
        rows = self._check_rows(X)
        return self._collect(rows, len(self.classes_), self.predict_proba_from_features)

    def predict_proba_from_features(self, Z: ArrayLike) -> NDArray[np.float32]:
        """Return the probability of each region from features at hand.

        Saves a second pass through the network where both are wanted.

        Parameters
        ----------
        Z : array-like of shape (n, n_features)
            What :meth:`transform` returned.

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes), dtype float32
            Columns follow ``classes_``.

        Raises
        ------
        ValueError
            If ``Z`` has another number of features.
        """
        return class_probabilities(self._logits(Z))

    def decision_function(self, X: Any) -> NDArray[np.float32]:  # noqa: ANN401 - as transform
        """Return the logits of the regions.

        Parameters
        ----------
        X : Patches, or array-like of shape (n, p), (n, h, w) or (n, c, h, w)
            Patches of the shape seen in :meth:`fit`.

        Returns
        -------
        logits : ndarray of shape (n, n_classes) or (n,), dtype float32
            Log-probabilities up to a constant in each row; columns follow
            ``classes_``. Of two regions, the second's less the first's.

        Raises
        ------
        TypeError, ValueError
            As in :meth:`transform`.
        """
        rows = self._check_rows(X)
        logits = self._collect(rows, len(self.classes_), self._logits)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def predict(self, X: Any) -> NDArray:  # noqa: ANN401 - as transform
        """Return the most probable region.

        Parameters
        ----------
        X : Patches, or array-like of shape (n, p), (n, h, w) or (n, c, h, w)
            Patches of the shape seen in :meth:`fit`.

        Returns
        -------
        regions : ndarray of shape (n,)
            Labels as given to :meth:`fit`.

        Raises
        ------
        TypeError, ValueError
            As in :meth:`transform`.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def score(
        self,
        X: Any,  # noqa: ANN401 - as transform
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
    ) -> float:
        """Return the share of annotated patches whose region is predicted right.

        Parameters
        ----------
        X : Patches, or array-like of shape (n, p), (n, h, w) or (n, c, h, w)
            Patches of the shape seen in :meth:`fit`.
        y : array-like of shape (n,)
            Regions; ``unannotated`` rows are left out.
        sample_weight : array-like of shape (n,), default=None
            Weight of each row in the accuracy; None weighs all rows alike.

        Returns
        -------
        score : float
            Accuracy.

        Raises
        ------
        ValueError
            If no row is annotated.
        """
        labels = check_roi_labels(y)
        check_consistent_length(X, labels, sample_weight)
        rows = annotated_rows(labels, self.unannotated)
        if not rows.any():
            raise ValueError("y holds no annotated row to score.")
        weight = None if sample_weight is None else np.asarray(sample_weight)[rows]
        predicted = self.predict(X)[rows]
        return float(accuracy_score(labels[rows], predicted, sample_weight=weight))

    @property
    def net_(self) -> RegionNet:
        """The skorch net, on the device in use, ready to evaluate."""
        check_is_fitted(self, "weights_")
        held = getattr(self, "_net", None)
        device = resolve_device(self.device)
        if held is None or held.device != device:
            self._net = make_net(self._spec.rebuild(self.weights_), device)
        self._net.module_.eval()
        return self._net

    def _logits(self, Z: ArrayLike) -> NDArray[np.float32]:
        check_is_fitted(self, "weights_")
        features = np.asarray(Z)
        if features.ndim != 2 or features.shape[1] != self._n_features_out:
            raise ValueError(
                f"Z has shape {features.shape}; it must be (n, {self._n_features_out}),"
                " as transform returns it."
            )
        net = self.net_
        return class_logits(net.module_, features, device=net.device)

    def _evaluator(self) -> Evaluator:
        net = self.net_
        # Reading a network layer by layer takes longer than a few patches do.
        settings = (net, self.dense, self.precision)
        held = self.__dict__.setdefault("_evaluators", {})
        if settings not in held:
            network, obstacle = dense_network(
                net, self._spec, self._dense_obstacle, self.dense, self.precision
            )
            evaluator = Evaluator(
                net.module_,
                network,
                obstacle,
                self._n_features_out,
                net.device,
                getattr(torch, self.precision),
            )
            held.clear()
            held[settings] = evaluator
        return held[settings]

    def _check_rows(self, X: Any) -> Patches | NDArray:  # noqa: ANN401 - as transform
        check_is_fitted(self, "weights_")
        rows = check_patch_rows(self, X, reset=False, patch_shape=self.patch_shape_)
        check_same_dtype(rows, self.patch_dtype_)
        return rows

    def _collect(
        self,
        rows: Patches | NDArray,
        n_columns: int,
        function: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    ) -> NDArray[np.float32]:
        """Return a function of the features, for all rows, in order."""
        # From here over transform to the user's code.
        self._evaluator().warn_if_slow(rows, stacklevel=3)
        if is_remembered(self.memory, len(rows), self._n_features_out):
            return function(remembered_features(self.memory, self, rows))
        return self._evaluate(rows, n_columns, function)

    def _evaluate(
        self,
        rows: Patches | NDArray,
        n_columns: int,
        function: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    ) -> NDArray[np.float32]:
        out = np.empty((len(rows), n_columns), dtype=np.float32)
        quiet, evaluator = self.verbose <= 0, self._evaluator()
        with tqdm(total=len(out), desc="features", unit="patch", disable=quiet) as bar:
            for found, features in evaluator.iterate(rows, always=self.dense is True):
                out[found] = function(features)
                bar.update(len(found))
        return out

    def __getstate__(self) -> dict[str, Any]:
        # The net is built anew from weights_; its torch storage would tie the
        # pickle to a device and give it another hash every time.
        state = dict(super().__getstate__())
        state.pop("_net", None)
        state.pop("_evaluators", None)
        return state

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags
