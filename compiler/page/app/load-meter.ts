// SPDX-License-Identifier: Apache-2.0
/** How much of the chip the model takes now: the kernels' cycle models, and which frames the network really ran in. */
import type { ProgramLoad } from '../../report/measure/load.ts';
import { el } from './dom.ts';

/** Clock of the SAMD21. */
const MEGAHERTZ = 48;

export class LoadMeter {
  readonly element: HTMLElement;
  readonly #value = el('span', { class: 'big num' }, '…');
  readonly #fill = el('div');
  readonly #bar: HTMLElement;
  readonly #note = el('small', {}, 'estimating cycles …');
  #load: ProgramLoad | null = null;

  constructor() {
    this.#bar = el(
      'div',
      {
        class: 'bar',
        role: 'meter',
        'aria-label': 'Load of the chip in percent',
        'aria-valuemin': '0',
        'aria-valuemax': '100',
        'aria-valuenow': '0',
      },
      this.#fill,
    );
    this.element = el(
      'section',
      { role: 'group', 'aria-label': 'Load of the chip' },
      el('h3', {}, 'Load of the chip'),
      this.#value,
      this.#bar,
      this.#note,
    );
  }

  set(load: ProgramLoad): void {
    this.#load = load;
    const [fastest] = load.kernels;
    if (fastest === undefined || load.hopCycles === null) return;
    const all = load.kernels.map(({ kernel }, i) => `${kernel} ${percent(this.#share(1, i))}`).join(', ');
    this.#note.textContent = `SAMD21 at ${MEGAHERTZ} MHz, I2S microphone, ${fastest.kernel} kernel, estimated. While somebody speaks: ${all}.`;
    this.show(1);
  }

  /** @param active share of the frames in which the network ran */
  show(active: number): void {
    if (this.#load === null) return;
    const share = this.#share(active, 0);
    this.#value.textContent = percent(share);
    this.#fill.style.transform = `scaleX(${Math.min(1, share)})`;
    this.#bar.setAttribute('aria-valuenow', (100 * share).toFixed(1));
  }

  #share(active: number, kernel: number): number {
    const load = this.#load;
    if (load === null || load.hopCycles === null) return 0;
    const network = load.kernels[kernel]?.cyclesMax ?? 0;
    return (load.frontendCycles + active * network) / load.hopCycles + load.capture;
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
