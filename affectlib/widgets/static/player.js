// The skeleton player: one to four walkers side by side on a 2D canvas with a camera of its own.
//
// One module for two places. In a notebook anywidget calls `render` with a model that is shared with
// the kernel; on a page without a kernel `mountAll` finds what `player_html` wrote. Nothing is loaded
// from anywhere. Lengths are metres, angles radians, z is up.

const EYE_M = 5.5; // from the middle of the body: near enough for depth, far enough not to distort
const GRID_M = 0.5;
const REACH_M = 1.5; // how far the ground is drawn around a walker
const UNKNOWN = -32768;
const SPEEDS = [0.1, 0.25, 0.5, 1, 1.5, 2];
const HOME = { azimuth: -1.0, elevation: 0.2, zoom: 1 };
const VIEWS = {
  // What the keys and the list of views offer; bodies of gait cycles face along x.
  oblique: HOME,
  "from the right": { azimuth: -Math.PI / 2, elevation: 0.03, zoom: 1 },
  "from the left": { azimuth: Math.PI / 2, elevation: 0.03, zoom: 1 },
  "from the front": { azimuth: 0, elevation: 0.03, zoom: 1 },
  "from behind": { azimuth: Math.PI, elevation: 0.03, zoom: 1 },
  "from above": { azimuth: -Math.PI / 2, elevation: 1.5, zoom: 1 },
};
const INK = "#222222";
const GHOST = "#C9C9C9";
const FONT = '"Segoe UI", system-ui, -apple-system, Roboto, sans-serif';

// --- small helpers --------------------------------------------------------------------------------

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function tint(colour, white) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgb(${parts.map((part) => Math.round(part + (255 - part) * white)).join(",")})`;
}

function unpack(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const metres = new Float32Array(bytes.length / 2);
  for (let at = 0; at < metres.length; at++) {
    const mm = view.getInt16(2 * at, true);
    metres[at] = mm === UNKNOWN ? NaN : mm / 1000;
  }
  return metres;
}

// --- what is shown --------------------------------------------------------------------------------

class Walker {
  constructor(told, scene) {
    Object.assign(this, { name: told.name, colour: told.colour, frames: told.frames, floor: told.floor_m });
    this.size = 3 * scene.body.joints;
    this.root = 3 * scene.body.root;
    this.xyz = unpack(told.xyz);
    this.ghost = told.ghost ? unpack(told.ghost) : null;
    this.pale = tint(told.colour, 0.78);
    this.top = this.floor;
    for (let at = 2; at < this.xyz.length; at += 3) if (this.xyz[at] > this.top) this.top = this.xyz[at];
    this.findPath();
  }

  // The walk over the ground, and the same smoothed: what a camera that follows looks at.
  findPath() {
    this.path = new Float32Array(2 * this.frames);
    for (let axis = 0; axis < 2; axis++) {
      let last = 0;
      for (let frame = 0; frame < this.frames; frame++) {
        const here = this.xyz[frame * this.size + this.root + axis];
        if (!Number.isNaN(here)) last = here;
        this.path[2 * frame + axis] = last;
      }
    }
    this.low = [Infinity, Infinity];
    this.high = [-Infinity, -Infinity];
    for (let at = 0; at < this.path.length; at++) {
      this.low[at % 2] = Math.min(this.low[at % 2], this.path[at]);
      this.high[at % 2] = Math.max(this.high[at % 2], this.path[at]);
    }
    this.middle = [0, 1].map((axis) => (this.low[axis] + this.high[axis]) / 2);
    this.span = Math.max(this.high[0] - this.low[0], this.high[1] - this.low[1]);
    this.moves = this.span > 0.6; // swaying on the spot stays well below
  }

  // Joints at a moment, between two frames; a cycle goes on from its last frame to its first.
  pose(source, moment, wraps, into) {
    const first = Math.min(Math.floor(moment), this.frames - 1);
    const second = wraps ? (first + 1) % this.frames : Math.min(first + 1, this.frames - 1);
    const share = clamp(moment - first, 0, 1);
    for (let at = 0; at < this.size; at++) {
      const one = source[first * this.size + at];
      const two = source[second * this.size + at];
      into[at] = Number.isNaN(two) ? one : Number.isNaN(one) ? two : one + (two - one) * share;
    }
    return into;
  }

  // Where the following camera looks: the mean of the path over a second around.
  centre(moment, rate, follows) {
    if (!this.moves || !follows) return this.middle;
    const half = Math.max(1, Math.round(rate / 2));
    const from = Math.max(0, Math.floor(moment) - half);
    const to = Math.min(this.frames - 1, Math.ceil(moment) + half);
    const sum = [0, 0];
    for (let frame = from; frame <= to; frame++) {
      sum[0] += this.path[2 * frame];
      sum[1] += this.path[2 * frame + 1];
    }
    return sum.map((each) => each / (to - from + 1));
  }
}

class Scene {
  constructor(told) {
    this.body = told.body;
    this.caption = told.caption;
    this.simulated = told.simulated;
    this.ghostName = told.ghost_name;
    this.rate = told.rate_hz;
    this.isCycle = told.rate_hz === null || told.rate_hz === undefined;
    this.walkers = told.walkers.map((each) => new Walker(each, told));
    const frames = Math.max(...this.walkers.map((each) => each.frames));
    this.seconds = this.isCycle ? told.cycle_s : frames / this.rate;
    this.moves = this.walkers.some((each) => each.moves);
    this.height = Math.max(...this.walkers.map((each) => each.top - each.floor)) + 0.15;
  }

  moment(walker, phase) {
    if (this.isCycle) return phase * walker.frames;
    return Math.min(phase * this.seconds * this.rate, walker.frames - 1);
  }

  tell(phase) {
    if (this.isCycle) return `${Math.floor(phase * 100 + 1e-6)} % of the cycle`;
    return `${(phase * this.seconds).toFixed(1)} s of ${this.seconds.toFixed(1)} s`;
  }
}

// --- the camera: a perspective of its own for each walker, the same for all -----------------------

class Camera {
  constructor(view, box, target, fit) {
    const [sinA, cosA] = [Math.sin(view.azimuth), Math.cos(view.azimuth)];
    const [sinE, cosE] = [Math.sin(view.elevation), Math.cos(view.elevation)];
    this.toEye = [cosE * cosA, cosE * sinA, sinE];
    this.right = [-sinA, cosA, 0];
    this.up = [-sinE * cosA, -sinE * sinA, cosE];
    this.target = target;
    this.x = box.x + box.width / 2;
    this.y = box.y + box.height * 0.54;
    this.eye = EYE_M * Math.max(1, fit.width / 2.5);
    this.focus = view.zoom * this.eye * Math.min((0.79 * box.height) / fit.height, (0.94 * box.width) / fit.width);
  }

  // [x, y, pixels a metre]
  see(x, y, z) {
    const [dx, dy, dz] = [x - this.target[0], y - this.target[1], z - this.target[2]];
    const depth = this.eye - dx * this.toEye[0] - dy * this.toEye[1] - dz * this.toEye[2];
    const scale = this.focus / Math.max(depth, 0.3);
    return [
      this.x + scale * (dx * this.right[0] + dy * this.right[1]),
      this.y - scale * (dx * this.up[0] + dy * this.up[1] + dz * this.up[2]),
      scale,
    ];
  }
}

// --- drawing --------------------------------------------------------------------------------------

function line(context, from, to, width, colour) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(from[0], from[1]);
  context.lineTo(to[0], to[1]);
  context.stroke();
}

function drawGround(context, box, camera, walker, centre, follows) {
  const low = [], high = [];
  for (const axis of [0, 1]) {
    const [from, to] = follows || !walker.moves
      ? [centre[axis], centre[axis]] : [walker.low[axis], walker.high[axis]];
    low.push(Math.ceil((from - REACH_M) / GRID_M));
    high.push(Math.floor((to + REACH_M) / GRID_M));
  }
  const at = (x, y) => camera.see(x * GRID_M, y * GRID_M, walker.floor);
  context.lineCap = "butt";
  for (let x = low[0]; x <= high[0]; x++) line(context, at(x, low[1]), at(x, high[1]), 1, "#D9E0E4");
  for (let y = low[1]; y <= high[1]; y++) line(context, at(low[0], y), at(high[0], y), 1, "#D9E0E4");
  // Once is enough. Under a camera that goes along it would jump from line to line.
  if (!box.x && !(walker.moves && follows)) drawScale(context, box, at, low, high);
}

// One cell's edge as the scale: of those wholly in sight, the one that lies lowest.
function drawScale(context, box, at, low, high) {
  let best = null;
  const inside = ([x, y]) => x > box.x + 24 && x < box.x + box.width - 24 && y > 30 && y < box.height - 20;
  for (let x = low[0]; x <= high[0]; x++) {
    for (let y = low[1]; y <= high[1]; y++) {
      for (const other of [[x + 1, y], [x, y + 1]]) {
        if (other[0] > high[0] || other[1] > high[1]) continue;
        const ends = [at(x, y), at(...other)];
        if (!ends.every(inside)) continue;
        const depth = ends[0][1] + ends[1][1];
        if (!best || depth > best.depth + 1e-6) best = { ends, depth };
      }
    }
  }
  if (!best) return;
  const [from, to] = best.ends;
  line(context, from, to, 2.5, "#55636B");
  context.fillStyle = "#55636B";
  context.font = `11px ${FONT}`;
  context.textAlign = "center";
  context.fillText("0.5 m", (from[0] + to[0]) / 2, Math.max(from[1], to[1]) + 12);
}

function drawPath(context, camera, walker) {
  context.strokeStyle = tint(walker.colour, 0.45);
  context.lineWidth = 1.5;
  context.beginPath();
  for (let frame = 0; frame < walker.frames; frame++) {
    const seen = camera.see(walker.path[2 * frame], walker.path[2 * frame + 1], walker.floor);
    if (frame) context.lineTo(seen[0], seen[1]);
    else context.moveTo(seen[0], seen[1]);
  }
  context.stroke();
}

// One stroke for the whole shadow, so that it is no darker where limbs cross.
function drawShadow(context, camera, walker, body, pose) {
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = "rgba(30,45,55,0.14)";
  context.lineWidth = 0.045 * camera.see(camera.target[0], camera.target[1], walker.floor)[2];
  context.beginPath();
  for (const [parent, child] of body.bones) {
    const ends = [parent, child].map((joint) => camera.see(pose[3 * joint], pose[3 * joint + 1], walker.floor));
    if (Number.isNaN(ends[0][0] + ends[1][0])) continue;
    context.moveTo(ends[0][0], ends[0][1]);
    context.lineTo(ends[1][0], ends[1][1]);
  }
  context.stroke();
}

// Right limbs solid, left limbs hollow and thinner: told apart without any colour as well.
function drawBody(context, camera, walker, body, pose, isGhost) {
  const seen = [];
  for (let joint = 0; joint < body.joints; joint++) {
    const [x, y, z] = [pose[3 * joint], pose[3 * joint + 1], pose[3 * joint + 2]];
    seen.push([...camera.see(x, y, z), x * camera.toEye[0] + y * camera.toEye[1] + z * camera.toEye[2]]);
  }
  const known = (...joints) => joints.every((joint) => !Number.isNaN(seen[joint][0]));
  const colour = isGhost ? GHOST : walker.colour;
  const parts = body.bones
    .filter(([parent, child]) => known(parent, child))
    .map(([parent, child, side]) => ({ parent, child, side, near: (seen[parent][3] + seen[child][3]) / 2 }));
  if (known(body.head)) parts.push({ head: body.head, near: seen[body.head][3] });
  parts.sort((one, two) => one.near - two.near);
  context.lineCap = "round";
  for (const part of parts) {
    if (part.head !== undefined) {
      drawHead(context, camera, body, pose, seen, colour);
      continue;
    }
    const [from, to] = [seen[part.parent], seen[part.child]];
    const scale = (from[2] + to[2]) / 2;
    const left = part.side === "left" && !isGhost;
    const width = Math.max(1.5, (isGhost ? 0.06 : left ? 0.036 : 0.046) * scale);
    // A light rim keeps limbs apart where they cross.
    if (!isGhost) line(context, from, to, width + 2, "rgba(255,255,255,0.85)");
    line(context, from, to, width, colour);
    if (left) line(context, from, to, Math.max(0.8, width * 0.52), walker.pale);
  }
}

function facing(body, pose) {
  let [x, y] = [0, 0];
  for (const [left, right] of body.across) {
    const [dx, dy] = [0, 1].map((axis) => pose[3 * left + axis] - pose[3 * right + axis]);
    const length = Math.hypot(dx, dy);
    if (length > 0) [x, y] = [x + dy / length, y - dx / length];
  }
  const length = Math.hypot(x, y);
  return length > 0 ? [x / length, y / length] : null;
}

// A nose tells which way the walker faces, in a posture seen from the front or from behind too.
function drawHead(context, camera, body, pose, seen, colour) {
  const [x, y, scale] = seen[body.head];
  const radius = 0.085;
  const ahead = facing(body, pose);
  const at = (share) => camera.see(
    pose[3 * body.head] + share * radius * ahead[0],
    pose[3 * body.head + 1] + share * radius * ahead[1],
    pose[3 * body.head + 2] - 0.15 * radius,
  );
  const nose = () => {
    const [from, to] = [at(0.6), at(1.45)];
    const width = Math.max(1.5, 0.036 * scale);
    line(context, from, to, width + 2, "rgba(255,255,255,0.85)");
    line(context, from, to, width, colour);
  };
  const towardsEye = ahead && ahead[0] * camera.toEye[0] + ahead[1] * camera.toEye[1] > -0.05;
  if (ahead && !towardsEye) nose();
  context.fillStyle = colour;
  context.strokeStyle = "rgba(255,255,255,0.85)";
  context.lineWidth = 1;
  context.beginPath();
  context.arc(x, y, radius * scale, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  if (towardsEye) nose();
}

function drawName(context, walker, box) {
  context.fillStyle = walker.colour;
  context.textAlign = "center";
  let size = 14;
  do context.font = `600 ${size}px ${FONT}`;
  while (context.measureText(walker.name).width > box.width - 12 && --size > 9);
  let name = walker.name;
  while (context.measureText(name).width > box.width - 8 && name.length > 4) name = `${name.slice(0, -2)}…`;
  // Pale colours would be hard to read as letters: a dark word under a coloured line.
  context.fillStyle = INK;
  context.fillText(name, box.x + box.width / 2, box.y + 20);
  const width = Math.min(context.measureText(name).width, box.width - 8);
  line(context, [box.x + box.width / 2 - width / 2, box.y + 27], [box.x + box.width / 2 + width / 2, box.y + 27], 3, walker.colour);
}

function draw(context, size, scene, state) {
  context.clearRect(0, 0, size.width, size.height);
  const width = size.width / scene.walkers.length;
  const whole = scene.moves && !state.follows;
  scene.walkers.forEach((walker, number) => {
    const box = { x: number * width, y: 0, width, height: size.height };
    const moment = scene.moment(walker, state.phase);
    const pose = walker.pose(walker.xyz, moment, scene.isCycle, state.scratch(walker.size));
    const centre = walker.centre(moment, scene.rate, state.follows);
    const target = [centre[0], centre[1], walker.floor + (scene.height - 0.15) / 2];
    const span = whole ? Math.max(...scene.walkers.map((each) => each.span)) : 0;
    const fit = { height: Math.max(scene.height, 0.75 * span), width: 1.5 + span };
    const camera = new Camera(state.view, box, target, fit);
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    drawGround(context, box, camera, walker, centre, state.follows);
    if (walker.moves) drawPath(context, camera, walker);
    drawShadow(context, camera, walker, scene.body, pose);
    if (walker.ghost) {
      const ghost = walker.pose(walker.ghost, moment, scene.isCycle, state.scratch(walker.size, 1));
      drawBody(context, camera, walker, scene.body, ghost, true);
    }
    drawBody(context, camera, walker, scene.body, pose, false);
    drawName(context, walker, box);
    context.restore();
    if (number) line(context, [box.x, 8], [box.x, size.height - 8], 1, "#E4E9EC");
  });
  if (scene.simulated) {
    context.fillStyle = "#5A6A72";
    context.font = `italic 11px ${FONT}`;
    context.textAlign = "right";
    context.fillText("simulated walkers", size.width - 8, size.height - 8);
  }
}

// --- controls -------------------------------------------------------------------------------------

const ICONS = { play: "M4 2.5v11l9-5.5z", pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z" };

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

function choice(name, options, chosen) {
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

function controls(root) {
  const parts = {
    canvas: make("canvas", { tabindex: "0", role: "img" }),
    play: make("button", { type: "button", class: "afp-play", "aria-label": "Play", title: "Play or pause (space)" }),
    scrub: make("input", { type: "range", min: "0", max: "1000", step: "1", value: "0" }),
    told: make("output", { class: "afp-told" }),
    speed: choice("Speed", SPEEDS.map((each) => [String(each), `${each}×`]), "1"),
    view: choice("View", [["", "own view"], ...Object.keys(VIEWS).map((each) => [each, each])], "oblique"),
    loop: make("input", { type: "checkbox" }),
    follow: make("input", { type: "checkbox" }),
    legend: make("div", { class: "afp-legend" }),
    caption: make("p", { class: "afp-caption" }),
  };
  parts.stage = make("div", { class: "afp-stage" }, parts.canvas);
  parts.scrub.setAttribute("aria-label", "Moment");
  parts.loop.checked = parts.follow.checked = true;
  parts.followLabel = make("label", { title: "The camera goes along" }, parts.follow, " follow");
  const loop = make("label", { title: "Begin again at the end" }, parts.loop, " loop");
  const bar = make("div", { class: "afp-bar", role: "toolbar", "aria-label": "Playing" });
  bar.append(parts.play, parts.scrub, parts.told, parts.speed, loop, parts.followLabel, parts.view);
  root.append(parts.stage, bar, parts.legend, parts.caption);
  return parts;
}

// --- one player -----------------------------------------------------------------------------------

function mount(host, model) {
  const root = make("div", { class: "affectlib-player", role: "group", "aria-label": "Skeleton player" });
  // JupyterLab would take keys such as the space bar for its own.
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  host.append(root);
  const parts = controls(root);
  const context = parts.canvas.getContext("2d");
  const scratch = [new Float32Array(0), new Float32Array(0)];
  const state = {
    phase: model.get("phase") || 0,
    playing: false,
    speed: model.get("speed") || 1,
    view: { ...HOME },
    follows: true,
    scratch(size, which = 0) {
      if (scratch[which].length !== size) scratch[which] = new Float32Array(size);
      return scratch[which];
    },
  };
  // Counted for whoever measures how smoothly it runs.
  const meter = { draws: 0, ms: 0 };
  root.affectlibMeter = meter;
  let scene, frame = 0, last = 0, visible = true;
  const size = { width: 0, height: 0 };

  function readScene() {
    scene = new Scene(model.get("scene"));
    const names = scene.walkers.map((each) => each.name).join(", ");
    parts.canvas.setAttribute(
      "aria-label",
      `Walking skeletons side by side: ${names}. Drag to turn; arrow keys step, space plays, plus and minus zoom.`,
    );
    parts.followLabel.hidden = !scene.moves;
    parts.legend.innerHTML = `${LEGEND}<span>ground lines every 0.5 m</span>`;
    if (scene.ghostName) {
      const swatch = make("span");
      swatch.innerHTML = LIMB.replace("W", "7").replace("#222", GHOST) + "</svg>";
      swatch.append(scene.ghostName);
      parts.legend.append(swatch);
    }
    const help = "drag to turn · click, then wheel to zoom · double click to reset · space, ← → + −";
    parts.legend.append(make("span", { class: "afp-help" }, help));
    parts.caption.textContent = scene.caption;
    parts.caption.hidden = !scene.caption;
    request();
  }

  function resize() {
    const ratio = window.devicePixelRatio || 1;
    size.width = parts.stage.clientWidth;
    size.height = parts.stage.clientHeight;
    parts.canvas.width = Math.round(size.width * ratio);
    parts.canvas.height = Math.round(size.height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint();
  }

  function paint() {
    if (!size.width) return;
    const begun = performance.now();
    draw(context, size, scene, state);
    meter.ms += performance.now() - begun;
    meter.draws += 1;
    parts.scrub.value = String(Math.round(1000 * state.phase));
    const told = scene.tell(state.phase);
    if (parts.told.textContent !== told) {
      parts.told.textContent = told;
      parts.scrub.setAttribute("aria-valuetext", told);
    }
  }

  function tick(now) {
    frame = 0;
    if (state.playing) {
      // Not more than a tenth of a second at once: a page that was hidden goes on where it was.
      state.phase += (state.speed * Math.min(now - last, 100)) / 1000 / scene.seconds;
      if (state.phase >= 1) {
        if (parts.loop.checked) state.phase %= 1;
        else {
          state.phase = 0.9999;
          play(false);
        }
      }
    }
    last = now;
    paint();
    if (state.playing && visible) request();
  }

  function request() {
    if (!frame) frame = requestAnimationFrame(tick);
  }

  function tell(values) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  }

  function play(on, isTold = true) {
    if (on && !parts.loop.checked && state.phase > 0.999) state.phase = 0;
    state.playing = on;
    last = performance.now();
    parts.play.replaceChildren(icon(on ? "pause" : "play"));
    parts.play.setAttribute("aria-label", on ? "Pause" : "Play");
    parts.play.setAttribute("aria-pressed", String(on));
    if (isTold) tell({ playing: on, phase: state.phase });
    request();
  }

  function go(phase) {
    state.phase = scene.isCycle ? ((phase % 1) + 1) % 1 : clamp(phase, 0, 0.9999);
    request();
  }

  function look(view) {
    state.view = { ...view };
    request();
  }

  function own() {
    parts.view.value = "";
    request();
  }

  function zoom(factor) {
    state.view.zoom = clamp(state.view.zoom * factor, 0.4, 6);
    request();
  }

  parts.play.addEventListener("click", () => play(!state.playing));
  parts.scrub.addEventListener("input", () => go(Math.min(Number(parts.scrub.value), 999.9) / 1000));
  parts.scrub.addEventListener("change", () => tell({ phase: state.phase }));
  parts.speed.addEventListener("change", () => {
    state.speed = Number(parts.speed.value);
    tell({ speed: state.speed });
  });
  parts.view.addEventListener("change", () => parts.view.value && look(VIEWS[parts.view.value]));
  parts.follow.addEventListener("change", () => {
    state.follows = parts.follow.checked;
    request();
  });

  // Turning: the ground goes with the hand.
  let drag = null;
  parts.canvas.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY, view: { ...state.view } };
    parts.canvas.setPointerCapture(event.pointerId);
  });
  parts.canvas.addEventListener("pointermove", (event) => {
    if (!drag) return;
    state.view.azimuth = drag.view.azimuth - 0.01 * (event.clientX - drag.x);
    state.view.elevation = clamp(drag.view.elevation + 0.01 * (event.clientY - drag.y), -0.1, 1.55);
    own();
  });
  for (const end of ["pointerup", "pointercancel"]) parts.canvas.addEventListener(end, () => (drag = null));
  parts.canvas.addEventListener("dblclick", () => {
    parts.view.value = "oblique";
    look(HOME);
  });
  parts.canvas.addEventListener("wheel", (event) => {
    // A page is to be scrolled past players: the wheel is theirs only once they were clicked.
    if (!event.ctrlKey && document.activeElement !== parts.canvas && !root.contains(deepActive(root))) return;
    event.preventDefault();
    zoom(Math.exp(-0.0015 * clamp(event.deltaY * (event.deltaMode ? 33 : 1), -200, 200)));
  }, { passive: false });

  root.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const onControl = event.target !== parts.canvas;
    const keys = {
      " ": () => event.target !== parts.play && play(!state.playing),
      ArrowRight: () => go(state.phase + step(event)),
      ArrowLeft: () => go(state.phase - step(event)),
      Home: () => go(0),
      End: () => go(0.9999),
      "+": () => zoom(1.15),
      "=": () => zoom(1.15),
      "-": () => zoom(1 / 1.15),
    };
    if (!keys[event.key] || (onControl && event.target.matches("select, input[type=checkbox]"))) return;
    if (event.key === " " && event.target === parts.play) return; // the button does it itself
    event.preventDefault();
    keys[event.key]();
    if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") tell({ phase: state.phase });
  });
  const step = (event) => (event.shiftKey ? 10 : 1) * (scene.isCycle ? 0.01 : 1 / (scene.rate * scene.seconds));

  const onScene = () => readScene();
  const onPhase = () => {
    if (!state.playing && Math.abs(model.get("phase") - state.phase) > 1e-6) go(model.get("phase"));
  };
  const onPlaying = () => model.get("playing") !== state.playing && play(model.get("playing"), false);
  const onSpeed = () => {
    state.speed = model.get("speed");
    showSpeed();
  };
  const onHeight = () => (parts.stage.style.height = `${model.get("height_px")}px`);
  const listeners = {
    "change:scene": onScene, "change:phase": onPhase, "change:playing": onPlaying,
    "change:speed": onSpeed, "change:height_px": onHeight,
  };
  for (const [name, listener] of Object.entries(listeners)) model.on(name, listener);

  function showSpeed() {
    const value = String(state.speed);
    if (![...parts.speed.options].some((each) => each.value === value)) {
      parts.speed.append(make("option", { value }, `${value}×`));
    }
    parts.speed.value = value;
  }

  onHeight();
  showSpeed();
  readScene();
  play(Boolean(model.get("playing")), false);
  const resizing = new ResizeObserver(resize);
  resizing.observe(parts.stage);
  const seeing = new IntersectionObserver((entries) => {
    visible = entries[entries.length - 1].isIntersecting;
    last = performance.now();
    if (visible) request();
  });
  seeing.observe(parts.stage);
  return () => {
    cancelAnimationFrame(frame);
    state.playing = false;
    resizing.disconnect();
    seeing.disconnect();
    for (const [name, listener] of Object.entries(listeners)) model.off(name, listener);
    root.remove();
  };
}

function deepActive(root) {
  const within = root.getRootNode();
  return within.activeElement || document.activeElement;
}

// --- the two places -------------------------------------------------------------------------------

class Page {
  // What a kernel would share, on a page that has none.
  constructor(values) {
    this.values = values;
  }
  get(name) {
    return this.values[name];
  }
  set(name, value) {
    this.values[name] = value;
  }
  save_changes() {}
  on() {}
  off() {}
}

export function mountAll(within) {
  for (const host of within.querySelectorAll(".affectlib-player-page")) {
    const told = host.querySelector('script[type="application/json"]');
    if (!told || host.dataset.plays) continue;
    host.dataset.plays = "true";
    const height = Number(host.dataset.height) || 340;
    mount(host, new Page({ scene: JSON.parse(told.textContent), phase: 0, speed: 1, playing: false, height_px: height }));
  }
}

export function render({ model, el }) {
  return mount(el, model);
}

export default { render };
