// Masks as heat maps, from a whole layer down to its bits.
const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

const DEAD = [16, 20, 30];
const FIRST = [70, 140, 255]; // where the first positions of the groups live
const LAST = [255, 176, 60]; // where the last ones do

/** The colour says where in their groups the live weights are, the brightness how many live. */
function paint(pixels, at, share, centre) {
  for (let c = 0; c < 3; c++) {
    const live = FIRST[c] + (LAST[c] - FIRST[c]) * centre;
    pixels[at + c] = DEAD[c] + (live - DEAD[c]) * share;
  }
  pixels[at + 3] = 255;
}

function paintCells(image, cells) {
  const centres = bytes(cells.centres);
  // The root: half of the weights should not look like nearly none.
  bytes(cells.shares).forEach((share, i) => paint(image.data, 4 * i, Math.sqrt(share / 255), centres[i] / 255));
}

/** One pixel a cell; the style sheet stretches it. */
export function drawThumbnail(canvas, picture) {
  const { width, height } = picture.cells;
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  paintCells(image, picture.cells);
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** The dialog that shows one mask, zoomed to a window of rows and groups. */
export class MaskView {
  static SIDE = 256;
  static WEIGHT_PIXELS = 3; // from so many pixels a weight on, weights are shown one by one

  constructor(dialog) {
    this.dialog = dialog;
    this.canvas = dialog.querySelector("canvas");
    dialog.querySelector("#mask-close").addEventListener("click", () => dialog.close());
    dialog.querySelector("#mask-in").addEventListener("click", () => this.zoom(0.5, 0.5, 0.5));
    dialog.querySelector("#mask-out").addEventListener("click", () => this.zoom(0.5, 0.5, 2));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(...this.place(event), event.deltaY < 0 ? 0.8 : 1.25);
    }, { passive: false });
    this.canvas.addEventListener("pointerdown", (event) => {
      this.drag = { x: event.offsetX, y: event.offsetY, window: this.window, moved: false };
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener("pointermove", (event) => this.dragged(event));
    this.canvas.addEventListener("pointerup", (event) => {
      if (this.drag && !this.drag.moved) {
        this.zoom(...this.place(event), 0.5);
      }
      this.drag = undefined;
    });
  }

  open(parameter) {
    this.parameter = parameter;
    this.window = undefined;
    this.dialog.querySelector("#mask-title").textContent = parameter;
    this.dialog.showModal();
    this.read();
  }

  /** The masks changed: looks again at the same place. */
  refresh() {
    if (this.dialog.open) {
      this.read();
    }
  }

  place(event) {
    return [event.offsetX / this.canvas.clientWidth, event.offsetY / this.canvas.clientHeight];
  }

  dragged(event) {
    if (!this.drag || !this.drag.window) {
      return;
    }
    const dx = event.offsetX - this.drag.x;
    const dy = event.offsetY - this.drag.y;
    if (this.drag.moved || Math.hypot(dx, dy) > 4) {
      this.drag.moved = true;
      const from = this.drag.window;
      this.look({
        ...from,
        group: from.group - Math.round((dx / this.canvas.clientWidth) * from.groups),
        row: from.row - Math.round((dy / this.canvas.clientHeight) * from.rows),
      });
    }
  }

  key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (moves[event.key]) {
      event.preventDefault();
      const [x, y] = moves[event.key];
      const at = this.window;
      this.look({
        ...at,
        group: at.group + x * Math.max(1, Math.round(at.groups / 8)),
        row: at.row + y * Math.max(1, Math.round(at.rows / 8)),
      });
    } else if (event.key === "+" || event.key === "-") {
      this.zoom(0.5, 0.5, event.key === "+" ? 0.5 : 2);
    }
  }

  zoom(x, y, factor) {
    const at = this.window;
    if (!at) {
      return;
    }
    const rows = Math.max(1, Math.min(at.allRows, Math.round(at.rows * factor)));
    const groups = Math.max(1, Math.min(at.allGroups, Math.round(at.groups * factor)));
    this.look({
      ...at, rows, groups,
      row: Math.round(at.row + y * (at.rows - rows)),
      group: Math.round(at.group + x * (at.groups - groups)),
    });
  }

  look(window) {
    const clamp = (value, most) => Math.max(0, Math.min(value, most));
    this.window = {
      ...window,
      row: clamp(window.row, window.allRows - window.rows),
      group: clamp(window.group, window.allGroups - window.groups),
    };
    this.read();
  }

  /** Reads the window, or the whole mask; one question at a time, the newest when the one before is answered. */
  async read() {
    this.wanted = true;
    if (this.reading) {
      return;
    }
    this.reading = true;
    try {
      while (this.wanted) {
        this.wanted = false;
        await this.readOnce();
      }
    } catch (failure) {
      this.dialog.querySelector("#mask-words").textContent = `The mask can't be read: ${failure.message}`;
    } finally {
      this.reading = false;
    }
  }

  async readOnce() {
    const at = this.window;
    const query = at ? `row=${at.row}&rows=${at.rows}&group=${at.group}&groups=${at.groups}&` : "";
    const answer = await fetch(`/job/masks/${encodeURIComponent(this.parameter)}?${query}side=${MaskView.SIDE}`);
    if (this.wanted) {
      return; // the window has moved on
    }
    const words = this.dialog.querySelector("#mask-words");
    if (!answer.ok) {
      words.textContent = (await answer.json()).detail;
      return;
    }
    const picture = await answer.json();
    const { allRows, allGroups, window } = picture;
    const { row, rows, group, groups } = window;
    this.window = { ...window, allRows, allGroups };
    words.textContent =
      `[${picture.shape.join(", ")}] after step ${picture.step}: rows ${row} to ${row + rows - 1} of ${allRows}, `
      + `groups ${group} to ${group + groups - 1} of ${allGroups}, ${picture.groupSize} weights a group`;
    this.draw(picture);
  }

  draw(picture) {
    const { canvas } = this;
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    const { rows, groups } = picture.window;
    const weights = groups * picture.groupSize;
    const single = picture.bits && canvas.width / weights >= MaskView.WEIGHT_PIXELS;
    canvas.dataset.detail = single ? "weights" : "groups";
    const width = single ? weights : picture.cells.width;
    const height = single ? rows : picture.cells.height;
    const image = new ImageData(width, height);
    if (single) {
      const bits = new DataView(bytes(picture.bits).buffer);
      for (let i = 0; i < width * height; i++) {
        const group = Math.floor(i / picture.groupSize);
        const position = i % picture.groupSize;
        paint(image.data, 4 * i, bits.getUint16(2 * group, true) >> position & 1, position / (picture.groupSize - 1));
      }
    } else {
      paintCells(image, picture.cells);
    }
    const small = new OffscreenCanvas(width, height);
    small.getContext("2d").putImageData(image, 0, 0);
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
    if (single) {
      context.strokeStyle = "#8a93a5";
      context.beginPath();
      for (let group = 1; group < groups; group++) {
        const x = Math.round((group * canvas.width) / groups) + 0.5;
        context.moveTo(x, 0);
        context.lineTo(x, canvas.height);
      }
      context.stroke();
    }
  }
}
