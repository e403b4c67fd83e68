"""The widgets of the plugin: the only file that imports napari."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn_microarch.napari._labels_layer import LayerTuple
from sklearn_microarch.napari._placement import LayerPlacement
from sklearn_microarch.napari._slice_of_layer import rois_of_layer, slice_of_layer

if TYPE_CHECKING:
    from magicgui.widgets import FunctionGui

_MODEL_FILE = {"filter": "*.microarch"}
_PIXEL_SIZE = {
    "min": 0.0,
    "max": 1000.0,
    "step": 0.01,
    "label": "pixel size (um)",
    "tooltip": "0: as the layer says",
}


def make_map_widget() -> "FunctionGui":
    """Return the widget that maps an Image layer; its layers lie over the slice."""
    from magicgui import magicgui
    from napari import Viewer
    from napari.layers import Image
    from napari.qt.threading import FunctionWorker, thread_worker

    @magicgui(
        call_button="Map",
        model={**_MODEL_FILE, "mode": "r"},
        stride={"min": 1, "max": 1024, "tooltip": "pixels between mapped centres"},
        pixel_size_um=_PIXEL_SIZE,
    )
    def map_with_model(
        viewer: Viewer,
        model: Path,
        image: Image,
        stride: int = 8,
        pixel_size_um: float = 0.0,
    ) -> FunctionWorker[None]:
        from sklearn_microarch.napari._map_layer import map_layer

        # What belongs to the viewer is read here, and not by another thread.
        picture = slice_of_layer(image, pixel_size_um=pixel_size_um or None)
        placement = LayerPlacement.of_layer(image)

        @thread_worker(progress={"total": 0, "desc": "mapping"})
        def work() -> list[LayerTuple]:
            maps, layers = map_layer(picture, placement, model, stride=stride)
            if maps.drift is not None:
                _show(f"{picture.name}: {maps.drift}")
            return layers

        return _start(work(), partial(_add_layers, viewer))

    return map_with_model


def make_train_widget() -> "FunctionGui":
    """Return the widget that trains a model on a Labels layer and writes it."""
    from magicgui import magicgui
    from napari.layers import Image, Labels
    from napari.qt.threading import FunctionWorker, thread_worker

    @magicgui(
        call_button="Train",
        names={"tooltip": "1=CTX, 2=VP; empty: as the table of the layer says"},
        model={**_MODEL_FILE, "mode": "w"},
        patch_size_um={"min": 1.0, "max": 5000.0, "label": "patch size (um)"},
        stride={"min": 1, "max": 1024},
        n_components={"min": 2, "max": 200, "label": "factors"},
        max_epochs={"min": 0, "max": 1000, "tooltip": "0: as usual"},
        overwrite={"label": "replace the file"},
        pixel_size_um=_PIXEL_SIZE,
    )
    def train_from_labels(
        *,
        image: Image,
        labels: Labels,
        names: str = "",
        model: Path = Path("model.microarch"),
        patch_size_um: float = 150.0,
        stride: int = 8,
        n_components: int = 15,
        max_epochs: int = 0,
        overwrite: bool = False,
        pixel_size_um: float = 0.0,
    ) -> FunctionWorker[None]:
        from sklearn_microarch.napari._train_on_labels import (
            TrainSettings,
            train_on_labels,
        )

        picture = slice_of_layer(image, pixel_size_um=pixel_size_um or None)
        rois = rois_of_layer(labels, image, picture, names=names)
        settings = TrainSettings(
            patch_size_um=patch_size_um,
            stride=stride,
            n_components=n_components,
            max_epochs=max_epochs or None,
            overwrite=overwrite,
        )

        @thread_worker(progress={"total": 0, "desc": "training"})
        def work() -> str:
            return str(train_on_labels(picture, rois, model, settings, say=_show))

        return _start(work(), _show)

    return train_from_labels


def _start(worker: Any, take: Callable[[Any], None]) -> Any:  # noqa: ANN401
    """Start a worker of napari; what it returns is taken by the viewer's thread."""
    worker.returned.connect(take)
    worker.start()
    return worker


def _add_layers(viewer: Any, layers: list[LayerTuple]) -> None:  # noqa: ANN401
    """Add layers under new names: one that is there may hold somebody's work."""
    from napari.layers import Layer

    for layer in layers:
        viewer.add_layer(Layer.create(*layer))


def _show(words: str) -> None:
    """Show a message in the corner of the viewer."""
    from napari.utils.notifications import show_info

    show_info(words)
