// Light charts for the explorers: SVG panels drawn from plain data. Hovering tells values, dots, cells and
// bars can be picked, dragging sideways zooms where a panel allows it. No library, nothing from the network.
const NS = "http://www.w3.org/2000/svg";
const FONT = 11;
const INK = "var(--jp-ui-font-color1, #222222)";
const SOFT = "var(--jp-ui-font-color2, #666666)";
const GRID = "var(--jp-border-color2, #E4E4E4)";
const NEAR = 18;

function element(name, attributes, parent, text) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.appendChild(made);
  return made;
}

function division(className, parent, text) {
  const made = document.createElement("div");
  made.className = className;
  if (text !== undefined) made.textContent = text;
  parent.appendChild(made);
  return made;
}

const hue = (colour) => (colour === "ink" ? INK : colour === "soft" ? SOFT : colour || INK);
const known = (value) => value !== null && value !== undefined && Number.isFinite(value);
const short = (value) => String(Number(value.toPrecision(4))).replace("-", "\u2212");

function limits(panel, axis) {
  if (panel[axis + "lim"]) return panel[axis + "lim"];
  let low = Infinity, high = -Infinity;
  const meet = (values) => {
    for (const value of values || []) {
      if (!known(value) || (axis === "y" && panel.log && value <= 0)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  };
  for (const mark of panel.marks) {
    if (mark.kind === "rules") { if (mark.axis === axis && mark.counts) meet(mark.at); continue; }
    if (mark.kind === "spans") { if (axis === "x") { meet(mark.starts); meet(mark.ends); } continue; }
    meet(mark[axis]);
    if (axis === "y") { meet(mark.low); meet(mark.high); }
    if (mark.kind === "bars") meet(axis === "y" && !panel.log ? [0] : mark.x.flatMap((x) => [x - 0.5, x + 0.5]).filter(() => axis === "x"));
    if (mark.kind === "cells") meet(axis === "x" ? [-0.5, mark.values[0].length - 0.5] : [-0.5, mark.values.length - 0.5]);
  }
  if (low > high) return [0, 1];
  if (panel.log && axis === "y") return low === high ? [low / 2, high * 2] : [low / 1.2, high * 1.2];
  const tight = panel.marks.some((mark) => mark.kind === "cells") || (axis === "x" && panel.marks.some((mark) => mark.kind === "bars"));
  const pad = low === high ? Math.abs(low) || 1 : tight ? 0 : (high - low) * (axis === "x" && !panel.loose ? 0.01 : 0.06);
  const floor = panel.marks.some((mark) => mark.kind === "bars") && axis === "y" && low === 0;
  return [floor ? 0 : low - pad, high + pad];
}

function ticks(low, high, count, log) {
  if (log) {
    const all = [], from = Math.floor(Math.log10(low)), to = Math.ceil(Math.log10(high));
    const few = to - from > 3;
    for (let power = from; power <= to; power++)
      for (const part of few ? [1] : [1, 2, 5]) {
        const at = part * 10 ** power;
        if (at >= low && at <= high) all.push(at);
      }
    return all;
  }
  const rough = (high - low) / Math.max(count, 1), scale = 10 ** Math.floor(Math.log10(rough));
  const step = scale * ([1, 2, 5, 10].find((part) => part * scale >= rough) || 10);
  const all = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-6; at += step)
    all.push(Math.abs(at) < step * 1e-6 ? 0 : at);
  return all;
}

function path(xs, ys) {
  let out = "", pen = "M";
  for (let i = 0; i < xs.length; i++) {
    if (!known(xs[i]) || !known(ys[i])) { pen = "M"; continue; }
    out += pen + xs[i].toFixed(1) + " " + ys[i].toFixed(1);
    pen = "L";
  }
  return out;
}

const DRAW = {
  spans(mark, to, layer, { top, bottom }) {
    mark.starts.forEach((start, i) => {
      const left = to.x(start), width = Math.max(to.x(mark.ends[i]) - left, 0);
      const box = { x: left, y: top, width, height: bottom - top };
      if (mark.hatched) {
        element("rect", { ...box, fill: hue(mark.colour), opacity: 0.12 }, layer);
        element("rect", { ...box, fill: "none", stroke: hue(mark.colour), "stroke-dasharray": "3 3" }, layer);
      } else element("rect", { ...box, fill: hue(mark.colour), opacity: i % 2 ? 0.22 : 0.11 }, layer);
    });
  },
  rules(mark, to, layer, { left, right, top, bottom }) {
    for (const at of mark.at) {
      if (!known(at)) continue;
      const along = mark.axis === "x" ? { x1: to.x(at), x2: to.x(at), y1: top, y2: bottom } : { x1: left, x2: right, y1: to.y(at), y2: to.y(at) };
      element("line", { ...along, stroke: hue(mark.colour), "stroke-width": mark.width || 1, "stroke-dasharray": mark.dash || "" }, layer);
    }
  },
  band(mark, to, layer) {
    const forth = path(mark.x.map(to.x), mark.high.map(to.y));
    const back = path([...mark.x].reverse().map(to.x), [...mark.low].reverse().map(to.y)).replace("M", "L");
    element("path", { d: forth + back + "Z", fill: hue(mark.colour), opacity: 0.17 }, layer);
  },
  line(mark, to, layer) {
    element("path", { d: path(mark.x.map(to.x), mark.y.map(to.y)), fill: "none", stroke: hue(mark.colour), "stroke-width": mark.width || 1.5, "stroke-dasharray": mark.dash || "", "stroke-linejoin": "round", "stroke-linecap": "round" }, layer);
  },
  dots(mark, to, layer) {
    // One path of round points a colour: thousands of dots cost one element.
    const d = mark.x.map((x, i) => (known(x) && known(mark.y[i]) ? `M${to.x(x).toFixed(1)} ${to.y(mark.y[i]).toFixed(1)}h0` : "")).join("");
    const size = mark.size || 6;
    if (mark.ring) element("path", { d, stroke: hue(mark.colour), "stroke-width": size + 5, "stroke-linecap": "round" }, layer);
    if (mark.ring) element("path", { d, stroke: "var(--jp-layout-color0, white)", "stroke-width": size + 1, "stroke-linecap": "round" }, layer);
    element("path", { d, stroke: hue(mark.fill || mark.colour), "stroke-width": mark.ring ? size - 2 : size, "stroke-linecap": "round", opacity: mark.faint ? 0.35 : 0.85 }, layer);
  },
  errors(mark, to, layer) {
    mark.x.forEach((x, i) => {
      if (known(mark.low[i]) && known(mark.high[i]))
        element("line", { x1: to.x(x), x2: to.x(x), y1: to.y(mark.low[i]), y2: to.y(mark.high[i]), stroke: hue(mark.colour), "stroke-width": 1.2, opacity: 0.8 }, layer);
    });
  },
  bars(mark, to, layer, { bottom }) {
    mark.x.forEach((x, i) => {
      if (!known(mark.y[i])) return;
      const left = to.x(x - 0.4), at = Math.min(to.y(mark.y[i]), bottom);
      element("rect", { x: left, width: to.x(x + 0.4) - left, y: at, height: Math.max(bottom - at, 0), fill: hue(mark.colours[i]) }, layer);
    });
  },
  cells(mark, to, layer) {
    const most = mark.top || Math.max(1e-12, ...mark.values.flat().filter(known));
    mark.values.forEach((row, r) =>
      row.forEach((value, c) => {
        const x = to.x(c - 0.5), y = to.y(r - 0.5);
        const [wide, high] = [to.x(c + 0.5) - x, to.y(r + 0.5) - y];
        const gap = wide > 12 && high > 12 ? 0.5 : 0;
        const box = { x: x + gap, y: y + gap, width: wide - 2 * gap, height: high - 2 * gap };
        const part = known(value) ? Math.min(Math.abs(value) / most, 1) : 0;
        element("rect", { ...box, fill: hue(mark.colour), opacity: 0.04 + 0.96 * part }, layer);
        if (mark.chosen && mark.chosen[0] === r && mark.chosen[1] === c) element("rect", { ...box, fill: "none", stroke: INK, "stroke-width": 2 }, layer);
        if (mark.texts)
          String(mark.texts[r][c]).split("\n").forEach((text, n, all) =>
            element("text", { x: x + box.width / 2, y: y + box.height / 2 + FONT * (n - all.length / 2 + 0.85), "text-anchor": "middle", "font-size": FONT, fill: part > 0.55 ? "white" : INK }, layer, text));
      }));
  },
};

// What lies under the pointer: the nearest dot, bar, cell, or point of a line.
function under(panel, to, x, y) {
  let best = null;
  const offer = (distance, found) => { if (!best || distance < best.distance) best = { distance, ...found }; };
  for (const mark of panel.marks) {
    if (mark.kind === "dots" || mark.kind === "line") {
      if (mark.silent) continue;
      const line = mark.kind === "line";
      mark.x.forEach((value, i) => {
        if (!known(value) || !known(mark.y[i])) return;
        const px = to.x(value), py = to.y(mark.y[i]);
        const distance = Math.hypot(px - x, py - y) + (line ? 2 : 0);
        if (distance <= NEAR) offer(distance, { mark, index: i, px, py, tip: mark.tips ? mark.tips[i] : `${mark.name ? mark.name + ": " : ""}${short(value)}, ${short(mark.y[i])}` });
      });
    }
    if (mark.kind === "bars" || mark.kind === "cells") {
      const column = Math.round(to.backX(x));
      if (mark.kind === "bars") {
        const i = mark.x.indexOf(column);
        if (i >= 0) offer(1, { mark, index: i, px: to.x(column), py: y, tip: mark.tips ? mark.tips[i] : `${column}: ${short(mark.y[i])}` });
      } else {
        const row = Math.round(to.backY(y));
        if (row >= 0 && row < mark.values.length && column >= 0 && column < mark.values[0].length)
          offer(1, { mark, index: [row, column], px: to.x(column), py: to.y(row), tip: mark.tips ? mark.tips[row][column] : short(mark.values[row][column] ?? NaN) });
      }
    }
  }
  return best;
}

function drawPanel(panel, host, width, state, pick) {
  const svgHeight = panel.height || 200;
  const box = division("afc-panel", host);
  const svg = element("svg", { width, height: svgHeight, role: "img", "aria-label": panel.alt || panel.title }, box);
  const tip = division("afc-tip", box);
  const whole = limits(panel, "x"), zoom = state.zoom[panel.title];
  let [x0, x1] = panel.zoom && zoom && zoom.of === panel.zoom ? zoom.range : whole;
  let [y0, y1] = limits(panel, "y");
  const longest = panel.yticks ? Math.max(...panel.yticks.map(([, text]) => text.length)) * 6.2 : 30;
  const left = (panel.ylabel ? 24 : 8) + longest, right = width - 12;
  const top = 24, bottom = svgHeight - (panel.xlabel ? 36 : 20);
  if (panel.equal) {
    // One metre is as long to the side as upward.
    const scale = Math.max((x1 - x0) / (right - left), (y1 - y0) / (bottom - top));
    const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
    [x0, x1] = [cx - (scale * (right - left)) / 2, cx + (scale * (right - left)) / 2];
    [y0, y1] = [cy - (scale * (bottom - top)) / 2, cy + (scale * (bottom - top)) / 2];
  }
  const down = panel.down ? [top, bottom] : [bottom, top];
  const level = panel.log ? (value) => Math.log10(Math.max(value, 1e-300)) : (value) => value;
  const to = {
    x: (value) => left + ((value - x0) / (x1 - x0)) * (right - left),
    y: (value) => down[0] + ((level(value) - level(y0)) / (level(y1) - level(y0))) * (down[1] - down[0]),
    backX: (pixel) => x0 + ((pixel - left) / (right - left)) * (x1 - x0),
    backY: (pixel) => y0 + ((pixel - down[0]) / (down[1] - down[0])) * (y1 - y0),
  };
  const text = (content, attributes) => element("text", { "font-size": FONT, fill: SOFT, ...attributes }, svg, content);
  text(panel.title, { x: left, y: 14, fill: INK, "font-weight": 600 });
  const quiet = panel.marks.some((mark) => mark.kind === "cells");
  const atX = panel.xticks || (panel.noticks ? [] : ticks(x0, x1, (right - left) / 70).map((at) => [at, short(at)]));
  const atY = panel.yticks || (panel.noticks ? [] : ticks(y0, y1, Math.max(2, (bottom - top) / 27), panel.log).map((at) => [at, short(at)]));
  for (const [at, name] of atY) {
    if (!quiet) element("line", { x1: left, x2: right, y1: to.y(at), y2: to.y(at), stroke: GRID }, svg);
    text(name, { x: left - 5, y: to.y(at) + 4, "text-anchor": "end" });
  }
  for (const [at, name] of atX) {
    element("line", { x1: to.x(at), x2: to.x(at), y1: bottom, y2: bottom + 3, stroke: SOFT }, svg);
    text(name, { x: to.x(at), y: bottom + 14, "text-anchor": "middle" });
  }
  element("line", { x1: left, x2: right, y1: bottom, y2: bottom, stroke: SOFT }, svg);
  if (panel.xlabel) text(panel.xlabel, { x: (left + right) / 2, y: svgHeight - 6, "text-anchor": "middle" });
  if (panel.ylabel) text(panel.ylabel, { "text-anchor": "middle", transform: `translate(12 ${(top + bottom) / 2}) rotate(-90)` });
  // A picture in the picture clips what leaves it, without names that charts would have to share out.
  const frame = [left - 4, top - 4, right - left + 8, bottom - top + 8];
  const layer = element("svg", { x: frame[0], y: frame[1], width: frame[2], height: frame[3], viewBox: frame.join(" ") }, svg);
  for (const mark of panel.marks) DRAW[mark.kind](mark, to, layer, { left, right, top, bottom });
  const cursor = element("circle", { r: 5, fill: "none", stroke: INK, visibility: "hidden" }, svg);
  const swept = element("rect", { y: top, height: bottom - top, fill: INK, opacity: 0.1, visibility: "hidden" }, svg);
  let from = null;
  const place = (event) => { const at = svg.getBoundingClientRect(); return [event.clientX - at.left, event.clientY - at.top]; };
  svg.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    if (from !== null) {
      swept.setAttribute("x", Math.min(from, x)); swept.setAttribute("width", Math.abs(x - from));
      swept.setAttribute("visibility", "visible");
      return;
    }
    const found = under(panel, to, x, y);
    tip.style.display = found ? "block" : "none";
    cursor.setAttribute("visibility", found && !Array.isArray(found.index) && found.mark.kind !== "bars" ? "visible" : "hidden");
    svg.style.cursor = found && found.mark.pick ? "pointer" : panel.zoom ? "crosshair" : "default";
    if (!found) return;
    cursor.setAttribute("cx", found.px); cursor.setAttribute("cy", found.py);
    tip.textContent = found.tip;
    tip.style.left = `${Math.max(0, Math.min(found.px + 10, width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${Math.max(0, found.py - tip.offsetHeight - 8)}px`;
  });
  svg.addEventListener("pointerleave", () => { tip.style.display = "none"; cursor.setAttribute("visibility", "hidden"); });
  svg.addEventListener("click", (event) => {
    const found = under(panel, to, ...place(event));
    if (found && found.mark.pick) pick(found.mark.pick, found.mark.ids ? found.mark.ids[found.index] : found.index);
  });
  if (!panel.zoom) return;
  svg.addEventListener("pointerdown", (event) => { from = place(event)[0]; svg.setPointerCapture(event.pointerId); });
  svg.addEventListener("pointerup", (event) => {
    const range = [from, place(event)[0]].sort((a, b) => a - b).map(to.backX);
    const wide = from !== null && Math.abs(place(event)[0] - from) > 6;
    from = null;
    swept.setAttribute("visibility", "hidden");
    if (wide) state.setZoom(panel, [Math.max(range[0], whole[0]), Math.min(range[1], whole[1])]);
  });
  svg.addEventListener("dblclick", () => state.setZoom(panel, null));
}

function legend(panels, host) {
  const seen = new Set();
  const strip = division("afc-legend", host);
  for (const panel of panels)
    for (const mark of panel.marks) {
      if (!mark.name || mark.unlisted || seen.has(mark.name)) continue;
      seen.add(mark.name);
      const entry = division("afc-key", strip);
      const drawn = element("svg", { width: 18, height: 10, "aria-hidden": "true" }, entry);
      const colour = hue(mark.colour || (mark.colours && mark.colours[0]));
      if (mark.kind === "dots") element("circle", { cx: 9, cy: 5, r: 4, fill: mark.ring ? "none" : colour, stroke: colour, "stroke-width": mark.ring ? 2 : 0 }, drawn);
      else if (mark.kind === "spans" || mark.kind === "band" || mark.kind === "bars") element("rect", { width: 18, height: 10, fill: colour, opacity: mark.kind === "bars" ? 1 : 0.25, stroke: mark.hatched ? colour : "none", "stroke-dasharray": "3 3" }, drawn);
      else element("line", { x2: 18, y1: 5, y2: 5, stroke: colour, "stroke-width": 2, "stroke-dasharray": mark.dash || "" }, drawn);
      const label = document.createElement("span");
      label.textContent = mark.name;
      entry.appendChild(label);
    }
}

function render({ model, el }) {
  el.classList.add("affectlib-chart");
  const state = { zoom: {}, setZoom(panel, range) { state.zoom[panel.title] = range ? { of: panel.zoom, range } : undefined; draw(); } };
  const pick = (what, which) => {
    model.set("picked", { what, which, times: ((model.get("picked") || {}).times || 0) + 1 });
    model.save_changes();
  };
  let width = 0;
  function draw() {
    width = el.clientWidth || 640;
    const columns = width < 520 ? 1 : model.get("columns");
    el.replaceChildren();
    el.setAttribute("role", "group");
    el.setAttribute("aria-label", model.get("alt"));
    const grid = division("afc-panels", el);
    grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    const each = Math.floor((width - 12 * (columns - 1)) / columns);
    const panels = model.get("panels");
    for (const panel of panels) {
      const span = Math.min(panel.span || 1, columns);
      const host = division("afc-cell", grid);
      host.style.gridColumn = `span ${span}`;
      drawPanel(panel, host, each * span + 12 * (span - 1), state, pick);
    }
    legend(panels, el);
    el.dataset.draws = String(Number(el.dataset.draws || 0) + 1);
  }
  let queued = 0;
  const redraw = () => { if (!queued) queued = requestAnimationFrame(() => { queued = 0; draw(); }); };
  model.on("change:panels", redraw);
  const watcher = new ResizeObserver(() => { if (Math.abs(el.clientWidth - width) > 2) redraw(); });
  watcher.observe(el);
  draw();
  return () => { watcher.disconnect(); model.off("change:panels", redraw); cancelAnimationFrame(queued); };
}

export default { render };
