// Two charts over the job's steps. The service sums the past up; what comes while the page looks on is added behind it.
import uPlot from "/chart/uPlot.esm.js";

const DRAW_MILLIS = 400;
const HEIGHT = 260;

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class Charts {
  /** Both start empty: step, loss, least, greatest, accuracy; step, survivors, density. */
  constructor(learning, sparsity) {
    this.places = [learning, sparsity];
    this.points = { step: [], loss: [], lossMin: [], lossMax: [], accuracy: [], survivors: [], density: [] };
    this.make();
    new ResizeObserver(() => this.resize()).observe(learning);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.make());
    setInterval(() => this.draw(), DRAW_MILLIS);
  }

  make() {
    this.plots?.forEach((plot) => plot.destroy());
    const axis = { stroke: color("--text"), grid: { stroke: color("--line") }, ticks: { stroke: color("--line") } };
    const step = { ...axis, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? tick : "")) };
    const line = (label, name, scale, more = {}) => ({ label, stroke: color(name), width: 1.5, scale, points: { show: false }, ...more });
    const range = { stroke: "transparent", scale: "loss", points: { show: false }, class: "range" };
    const size = (place) => ({ width: Math.max(place.clientWidth, 200), height: HEIGHT });
    const share = { range: [0, 1] };
    const learning = new uPlot({
      ...size(this.places[0]),
      scales: { x: { time: false }, share },
      axes: [step, { ...axis, scale: "loss" }, { ...axis, scale: "share", side: 1, grid: { show: false } }],
      series: [
        { label: "Step" },
        line("Loss", "--accent", "loss"),
        { ...range, label: "least" },
        { ...range, label: "greatest" },
        line("Accuracy", "--second", "share"),
      ],
      bands: [{ series: [3, 2], fill: color("--accent") + "33" }],
      hooks: { draw: [(plot) => this.markRemovals(plot)] },
    }, [[], [], [], [], []], this.places[0]);
    const sparsity = new uPlot({
      ...size(this.places[1]),
      scales: { x: { time: false }, share, count: { range: (_, least, most) => [0, Math.max(most ?? 1, 1)] } },
      axes: [step, { ...axis, scale: "count" }, { ...axis, scale: "share", side: 1, grid: { show: false } }],
      series: [
        { label: "Step" },
        line("Survivors", "--accent", "count", { paths: uPlot.paths.stepped({ align: 1 }) }),
        line("Live", "--third", "share", { paths: uPlot.paths.stepped({ align: 1 }) }),
      ],
    }, [[], [], []], this.places[1]);
    this.plots = [learning, sparsity];
    this.stale = true;
  }

  resize() {
    this.plots.forEach((plot, i) => plot.setSize({ width: Math.max(this.places[i].clientWidth, 200), height: HEIGHT }));
  }

  /** Another history begins. */
  clear() {
    for (const column of Object.values(this.points)) {
      column.length = 0;
    }
    this.stale = true;
  }

  /** What the service has summed up takes the place of everything up to its last step. */
  replace(history) {
    const last = history.step.at(-1) ?? 0;
    const later = this.points.step.findIndex((step) => step > last);
    for (const [name, column] of Object.entries(this.points)) {
      const past = history[name] ?? history.step.map(() => null);
      this.points[name] = later < 0 ? past : past.concat(column.slice(later));
    }
    this.stale = true;
  }

  /** The newest step. */
  step(step, metrics, sparsity) {
    if (metrics.loss === undefined || step <= (this.points.step.at(-1) ?? 0)) {
      return;
    }
    const values = {
      step, loss: metrics.loss, lossMin: metrics.loss, lossMax: metrics.loss, accuracy: metrics.accuracy ?? null,
      survivors: sparsity.survivors, density: sparsity.density,
    };
    for (const [name, value] of Object.entries(values)) {
      this.points[name].push(value);
    }
    this.stale = true;
  }

  draw() {
    if (this.stale && !document.hidden) {
      this.stale = false;
      const { step, loss, lossMin, lossMax, accuracy, survivors, density } = this.points;
      this.plots[0].setData([step, loss, lossMin, lossMax, accuracy]);
      this.plots[1].setData([step, survivors, density]);
      this.places[0].dataset.points = step.length;
    }
  }

  markRemovals(plot) {
    const { step, survivors } = this.points;
    plot.ctx.save();
    plot.ctx.strokeStyle = color("--quiet");
    plot.ctx.setLineDash([4, 4]);
    plot.ctx.beginPath();
    for (let i = 1; i < step.length; i++) {
      if (survivors[i] < survivors[i - 1]) {
        const x = Math.round(plot.valToPos(step[i], "x", true)) + 0.5;
        plot.ctx.moveTo(x, plot.bbox.top);
        plot.ctx.lineTo(x, plot.bbox.top + plot.bbox.height);
      }
    }
    plot.ctx.stroke();
    plot.ctx.restore();
  }
}
