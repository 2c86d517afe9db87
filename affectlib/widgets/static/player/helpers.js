// The skeleton player: one to four walkers side by side on a 2D canvas.
//
// The files of this folder are joined to one module, in the order that widgets/player.py gives. Lengths are
// metres, angles radians, z is up.

const INK = "#222222";
const GHOST = "#C9C9C9";
const FONT = '"Segoe UI", system-ui, -apple-system, Roboto, sans-serif';

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// Return a new HTML element.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Mix a colour "#rrggbb" with white.
function tint(colour, white) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgb(${parts.map((part) => Math.round(part + (255 - part) * white)).join(",")})`;
}

const UNKNOWN = -32768;

// Positions in metres of a walker or ghost, NaN where unknown; see widgets/scene.py.
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
