// SPDX-License-Identifier: Apache-2.0
import { el } from './dom.ts';

export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly panel: HTMLElement;
}

/** A list of tabs and their panels; arrows move between them. @param onShow called with the tab that appears */
export function tabs(list: readonly Tab[], onShow: (id: string) => void): HTMLElement {
  const buttons = list.map(({ id, title, panel }) => {
    panel.id = `panel-${id}`;
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', `tab-${id}`);
    const attributes = { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': panel.id };
    return el('button', { ...attributes, onclick: () => show(id) }, title);
  });
  const show = (chosen: string) => {
    for (const [i, { id, panel }] of list.entries()) {
      const isChosen = id === chosen;
      panel.hidden = !isChosen;
      buttons[i]?.setAttribute('aria-selected', String(isChosen));
      buttons[i]?.setAttribute('tabindex', isChosen ? '0' : '-1');
    }
    onShow(chosen);
  };
  const element = el('div', { role: 'tablist', 'aria-label': 'Views' }, ...buttons);
  element.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (step === undefined || at < 0) return;
    const next = (at + step + list.length) % list.length;
    buttons[next]?.focus();
    show(list[next]?.id ?? '');
  });
  show(list[0]?.id ?? '');
  return element;
}
