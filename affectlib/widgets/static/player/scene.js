// What is shown: walkers with their positions, and the time that they share.

class Walker {
  constructor(data, scene) {
    Object.assign(this, { name: data.name, colour: data.colour, frames: data.frames, floor: data.floor_m });
    this.size = 3 * scene.body.joints;
    this.root = 3 * scene.body.root;
    this.xyz = unpack(data.xyz);
    this.ghost = data.ghost ? unpack(data.ghost) : null;
    this.pale = tint(data.colour, 0.78);
    this.top = this.floor;
    for (let at = 2; at < this.xyz.length; at += 3) if (this.xyz[at] > this.top) this.top = this.xyz[at];
    this.findPath();
  }

  // Path of the pelvis over the ground, with its extent.
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
    this.moves = this.span > 0.6; // larger than sway when walking on the spot
  }

  // Joints at a moment between two frames; in a cycle the first frame follows the last.
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

  // Target of the camera: the mean of the path over the second around a moment, if it follows.
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
    return sum.map((total) => total / (to - from + 1));
  }
}

class Scene {
  constructor(data) {
    this.body = data.body;
    this.caption = data.caption;
    this.simulated = data.simulated;
    this.ghostName = data.ghost_name;
    this.rate = data.rate_hz;
    this.isCycle = data.rate_hz === null || data.rate_hz === undefined;
    this.walkers = data.walkers.map((walker) => new Walker(walker, data));
    const frames = Math.max(...this.walkers.map((walker) => walker.frames));
    this.seconds = this.isCycle ? data.cycle_s : frames / this.rate;
    this.moves = this.walkers.some((walker) => walker.moves);
    this.height = Math.max(...this.walkers.map((walker) => walker.top - walker.floor)) + 0.15;
  }

  // Frame of a walker at a phase of the loop, with fraction.
  moment(walker, phase) {
    if (this.isCycle) return phase * walker.frames;
    return Math.min(phase * this.seconds * this.rate, walker.frames - 1);
  }

  timeText(phase) {
    if (this.isCycle) return `${Math.floor(phase * 100 + 1e-6)} % of the cycle`;
    return `${(phase * this.seconds).toFixed(1)} s of ${this.seconds.toFixed(1)} s`;
  }
}
