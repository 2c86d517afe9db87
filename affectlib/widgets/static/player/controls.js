// Buttons, sliders and the legend below the drawing.

const SPEEDS = [0.1, 0.25, 0.5, 1, 1.5, 2];
const ICONS = { play: "M4 2.5v11l9-5.5z", pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z" };

function makeIcon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

function makeChoice(name, options, chosen) {
  const list = make("select", { "aria-label": name, title: name });
  for (const [value, text] of options) list.append(make("option", { value }, text));
  list.value = chosen;
  return list;
}

const LIMB =
  '<svg viewBox="0 0 30 8" aria-hidden="true"><path d="M4 4H26" stroke="#222" stroke-width="W" stroke-linecap="round"/>';
const LEGEND =
  `<span>${LIMB.replace("W", "6")}</svg>right: solid</span>` +
  `<span>${LIMB.replace("W", "5")}<path d="M4 4H26" stroke="#d8d8d8" stroke-width="2.6" stroke-linecap="round"/></svg>` +
  "left: hollow</span>";

function makeControls(root) {
  const parts = {
    canvas: make("canvas", { tabindex: "0", role: "img" }),
    play: make("button", { type: "button", class: "afp-play", "aria-label": "Play", title: "Play or pause (space)" }),
    scrub: make("input", { type: "range", min: "0", max: "1000", step: "1", value: "0" }),
    time: make("output", { class: "afp-time" }),
    speed: makeChoice("Speed", SPEEDS.map((speed) => [String(speed), `${speed}×`]), "1"),
    view: makeChoice("View", [["", "custom view"], ...Object.keys(VIEWS).map((name) => [name, name])], "oblique"),
    loop: make("input", { type: "checkbox" }),
    follow: make("input", { type: "checkbox" }),
    legend: make("div", { class: "afp-legend" }),
    caption: make("p", { class: "afp-caption" }),
  };
  parts.stage = make("div", { class: "afp-stage" }, parts.canvas);
  parts.scrub.setAttribute("aria-label", "Moment");
  parts.loop.checked = parts.follow.checked = true;
  parts.followLabel = make("label", { title: "The camera follows the walker" }, parts.follow, " follow");
  const loop = make("label", { title: "Restart at the end" }, parts.loop, " loop");
  const bar = make("div", { class: "afp-bar", role: "toolbar", "aria-label": "Playing" });
  bar.append(parts.play, parts.scrub, parts.time, parts.speed, loop, parts.followLabel, parts.view);
  root.append(parts.stage, bar, parts.legend, parts.caption);
  return parts;
}
