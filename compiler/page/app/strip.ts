// SPDX-License-Identifier: Apache-2.0
/** A picture that moves with time: a column per frame, the newest one at the right edge. */
import { type History, KEPT } from './history.ts';
import type { Palette } from './palette.ts';

/** Paints the column of a frame. `height` is that of the picture in pixels. */
export type PaintColumn = (
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  x: number,
  height: number,
  step: number,
) => void;

/** Of what stays as it was, because the network sleeps. */
const ASLEEP = 70;

/** Paints the rows of a column from the bottom up, one pixel each: RGB of the palette's ramps. */
export function heatColumn(
  values: (step: number) => Int32Array,
  ramp: () => Uint8Array,
  index: (value: number) => number,
  isAsleep: (step: number) => boolean = () => false,
): PaintColumn {
  let image: ImageData | null = null;
  return (context, x, height, step) => {
    if (image?.height !== height) image = new ImageData(1, height);
    const colours = ramp();
    const column = values(step);
    const alpha = isAsleep(step) ? ASLEEP : 255;
    for (let i = 0; i < height; i++) {
      const at = 4 * (height - 1 - i);
      const from = 3 * index(column[i] ?? 0);
      for (let k = 0; k < 3; k++) image.data[at + k] = colours[from + k] ?? 0;
      image.data[at + 3] = alpha;
    }
    context.putImageData(image, x, 0);
  };
}

export interface StripOptions {
  readonly canvas: HTMLCanvasElement;
  /** Pixels of the picture from top to bottom; null: those of the canvas. */
  readonly rows: number | null;
  readonly paint: PaintColumn;
  /** Drawn over the picture. */
  readonly overlay?: (
    context: CanvasRenderingContext2D,
    width: number,
    height: number,
    palette: Palette,
  ) => void;
}

/** Frames that a strip shows, if its width is about that of a page. */
const COLUMNS = 420;

export class Strip {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #ring: OffscreenCanvas;
  readonly #picture: OffscreenCanvasRenderingContext2D;
  readonly #options: StripOptions;
  #scale = 1;
  #painted = 0;
  #run = 0;

  constructor(options: StripOptions) {
    this.#options = options;
    this.#canvas = options.canvas;
    this.#ring = new OffscreenCanvas(KEPT, options.rows ?? 1);
    const context = this.#canvas.getContext('2d');
    const picture = this.#ring.getContext('2d');
    if (context === null || picture === null) throw new Error('this browser draws on no canvas');
    this.#context = context;
    this.#picture = picture;
  }

  /** Takes over the size on the screen. */
  resize(): void {
    const ratio = Math.min(3, window.devicePixelRatio);
    const width = Math.round(this.#canvas.clientWidth * ratio);
    const height = Math.round(this.#canvas.clientHeight * ratio);
    if (width === 0 || (width === this.#canvas.width && height === this.#canvas.height)) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
    if (this.#options.rows === null) this.#ring.height = height;
    this.#scale = Math.max(1, Math.round(width / COLUMNS));
    this.repaint();
  }

  /** Whatever was painted is painted again. */
  repaint(): void {
    this.#painted = 0;
  }

  /** Frames that fit. */
  get columns(): number {
    return Math.ceil(this.#canvas.width / this.#scale);
  }

  draw(history: History, run: number, palette: Palette): void {
    if (run !== this.#run) {
      this.#run = run;
      this.#painted = 0;
    }
    const { steps } = history;
    const height = this.#ring.height;
    for (let step = Math.max(this.#painted, steps - KEPT); step < steps; step++) {
      const x = step % KEPT;
      this.#picture.clearRect(x, 0, 1, height);
      this.#options.paint(this.#picture, x, height, step);
    }
    this.#painted = steps;
    this.#copy(steps);
    this.#options.overlay?.(this.#context, this.#canvas.width, this.#canvas.height, palette);
  }

  /** The end of the ring to the canvas: in two parts where it goes over the ring's edge. */
  #copy(steps: number): void {
    const { width, height } = this.#canvas;
    const context = this.#context;
    context.clearRect(0, 0, width, height);
    context.imageSmoothingEnabled = false;
    const count = Math.min(this.columns, steps, KEPT);
    const first = (steps - count) % KEPT;
    const before = Math.min(count, KEPT - first);
    const rows = this.#ring.height;
    const left = width - count * this.#scale;
    if (before > 0)
      context.drawImage(this.#ring, first, 0, before, rows, left, 0, before * this.#scale, height);
    const rest = count - before;
    if (rest > 0)
      context.drawImage(
        this.#ring,
        0,
        0,
        rest,
        rows,
        left + before * this.#scale,
        0,
        rest * this.#scale,
        height,
      );
  }
}
