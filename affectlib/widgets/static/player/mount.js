// Entry points: a model shared with the kernel in a notebook, plain values on a page without one.

class Page {
  // Stands in for the model on a page without a kernel.
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
    const data = host.querySelector('script[type="application/json"]');
    if (!data || host.dataset.plays) continue;
    host.dataset.plays = "true";
    const height = Number(host.dataset.height) || 340;
    new Stage(host, new Page({ scene: JSON.parse(data.textContent), phase: 0, speed: 1, playing: false, height_px: height }));
  }
}

export function render({ model, el }) {
  const stage = new Stage(el, model);
  return () => stage.remove();
}

export default { render };
