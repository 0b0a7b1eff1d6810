// SPDX-License-Identifier: Apache-2.0
/** Elements without markup: texts come from files and are only ever text. */

type Child = Node | string;

export interface Attributes {
  readonly [name: string]: string | boolean | ((event: Event) => void) | undefined;
}

/**
 * An element. Attributes that begin with "on" are listeners; true is an attribute without value, false and undefined are
 * none.
 */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

export function button(text: string, onclick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return el('button', { type: 'button', onclick, ...attributes }, text);
}

export interface Slider {
  readonly element: HTMLElement;
  /** Shows this value; calls nobody. */
  set(value: number): void;
}

export interface SliderOptions {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly value: number;
  /** The value in words, for eyes and ears. */
  readonly text: (value: number) => string;
  readonly onChange: (value: number) => void;
}

let ids = 0;
export function nextId(): string {
  ids++;
  return `e${ids}`;
}

/** A label, the value in words, and the slider under both. */
export function slider({ label, min, max, value, text, onChange }: SliderOptions): Slider {
  const id = nextId();
  const output = el('output', { for: id });
  const input = el('input', { type: 'range', id, min: String(min), max: String(max), step: '1' });
  const show = (shown: number) => {
    output.value = text(shown);
    input.setAttribute('aria-valuetext', text(shown));
  };
  const set = (shown: number) => {
    input.value = String(shown);
    show(shown);
  };
  set(value);
  input.addEventListener('input', () => {
    show(input.valueAsNumber);
    onChange(input.valueAsNumber);
  });
  return { element: el('div', { class: 'setting' }, el('label', { for: id }, label), output, input), set };
}

/** Offers bytes as a download. */
export function download(name: string, data: Uint8Array<ArrayBuffer> | string, type: string): void {
  const url = URL.createObjectURL(new Blob([data], { type }));
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A button that opens the dialogue for files. */
export function fileButton(
  text: string,
  attributes: Attributes,
  onFiles: (files: readonly File[]) => void,
): HTMLElement {
  const input = el('input', {
    type: 'file',
    class: 'visually-hidden',
    tabindex: '-1',
    'aria-label': text,
    ...attributes,
  });
  input.addEventListener('change', () => {
    onFiles([...(input.files ?? [])]);
    input.value = '';
  });
  return el(
    'span',
    {},
    button(text, () => input.click()),
    input,
  );
}
