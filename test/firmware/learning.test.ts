// SPDX-License-Identifier: Apache-2.0
/** A board that learns: equal to the reference to the bit, refusals, and power that fails at every change of flash. */
import { beforeAll, describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import { learnCorrect } from '../../compiler/core/fixed/learning.ts';
import type { StreamProgram } from '../../compiler/core/program/program.ts';
import { streamTraceLayout } from '../../compiler/core/program/stream-trace.ts';
import { Learner, learnBytes } from '../../compiler/core/sim/learner.ts';
import { listen } from '../../compiler/core/sim/listen.ts';
import { Simulator } from '../../compiler/core/sim/simulator.ts';
import { Stream } from '../../compiler/core/sim/stream.ts';
import type { Link } from '../../compiler/machines/device/link.ts';
import { EmulatedDevice } from '../../compiler/machines/emulated/emulated-device.ts';
import { buildFirmware, type Firmware, symbolOf } from '../../compiler/machines/firmware/firmware.ts';
import { feedCommand } from '../../compiler/machines/protocol/protocol.ts';
import { stepChecksums } from '../../compiler/machines/protocol/records.ts';
import { APPLICATION_START, CHIP } from '../support/chip-facts.ts';
import { emulatedLink } from '../support/emulated-link.ts';
import { Random } from '../support/random.ts';
import { listener } from '../support/stream-program.ts';

const board = boards.trinket_m0;
const microphone = findMicrophone(board, 'adc');
const spec = { frame: 64, hop: 64, seed: 31, last: 'dense' } as const;
const withReadout = (program: StreamProgram, rule: 'sum' | 'last') => ({
  ...program,
  readout: { steps: 32, rule },
});
const program = withReadout(listener(spec), 'sum');
const other = withReadout(listener({ ...spec, seed: 32 }), 'last');
/** Several rows of flash. */
const many = withReadout(listener({ ...spec, labels: 60 }), 'sum');
const PIECE = 128;
const AREA = CHIP.flashBytes - CHIP.learnBytes - APPLICATION_START;

let firmware: Firmware;
let next: Firmware;
const build = (of: StreamProgram) => buildFirmware(of, { board, microphone, kernel: 'packed' });
beforeAll(async () => {
  [firmware, next] = await Promise.all([build(program), build(other)]);
});

async function start(image: Uint8Array): Promise<{ device: EmulatedDevice; link: Link; said: string }> {
  const device = new EmulatedDevice({ chip: CHIP, image, microphone });
  let said = '';
  device.onUart = (bytes) => {
    said += Buffer.from(bytes).toString('latin1');
  };
  device.run(25);
  const link = emulatedLink(device);
  await link.sync();
  await link.ask('listen off');
  return { device, link, said };
}

async function feed(link: Link, samples: Int16Array): Promise<void> {
  await link.ask('reset');
  for (let at = 0; at < samples.length; at += PIECE)
    await link.exchange(feedCommand(samples.subarray(at, at + PIECE)), 'feed');
}

/** What flash holds. */
const flashOf = (device: EmulatedDevice) => device.chip.memory.flash8.slice(APPLICATION_START);
const refusal = (link: Link, what: string) => link.ask(what).catch((error: Error) => error.message);
/** Noise and squares of changing loudness, never clipped. */
function clip(seed: number): Int16Array {
  const random = new Random(seed);
  const period = random.between(3, 30);
  const level = random.pick([2000, 9000, 20000]);
  return Int16Array.from({ length: 64 * 12 }, (_, i) =>
    i % 200 < 100 ? random.between(-level, level) : i % period < period / 2 ? level : -level,
  );
}
const traceOf = (of: StreamProgram, samples: Int16Array) =>
  new Simulator(of).run(samples, true).trace ?? new Int32Array();

async function expectScores(link: Link, learner: Learner, of: StreamProgram, samples: Int16Array) {
  await feed(link, samples);
  const { scores, label } = learner.clip(traceOf(of, samples));
  expect(await link.ask('scores')).toMatch(new RegExp(`label ${label} scores ${scores.join(' ')}$`));
}

describe('a board that learns', () => {
  it.each([
    ['sum', program, () => firmware],
    ['last', other, () => next],
  ] as const)(
    'is the reference in any order of examples, undo, forget, save and power, readout %s',
    async (_, of, image) => {
      const random = new Random(of.layers.length + of.readout.rule.length);
      const learner = new Learner(of);
      let saved = { learnt: learner.learnt.slice(), examples: 0 };
      let { device, link } = await start(image().bin);
      const seeds = [5, 6, 7, 8];
      for (let i = 0; i < 24; i++) {
        const what = random.pick(['learn', 'learn', 'learn', 'undo', 'forget', 'save', 'power']);
        const samples = clip(random.pick(seeds));
        const label = random.between(0, 3);
        if (what === 'learn') {
          await feed(link, samples);
          await link.ask(`learn ${label}`);
          learner.learn(traceOf(of, samples), label);
        } else if (what === 'undo') {
          const undone = learner.undo();
          expect(await refusal(link, 'learn undo')).toContain(
            undone ? 'ok learn examples' : 'nothing to undo',
          );
        } else if (what === 'forget') {
          await link.ask('learn forget');
          learner.forget();
        } else if (what === 'save') {
          expect(await link.ask('learn save')).toContain(' kept 1 area whole ');
          saved = { learnt: learner.learnt.slice(), examples: learner.examples };
        } else {
          ({ device, link } = await start(flashOf(device)));
          learner.restore(saved);
        }
        const status = await link.ask('learn');
        expect(status).toMatch(new RegExp(`^ok learn examples ${learner.examples} `));
        expect(status).toMatch(new RegExp(` bytes ${learnBytes(5, 4)}$`));
        await expectScores(link, learner, of, samples);
      }
    },
  );

  it('is the reference in streams, too, every integer, and as before after it forgot', async () => {
    const { link } = await start(firmware.bin);
    const samples = Int16Array.from([...clip(6), ...new Int16Array(300), ...clip(7)]);
    const learner = new Learner(program);
    const layout = streamTraceLayout(program);
    const compared = async () => {
      const lines: string[] = [];
      link.onLine = (line) => lines.push(line);
      await link.ask('stream on');
      await link.ask('output layers');
      for (let at = 0; at < samples.length; at += PIECE)
        await link.exchange(feedCommand(samples.subarray(at, at + PIECE)), 'feed');
      await link.ask('output none');
      await link.ask('stream off');
      const stream = new Stream(program);
      const { network } = stream;
      const step = network.step.bind(network);
      network.step = (features) => {
        step(features);
        if (learner.examples > 0) learnCorrect(learner.learnt, network.outputs.at(-2) ?? [], network.logits);
      };
      const { trace, steps } = listen(stream, program, samples, true);
      const rows = Array.from({ length: steps }, (_, i) => {
        const row = trace?.subarray(i * layout.width, (i + 1) * layout.width) ?? new Int32Array();
        return `layers ${i + 1} ${stepChecksums(program, layout, row).join(' ')}`;
      });
      expect(lines.filter((line) => line.startsWith('layers'))).toEqual(rows);
      return rows;
    };
    const before = await compared();
    await feed(link, clip(6));
    await link.ask('learn 2');
    learner.learn(traceOf(program, clip(6)), 2);
    expect(await compared()).not.toEqual(before);
    await link.ask('learn forget');
    learner.forget();
    expect(await compared()).toEqual(before);
  });

  it('takes less than a tenth of a second for an example', async () => {
    const { device, link } = await start(firmware.bin);
    let began = 0;
    let took = 0;
    device.chip.hook(symbolOf(firmware, 'learn_example'), () => {
      began = device.chip.cycles;
    });
    await feed(link, clip(5));
    device.chip.hook(symbolOf(firmware, 'session_reset'), () => {
      took = device.chip.cycles - began;
    });
    await link.ask('learn 1');
    expect(took).toBeGreaterThan(1000);
    expect(took).toBeLessThan(4_800_000);
  });
});

describe('what cannot be learnt', () => {
  it('is refused, and changes nothing', async () => {
    const { link } = await start(firmware.bin);
    const numbers = 'takes the number of a label';
    for (const what of ['4', '99999', 'zero', '1 2', 'undo 1', 'saves']) {
      expect(await refusal(link, `learn ${what}`)).toContain(numbers);
    }
    await link.ask('reset');
    expect(await refusal(link, 'learn 1')).toContain('there is no example');
    await feed(link, new Int16Array(640).fill(127));
    expect(await refusal(link, 'learn 1')).toContain('the example is silent');
    await feed(
      link,
      clip(5).map((value, i) => (i % 100 === 0 ? -32768 : value >> 1)),
    );
    expect(await refusal(link, 'learn 1')).toContain('the example is clipped');
    await link.ask('listen on');
    expect(await refusal(link, 'learn 1')).toContain('microphone is on');
    expect(await link.ask('learn')).toContain('examples 0 kept 0 area empty');
  });

  it('by a model that does not fit, or has no output layer for it, is refused with the reason', async () => {
    const wide = { ...listener({ ...spec, labels: 150 }), readout: { steps: 9, rule: 'sum' } as const };
    const bytes = learnBytes(5, 150);
    const { link } = await start((await build(wide)).bin);
    expect(await refusal(link, 'learn 1')).toContain(`learning takes ${bytes} bytes of RAM`);
    const { link: none } = await start((await build(listener({ ...spec, last: 'egru' }))).bin);
    expect(await refusal(none, 'learn')).toContain('no output layer that learns');
  });

  it('while the model is replaced; and another model ignores what this one learnt', async () => {
    const { device, link } = await start(firmware.bin);
    await feed(link, clip(5));
    await link.ask('learn 1');
    await link.ask('learn save');
    await link.ask(`update begin ${next.model.length}`);
    expect(await refusal(link, 'learn 1')).toContain('no model');
    expect(await refusal(link, 'learn save')).toContain('no model');
    await link.update(next.model);
    expect(await link.ask('learn')).toContain('examples 0 kept 0 area other');
    await expectScores(link, new Learner(other), other, clip(5));
    await link.update(firmware.model);
    expect(await link.ask('learn')).toContain('examples 1 kept 1 area whole');
    const again = await start(flashOf(device));
    expect(await again.link.ask('learn')).toContain('examples 1 kept 1 area whole');
  });
});

it.each([
  ['one row', program, [5, 6, 7]],
  ['four rows', many, [5, 6]],
] as const)(
  'leaves what was saved before, or what is saved now, wherever power is lost: %s',
  async (_, of, seeds) => {
    const { device, link } = await start((of === program ? firmware : await build(of)).bin);
    const learner = new Learner(of);
    const bytes = 2 * learner.learnt.length;
    const changes = Math.ceil((64 + bytes) / 256) + Math.ceil(bytes / 64) + 1;
    const states = [learner.learnt.slice()];
    const found: number[] = [];
    for (const seed of seeds) {
      await feed(link, clip(seed));
      await link.ask('learn 1');
      learner.learn(traceOf(of, clip(seed)), 1);
      states.push(learner.learnt.slice());
      const left: Uint8Array[] = [];
      device.chip.onFlashChange = ({ address, bytes }) => {
        left.push(flashOf(device));
        const half = flashOf(device);
        half.set(bytes.subarray(0, bytes.length / 2), address - APPLICATION_START);
        left.push(half);
      };
      const saved = link.ask('learn save');
      device.run(150);
      await saved;
      device.chip.onFlashChange = null;
      left.push(flashOf(device));
      expect(left).toHaveLength(2 * changes + 1);
      for (const image of left) {
        const after = await start(image);
        const examples = Number((await after.link.ask('learn')).split(' ')[3]);
        const other = new Learner(of);
        other.restore({ learnt: states[examples] ?? new Int16Array(), examples });
        await expectScores(after.link, other, of, clip(8));
        found.push(examples);
      }
    }
    const once = (before: number) => [...Array<number>(2 * changes).fill(before), before + 1];
    expect(found).toEqual(seeds.flatMap((_seed, before) => once(before)));
  },
);

it('ignores a copy whose checksum is wrong, and says so', async () => {
  const { device, link } = await start(firmware.bin);
  await feed(link, clip(5));
  await link.ask('learn 1');
  await link.ask('learn save');
  for (const at of [4, 8, 12, 16, 70]) {
    const image = flashOf(device);
    image[AREA + at] = (image[AREA + at] ?? 0) ^ 16;
    const { link: damaged, said } = await start(image);
    expect(said).toContain('note what was learnt is damaged, and ignored\nok egru ready\n');
    expect(await damaged.ask('learn')).toContain('examples 0 kept 0 area damaged');
    await expectScores(damaged, new Learner(program), program, clip(5));
  }
});
