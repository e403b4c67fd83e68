"use strict";
(() => {
  const root = document.getElementById("viewer");
  const sources = [...document.querySelectorAll("script.slice-data")];
  if (!root || !sources.length) return;
  const canvas = root.querySelector("canvas");
  const pen = canvas.getContext("2d");
  const panel = root.querySelector(".layers div");
  const readout = root.querySelector(".readout");
  const spoken = root.querySelector(".spoken");
  const PAN = 60; // pixels of the screen
  const ZOOM = 1.25;
  const HERE = { regions: "Region", clusters: "Cluster", novelty: "Novelty", annotation: "Annotation" };
  const MOST_ZOOM = 16; // pixels of the screen for one of the slice
  let slice = null;
  // Pixels of the screen for one of the slice, and the slice's corner on the screen.
  const view = { scale: 1, left: 0, top: 0 };
  let fitted = true; // to the canvas, as long as nobody zooms or moves
  // Where values are read, in pixels of the screen; null: in the middle.
  let pointer = null;

  const make = (tag, text = "", parent = null) => {
    const node = document.createElement(tag);
    node.textContent = text; // never parsed: names come from files
    if (parent) parent.append(node);
    return node;
  };
  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  async function unpack(text, rows, columns) {
    const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
    const codes = new Uint8Array(await new Response(stream).arrayBuffer());
    for (let row = 0; row < rows; row++) {
      for (let at = row * columns + 1; at < (row + 1) * columns; at++) codes[at] += codes[at - 1];
    }
    return codes;
  }

  function paintCells(layer, rows, columns) {
    const painted = document.createElement("canvas");
    painted.width = columns;
    painted.height = rows;
    const brush = painted.getContext("2d");
    const picture = brush.createImageData(columns, rows);
    const colors = new Uint32Array(bytesOf(layer.table).buffer);
    const pixels = new Uint32Array(picture.data.buffer);
    for (let at = 0; at < pixels.length; at++) pixels[at] = colors[layer.values[at]];
    brush.putImageData(picture, 0, 0);
    return painted;
  }

  async function load(source) {
    const found = JSON.parse(source.textContent);
    const { rows, columns } = found.cells;
    found.picture = new Image();
    const pictured = new Promise((done) => {
      found.picture.onload = found.picture.onerror = done;
    });
    found.picture.src = found.backdrop.src;
    for (const layer of found.layers) {
      layer.values = await unpack(layer.codes, rows, columns);
      layer.codes = null;
      if (layer.table && layer.kind !== "annotation") layer.painted = paintCells(layer, rows, columns);
    }
    found.paths = found.outlines.map((path) => new Path2D(path));
    found.layers.unshift({ kind: "slice", title: "Slice", key: [], shown: true, opacity: 1 });
    await pictured;
    return found;
  }

  function draw() {
    // In print the canvas has no size.
    if (!slice || !canvas.clientWidth) return;
    const dots = window.devicePixelRatio || 1;
    const width = canvas.clientWidth, height = canvas.clientHeight;
    canvas.width = Math.round(width * dots);
    canvas.height = Math.round(height * dots);
    pen.setTransform(dots, 0, 0, dots, 0, 0);
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, width, height);
    pen.setTransform(dots * view.scale, 0, 0, dots * view.scale, dots * view.left, dots * view.top);
    for (const layer of slice.layers) if (layer.shown) drawLayer(layer);
    pen.setTransform(dots, 0, 0, dots, 0, 0);
    pen.globalAlpha = 1;
    drawScaleBar(width, height);
    drawLetters(width, height);
    if (!pointer && document.activeElement === canvas) drawCross(width / 2, height / 2);
    tell();
  }

  function drawLayer(layer) {
    pen.globalAlpha = layer.opacity;
    if (layer.kind === "slice") {
      pen.imageSmoothingEnabled = view.scale * (slice.backdrop.width / slice.picture.width) < 3;
      pen.drawImage(slice.picture, 0, 0, slice.backdrop.width, slice.backdrop.height);
    } else if (layer.kind === "annotation") {
      for (const [width, color] of [[3.5, "#000"], [1.7, "#fff"]]) {
        pen.lineWidth = width / view.scale;
        pen.strokeStyle = color;
        for (const path of slice.paths) pen.stroke(path);
      }
    } else if (layer.painted) {
      const { rows, columns, size, offset } = slice.cells;
      pen.imageSmoothingEnabled = false;
      pen.drawImage(layer.painted, offset[1] + 0.5 - size / 2, offset[0] + 0.5 - size / 2, columns * size, rows * size);
    }
  }

  function drawScaleBar(width, height) {
    if (!slice.pixelSize) return;
    const most = (0.18 * width * slice.pixelSize) / view.scale;
    const power = 10 ** Math.floor(Math.log10(most));
    const length = [5, 2, 1].map((digit) => digit * power).find((candidate) => candidate <= most * 1.0001);
    const across = (length / slice.pixelSize) * view.scale;
    const text = length >= 1000 ? `${+(length / 1000).toPrecision(3)} mm` : `${+length.toPrecision(3)} µm`;
    pen.fillStyle = "rgba(0,0,0,0.65)";
    pen.fillRect(width - across - 24, height - 38, across + 16, 30);
    pen.fillStyle = "#fff";
    pen.fillRect(width - across - 16, height - 16, across, 4);
    pen.font = "13px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.fillText(text, width - 16 - across / 2, height - 21);
  }

  // Which way is dorsal, where the slice states it.
  function drawLetters(width, height) {
    const places = { top: [width / 2, 18], bottom: [width / 2, height - 8], left: [14, height / 2], right: [width - 14, height / 2] };
    pen.font = "14px system-ui, sans-serif";
    pen.textAlign = "center";
    for (const [side, letter] of Object.entries(slice.letters)) {
      const [x, y] = places[side];
      const across = pen.measureText(letter).width;
      const shift = side === "left" ? across / 2 : side === "right" ? -across / 2 : 0;
      pen.fillStyle = "rgba(0,0,0,0.65)";
      pen.fillRect(x + shift - across / 2 - 4, y - 14, across + 8, 19);
      pen.fillStyle = "#fff";
      pen.fillText(letter, x + shift, y);
    }
  }

  function drawCross(x, y) {
    for (const [width, color] of [[4, "#000"], [2, "#fff"]]) {
      pen.lineWidth = width;
      pen.strokeStyle = color;
      pen.beginPath();
      pen.moveTo(x - 12, y);
      pen.lineTo(x + 12, y);
      pen.moveTo(x, y - 12);
      pen.lineTo(x, y + 12);
      pen.stroke();
    }
  }

  // The cell under a place of the slice, in pixels from the centre of its first one.
  function cellAt(row, column) {
    const { rows, columns, size, offset } = slice.cells;
    const r = Math.ceil((row - offset[0]) / size - 0.5), c = Math.ceil((column - offset[1]) / size - 0.5);
    return r < 0 || c < 0 || r >= rows || c >= columns ? -1 : r * columns + c;
  }

  function valueOf(layer, cell) {
    const code = cell < 0 ? 0 : layer.values[cell];
    if (code === 0) return { text: "–", value: "" };
    if (layer.names.length) return { text: layer.names[code - 1], value: layer.names[code - 1] };
    const value = layer.low + layer.step * (code - 1);
    const digits = Math.min(8, Math.max(0, Math.ceil(1 - Math.log10(layer.step))));
    return { text: value.toFixed(digits), value: String(value), half: (layer.step / 2).toPrecision(1) };
  }

  function tell() {
    const x = pointer ? pointer[0] : canvas.clientWidth / 2;
    const y = pointer ? pointer[1] : canvas.clientHeight / 2;
    const column = (x - view.left) / view.scale - 0.5, row = (y - view.top) / view.scale - 0.5;
    const cell = cellAt(row, column);
    const inside = row >= -0.5 && column >= -0.5 && row < slice.height - 0.5 && column < slice.width - 0.5;
    let place = inside ? `row ${Math.round(row)}, column ${Math.round(column)}` : "beside the slice";
    if (inside && slice.pixelSize) {
      place += ` (${Math.round(row * slice.pixelSize)} µm, ${Math.round(column * slice.pixelSize)} µm)`;
    }
    slice.placeNode.textContent = place;
    const words = [place];
    for (const layer of slice.layers) {
      if (!layer.valueNode) continue;
      const found = valueOf(layer, cell);
      layer.valueNode.textContent = found.text;
      layer.valueNode.dataset.value = found.value;
      if (found.half) make("small", ` ±${+found.half}`, layer.valueNode);
      if (found.value && !["probability", "factor"].includes(layer.kind)) words.push(`${HERE[layer.kind]}: ${found.text}`);
    }
    return words.join(", ");
  }

  function buildReadout() {
    readout.replaceChildren();
    const column = (title) => {
      const list = make("dl", "", readout);
      make("h3", title, list);
      return list;
    };
    const here = column("Here");
    make("dt", "Place", here);
    slice.placeNode = make("dd", "", here);
    const columns = { probability: null, factor: null };
    const titles = { probability: "Probability of each region", factor: "Loading of each factor" };
    for (const layer of slice.layers) {
      if (layer.kind === "slice" || layer.kind === "unknown") continue;
      if (layer.kind in columns && !columns[layer.kind]) columns[layer.kind] = column(titles[layer.kind]);
      const list = columns[layer.kind] || here;
      make("dt", HERE[layer.kind] || layer.title, list).title = layer.title;
      layer.valueNode = make("dd", "", list);
      layer.valueNode.dataset.kind = layer.kind;
    }
  }

  function buildLayers() {
    panel.replaceChildren();
    slice.layers.forEach((layer, at) => {
      if (layer.kind !== "slice" && !layer.table) return;
      const line = make("div", "", panel);
      line.className = "layer";
      const box = make("input", "", line);
      box.type = "checkbox";
      box.id = `layer-${at}`;
      box.checked = layer.shown;
      const label = make("label", "", line);
      label.htmlFor = box.id;
      label.title = layer.title;
      if (layer.kind === "factor") addSwatch(layer.key[0][0], label);
      label.append(layer.title);
      const range = make("input", "", line);
      range.type = "range";
      range.min = 0;
      range.max = 100;
      range.step = 5;
      range.value = Math.round(100 * layer.opacity);
      range.setAttribute("aria-label", `Opacity of ${layer.title}`);
      const key = layer.key.length && layer.kind !== "factor" && layer.kind !== "annotation" ? addKey(layer, panel) : null;
      const refresh = () => {
        layer.shown = box.checked;
        layer.opacity = range.value / 100;
        range.disabled = !box.checked;
        if (key) key.hidden = !box.checked;
        draw();
      };
      range.disabled = !box.checked;
      if (key) key.hidden = !box.checked;
      box.addEventListener("change", refresh);
      range.addEventListener("input", refresh);
    });
  }

  function addSwatch(color, parent) {
    const swatch = make("span", "", parent);
    swatch.className = "swatch";
    swatch.style.background = color;
  }

  function addKey(layer, parent) {
    const list = make("ul", "", parent);
    list.className = "key";
    for (const [color, text] of layer.key) {
      const item = make("li", "", list);
      addSwatch(color, item);
      make("bdi", text, item);
    }
    return list;
  }

  function fitScale() {
    return Math.min(canvas.clientWidth / slice.width, canvas.clientHeight / slice.height);
  }

  function fit() {
    if (!slice || !canvas.clientWidth) return;
    fitted = true;
    view.scale = fitScale();
    view.left = (canvas.clientWidth - slice.width * view.scale) / 2;
    view.top = (canvas.clientHeight - slice.height * view.scale) / 2;
    draw();
  }

  function zoom(factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
    fitted = false;
    const scale = Math.min(MOST_ZOOM, Math.max(fitScale() / 2, view.scale * factor));
    view.left = x - ((x - view.left) * scale) / view.scale;
    view.top = y - ((y - view.top) * scale) / view.scale;
    view.scale = scale;
    draw();
  }

  function pan(x, y) {
    fitted = false;
    // The middle of the view stays on the slice.
    const width = canvas.clientWidth / 2, height = canvas.clientHeight / 2;
    view.left = Math.min(width, Math.max(width - slice.width * view.scale, view.left + x));
    view.top = Math.min(height, Math.max(height - slice.height * view.scale, view.top + y));
    draw();
  }

  const KEYS = {
    ArrowLeft: () => pan(PAN, 0),
    ArrowRight: () => pan(-PAN, 0),
    ArrowUp: () => pan(0, PAN),
    ArrowDown: () => pan(0, -PAN),
    "+": () => zoom(ZOOM),
    "=": () => zoom(ZOOM),
    "-": () => zoom(1 / ZOOM),
    0: () => fit(),
  };

  canvas.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || !slice || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    pointer = null;
    act();
    spoken.textContent = tell();
  });
  canvas.addEventListener("focus", draw);
  canvas.addEventListener("blur", draw);
  let held = null;
  canvas.addEventListener("pointerdown", (event) => {
    held = [event.clientX, event.clientY];
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
  });
  canvas.addEventListener("pointerup", () => (held = null));
  canvas.addEventListener("pointercancel", () => (held = null));
  canvas.addEventListener("pointermove", (event) => {
    if (!slice) return;
    const box = canvas.getBoundingClientRect();
    pointer = [event.clientX - box.left, event.clientY - box.top];
    if (!held) return void draw();
    const [x, y] = held;
    held = [event.clientX, event.clientY];
    pan(event.clientX - x, event.clientY - y);
  });
  canvas.addEventListener("pointerleave", () => {
    pointer = null;
    draw();
  });
  canvas.addEventListener("wheel", (event) => {
    // Until the slice is clicked the wheel scrolls the page.
    if (!slice || (document.activeElement !== canvas && !event.ctrlKey)) return;
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    zoom(event.deltaY < 0 ? ZOOM : 1 / ZOOM, event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  const buttons = { in: () => zoom(ZOOM), out: () => zoom(1 / ZOOM), fit };
  for (const button of root.querySelectorAll("button")) {
    button.addEventListener("click", () => slice && buttons[button.dataset.do]());
  }

  async function choose(at) {
    const found = await load(sources[at]);
    slice = found;
    root.querySelector(".grey").textContent = slice.backdrop.about;
    canvas.setAttribute("aria-label", `Slice ${slice.title} with its maps`);
    canvas.style.aspectRatio = `${slice.width} / ${slice.height}`;
    buildLayers();
    buildReadout();
    fit();
    root.dataset.ready = String(at);
  }

  root.hidden = false;
  document.getElementById("still-only").hidden = true;
  const chooser = root.querySelector("#chooser");
  if (sources.length > 1) {
    chooser.hidden = false;
    const select = chooser.querySelector("select");
    sources.forEach((source, at) => {
      make("option", JSON.parse(source.textContent).title, select).value = at;
    });
    select.addEventListener("change", () => choose(Number(select.value)));
  }
  new ResizeObserver(() => (fitted ? fit() : draw())).observe(canvas);
  choose(0);
})();
