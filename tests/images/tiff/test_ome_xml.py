"""Tests of sklearn_microarch.images.tiff._ome_xml."""

import pytest

from sklearn_microarch.images.tiff._ome_xml import check_ome_xml, ome_pixels

NAMESPACE = 'xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"'


def test_the_pixels_of_each_image_are_found_in_order():
    xml = f"<OME {NAMESPACE}><Image><Pixels SizeX='3'/></Image><Image>"
    xml += "<Pixels SizeX='5'/></Image></OME>"
    assert [pixels["SizeX"] for pixels in ome_pixels(xml)] == ["3", "5"]


@pytest.mark.parametrize(
    "element",
    [
        '<Pixels SizeZ="1000" SizeC="1000" SizeT="1000"/>',
        '<Pixels SizeZ="-1" SizeC="1" SizeT="1"/>',
        '<TiffData IFD="0" NumPlanes="2000000000"/>',
        '<TiffData PlaneCount="2000000000"/>',
        '<AlongZ Start="0" End="1e9" Step="1"/>',
    ],
)
def test_a_text_that_announces_planes_without_end_is_refused(element):
    with pytest.raises(ValueError, match="announces"):
        check_ome_xml(f"<OME {NAMESPACE}>{element}</OME>")


def test_entities_are_refused():
    with pytest.raises(ValueError, match="entities"):
        check_ome_xml('<!DOCTYPE OME [<!ENTITY a "aaaa">]><OME>&a;</OME>')


def test_an_ordinary_text_passes():
    check_ome_xml('<OME><Pixels SizeX="90000" SizeY="90000" SizeZ="700"/></OME>')
