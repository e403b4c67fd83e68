"""The page in a real browser: layers, values, keyboard, hostile names, print."""

from base64 import b64decode

import imagecodecs
import numpy as np
import pytest
from report.made_maps import HOSTILE, make_maps

from sklearn_microarch import RoiMap
from sklearn_microarch.report import generate_report

SIDES = {"width": 1366, "height": 768}


@pytest.fixture
def open_page(browser, tmp_path):
    """Return a function that opens a report, and fails where the page complains."""
    complaints, opened = [], []

    def opens(report, **context):
        path = report.save(tmp_path / "page.html")
        page = browser.new_page(viewport=SIDES, **context)
        opened.append(page)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("#viewer[data-ready]")
        return page

    requests = []
    yield opens
    for page in opened:
        page.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []


def place_of(page, maps, row, col):
    """Return where a cell of the maps lies on the canvas, the whole slice shown."""
    canvas = page.locator("canvas").bounding_box()
    height, width = maps.image.shape
    scale = min(canvas["width"] / width, canvas["height"] / height)
    (top, left), size = maps.offset, maps.cell_size
    return {
        "x": (canvas["width"] - width * scale) / 2 + scale * (left + size * col + 0.5),
        "y": (canvas["height"] - height * scale) / 2 + scale * (top + size * row + 0.5),
    }


def read(page, kind):
    """Return the values of a kind under the pointer, as numbers or words."""
    nodes = page.locator(f".readout dd[data-kind={kind}]")
    return [node.get_attribute("data-value") for node in nodes.all()]


def pixels(page):
    """Return what is drawn on the canvas, as one long text."""
    return page.evaluate("document.querySelector('canvas').toDataURL()")


def test_values_under_the_pointer_are_right_to_half_a_step(open_page, maps, rois, rng):
    page = open_page(generate_report(maps, rois=rois))
    steps = {
        "probability": np.nanmax(maps.region_probabilities, axis=(0, 1)) / 254,
        "factor": np.nanmax(maps.factors, axis=(0, 1)) / 254,
        "novelty": np.nanmax(maps.novelty, axis=(0, 1), keepdims=True)[0] / 254,
    }
    truth = {
        "probability": maps.region_probabilities,
        "factor": maps.factors,
        "novelty": maps.novelty[..., np.newaxis],
    }
    for row, col in rng.integers((4, 7), (55, 90), size=(6, 2)).tolist():
        page.locator("canvas").hover(position=place_of(page, maps, row, col))
        for kind, values in truth.items():
            found = np.array(read(page, kind), dtype=float)
            off = np.abs(found - values[row, col])
            assert (off <= steps[kind] / 2 + 1e-9).all()
        region = maps.region_names[maps.predicted_regions[row, col]]
        assert read(page, "regions") == [region]
        assert read(page, "clusters") == [f"cluster {maps.clusters[row, col]}"]
        at = [round(3 + 4 * row), round(2 + 4 * col)]
        code = rois.on(maps.image)[tuple(at)]
        assert read(page, "annotation") == [{0: "", 1: "CTX", 2: "VP"}[code]]
        place = page.locator(".readout dd").first.text_content()
        assert place.startswith(f"row {at[0]}, column {at[1]}")


def test_where_nothing_is_mapped_there_are_no_values(open_page, maps):
    page = open_page(generate_report(maps))
    page.locator("canvas").hover(position=place_of(page, maps, 0, 0))
    for kind in ("probability", "factor", "novelty", "regions", "clusters"):
        assert set(read(page, kind)) == {""}


def test_layers_are_switched_and_faded(open_page, maps, rois):
    page = open_page(generate_report(maps, rois=rois))
    boxes = page.locator(".layer input[type=checkbox]")
    labels = [label.text_content() for label in page.locator(".layer label").all()]
    assert labels == [
        "Slice",
        "Predicted regions",
        "Factor 1: CTX",
        "Factor 7: VP",
        "Clusters",
        "Novelty",
        "Unknown tissue",
        "Annotation",
    ]
    for at in range(len(labels)):
        before = pixels(page)
        boxes.nth(at).click()
        assert pixels(page) != before, labels[at]
        boxes.nth(at).click()
        assert pixels(page) == before, labels[at]
    regions = page.get_by_label("Opacity of Predicted regions")
    before = pixels(page)
    regions.fill("10")
    assert pixels(page) != before


def test_cells_are_painted_in_the_colour_of_the_key(open_page, maps):
    page = open_page(generate_report(maps))
    for name in ("Slice", "Unknown tissue"):
        page.get_by_role("checkbox", name=name).click()
    page.get_by_label("Opacity of Predicted regions").fill("100")
    data = page.evaluate("document.querySelector('canvas').toDataURL()")
    drawn = imagecodecs.png_decode(b64decode(data.partition(",")[2]))
    colors = [(0, 114, 178), (230, 159, 0), (0, 158, 115)]
    for row, col in [(10, 20), (40, 60), (54, 89)]:
        at = place_of(page, maps, row, col)
        painted = drawn[int(at["y"]), int(at["x"]), :3].tolist()
        assert painted == list(colors[maps.predicted_regions[row, col]])


def test_the_keyboard_moves_zooms_and_reads(open_page, maps):
    page = open_page(generate_report(maps))
    canvas = page.locator("canvas")
    canvas.focus()
    whole = pixels(page)
    seen = {whole}
    for key in ("ArrowLeft", "+", "ArrowUp", "ArrowRight", "-", "ArrowDown", "+"):
        page.keyboard.press(key)
        seen.add(pixels(page))
    assert len(seen) >= 7
    assert page.locator(".spoken").text_content().startswith("row ")
    assert "Cluster: cluster" in page.locator(".spoken").text_content()
    page.keyboard.press("0")
    assert pixels(page) == whole
    outline = canvas.evaluate("node => getComputedStyle(node).outlineWidth")
    assert outline == "3px"


def test_everything_is_reached_by_tab_and_has_a_name(open_page, maps):
    page = open_page(generate_report(maps))
    names = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        names.add(
            page.evaluate(
                """() => { const node = document.activeElement;
                const label = node.labels && node.labels[0];
                return node.getAttribute('aria-label')
                    || (label || node).textContent.trim(); }"""
            )
        )
    assert {"Skip to the text", "Zoom in", "Clusters", "Opacity of Slice"} <= names
    assert "Slice m1: z309 with its maps" in names
    assert "" not in names


def test_wheel_and_drag_move_the_slice_once_it_is_clicked(open_page, maps):
    page = open_page(generate_report(maps))
    canvas = page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    before = pixels(page)
    page.mouse.down()
    page.mouse.move(x + 80, y + 20, steps=3)
    page.mouse.up()
    dragged = pixels(page)
    page.mouse.wheel(0, -100)
    page.wait_for_function(
        "before => document.querySelector('canvas').toDataURL() !== before", arg=dragged
    )
    assert before != dragged


def test_names_from_files_are_text_and_nothing_else(open_page, rng):
    regions = HOSTILE[:3]
    maps = make_maps(rng, name=HOSTILE[0], specimen=HOSTILE[1], regions=regions)
    codes = np.zeros((242, 403), dtype=int)
    codes[20:220, 30:180] = 1
    bad = dict(enumerate(HOSTILE))
    page = open_page(
        generate_report(
            maps,
            rois=RoiMap(codes, {1: HOSTILE[3]}),
            training={
                "warnings": list(HOSTILE),
                "settings": dict.fromkeys(HOSTILE, HOSTILE[1]),
                "validation": {"regions": [{"region": word} for word in HOSTILE]},
            },
            stats=[dict.fromkeys(HOSTILE, HOSTILE[0])],
            verdicts="\n".join(HOSTILE[:5]),
            notes=list(bad.values()),
            title=HOSTILE[0],
        )
    )
    assert page.evaluate("window.hacked") is None
    assert page.title() == HOSTILE[0]
    assert page.locator("main img[src=x]").count() == 0
    assert page.locator("script").count() == 2
    for word in HOSTILE[:5]:
        assert page.get_by_text(word, exact=False).count() > 0
    page.locator("canvas").hover(position=place_of(page, maps, 20, 20))
    assert read(page, "regions")[0] in regions


def test_the_page_runs_no_script_but_its_own(open_page, maps, browser, tmp_path):
    report = generate_report(maps)
    forged = report.html.replace("</main>", "</main><script>window.hacked=3</script>")
    path = tmp_path / "forged.html"
    path.write_text(forged, encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("#viewer[data-ready]")
    assert page.evaluate("window.hacked") is None
    page.close()


def test_several_slices_are_chosen_from_a_list(open_page, rng):
    several = [make_maps(rng, name="first"), make_maps(rng, name="second")]
    page = open_page(generate_report(several))
    first = pixels(page)
    page.locator("#chooser select").select_option(label="m1: second")
    page.wait_for_selector("#viewer[data-ready='1']")
    assert pixels(page) != first
    page.locator("canvas").hover(position=place_of(page, several[1], 30, 40))
    found = float(read(page, "factor")[1])
    step = np.nanmax(several[1].factors[..., 1]) / 254
    assert abs(found - several[1].factors[30, 40, 1]) <= step / 2 + 1e-6


def test_in_print_pictures_stand_and_the_viewer_does_not(open_page, maps, rois):
    page = open_page(generate_report(maps, rois=rois))
    page.emulate_media(media="print")
    assert not page.locator("#viewer").is_visible()
    assert page.locator(".still img").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="screen")
    assert page.locator("canvas").is_visible()


def test_nothing_is_wider_than_a_laptop_or_a_phone(open_page, maps, rois, training):
    page = open_page(generate_report(maps, rois=rois, training=training))
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 768})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width


def test_without_scripts_the_pictures_are_there(browser, maps, tmp_path):
    path = generate_report(maps).save(tmp_path / "page.html")
    page = browser.new_page(java_script_enabled=False)
    page.goto(path.as_uri())
    assert page.locator(".still img").first.is_visible()
    assert page.get_by_text("needs JavaScript").is_visible()
    assert not page.locator("#viewer").is_visible()
    page.close()


def test_a_notebook_shows_the_page_in_a_frame(browser, maps, tmp_path):
    path = tmp_path / "notebook.html"
    path.write_text(generate_report(maps)._repr_html_(), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.frame_locator("iframe").locator("#viewer[data-ready]").wait_for()
    page.close()
