// A perspective camera for each walker, all with the same view.

const EYE_M = 5.5; // distance from the middle of the body: near enough for depth, far enough not to distort
const HOME = { azimuth: -1.0, elevation: 0.2, zoom: 1 };
const VIEWS = {
  // Bodies of gait cycles face along x.
  oblique: HOME,
  "from the right": { azimuth: -Math.PI / 2, elevation: 0.03, zoom: 1 },
  "from the left": { azimuth: Math.PI / 2, elevation: 0.03, zoom: 1 },
  "from the front": { azimuth: 0, elevation: 0.03, zoom: 1 },
  "from behind": { azimuth: Math.PI, elevation: 0.03, zoom: 1 },
  "from above": { azimuth: -Math.PI / 2, elevation: 1.5, zoom: 1 },
};

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

  // Project a point to [x, y, pixels per metre].
  project(x, y, z) {
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
