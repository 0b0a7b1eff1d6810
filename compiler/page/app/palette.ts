// SPDX-License-Identifier: Apache-2.0
/** The colours of the pictures, as the style sheet has them now, light or dark. */
import { el } from './dom.ts';

type Rgb = readonly [number, number, number];

export interface Palette {
  readonly ink: string;
  readonly dim: string;
  readonly accent: string;
  readonly soft: string;
  readonly hit: string;
  /** RGB, 256 entries: from the background to the accent. */
  readonly sequential: Uint8Array;
  /** RGB, 256 entries: from the colour of hits over the background to the accent. */
  readonly diverging: Uint8Array;
}

/** The style sheet's colours, resolved. */
export function readPalette(): Palette {
  const probe = el('span');
  document.body.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const [ink, dim, accent, soft, hit, sunk] = ['ink', 'dim', 'accent', 'soft', 'hit', 'sunk'].map(colour);
  probe.remove();
  const [paper, end, other, dark] = [sunk, accent, hit, ink].map(rgb);
  const [a, b, c, d] = [paper, end, other, dark].map((one) => one ?? ([0, 0, 0] as const)) as [
    Rgb,
    Rgb,
    Rgb,
    Rgb,
  ];
  return {
    ink: ink ?? '',
    dim: dim ?? '',
    accent: accent ?? '',
    soft: soft ?? '',
    hit: hit ?? '',
    sequential: ramp([a, b, mix(b, d, 0.6)]),
    diverging: ramp([mix(c, a, 0.12), mix(c, a, 0.5), a, mix(b, a, 0.5), mix(b, a, 0.12)]),
  };
}

function rgb(colour: string | undefined): Rgb {
  const [r = 0, g = 0, b = 0] = (colour?.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [0, 1, 2].map((i) => (a[i] ?? 0) * (1 - share) + (b[i] ?? 0) * share) as unknown as Rgb;
}

/** 256 colours through these at equal distances. */
function ramp(stops: readonly Rgb[]): Uint8Array {
  const colours = new Uint8Array(3 * 256);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * (stops.length - 1);
    const first = Math.min(stops.length - 2, Math.floor(place));
    const [from, to] = [stops[first], stops[first + 1]];
    if (from === undefined || to === undefined) continue;
    colours.set(mix(from, to, place - first).map(Math.round), 3 * i);
  }
  return colours;
}
