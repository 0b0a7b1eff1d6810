// SPDX-License-Identifier: Apache-2.0
/** Synthesizers that may be installed. Texts are letters and punctuation alone: none of it means anything to them. */
import type { EngineName, Program, Voice } from './engine.ts';

/** Variants of espeak-ng's voices that sound like people; others whisper or are robots. */
const ESPEAK_VARIANTS =
  'm1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 Alex Alicia Andrea Andy Annie adam anika antonio aunty belinda benjamin ' +
  'boris caleb david ed edward edward2 gene gene2 grandma grandpa Henrique iven iven2 iven3 iven4 Jacky Lee linda ' +
  'marcelo Marco Mario max Michael michel miguel norbert pablo paul pedro quincy rob robert shelby steph steph2 ' +
  'steph3 travis victor zac';
const ESPEAK_ACCENTS = ['en-us', 'en-gb', 'en-gb-scotland', 'en-gb-x-rp', 'en-029', 'en-us-nyc'];
/** Words per minute that voices speak by themselves. */
const ESPEAK_RATE = 175;
const SAY_RATE = 175;

const espeak: Program = {
  name: 'espeak-ng',
  command: 'espeak-ng',
  install: 'apt-get install espeak-ng',
  voices(ask) {
    const found = (list: string) => new Set(ask(`--voices=${list}`).match(/\S+/g) ?? []);
    const [accents, variants] = [found('en'), found('variant')];
    const has = (name: string) => variants.has(`!v/${name}`);
    return ESPEAK_ACCENTS.filter((accent) => accents.has(accent)).flatMap((accent) =>
      ESPEAK_VARIANTS.split(' ')
        .filter(has)
        .map((variant) => voice('espeak-ng', `${accent}+${variant}`, true)),
    );
  },
  call({ text, voice: { name }, rate, pitch }, output) {
    const speed = String(Math.round(clamp(ESPEAK_RATE * rate, 80, 450)));
    // 0 to 99 around 50; 25 steps are about half an octave.
    const height = String(Math.round(clamp(50 + 50 * Math.log2(pitch), 0, 99)));
    return { args: ['-v', name, '-s', speed, '-p', height, '-w', output, '--stdin'], input: text };
  },
};

const festival: Program = {
  name: 'festival',
  command: 'text2wave',
  lists: 'festival',
  install: 'apt-get install festival festvox-kallpc16k festvox-us-slt-hts',
  voices: (ask) =>
    (ask('--batch', '(print (voice.list))').match(/\w+/g) ?? [])
      .filter((name) => FESTIVAL_ENGLISH.test(name))
      .map((name) => voice('festival', name, hasPitch(name))),
  call({ text, voice: { name }, rate, pitch }, output) {
    const settings = [`(voice_${name})`, `(Parameter.set 'Duration_Stretch ${1 / rate})`];
    // The model was made from a voice of 170 Hz; 105 is that of its diphone voices by themselves.
    const mean = `(target_f0_mean ${Math.round(105 * pitch)}) (target_f0_std 14)`;
    const model = '(model_f0_mean 170) (model_f0_std 34)';
    if (hasPitch(name)) settings.push(`(set! int_lr_params '(${mean} ${model}))`);
    return { args: ['-o', output, ...settings.flatMap((each) => ['-eval', each])], input: text };
  },
};
/** Beginnings of the names of its English voices; others would read English as if it were theirs. */
const FESTIVAL_ENGLISH = /^(?:kal|ked|rab|don|cmu_us|cmu_uk|nitech_us|us\d|en\d)_?/;
const hasPitch = (name: string) => name.endsWith('_diphone');

const pico: Program = {
  name: 'pico2wave',
  command: 'pico2wave',
  install: 'apt-get install libttspico-utils (Debian: non-free)',
  voices: () => ['en-US', 'en-GB'].map((name) => voice('pico2wave', name, true)),
  call({ text, voice: { name }, rate, pitch }, output) {
    const [speed, height] = [Math.round(clamp(100 * rate, 20, 500)), Math.round(clamp(100 * pitch, 50, 200))];
    const marked = `<speed level="${speed}"><pitch level="${height}">${text}</pitch></speed>`;
    return { args: ['-l', name, '-w', output, '--', marked], input: '' };
  },
};

const say: Program = {
  name: 'say',
  command: 'say',
  install: 'it is part of macOS',
  voices: (ask) =>
    ask('-v', '?')
      .split('\n')
      .flatMap((line) => /^(\S.*?)\s+en_[A-Z]{2}\s/.exec(line)?.[1] ?? [])
      .map((name) => voice('say', name, true)),
  call({ text, voice: { name }, rate, pitch }, output) {
    // [[pbas]] is a voice's pitch in semitones; 45 is that of most.
    const height = Math.round(clamp(45 + 12 * Math.log2(pitch), 30, 65));
    const format = ['--file-format=WAVE', '--data-format=LEI16@22050'];
    const args = ['-v', name, '-r', String(Math.round(SAY_RATE * rate)), ...format, '-o', output];
    return { args, input: `[[pbas ${height}]] ${text}` };
  },
};

/** Voices of piper are files, each with one or more speakers. */
export function piper(model: string, speakers: number): Program {
  return {
    name: 'piper',
    command: 'piper',
    install: 'pip install piper-tts',
    voices: () => Array.from({ length: speakers }, (_, i) => voice('piper', String(i), false)),
    call({ text, voice: { name }, rate }, output) {
      const choice = ['--model', model, '--speaker', name, '--length_scale', String(1 / rate)];
      return { args: [...choice, '--output_file', output], input: text };
    },
  };
}

export const PROGRAMS: readonly Program[] = [espeak, festival, pico, say];

function voice(engine: EngineName, name: string, pitch: boolean): Voice {
  return { engine, name, pitch };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
