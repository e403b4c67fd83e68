"""Colour masks: a region for each colour, named by a table or by itself."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from sklearn_microarch.annotation.labels._read_label_image import read_label_image
from sklearn_microarch.exceptions import ImageFileError

RED, BLUE = (255, 0, 0), (0, 16, 200)


@pytest.fixture
def mask(codes):
    colors = np.zeros((8, 3), dtype=np.uint8)
    colors[1], colors[2], colors[7] = RED, BLUE, (255, 255, 255)
    return colors[codes]


def test_without_a_table_a_region_is_called_by_its_colour(tmp_path, mask):
    path = tmp_path / "mask.png"
    Image.fromarray(mask).save(path)
    rois = read_label_image(path)
    assert rois.areas() == {"#0010c8": 368, "#ff0000": 350, "#ffffff": 425}
    assert rois.colors[0xFF0000] == RED
    assert any("white" in note for note in rois.notes)
    white = read_label_image(path, unannotated_code=0xFFFFFF)
    assert set(white.areas()) == {"#000000", "#0010c8", "#ff0000"}


def test_transparent_pixels_are_of_no_region(mask, codes):
    opacity = np.where(codes == 1, 0, 255).astype(np.uint8)
    rois = read_label_image(np.dstack([mask, opacity]))
    assert set(rois.areas()) == {"#0010c8", "#ffffff"}
    with pytest.raises(
        ImageFileError, match="350 of its pixels are partly transparent"
    ):
        read_label_image(np.dstack([mask, np.maximum(opacity, 9)]))


def test_a_table_names_colours(tmp_path, mask):
    table = tmp_path / "table.csv"
    table.write_text(
        "id,name,r,g,b\n0,Clear,0,0,0\n614454277,CTX,255,0,0\n12,CC,0,16,200\n"
        "13,TH,255,255,255\n"
    )
    rois = read_label_image(mask, table=table)
    assert rois.areas() == {"CC": 368, "TH": 425, "CTX": 350}
    assert rois.codes[5, 10] == 614454277
    by_hand = read_label_image(
        mask,
        colors={3: RED, 4: BLUE, 5: (255, 255, 255)},
        names={3: "CTX", 4: "CC", 5: "TH"},
    )
    assert by_hand.areas() == {"CTX": 350, "CC": 368, "TH": 425}


def test_a_colour_that_regions_share_is_the_whole_of_them_or_keeps_its_name(
    tmp_path, mask
):
    table = tmp_path / "table.csv"
    rows = "id,name,parent,r,g,b\n1,CTX,,255,0,0\n2,layer 1,1,255,0,0\n"
    rows += "3,CC,,0,16,200\n4,TH,,255,255,255\n5,HY,,255,255,255\n"
    table.write_text(rows)
    rois = read_label_image(mask, table=table)
    assert rois.areas() == {"CTX": 350, "CC": 368, "#ffffff": 425}
    assert any("stands for 2 regions" in note for note in rois.notes)


def test_colours_that_are_not_in_the_table_are_an_error(tmp_path, mask):
    table = tmp_path / "table.csv"
    table.write_text("id,name,r,g,b\n1,CTX,255,0,0\n")
    with pytest.raises(ImageFileError, match="2 of its 4 colours, on 793 pixels"):
        read_label_image(mask, table=table)
    table.write_text("id,name\n1,CTX\n")
    with pytest.raises(ImageFileError, match="states no colours"):
        read_label_image(mask, table=table)


def test_a_smoothed_mask_is_an_error_that_counts_its_colours(tmp_path):
    large = Image.new("RGB", (480, 320))
    draw = ImageDraw.Draw(large)
    draw.ellipse([40, 40, 200, 280], fill=RED)
    draw.ellipse([220, 40, 440, 280], fill=BLUE)
    assert len(read_label_image(np.asarray(large)).areas()) == 2
    smooth = large.resize((120, 80), Image.Resampling.BILINEAR)
    with pytest.raises(ImageFileError, match=r"holds \d+ colours.*only at edges"):
        read_label_image(np.asarray(smooth))
    path = tmp_path / "mask.jpg"
    large.save(path)
    with pytest.raises(ImageFileError, match="JPEG, which blurs labels"):
        read_label_image(path)
    blurred = np.asarray(Image.open(path))
    with pytest.raises(ImageFileError, match="colours"):
        read_label_image(blurred)


def test_small_regions_of_many_colours_are_no_smoothing(rng):
    colors = rng.integers(0, 256, (150, 3)).astype(np.uint8)
    fine = np.kron(np.arange(150).reshape(10, 15), np.ones((2, 2), int))
    fine = np.vstack(
        [fine, np.kron(np.arange(90).reshape(6, 15), np.ones((4, 4), int))[:, :30]]
    )
    assert len(read_label_image(colors[fine]).areas()) >= 145
