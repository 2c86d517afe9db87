// One player: a canvas with controls, in step with a model.

class Stage {
  constructor(host, model) {
    this.model = model;
    this.root = make("div", { class: "affectlib-player", role: "group", "aria-label": "Skeleton player" });
    // JupyterLab would take keys such as the space bar for its own shortcuts.
    this.root.setAttribute("data-lm-suppress-shortcuts", "true");
    host.append(this.root);
    this.parts = makeControls(this.root);
    this.context = this.parts.canvas.getContext("2d");
    this.buffers = [new Float32Array(0), new Float32Array(0)];
    this.phase = model.get("phase") || 0;
    this.playing = false;
    this.speed = model.get("speed") || 1;
    this.view = { ...HOME };
    this.follows = true;
    this.size = { width: 0, height: 0 };
    this.frame = 0; // number of the requested animation frame, 0 if none
    this.last = 0; // time of the last frame in milliseconds
    this.visible = true;
    // For measurements of how smoothly it runs.
    this.meter = this.root.affectlibMeter = { draws: 0, ms: 0 };
    this.listenToControls();
    this.listenToPointer();
    this.root.addEventListener("keydown", (event) => this.pressKey(event));
    this.listenToModel();
    this.setHeight();
    this.showSpeed();
    this.readScene();
    this.play(Boolean(model.get("playing")), false);
    this.observe();
  }

  remove() {
    cancelAnimationFrame(this.frame);
    this.playing = false;
    for (const observer of this.observers) observer.disconnect();
    for (const [name, listener] of Object.entries(this.listeners)) this.model.off(name, listener);
    this.root.remove();
  }

  // --- the scene and its drawing ---

  readScene() {
    this.scene = new Scene(this.model.get("scene"));
    const names = this.scene.walkers.map((walker) => walker.name).join(", ");
    this.parts.canvas.setAttribute(
      "aria-label",
      `Walking skeletons side by side: ${names}. Drag to turn; arrow keys step, space plays, plus and minus zoom.`,
    );
    this.parts.followLabel.hidden = !this.scene.moves;
    this.showLegend();
    this.parts.caption.textContent = this.scene.caption;
    this.parts.caption.hidden = !this.scene.caption;
    this.requestFrame();
  }

  showLegend() {
    const { legend } = this.parts;
    legend.innerHTML = `${LEGEND}<span>ground lines every 0.5 m</span>`;
    if (this.scene.ghostName) {
      const swatch = make("span");
      swatch.innerHTML = LIMB.replace("W", "7").replace("#222", GHOST) + "</svg>";
      swatch.append(this.scene.ghostName);
      legend.append(swatch);
    }
    const help = "drag to turn · click, then wheel to zoom · double click to reset · space, ← → + −";
    legend.append(make("span", { class: "afp-help" }, help));
  }

  // Reused between frames; the second one is for the ghost.
  buffer(size, which = 0) {
    if (this.buffers[which].length !== size) this.buffers[which] = new Float32Array(size);
    return this.buffers[which];
  }

  resize() {
    const ratio = window.devicePixelRatio || 1;
    const { stage, canvas } = this.parts;
    this.size = { width: stage.clientWidth, height: stage.clientHeight };
    canvas.width = Math.round(this.size.width * ratio);
    canvas.height = Math.round(this.size.height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.paint();
  }

  paint() {
    if (!this.size.width) return;
    const begun = performance.now();
    draw(this.context, this.size, this.scene, this);
    this.meter.ms += performance.now() - begun;
    this.meter.draws += 1;
    const { scrub, time } = this.parts;
    scrub.value = String(Math.round(1000 * this.phase));
    const text = this.scene.timeText(this.phase);
    if (time.textContent !== text) {
      time.textContent = text;
      scrub.setAttribute("aria-valuetext", text);
    }
  }

  requestFrame() {
    if (!this.frame) this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    this.frame = 0;
    if (this.playing) this.advance(now);
    this.last = now;
    this.paint();
    if (this.playing && this.visible) this.requestFrame();
  }

  advance(now) {
    // At most a tenth of a second: a page that was hidden resumes where it was.
    this.phase += (this.speed * Math.min(now - this.last, 100)) / 1000 / this.scene.seconds;
    if (this.phase < 1) return;
    if (this.parts.loop.checked) this.phase %= 1;
    else {
      this.phase = 0.9999;
      this.play(false);
    }
  }

  // --- what can be changed ---

  report(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  play(on, reports = true) {
    if (on && !this.parts.loop.checked && this.phase > 0.999) this.phase = 0;
    this.playing = on;
    this.last = performance.now();
    const button = this.parts.play;
    button.replaceChildren(makeIcon(on ? "pause" : "play"));
    button.setAttribute("aria-label", on ? "Pause" : "Play");
    button.setAttribute("aria-pressed", String(on));
    if (reports) this.report({ playing: on, phase: this.phase });
    this.requestFrame();
  }

  go(phase) {
    this.phase = this.scene.isCycle ? ((phase % 1) + 1) % 1 : clamp(phase, 0, 0.9999);
    this.requestFrame();
  }

  // One per cent of a cycle or one frame; ten with Shift.
  step(event, direction) {
    const smallest = this.scene.isCycle ? 0.01 : 1 / (this.scene.rate * this.scene.seconds);
    this.go(this.phase + direction * (event.shiftKey ? 10 : 1) * smallest);
  }

  look(view) {
    this.view = { ...view };
    this.requestFrame();
  }

  zoom(factor) {
    this.view.zoom = clamp(this.view.zoom * factor, 0.4, 6);
    this.requestFrame();
  }

  setHeight() {
    this.parts.stage.style.height = `${this.model.get("height_px")}px`;
  }

  showSpeed() {
    const value = String(this.speed);
    const list = this.parts.speed;
    if (![...list.options].some((option) => option.value === value)) {
      list.append(make("option", { value }, `${value}×`));
    }
    list.value = value;
  }

  // --- events ---

  listenToControls() {
    const { play, scrub, speed, view, follow } = this.parts;
    play.addEventListener("click", () => this.play(!this.playing));
    scrub.addEventListener("input", () => this.go(Math.min(Number(scrub.value), 999.9) / 1000));
    scrub.addEventListener("change", () => this.report({ phase: this.phase }));
    speed.addEventListener("change", () => {
      this.speed = Number(speed.value);
      this.report({ speed: this.speed });
    });
    view.addEventListener("change", () => view.value && this.look(VIEWS[view.value]));
    follow.addEventListener("change", () => {
      this.follows = follow.checked;
      this.requestFrame();
    });
  }

  listenToPointer() {
    const { canvas, view } = this.parts;
    let drag = null;
    canvas.addEventListener("pointerdown", (event) => {
      drag = { x: event.clientX, y: event.clientY, view: { ...this.view } };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drag) return;
      this.view.azimuth = drag.view.azimuth - 0.01 * (event.clientX - drag.x);
      this.view.elevation = clamp(drag.view.elevation + 0.01 * (event.clientY - drag.y), -0.1, 1.55);
      view.value = "";
      this.requestFrame();
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (drag = null));
    canvas.addEventListener("dblclick", () => {
      view.value = "oblique";
      this.look(HOME);
    });
    canvas.addEventListener("wheel", (event) => this.turnWheel(event), { passive: false });
  }

  turnWheel(event) {
    // The wheel scrolls the page, unless the player was clicked before.
    const focused = document.activeElement === this.parts.canvas || this.root.contains(deepActive(this.root));
    if (!event.ctrlKey && !focused) return;
    event.preventDefault();
    this.zoom(Math.exp(-0.0015 * clamp(event.deltaY * (event.deltaMode ? 33 : 1), -200, 200)));
  }

  pressKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { canvas, play } = this.parts;
    const keys = {
      " ": () => this.play(!this.playing),
      ArrowRight: () => this.step(event, 1),
      ArrowLeft: () => this.step(event, -1),
      Home: () => this.go(0),
      End: () => this.go(0.9999),
      "+": () => this.zoom(1.15),
      "=": () => this.zoom(1.15),
      "-": () => this.zoom(1 / 1.15),
    };
    if (!keys[event.key]) return;
    if (event.target !== canvas && event.target.matches("select, input[type=checkbox]")) return;
    if (event.key === " " && event.target === play) return; // the button is clicked by it
    event.preventDefault();
    keys[event.key]();
    if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") {
      this.report({ phase: this.phase });
    }
  }

  listenToModel() {
    const { model } = this;
    this.listeners = {
      "change:scene": () => this.readScene(),
      "change:phase": () => {
        if (!this.playing && Math.abs(model.get("phase") - this.phase) > 1e-6) this.go(model.get("phase"));
      },
      "change:playing": () => model.get("playing") !== this.playing && this.play(model.get("playing"), false),
      "change:speed": () => {
        this.speed = model.get("speed");
        this.showSpeed();
      },
      "change:height_px": () => this.setHeight(),
    };
    for (const [name, listener] of Object.entries(this.listeners)) model.on(name, listener);
  }

  observe() {
    const resizing = new ResizeObserver(() => this.resize());
    const appearing = new IntersectionObserver((entries) => {
      this.visible = entries[entries.length - 1].isIntersecting;
      this.last = performance.now();
      if (this.visible) this.requestFrame();
    });
    this.observers = [resizing, appearing];
    for (const observer of this.observers) observer.observe(this.parts.stage);
  }
}

function deepActive(root) {
  const within = root.getRootNode();
  return within.activeElement || document.activeElement;
}
