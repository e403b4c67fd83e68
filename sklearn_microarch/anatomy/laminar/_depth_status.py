"""Why a pixel has a depth or has none."""

#: Codes of `LaminarDepth.status`, and what they say.
DEPTH_STATUS = {
    0: "outside the region",
    1: "has a depth",
    2: "near a cut edge, a crop or another region",
    3: "strong curvature",
    4: "not between pia and white matter",
}
OUTSIDE, KNOWN, NEAR_WALL, CURVED, NOT_BETWEEN = DEPTH_STATUS
