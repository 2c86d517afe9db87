// Drawing of the ground, paths and bodies.

const GRID_M = 0.5;
const REACH_M = 1.5; // extent of the ground around a walker

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
  const at = (x, y) => camera.project(x * GRID_M, y * GRID_M, walker.floor);
  context.lineCap = "butt";
  for (let x = low[0]; x <= high[0]; x++) line(context, at(x, low[1]), at(x, high[1]), 1, "#D9E0E4");
  for (let y = low[1]; y <= high[1]; y++) line(context, at(low[0], y), at(high[0], y), 1, "#D9E0E4");
  // For the first walker only, and not while the camera follows, since it would jump from line to line.
  if (!box.x && !(walker.moves && follows)) drawScale(context, box, at, low, high);
}

// Mark an edge of one grid cell as the scale: of the edges wholly visible, the lowest.
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
    const seen = camera.project(walker.path[2 * frame], walker.path[2 * frame + 1], walker.floor);
    if (frame) context.lineTo(seen[0], seen[1]);
    else context.moveTo(seen[0], seen[1]);
  }
  context.stroke();
}

// A single stroke for the whole shadow, which is then not darker where limbs cross.
function drawShadow(context, camera, walker, body, pose) {
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = "rgba(30,45,55,0.14)";
  context.lineWidth = 0.045 * camera.project(camera.target[0], camera.target[1], walker.floor)[2];
  context.beginPath();
  for (const [parent, child] of body.bones) {
    const ends = [parent, child].map((joint) => camera.project(pose[3 * joint], pose[3 * joint + 1], walker.floor));
    if (Number.isNaN(ends[0][0] + ends[1][0])) continue;
    context.moveTo(ends[0][0], ends[0][1]);
    context.lineTo(ends[1][0], ends[1][1]);
  }
  context.stroke();
}

// Right limbs are solid, left limbs hollow and thinner, to be distinguished without colour.
function drawBody(context, camera, walker, body, pose, isGhost) {
  const seen = []; // per joint: x, y, pixels per metre, nearness to the eye
  for (let joint = 0; joint < body.joints; joint++) {
    const [x, y, z] = [pose[3 * joint], pose[3 * joint + 1], pose[3 * joint + 2]];
    seen.push([...camera.project(x, y, z), x * camera.toEye[0] + y * camera.toEye[1] + z * camera.toEye[2]]);
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
    // A light rim separates limbs where they cross.
    if (!isGhost) line(context, from, to, width + 2, "rgba(255,255,255,0.85)");
    line(context, from, to, width, colour);
    if (left) line(context, from, to, Math.max(0.8, width * 0.52), walker.pale);
  }
}

// Horizontal direction that hips and shoulders face, as a unit vector.
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

// The nose shows the facing direction, also in front and back views.
function drawHead(context, camera, body, pose, seen, colour) {
  const [x, y, scale] = seen[body.head];
  const radius = 0.085;
  const ahead = facing(body, pose);
  const at = (share) => camera.project(
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
  // Pale colours are hard to read as text: a dark name above a coloured line.
  context.fillStyle = INK;
  context.fillText(name, box.x + box.width / 2, box.y + 20);
  const width = Math.min(context.measureText(name).width, box.width - 8);
  line(context, [box.x + box.width / 2 - width / 2, box.y + 27], [box.x + box.width / 2 + width / 2, box.y + 27], 3, walker.colour);
}

// Draw a scene. The state has phase, view, follows, and buffers for poses.
function draw(context, size, scene, state) {
  context.clearRect(0, 0, size.width, size.height);
  const width = size.width / scene.walkers.length;
  const whole = scene.moves && !state.follows;
  scene.walkers.forEach((walker, number) => {
    const box = { x: number * width, y: 0, width, height: size.height };
    const moment = scene.moment(walker, state.phase);
    const pose = walker.pose(walker.xyz, moment, scene.isCycle, state.buffer(walker.size));
    const centre = walker.centre(moment, scene.rate, state.follows);
    const target = [centre[0], centre[1], walker.floor + (scene.height - 0.15) / 2];
    const span = whole ? Math.max(...scene.walkers.map((other) => other.span)) : 0;
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
      const ghost = walker.pose(walker.ghost, moment, scene.isCycle, state.buffer(walker.size, 1));
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
