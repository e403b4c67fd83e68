"""Train a network to tell regions apart; use its last hidden layer as features."""

from collections.abc import Callable, Iterator
from functools import partial
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_softmax
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

from sklearn_microarch._annotation import code_labels
from sklearn_microarch._arguments._arrays import as_numbers
from sklearn_microarch._arguments._numbers import check_integer, check_number
from sklearn_microarch._device import resolve_device
from sklearn_microarch._sklearn_private import (
    HasMethods,
    Interval,
    StrOptions,
    check_parameters,
    fit_context,
)
from sklearn_microarch._version import VersionedMixin
from sklearn_microarch.features._arithmetic import n_torch_threads
from sklearn_microarch.features._evaluation import class_logits, class_probabilities
from sklearn_microarch.features._evaluator import Evaluator, make_evaluator
from sklearn_microarch.features._remembered import is_remembered, remembered_features
from sklearn_microarch.features.networks._build_module import MODULES
from sklearn_microarch.features.networks._network_spec import NetworkSpec
from sklearn_microarch.features.normalization._exposure import Exposure
from sklearn_microarch.features.normalization._normalize_rows import (
    learn_from_rows,
    normalize_dataset,
    normalize_rows,
)
from sklearn_microarch.features.normalization._slice_normalizer import unknown_exposure
from sklearn_microarch.features.novelty._fit_novelty import fit_novelty
from sklearn_microarch.features.novelty._region_distance import region_distance
from sklearn_microarch.features.training._fit_network import fit_network
from sklearn_microarch.features.training._region_net import RegionNet, evaluating_net
from sklearn_microarch.features.training._train_net import TrainingPlan
from sklearn_microarch.features.training._training_data import (
    check_same_dtype,
    free_rows,
    label_rows,
    native,
    split_rows,
)
from sklearn_microarch.images import SliceImage, measure_grey_levels
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._check_rows import check_patch_rows, remember_columns


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
        The layers. Leave it at "gap", unless the published network is asked for
        ("paper"), or you have a network of your own. Your own is built as
        ``module(n_channels, patch_shape, n_features, n_classes, **module_params)``.
        It is a `torch.nn.Module` with ``features(x)`` of shape (n, n_features), never
        negative, and ``head(z)``, the scores of the regions (logits).
    n_features : int, default=64
        How many numbers describe a patch: the width of the last hidden layer.
    module_params : dict or None, default=None
        Further arguments of the module.
    max_epochs : int, default=8
        Passes over the training patches. Raise it if the share of held-out patches
        told right still grows in the last passes.
    batch_size : int, default=64
        Patches per training step. Lower it if the memory of the GPU is too small.
    lr : float, default=0.003
        Highest learning rate, of one cycle over the whole training. Lower it if
        the loss becomes NaN or a network of your own learns nothing.
    max_patches_per_class : int or None, default=2000
        Most training patches of one region. Where there are more, this many are
        drawn, evenly over specimens and slices. None uses all of them.
    augment : bool, default=True
        Whether training patches are changed at random, so that the network does not
        learn the scanner. Patches are flipped, and square ones turned by quarters.
        Contrast changes by up to 10 %. Brightness changes by up to 0.3 standard
        deviations. A third of the patches are imaged anew: with another focus, curve
        of grey levels, noise, number of grey levels, brightness across the patch, and
        size of pixels (by up to 5 %). In three patches of ten a side is covered, as at
        the rim of tissue. What features describe stays the patch as it was scanned. At
        the end "gap" forgets the directions in which another curve of grey levels or
        another focus moves regions, where 256 patches or more are trained on.
    description_weight : float, default=1.0
        How much the features shall describe the patch, beside naming its region. Raise
        it if maps only restate the annotation. 0 trains for the names alone. A
        linear map of the features that the head does not read has to describe the
        patch by its grey levels, scales and directions. Not described are patches of
        less than 8 pixels a side, and networks without an attribute
        ``n_region_features``: "paper", and "gap" with no more than two features a
        region.
    decorrelation_weight : float, default=0.5
        How much the features shall vary independently of each other. Raise it if
        many features say the same (a low participation ratio, see `feature_report`).
        It holds where ``description_weight`` does.
    normalization : {"slice", "train", "range"} or None, default="slice"
        What is done to grey levels before the network. Leave it at "slice" for slices
        that were scanned or stained at different times. "slice" brings each slice to
        the exposure of the slices of the fit: gain, offset and smooth shading are
        estimated from the whole slice, without its annotation; see Notes. "train"
        subtracts the mean grey level of the training patches and divides by their
        standard deviation, also on new slices. "range" divides 8-bit integers by 255,
        and other types by the largest grey level of the training patches. None does
        nothing: set ``augment=False`` then, unless grey levels have about unit
        variance, as brightness is changed by amounts of raw grey levels.
    validation : {"spatial"}, tuple or None, default="spatial"
        What judges the training after each epoch. It is never trained on. "spatial"
        sets a strip of each region apart, with no pixel shared. Every region has to
        keep half of its patches; where one cannot, nothing is set apart and a warning
        says so. Plain arrays have no such strips, as it is not known where they lie.
        A pair ``(patches, y)`` judges by patches of your own, such as another slice.
        None judges by nothing.
    device : str, default="auto"
        "auto" takes a GPU where there is one. Or the name of a torch device, such as
        "cpu" or "cuda:1". It is looked up when used and never saved.
    precision : {"float32", "bfloat16"}, default="float32"
        Precision of the evaluation, not of the training. "bfloat16" is faster on some
        GPUs and keeps two to three digits only. Products in float32 are not rounded
        to TF32.
    dense : {"auto"} or bool, default="auto"
        Whether overlapping `Patches` are evaluated together, so that each layer is
        computed once for each pixel of the slice. The features are the same, but for
        rounding. "auto" does what is cheaper in each part of a slice. True always
        does so, and a network that does not allow it is an error. False never does.
    unannotated : int, str or None, default=None
        Label of rows without annotation. They are left out of training, validation
        and score.
    use_unannotated : bool, default=False
        Whether rows without annotation help to describe patches and to keep features
        apart. They never count for the regions. As many are taken as a region has on
        average. None shares a pixel with the rows that judge the training. A warning
        says where there are none.
    memory : str, joblib.Memory or None, default=None
        Folder where features of rows are kept, so that the same rows pass the same
        network once. Give one for a search over later steps; see Notes.
    random_state : int, RandomState instance or None, default=None
        Seed of the weights, the draw of rows, their order and augmentation. Pass an
        int for the same result in every call; results repeat for one number of
        threads. The global random state of torch is left alone.
    verbose : int, default=0
        0 shows nothing, also where a training takes minutes. 1 shows two progress
        bars on the standard error stream, of the training and of the evaluation. The
        first tells the share of held-out patches named right after each epoch, all
        regions weighing alike; without held-out patches, that of the training
        patches. The loss is in ``history_``; it may rise while the network improves.

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
        epoch; NaN without such rows, of which `NoValidationWarning` tells where
        they were asked for.
    n_training_rows_ : ndarray of shape (n_classes,)
        Patches trained on, of each region.
    dead_units_ : float
        Share of features that are zero for every training patch probed.
    dense_deviation_ : float
        Largest difference between features of patches evaluated together and one
        by one, relative to the largest feature, of 16 patches after the training.
        NaN where patches are never evaluated together.
    novelty_calibration_ : {"validation", "held-out", "training"}
        Rows that say which :meth:`novelty` known tissue has: "validation" rows, which
        the network never saw; training rows "held-out" from what novelty is learned
        from, strips of `Patches`, and any rows of plain arrays; "training" rows as they
        are, where no region has enough to hold some out: novelty runs high then.
    patch_shape_ : tuple of int
        ``X.shape[1:]`` seen in :meth:`fit`.
    patch_dtype_ : dtype
        Of the patches seen in :meth:`fit`.
    net_ : RegionNet
        The skorch net, built anew from ``weights_`` when needed, to evaluate with; it
        has no optimizer.
    n_features_in_ : int
        Only when fitted on 2-D rows.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
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

    With ``normalization="slice"``, grey levels of windows of each region, and of what
    is not annotated, are learned in :meth:`fit`. On a slice, the gain, offset and field
    of gain (a product of two quadratic profiles) are estimated under which its windows
    are most probable as a mixture of these, whatever the shares of the mixture [5]_
    [6]_: a slice that shows less of one tissue is not taken for a darker one. The
    estimate depends on the picture and its pixel size alone, not on mask, stride or
    rows. It sees the pixels of held-out parts of a slice, though not their labels. Give
    a crop the ``grey_levels`` of its slice. Plain arrays, which have no slice, are
    taken to be exposed as the slices of the fit are on average.

    Patches of neighbouring pixels overlap almost entirely. A network that is a
    chain of convolutions without padding, poolings, functions of single values
    and, at the end, an average or linear layers gives a patch the same features
    wherever it lies; so every layer is evaluated once for each pixel of a slice,
    with all offsets of the poolings kept as fragments [3]_. "gap" is such a
    network; the published layers pad each patch, so that "paper" is evaluated
    patch by patch unless ``module_params={"padded": False}``.

    Several threads may transform and predict with one fitted extractor, or with one
    each, and get the same bits as one thread does. Their trainings wait for each
    other, as torch has one random state for all threads.

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
    .. [5] W. M. Wells III, W. E. L. Grimson, R. Kikinis and F. A. Jolesz, "Adaptive
       segmentation of MRI data", IEEE Transactions on Medical Imaging 15(4), 1996.
       :doi:`10.1109/42.511747`
    .. [6] J. Ashburner and K. J. Friston, "Unified segmentation", NeuroImage 26(3),
       2005. :doi:`10.1016/j.neuroimage.2005.02.018`

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
        # A matrix of as many rows and columns is kept while training.
        "n_features": [Interval(Integral, 1, 2**14, closed="both")],
        "module_params": [dict, None],
        "max_epochs": [Interval(Integral, 1, 10**6, closed="both")],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "max_patches_per_class": [Interval(Integral, 1, None, closed="left"), None],
        "augment": ["boolean"],
        "description_weight": [Interval(Real, 0, None, closed="left")],
        "decorrelation_weight": [Interval(Real, 0, None, closed="left")],
        "normalization": [StrOptions({"slice", "train", "range"}), None],
        "validation": [StrOptions({"spatial"}), tuple, None],
        "device": [str],
        "precision": [StrOptions({"float32", "bfloat16"})],
        "dense": [StrOptions({"auto"}), "boolean"],
        "unannotated": [Integral, str, None],
        "use_unannotated": ["boolean"],
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
        max_epochs: int = 8,
        batch_size: int = 64,
        lr: float = 0.003,
        max_patches_per_class: int | None = 2000,
        augment: bool = True,
        description_weight: float = 1.0,
        decorrelation_weight: float = 0.5,
        normalization: str | None = "slice",
        validation: str | tuple[Any, ArrayLike] | None = "spatial",
        device: str = "auto",
        precision: str = "float32",
        dense: str | bool = "auto",
        unannotated: int | str | None = None,
        use_unannotated: bool = False,
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
        self.use_unannotated = use_unannotated
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
            If rows are empty, not finite or have their channels last, if fewer than
            two regions are annotated, if ``device`` does not exist, or if training
            diverged.

        Warns
        -----
        DeadUnitsWarning
            If more than half of the features are zero for every patch.
        DenseEvaluationWarning
            If features of patches evaluated together differ from those one by
            one; they are evaluated one by one then.
        NoUnannotatedRowsWarning
            If ``use_unannotated=True`` finds no row without annotation.
        NoValidationWarning
            If ``validation="spatial"`` can set no strip of the `Patches` apart.
        UserWarning
            If more than half of the annotated rows have a region of their own.
        """
        rows = label_rows(self, X, y, unannotated=self.unannotated)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        train, valid = split_rows(
            self,
            rows,
            max_per_class=self.max_patches_per_class,
            validation=self.validation,
            unannotated=self.unannotated,
            seed=seed,
        )
        normalizer = learn_from_rows(train) if self.normalization == "slice" else None
        spec = NetworkSpec(
            self.module,
            self.module_params,
            rows.X.shape[1:],
            self.n_features,
            len(rows.classes),
        )
        free = np.empty(0, dtype=np.intp)
        if self.use_unannotated:
            free = free_rows(rows, valid, np.bincount(train.codes), seed=seed)
        train = normalize_dataset(train, normalizer)
        valid = None if valid is None else normalize_dataset(valid, normalizer)
        fitted = fit_network(
            spec,
            train,
            valid,
            free=free,
            plan=self._plan(),
            scale=self.normalization,
            dense=self._dense,
            device=resolve_device(self.device),
            seed=seed,
        )
        novelty, calibration = fit_novelty(fitted.net, spec, train, valid, seed=seed)
        remember_columns(self, X)

        self.classes_ = rows.classes
        self.patch_shape_, self.patch_dtype_ = rows.X.shape[1:], native(rows.X.dtype)
        self.history_ = fitted.history
        self.n_training_rows_ = np.bincount(train.codes)
        last = fitted.history[-1]
        self.validation_score_ = last.get("valid_balanced_accuracy", np.nan)
        self.dead_units_, self._n_features_out = fitted.dead_units, self.n_features
        self.dense_deviation_ = fitted.deviation
        self._dense_obstacle, self._normalizer = fitted.obstacle, normalizer
        self._novelty, self.novelty_calibration_ = novelty, calibration
        self._spec, self.weights_ = spec, fitted.weights
        self._net = fitted.net
        self._evaluators: dict[str, tuple[tuple, Evaluator]] = {}
        # What `fit_drift_reference` kept here was learned from the network before.
        self.__dict__.pop("drift_reference_", None)
        return self

    if TYPE_CHECKING:

        def fit_transform(
            self,
            X: Any,  # noqa: ANN401 - as transform
            y: Any = None,  # noqa: ANN401 - labels
            **fit_params: Any,  # noqa: ANN401 - as scikit-learn
        ) -> NDArray[np.float32]: ...

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
            If ``X`` is empty, not finite, or of another patch shape, or if a
            parameter that is read here was set to a wrong value.
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
        if step is not None:
            step = check_integer("step", step, minimum=1, unit="pixels")
        if max_memory is not None:
            max_memory = int(check_number("max_memory", max_memory, unit="bytes"))
        evaluator.warn_if_slow(rows)
        return evaluator.iterate(
            normalize_rows(rows, self._normalizer),
            always=self._dense is True,
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

        Raises
        ------
        TypeError, ValueError
            If lengths or ``step`` are no integers of at least 1.
        """
        height, width = (
            check_integer("shape", length, minimum=1, unit="pixels") for length in shape
        )
        step = check_integer("step", step, minimum=1, unit="pixels")
        self._check_settings()
        always = self._dense is True
        return self._evaluator().memory((height, width), (step, step), always=always)

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

    def predict_log_proba(self, X: Any) -> NDArray[np.float32]:  # noqa: ANN401 - as transform
        """Return the logarithm of the probability of each region.

        Parameters
        ----------
        X : Patches, or array-like of shape (n, p), (n, h, w) or (n, c, h, w)
            Patches of the shape seen in :meth:`fit`.

        Returns
        -------
        log_probabilities : ndarray of shape (n, n_classes), dtype float32
            Natural logarithms; columns follow ``classes_``. Finite also where a
            probability is too small for a float32.

        Raises
        ------
        TypeError, ValueError
            As in :meth:`transform`.
        """
        rows = self._check_rows(X)
        logits = self._collect(rows, len(self.classes_), self._logits)
        return log_softmax(logits.astype(np.float64), axis=1).astype(np.float32)

    def exposure(self, image: SliceImage) -> Exposure:
        """Return how a slice is exposed, beside the slices of the fit.

        Parameters
        ----------
        image : SliceImage
            At the pixel size of the fit, as in the ``images`` of `Patches`.

        Returns
        -------
        exposure : Exposure
            Gain, offset and shading, which ``normalization="slice"`` removes. 1, 0 and
            none with another normalization.

        Raises
        ------
        TypeError
            If ``image`` is no `SliceImage`.

        Warns
        -----
        NormalizationWarning
            If the slice shows too little tissue.
        """
        check_is_fitted(self, "weights_")
        grey_levels = measure_grey_levels(image)
        if self._normalizer is None:
            return unknown_exposure(image.n_channels or 1, grey_levels)
        return self._normalizer.exposure(image)

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
        TypeError
            If ``Z`` holds no real numbers.
        ValueError
            If ``Z`` has another number of features, or is not finite.
        """
        return class_probabilities(self._logits(Z))

    def novelty(self, X: Any) -> NDArray[np.float32]:  # noqa: ANN401 - as transform
        """Return how far patches are from all regions that the network was told.

        A network calls any tissue by the region that is most probable among those it
        knows, however unlike them it is.

        Parameters
        ----------
        X : Patches, or array-like of shape (n, p), (n, h, w) or (n, c, h, w)
            Patches of the shape seen in :meth:`fit`.

        Returns
        -------
        novelty : ndarray of shape (n,), dtype float32
            Distance of the features to the nearest region, whitened by the covariances
            within regions, which are learned in :meth:`fit`. Not negative; 1 is the
            95th percentile of known tissue that it was not learned from, above is
            unknown. ``novelty_calibration_`` tells which rows those were.

        Raises
        ------
        TypeError, ValueError
            As in :meth:`transform`.

        See Also
        --------
        sklearn_microarch.model_selection.leave_one_region_out : To try it.
        """
        rows = self._check_rows(X)
        found = self._collect(
            rows, 1, lambda features: self.novelty_from_features(features)[:, None]
        )
        return found[:, 0]

    def novelty_from_features(self, Z: ArrayLike) -> NDArray[np.float32]:
        """Return how far features at hand are from those of all known regions.

        Parameters
        ----------
        Z : array-like of shape (n, n_features)
            What :meth:`transform` returned.

        Returns
        -------
        novelty : ndarray of shape (n,), dtype float32
            As :meth:`novelty` gives it.

        Raises
        ------
        TypeError
            If ``Z`` holds no real numbers.
        ValueError
            If ``Z`` has another number of features, or is not finite.
        """
        features = self._check_features(Z)
        return region_distance(features, self._novelty, device=self.net_.device)

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
        coded = code_labels(y, unannotated=self.unannotated)
        labels, rows = coded.labels, coded.annotated
        check_consistent_length(X, labels, sample_weight)
        weight = None
        if sample_weight is not None:
            weight = as_numbers("sample_weight", sample_weight)[rows]
        predicted = self.predict(X)[rows]
        return float(accuracy_score(labels[rows], predicted, sample_weight=weight))

    @property
    def net_(self) -> RegionNet:
        """The skorch net, on the device in use, ready to evaluate."""
        check_is_fitted(self, "weights_")
        net = getattr(self, "_net", None)
        device = resolve_device(self.device)
        # Threads that come at the same time may build one each; they are equal.
        if net is None or net.device != device:
            net = self._net = evaluating_net(self._spec.rebuild(self.weights_), device)
        net.module_.eval()
        n_torch_threads()
        return net

    def _check_features(self, Z: ArrayLike) -> NDArray:
        check_is_fitted(self, "weights_")
        self._check_settings()
        features = as_numbers("Z", Z, ndim=2)
        if features.shape[1] != self._n_features_out:
            raise ValueError(
                f"Z has shape {features.shape}; it must be (n, {self._n_features_out}),"
                " as transform returns it."
            )
        return features

    def _logits(self, Z: ArrayLike) -> NDArray[np.float32]:
        features = self._check_features(Z)
        net = self.net_
        return class_logits(net.module_, features, device=net.device)

    @property
    def _dense(self) -> str | bool:
        return self.dense if isinstance(self.dense, str) else bool(self.dense)

    def _plan(self) -> TrainingPlan:
        return TrainingPlan(
            max_epochs=self.max_epochs,
            batch_size=self.batch_size,
            lr=self.lr,
            augment=self.augment,
            description_weight=self.description_weight,
            decorrelation_weight=self.decorrelation_weight,
            progress=self.verbose > 0,
        )

    def _evaluator(self) -> Evaluator:
        net = self.net_
        # Reading a network layer by layer takes longer than a few patches do.
        settings = (net, self._dense, self.precision)
        held = self.__dict__.setdefault("_evaluators", {})
        # Read and replaced as a whole, as other threads may do the same.
        found_for, evaluator = held.get("last", (None, None))
        if evaluator is None or found_for != settings:
            evaluator = make_evaluator(
                net, self._spec, self._dense_obstacle, self._dense, self.precision
            )
            held["last"] = settings, evaluator
        return evaluator

    def _check_settings(self) -> None:
        """Check the parameters that are read after `fit`, which may have been set."""
        check_parameters(self, ("device", "precision", "dense", "memory", "verbose"))

    def _check_rows(self, X: Any) -> Patches | NDArray:  # noqa: ANN401 - as transform
        check_is_fitted(self, "weights_")
        self._check_settings()
        rows = check_patch_rows(self, X, reset=False, patch_shape=self.patch_shape_)
        # Another scale of numbers is another exposure, which a slice's own is.
        if self._normalizer is None or not isinstance(rows, Patches):
            check_same_dtype(rows, self.patch_dtype_)
        return rows

    def _collect(
        self,
        rows: Patches | NDArray,
        n_columns: int,
        function: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    ) -> NDArray[np.float32]:
        """Return a function of the features, for all rows, in order."""
        self._evaluator().warn_if_slow(rows)
        n_features = self._n_features_out
        if is_remembered(self.memory, len(rows), n_features):
            network = (
                self._spec,
                None if self._normalizer is None else self._normalizer.fingerprint,
                # Memory-mapped arrays have another hash than arrays in memory.
                {name: np.asarray(value) for name, value in self.weights_.items()},
                self._dense,
                self.precision,
                resolve_device(self.device),
            )
            evaluate = partial(
                self._evaluate, n_columns=n_features, function=lambda found: found
            )
            return function(remembered_features(self.memory, network, rows, evaluate))
        return self._evaluate(rows, n_columns, function)

    def _evaluate(
        self,
        rows: Patches | NDArray,
        n_columns: int,
        function: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    ) -> NDArray[np.float32]:
        out = np.empty((len(rows), n_columns), dtype=np.float32)
        # None: only on a terminal, as a log would be filled by a bar.
        quiet, evaluator = None if self.verbose > 0 else True, self._evaluator()
        with tqdm(total=len(out), desc="features", unit="patch", disable=quiet) as bar:
            given = normalize_rows(rows, self._normalizer)
            for found, features in evaluator.iterate(given, always=self._dense is True):
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
