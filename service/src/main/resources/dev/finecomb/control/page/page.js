// The live page: the status by server-sent events, the history and the masks on demand. No state of its own but the token.
import { Charts } from "/charts.js";
import { MaskView, drawThumbnail } from "/masks.js";
import { Orders } from "/orders.js";

const SILENCE_MILLIS = 15_000; // the service speaks every 5 s
const RETRY_MILLIS = 2_000;
const HISTORY_MILLIS = 30_000; // between two looks at the whole history; points are added meanwhile

const element = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat("en");
const number = (value, digits = 3) => (value === undefined ? "–" : Number(value).toPrecision(digits));
const percent = (value) => (value === undefined ? "–" : `${(100 * value).toFixed(1)} %`);
const millis = (value) => (value === undefined ? "–" : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`);
const clock = (instant) => (instant === undefined ? "–" : new Date(instant).toLocaleTimeString());

const charts = new Charts(element("learning"), element("sparsity"));
const maskView = new MaskView(element("mask"));
const orders = new Orders(element("orders"), element("confirm"), element("answer"));

/** Fills a description list; nodes stay, so that a reader's place is not lost. */
function describe(list, entries) {
  for (const [name, value] of Object.entries(entries)) {
    let row = list.querySelector(`[data-name="${name}"]`);
    if (!row) {
      row = document.createElement("div");
      row.dataset.name = name;
      row.append(document.createElement("dt"), document.createElement("dd"));
      row.firstChild.textContent = name;
      list.append(row);
    }
    if (row.lastChild.textContent !== String(value)) {
      row.lastChild.textContent = value;
    }
  }
}

function cells(...values) {
  const row = document.createElement("tr");
  for (const value of values) {
    const cell = document.createElement("td");
    cell.append(value);
    row.append(cell);
  }
  return row;
}

function show(status) {
  const { identity, phase, training, input, commit, runtime } = status;
  const { progress, metrics, sparsity } = training;
  document.title = `${identity.job} ${phase.state} – Finecomb`;
  element("job").textContent = identity.job;
  if (element("state").textContent !== phase.state) {
    element("state").textContent = phase.state;
  }
  element("waiting").textContent = runtime.waiting === "nothing" ? "" : `waits for ${runtime.waiting}`;
  element("failure").hidden = phase.failure === undefined;
  element("failure").textContent = phase.failure ?? "";
  element("progress").max = progress.plannedSteps ?? 1;
  element("progress").value = progress.step;
  describe(element("figures"), {
    Step: `${whole.format(progress.step)} of ${progress.plannedSteps ? whole.format(progress.plannedSteps) : "–"}`,
    Speed: progress.stepsPerSecond === undefined ? "–" : `${number(progress.stepsPerSecond)} steps/s`,
    Samples: whole.format(progress.samples),
    Loss: number(metrics.loss),
    "Prequential accuracy": percent(metrics.prequentialAccuracy),
    "Learning rate": number(metrics.learningRate),
    Survivors: `${sparsity.survivors} of ${sparsity.combinations}`,
    Live: percent(sparsity.density),
    Lag: `${whole.format(input.lag)} records`,
    "Committed step": whole.format(commit.step),
    "Last commit": clock(commit.lastCommittedAt),
    "Not yet committed": `${whole.format(commit.outboxBytes)} bytes`,
  });
  describe(element("input"), {
    Lag: `${whole.format(input.lag)} records`,
    "Next offsets": Object.entries(input.positions).map(([partition, offset]) => `${partition}: ${offset}`).join(", ") || "–",
  });
  describe(element("identity"), {
    Pattern: identity.pattern,
    Device: identity.device,
    Model: identity.modelUri,
    "Model SHA-256": identity.modelSha256,
    Incarnation: identity.incarnation,
    Owner: runtime.owner ? "yes" : "no",
    "Checkpoint store": runtime.storeWritable ? "writable" : "not writable",
    "Finished model": phase.finished ? `${phase.finished.location} (step ${phase.finished.step})` : "–",
  });
  element("commits").replaceChildren(
    ...commit.recent.map((one) =>
      cells(whole.format(one.step), one.sequence, clock(one.at), millis(one.cutMillis), millis(one.commitMillis))));
  const refused = Object.entries(input.rejects);
  element("rejects").replaceChildren(
    ...(refused.length ? refused.map(([reason, count]) => cells(reason, whole.format(count))) : [cells("nothing", "0")]));
  charts.step(progress.step, metrics, sparsity);
  element("learning-words").textContent =
    `Step ${whole.format(progress.step)}: loss ${number(metrics.loss)}, accuracy ${percent(metrics.prequentialAccuracy)}.`;
  element("sparsity-words").textContent =
    `${sparsity.survivors} of ${sparsity.combinations} combinations survive, ${percent(sparsity.density)} of the weights live.`;
  orders.follow(phase.state);
}

// ---- layers: read again when the masks changed

const visible = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (entry.isIntersecting) {
      visible.unobserve(entry.target);
      thumbnail(entry.target);
    }
  }
});

/** What the service answers; undefined when it doesn't: the connection's own watch tells of that. */
async function read(path) {
  try {
    const answer = await fetch(path);
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

async function thumbnail(button) {
  const picture = await read(`/job/masks/${encodeURIComponent(button.dataset.parameter)}?side=48`);
  if (picture) {
    drawThumbnail(button.firstChild, picture);
  }
}

function layerRow(layer) {
  const verdict = document.createElement("span");
  verdict.textContent = layer.sparse ? "sparse" : "dense";
  const reason = document.createElement("small");
  reason.textContent = layer.reason;
  verdict.append(reason);
  const share = layer.weights ? layer.kept / layer.weights : 1;
  const density = document.createElement("span");
  const bar = document.createElement("span");
  bar.className = "bar";
  const filled = document.createElement("i");
  filled.style.width = `${100 * share}%`;
  bar.append(filled);
  density.append(bar, percent(share));
  let picture = "";
  if (layer.sparse) {
    picture = document.createElement("button");
    picture.type = "button";
    picture.className = "thumb";
    picture.dataset.parameter = layer.parameter;
    picture.setAttribute("aria-label", `Look at the mask of ${layer.parameter}`);
    picture.append(document.createElement("canvas"));
    picture.addEventListener("click", () => maskView.open(layer.parameter));
    visible.observe(picture);
  }
  return cells(layer.parameter, `[${layer.shape.join(", ")}]`, verdict, whole.format(layer.weights), density, picture);
}

/** Shows the layers of these masks, unless they were replaced meanwhile; asked for again if they can't be read. */
async function readLayers(masks) {
  const status = await read("/job");
  if (masks !== masksAre) {
    return;
  }
  if (!status) {
    masksAre = "";
  } else {
    const { layers } = status.training.sparsity;
    // Biases and norms have no verdict to speak of.
    const place = element("layers").parentElement.parentElement.scrollTop;
    element("layers").replaceChildren(...layers.filter((layer) => layer.shape.length > 1).map(layerRow));
    element("layers").parentElement.parentElement.scrollTop = place;
    maskView.refresh();
  }
}

async function readHistory() {
  const history = await read("/job/history");
  if (history) {
    charts.replace(history);
  }
}

// ---- the connection

let source;
let lastHeard = 0;
let masksAre = "";
let incarnation = "";

function lost() {
  element("lost").hidden = false;
  element("lost").textContent = lastHeard
    ? `The connection to the service is lost since ${new Date(lastHeard).toLocaleTimeString()}; trying again. What is shown is how it was then.`
    : "The service does not answer; trying again.";
}

function connect() {
  source?.close();
  const mine = new EventSource("/job/live");
  source = mine;
  let first = true;
  mine.addEventListener("status", (event) => {
    lastHeard = Date.now();
    const status = JSON.parse(event.data);
    if (first) {
      first = false;
      masksAre = "";
      element("lost").hidden = true;
      readHistory();
    }
    if (incarnation !== status.identity.incarnation) {
      incarnation = status.identity.incarnation;
      charts.clear();
    }
    show(status);
    const now = `${status.identity.incarnation} ${status.training.sparsity.survivors} ${status.runtime.restored}`;
    if (now !== masksAre) {
      masksAre = now;
      readLayers(now);
    }
  });
  mine.addEventListener("error", () => {
    first = true;
    lost();
    if (mine.readyState === EventSource.CLOSED) {
      setTimeout(() => mine === source && connect(), RETRY_MILLIS);
    }
  });
}

setInterval(() => {
  if (lastHeard && Date.now() - lastHeard > SILENCE_MILLIS) {
    lost();
    connect();
  }
}, RETRY_MILLIS);
setInterval(readHistoryQuietly, HISTORY_MILLIS);

function readHistoryQuietly() {
  if (source?.readyState === EventSource.OPEN) {
    readHistory();
  }
}

connect();
