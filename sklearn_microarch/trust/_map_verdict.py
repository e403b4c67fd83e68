"""What is said of one factor or cluster, with the figures it rests on."""

from dataclasses import dataclass
from math import nan


@dataclass(frozen=True)
class MapVerdict:
    """Whether one factor or cluster is real, in a word, a sentence and figures.

    Parameters
    ----------
    kind : {"factor", "cluster"}
        What it is.
    name : str
        Such as "factor07_VP", or "cluster2".
    verdict : str
        "supported"; "explained by ..." a nuisance or the labels; "gradient"; or
        "cannot tell".
    sentence : str
        Why, and what would be needed where nothing can be told.
    region : str
        The region it follows best.
    auc : float
        How well it tells that region from the others: 0.5 is chance, 1 is perfect.
    p_moved_labels : float
        Share of labels moved inside the tissue that are followed as well, corrected
        for all regions, factors and clusters of the report. NaN where they cannot be
        moved.
    p_surrogates : float
        The same share of random maps of its own grain.
    by_regions : float
        Share of its variance that the regions explain, on held-out blocks.
    nuisance : str
        What explains most of what regions leave.
    by_nuisance : float
        Share of its variance that this explains.
    left_by_nuisance : float
        Of the variance that regions leave, the share that this explains.
    gradient_inside : float
        Of the variance inside the largest region, the share that one smooth function
        of position explains.
    beyond_logits : float
        Of the variance inside regions, the share that the network's logits leave. NaN
        where no region has ten cells for each region that the network knows.
    again, again_within : float
        Correlation with its partner in networks of other seeds: over the slice, and
        inside regions, their means taken out. Medians; NaN without such networks.
    n_seeds : int
        How many such networks there were.
    n_animals, n_animals_followed : int
        Animals, and those in which it follows the region by itself (p <= 0.05), and is
        found by a fit without that animal.
    selected : str, default=""
        The region that the pipeline's rule chooses it for on the cells of the report,
        "" for none.
    selection_holds : bool or None, default=None
        Whether that is the same if a factor counts as active only above 0.001, or
        0.01, of its 99th percentile. None for clusters, and where the pipeline chooses
        no factors.
    by_depth, by_layers : float, default=nan
        Of a layer: shares of the variance that a smooth function of depth explains,
        and that the layers do, where the depth is known, on held-out blocks. NaN where
        the region is none.
    p_redrawn : float, default=nan
        Share of draws in which the map, redrawn within bands of depth, follows a layer
        as well, corrected for all factors and clusters. NaN where bands hold one label.
    holds_flat : bool or None, default=None
        Whether the same region is followed beyond chance (p <= 0.05) when low-pass grey
        level, rows and columns are taken out of the map. None where chance cannot tell.
    p_within : float, default=nan
        Share of random maps of the grain it has inside regions that agree as well with
        networks of other seeds there as ``again_within`` says, corrected for all
        factors and clusters. NaN without such networks.
    p_number : float, default=nan
        Of a cluster: share of gradients that, cut into as many pieces as there are
        clusters, come again as well in two halves of the tissue, the same for all
        clusters of a report. NaN for factors, and where that cannot be asked.

    See Also
    --------
    trust_report : Makes it.

    Examples
    --------
    >>> from sklearn_microarch.trust import MapVerdict
    >>> found = MapVerdict(
    ...     "factor", "factor07_VP", "explained by row", "Lines.", "VP", 0.6, 0.4, 0.5,
    ...     0.02, "row", 0.9, 0.9, 0.1, 0.8, 0.9, 0.9, 5, 1, 0,
    ... )
    >>> print(found)
    factor07_VP: explained by row. Lines.
    """

    kind: str
    name: str
    verdict: str
    sentence: str
    region: str
    auc: float
    p_moved_labels: float
    p_surrogates: float
    by_regions: float
    nuisance: str
    by_nuisance: float
    left_by_nuisance: float
    gradient_inside: float
    beyond_logits: float
    again: float
    again_within: float
    n_seeds: int
    n_animals: int
    n_animals_followed: int
    selected: str = ""
    selection_holds: bool | None = None
    by_depth: float = nan
    by_layers: float = nan
    p_redrawn: float = nan
    holds_flat: bool | None = None
    p_within: float = nan
    p_number: float = nan

    def __str__(self) -> str:
        return f"{self.name}: {self.verdict}. {self.sentence}"
