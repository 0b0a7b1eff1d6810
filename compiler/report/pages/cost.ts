// SPDX-License-Identifier: Apache-2.0
/** What a model costs: cycles and flash by layer, a frame against the hop, memories, current. */
import { barX, dot, ruleX, ruleY, text, tickX } from '@observablehq/plot';
import { type CostFacts, GATED, type MemoryPart } from '../gather/cost.ts';
import type { ModelFacts } from '../gather/facts.ts';
import { COLOUR, chart } from '../html/chart.ts';
import { figure, legend } from '../html/figure.ts';
import type { Html } from '../html/html.ts';
import { count, percent, whole } from '../html/numbers.ts';
import { columns } from '../html/table.ts';
import { SUPPLY } from '../measure/energy.ts';

export function costFigures({ cost }: ModelFacts, titled: (title: string) => string): (Html | null)[] {
  return [
    cyclesFigure(cost, titled),
    flashFigure(cost, titled),
    frameFigure(cost, titled),
    memoryFigure(cost, titled),
    energyFigure(cost, titled),
  ];
}

function cyclesFigure(
  { layers, measured, kernel, estimate }: CostFacts,
  titled: (title: string) => string,
): Html {
  const rows = layers.map(({ name, max }, i) => ({
    ...{
      name,
      bound: max,
      mean: measured?.kernel.layers[i]?.cycles ?? null,
      most: measured?.layersMax[i] ?? null,
    },
  }));
  const y = 'name';
  return figure({
    title: titled('Cycles of a step by layer'),
    picture: chart('Cycles of a step by layer', {
      ...rowsOf(rows.length),
      x: { label: 'cycles', grid: true, ticks: 4 },
      y: { label: null, domain: rows.map(({ name }) => name) },
      marks: [
        barX(rows, { x: ({ mean, bound }: (typeof rows)[number]) => mean ?? bound, y, fill: COLOUR.accent }),
        tickX(rows, { x: 'bound', y, stroke: COLOUR.hit, strokeWidth: 2 }),
      ],
    }),
    caption:
      measured === null
        ? `At most, by the cycle model of the ${kernel} kernel; zero wait states.`
        : `Bars: the mean on the emulated chip over ${count(measured.clips, 'clip')}, ${whole(measured.kernel.steps)} steps. ` +
          `Lines: at most, by the cycle model of the ${kernel} kernel. Zero wait states.`,
    table: {
      caption:
        'Cycles of a step by layer, zero wait states; measured ones of the first and the last layer have what is shared',
      columns: columns('layer', 'mean', 'most measured', 'at most'),
      rows: [
        ...rows.map(({ name, bound, mean, most }) => [name, orNone(mean), orNone(most), whole(bound)]),
        [
          'shared',
          '-',
          '-',
          whole(Math.max(0, estimate.cyclesMax - layers.reduce((sum, { max }) => sum + max, 0))),
        ],
      ],
    },
  });
}

function flashFigure({ layers, estimate }: CostFacts, titled: (title: string) => string): Html {
  const own = layers.reduce((sum, { flash }) => sum + flash, 0);
  const rows = [
    ...layers.map(({ name, flash }) => ({ name, flash })),
    { name: 'shared', flash: Math.max(0, estimate.flash - own) },
  ];
  return figure({
    title: titled('Flash by layer'),
    picture: chart('Bytes of flash by layer', {
      ...rowsOf(rows.length),
      x: { label: 'bytes', grid: true, ticks: 4 },
      y: { label: null, domain: rows.map(({ name }) => name) },
      marks: [barX(rows, { x: 'flash', y: 'name', fill: COLOUR.accent })],
    }),
    caption:
      'Code and constants of kernel and model, estimated; shared: what all layers call, descriptors, names.',
    table: {
      caption: 'Bytes of flash by layer, estimated',
      columns: columns('layer', 'bytes'),
      rows: [...rows, { name: 'all', flash: estimate.flash }].map(({ name, flash }) => [name, whole(flash)]),
    },
  });
}

const rowsOf = (rows: number) => ({ marginLeft: 76, marginRight: 24, height: 76 + 28 * rows });
const orNone = (value: number | null) => (value === null ? '-' : whole(value));

function frameFigure(
  { load, measured, board, microphone }: CostFacts,
  titled: (title: string) => string,
): Html | null {
  if (load === null) return null;
  const { hopCycles, network, frontend, capture } = load;
  const worst = { frame: 'at worst', parts: [frontend, network, capture] };
  const mean =
    measured === null || measured.frontend === null
      ? []
      : [{ frame: 'mean', parts: [measured.frontend, measured.kernel.cyclesPerStepBound, capture] }];
  const names = ['feature extractor', 'network', 'microphone and ports'];
  const rows = [...mean, worst].flatMap(({ frame, parts }) =>
    parts.map((cycles, i) => ({ frame, part: names[i] ?? '', cycles, share: cycles / hopCycles })),
  );
  const colours = COLOUR.kinds.slice(0, names.length);
  return figure({
    title: titled('A frame against the hop'),
    picture: [
      chart('Cycles of a frame as a share of the time until the next one', {
        ...{ marginLeft: 76, marginRight: 24, height: 130 },
        x: {
          label: 'share of the hop (%)',
          percent: true,
          domain: [0, Math.max(100, 100 * load.share)],
          grid: true,
          ticks: 5,
        },
        y: { label: null, domain: [...mean, worst].map(({ frame }) => frame) },
        color: { domain: names, range: colours },
        marks: [
          barX(rows, { x: 'share', y: 'frame', fill: 'part' }),
          ruleX([1], { stroke: COLOUR.hit, strokeWidth: 2 }),
        ],
      }),
      legend(names, colours),
    ],
    caption:
      `${percent(load.share)} of ${whole(hopCycles)} cycles at worst on the ${board.title} with an ${microphone.name} ` +
      'microphone; one more cycle for every new line of flash. The rest of the time the chip sleeps.',
    table: {
      caption: 'Cycles of a frame, with flash lines',
      columns: columns('part', ...mean.map(({ frame }) => frame), 'at worst'),
      rows: names.map((name, i) => [name, ...[...mean, worst].map(({ parts }) => whole(parts[i] ?? 0))]),
    },
  });
}

function memoryFigure({ memory, board }: CostFacts, titled: (title: string) => string): Html | null {
  if (memory === null) return null;
  const parts = [
    ...memory.flash.map((part, i) => ({ ...part, memory: 'flash', colour: memoryColour(part, i) })),
    ...memory.ram.map((part, i) => ({ ...part, memory: 'RAM', colour: memoryColour(part, i) })),
  ];
  const bar = (name: string) => {
    const own = parts.filter(({ memory }) => memory === name);
    return [
      chart(`${name} of the ${board.title}`, {
        ...{ height: 84, marginLeft: 52, marginRight: 20, marginTop: 6 },
        x: { label: 'bytes', ticks: 3 },
        y: { label: null },
        marks: [
          barX(own, {
            x: 'bytes',
            y: 'memory',
            fill: ({ colour }: (typeof own)[number]) => colour,
            stroke: COLOUR.paper,
          }),
        ],
      }),
      legend(
        own.map((part) => part.name),
        own.map(({ colour }) => colour),
      ),
    ];
  };
  return figure({
    title: titled('Memory map'),
    picture: [bar('flash'), bar('RAM')],
    caption: `From the lowest address up, on the ${board.title} (${board.chip.name}), as the firmware is linked.`,
    table: {
      caption: 'Bytes of flash and RAM',
      columns: columns('memory', 'part', 'bytes'),
      rows: parts.map(({ memory, name, bytes }) => [memory, name, whole(bytes)]),
    },
  });
}

/** What is free is pale. */
function memoryColour({ name }: MemoryPart, index: number): string {
  if (/^(free|room)/.test(name)) return COLOUR.line;
  return name === 'model' ? COLOUR.hit : (COLOUR.kinds[[0, 2, 3, 4, 5][index] ?? 0] ?? COLOUR.accent);
}

function energyFigure({ energy, measured }: CostFacts, titled: (title: string) => string): Html | null {
  if (energy.length === 0) return null;
  const rows = energy.map(({ part, microphone, alwaysOn, gated }) => ({
    ...{ part, microphone, on: alwaysOn.milliamps, quiet: gated.milliamps },
  }));
  const y = { label: null, domain: rows.map(({ part }) => part) };
  return figure({
    title: titled('Current while it listens'),
    picture: chart('Milliamperes by microphone', {
      ...{ marginLeft: 92, marginRight: 44, height: 80 + 30 * rows.length },
      x: { label: `milliamperes at ${SUPPLY} V`, grid: true, zero: true, ticks: 5 },
      y,
      marks: [
        ruleY(rows, { y: 'part', x1: 'quiet', x2: 'on', stroke: COLOUR.dim }),
        dot(rows, { x: 'quiet', y: 'part', r: 5, stroke: COLOUR.accent, fill: COLOUR.paper, strokeWidth: 2 }),
        dot(rows, { x: 'on', y: 'part', r: 5, fill: COLOUR.accent }),
        text(rows, {
          ...{ x: 'on', y: 'part', dx: 10, textAnchor: 'start', fill: COLOUR.ink },
          text: ({ on }: (typeof rows)[number]) => on.toFixed(1),
        }),
      ],
    }),
    caption:
      `Chip and microphone, without the board's regulator and LEDs: an estimate from ${measured === null ? 'estimated' : 'measured'} ` +
      `cycles and data sheets (docs/ENERGY.md). Filled: always on. Hollow: voice activity finds silence in ${percent(GATED, 0)} of the frames.`,
    table: {
      caption: 'Current in milliamperes, energy from frame to frame in microjoules',
      columns: columns(
        'microphone',
        'interface',
        'boards',
        'always on',
        'quiet',
        'energy, always on',
        'energy, quiet',
      ),
      rows: energy.map(({ part, microphone, boards, alwaysOn, gated }) => [
        ...[part, microphone, boards.join(', '), alwaysOn.milliamps.toFixed(2), gated.milliamps.toFixed(2)],
        ...[alwaysOn.microjoules.toFixed(0), gated.microjoules.toFixed(0)],
      ]),
    },
  });
}
