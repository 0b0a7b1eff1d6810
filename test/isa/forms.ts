// SPDX-License-Identifier: Apache-2.0

/**
 * Every instruction form of Armv6-M as assembly text. A body runs with r0 = memory, r1 and r2 = operands,
 * r3 = another value, r4 = memory + 16, r5 = 0..12 in words, r6 = 0..14 in halfwords, r7 = 0..15, and the flags given.
 * It may change everything but r8 (state) and r9 (stack pointer); all that it leaves behind is compared.
 */
export interface Form {
  readonly name: string;
  /** How many of r1 and r2 run through the boundary values. */
  readonly operands: 0 | 1 | 2;
  readonly memory: boolean;
  readonly body: readonly string[];
  /** Runs before registers and flags are set; r0 = state. */
  readonly before: readonly string[];
}

const CONDITIONS = ['eq', 'ne', 'cs', 'cc', 'mi', 'pl', 'vs', 'vc', 'hi', 'ls', 'ge', 'lt', 'gt', 'le'];

function form(operands: 0 | 1 | 2, body: string | string[], extra: Partial<Form> = {}): Form {
  const lines = typeof body === 'string' ? [body] : body;
  return { name: extra.name ?? lines[0] ?? '', operands, memory: false, before: [], ...extra, body: lines };
}

function list(mask: number): string {
  return Array.from({ length: 8 }, (_, i) => i)
    .filter((i) => mask & (1 << i))
    .map((i) => `r${i}`)
    .join(', ');
}

const count = (mask: number): number => list(mask).split(',').length * (mask === 0 ? 0 : 1);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

function dataProcessing(): Form[] {
  const two = 'ands eors lsls lsrs asrs adcs sbcs rors tst cmp cmn orrs muls bics mvns'.split(' ');
  const pairs = [
    [1, 2],
    [2, 1],
    [3, 3],
    [7, 1],
    [2, 5],
  ];
  const registers = pairs.flatMap(([d, m]) =>
    two.map((op) => form(2, op === 'muls' ? `muls r${d}, r${m}, r${d}` : `${op} r${d}, r${m}`)),
  );
  const negate = pairs.map(([d, m]) => form(2, `rsbs r${d}, r${m}, #0`));
  const three = [
    [1, 1, 2],
    [3, 1, 2],
    [2, 2, 1],
    [1, 2, 2],
    [6, 2, 1],
    [2, 2, 2],
  ];
  const addSub = three.flatMap(([d, n, m]) =>
    ['adds', 'subs'].map((op) => form(2, `${op} r${d}, r${n}, r${m}`)),
  );
  return [...registers, ...negate, ...addSub];
}

function immediates(): Form[] {
  const shifts = [
    ...range(0, 31).map((n) => form(1, n === 0 ? 'movs r2, r1' : `lsls r2, r1, #${n}`)),
    ...range(1, 32).flatMap((n) => [form(1, `lsrs r2, r1, #${n}`), form(1, `asrs r2, r1, #${n}`)]),
  ];
  const small = range(0, 7).flatMap((n) => [form(1, `adds r2, r1, #${n}`), form(1, `subs r2, r1, #${n}`)]);
  const bytes = [0, 1, 2, 8, 0x7f, 0x80, 0x81, 0xfe, 0xff].flatMap((n) =>
    ['adds r1,', 'subs r1,', 'cmp r1,', 'movs r1,'].map((op) => form(1, `${op} #${n}`)),
  );
  const extend = 'sxth sxtb uxth uxtb rev rev16 revsh'
    .split(' ')
    .flatMap((op) => [form(1, `${op} r2, r1`), form(1, `${op} r1, r1`)]);
  return [...shifts, ...small, ...bytes, ...extend];
}

/** ADD, MOV and CMP with high registers, the stack pointer and the program counter. */
function highRegisters(): Form[] {
  const forms: Form[] = [];
  const load = ['ldr r4, [r0, #8]', 'mov r12, r4', 'ldr r4, [r0, #4]', 'mov r11, r4'];
  for (const [d, m] of [
    [1, 12],
    [12, 1],
    [11, 12],
    [2, 11],
    [12, 12],
  ]) {
    for (const op of ['add', 'mov', 'cmp']) forms.push(form(2, `${op} r${d}, r${m}`, { before: load }));
  }
  forms.push(form(2, 'add r1, r2'), form(2, 'mov r1, r2'), form(0, 'add r1, pc'), form(0, 'mov r1, pc'));
  forms.push(form(0, 'add r12, sp'), form(0, 'mov r1, sp'), form(0, 'mov r11, lr'));
  const below = [
    'ldr r4, [r0, #4]',
    'movs r5, #63',
    'ands r4, r5',
    'mov r5, sp',
    'subs r5, #64',
    'adds r4, r5',
    'mov r12, r4',
  ];
  forms.push(form(1, ['mov sp, r12', 'mov r11, sp'], { before: below }));
  const offset = ['ldr r4, [r0, #4]', 'movs r5, #63', 'ands r4, r5', 'subs r4, #64', 'mov r12, r4'];
  forms.push(form(1, ['add sp, r12', 'mov r11, sp'], { before: offset }));
  return forms;
}

function stackPointer(): Form[] {
  return [0, 4, 8, 124, 252, 508].flatMap((n) => [
    form(0, [`sub sp, #${n}`, 'mov r11, sp']),
    form(0, [`sub sp, #508`, `add sp, #${n}`, 'mov r11, sp'], { name: `add sp, #${n}` }),
    form(0, `add r3, sp, #${2 * n}`),
    form(0, ['.balign 4', `add r3, pc, #${n}`], { name: `adr r3, #${n}` }),
    form(0, ['.balign 4', 'nop', `add r3, pc, #${n}`], { name: `adr r3, #${n} (at 2 mod 4)` }),
  ]);
}

function loadsAndStores(): Form[] {
  const memory = { memory: true };
  const forms: Form[] = [];
  for (const n of [0, 1, 2, 5, 16, 31]) {
    forms.push(form(1, `ldr r2, [r0, #${4 * n}]`, memory), form(1, `str r1, [r0, #${4 * n}]`, memory));
    forms.push(form(1, `ldrh r2, [r4, #${2 * n}]`, memory), form(1, `strh r1, [r4, #${2 * n}]`, memory));
    forms.push(form(1, `ldrb r2, [r4, #${n}]`, memory), form(1, `strb r1, [r4, #${n}]`, memory));
  }
  for (const base of ['r0', 'r4']) {
    for (const op of ['ldr', 'str']) forms.push(form(1, `${op} r1, [${base}, r5]`, memory));
    for (const op of ['ldrh', 'strh', 'ldrsh']) forms.push(form(1, `${op} r1, [${base}, r6]`, memory));
    for (const op of ['ldrb', 'strb', 'ldrsb']) forms.push(form(1, `${op} r1, [${base}, r7]`, memory));
  }
  forms.push(form(1, 'ldr r0, [r0, r5]', memory), form(1, 'ldrsh r6, [r0, r6]', memory));
  forms.push(
    form(
      1,
      ['sub sp, #64', 'str r1, [sp, #0]', 'str r3, [sp, #60]', 'ldr r4, [sp, #60]', 'ldr r5, [sp, #0]'],
      { name: 'str, ldr [sp, #imm]' },
    ),
  );
  forms.push(form(0, 'ldr r3, =0x12345678', { name: 'ldr r3, literal' }));
  forms.push(form(0, ['.balign 4', 'nop', 'ldr r3, =0x89abcdef'], { name: 'ldr r3, literal (at 2 mod 4)' }));
  return forms;
}

function multiple(): Form[] {
  const forms: Form[] = [];
  const memory = { memory: true };
  for (const base of [0, 4]) {
    const own = 1 << base;
    for (const mask of [own, 0x02, 0x80, 0xff, 0x55, 0xaa, 0x0f, 0xf0, 0x3c, 0xc3, 0xff & ~own, 0x7e]) {
      const back = mask & own ? '' : '!';
      forms.push(form(1, `ldmia r${base}${back}, {${list(mask)}}`, memory));
      if (!(mask & own) || (mask & (own - 1)) === 0)
        forms.push(form(1, `stmia r${base}!, {${list(mask)}}`, memory));
    }
  }
  const masks = [
    ...range(0, 7).map((i) => 1 << i),
    0x03,
    0x55,
    0xaa,
    0xf0,
    0x0f,
    0x3c,
    0x81,
    0x7f,
    0xfe,
    0xff,
  ];
  for (const mask of masks) {
    const n = count(mask);
    const top = 0xff & ~((1 << (8 - n)) - 1);
    forms.push(form(1, [`push {${list(mask)}}`, 'mov r11, sp', `pop {${list(top)}}`]));
    if (n < 8) {
      const one = top | (1 << (7 - n));
      forms.push(form(1, [`push {${list(mask)}, lr}`, 'mov r11, sp', `pop {${list(one)}}`]));
    }
    const target = ['ldr r4, =1f + 1', 'mov lr, r4'];
    forms.push(
      form(1, [`push {${list(mask)}, lr}`, `pop {${list(top)}, pc}`, 'mov r1, r12', '.thumb_func', '1:'], {
        name: `pop {${list(top)}, pc}`,
        before: target,
      }),
    );
  }
  forms.push(
    form(1, ['push {lr}', 'pop {pc}', 'mov r1, r12', '.thumb_func', '1:'], {
      name: 'pop {pc}',
      before: ['ldr r4, =1f + 1', 'mov lr, r4'],
    }),
  );
  return forms;
}

function branches(): Form[] {
  const skip = ['mov r1, r12', '.thumb_func', '1:'];
  const target = ['ldr r4, =1f + 1', 'mov r11, r4'];
  const conditional = CONDITIONS.flatMap((c) => [
    form(1, [`b${c} 1f`, 'mov r1, r12', '1:'], { name: `b${c} forward` }),
    form(1, ['b 2f', '1:', 'mov r1, r12', 'b 3f', '2:', `b${c} 1b`, '3:'], { name: `b${c} backward` }),
  ]);
  return [
    ...conditional,
    form(0, ['b 1f', ...skip], { name: 'b' }),
    form(0, ['bl 1f', ...skip], { name: 'bl forward' }),
    form(0, ['b 2f', '.thumb_func', '1:', 'mov r1, lr', 'b 3f', '2:', 'bl 1b', '3:'], {
      name: 'bl backward',
    }),
    form(0, ['bx r11', ...skip], { name: 'bx', before: target }),
    form(0, ['blx r11', ...skip], { name: 'blx', before: target }),
    form(0, ['blx lr', ...skip], { name: 'blx lr', before: ['ldr r4, =1f + 1', 'mov lr, r4'] }),
    form(0, ['mov pc, r11', ...skip], { name: 'mov pc', before: target }),
    form(
      0,
      [
        '.balign 4',
        'add pc, r5',
        'nop',
        'mov r1, r12',
        'nop',
        'mov r2, r12',
        'nop',
        'mov r3, r12',
        'nop',
        'nop',
        'nop',
      ],
      { name: 'add pc' },
    ),
  ];
}

function system(): Form[] {
  const memory = { memory: true };
  const read = 'apsr iapsr eapsr xpsr ipsr epsr iepsr msp primask control'
    .split(' ')
    .map((s) => form(0, `mrs r1, ${s}`));
  // QEMU keeps bit 27, the Q flag of other profiles, which Armv6-M reserves: the operand leaves it out.
  const flags = ['apsr_nzcvq', 'iapsr_nzcvq', 'eapsr_nzcvq', 'xpsr_nzcvq'].map((s) =>
    form(1, ['movs r4, #1', 'lsls r4, #27', 'bics r1, r4', `msr ${s}, r1`], { name: `msr ${s}, r1` }),
  );
  const pend = ['ldr r1, =0xe000ed04', 'ldr r2, =0x10000000', 'str r2, [r1]', 'dsb', 'isb'];
  return [
    ...read,
    ...flags,
    form(0, ['mrs r1, ipsr', 'msr ipsr, r2', 'mrs r3, ipsr'], { name: 'msr ipsr' }),
    form(0, ['msr psp, r4', 'mrs r1, psp'], { name: 'msr, mrs psp' }),
    form(0, ['sub sp, #32', 'mov r1, sp', 'msr msp, r1', 'mov r11, sp'], { name: 'msr msp' }),
    form(0, ['cpsid i', 'mrs r1, primask', 'cpsie i', 'mrs r2, primask'], { name: 'cpsid, cpsie' }),
    form(0, ['movs r1, #1', 'msr primask, r1', 'mrs r2, primask', 'movs r1, #0', 'msr primask, r1'], {
      name: 'msr primask',
    }),
    form(
      0,
      [
        'mov r1, sp',
        'subs r1, #64',
        'msr psp, r1',
        'movs r1, #2',
        'msr control, r1',
        'isb',
        'mrs r2, control',
        'mov r3, sp',
        'movs r1, #0',
        'msr control, r1',
        'isb',
      ],
      { name: 'msr control' },
    ),
    form(0, ['dmb', 'dsb', 'isb', 'nop', 'yield', 'sev', 'wfe'], { name: 'barriers and hints' }),
    form(1, 'svc #5', memory),
    form(0, ['sub sp, #4', 'svc #255'], { ...memory, name: 'svc #255 (stack at 4 mod 8)' }),
    form(0, pend, { ...memory, name: 'pendsv' }),
    form(0, ['cpsid i', ...pend, 'mov r11, r1', 'str r0, [r0]', 'cpsie i', 'isb'], {
      ...memory,
      name: 'pendsv under primask',
    }),
  ];
}

/** All forms, in the order of their numbers. */
export const forms: readonly Form[] = [
  ...dataProcessing(),
  ...immediates(),
  ...highRegisters(),
  ...stackPointer(),
  ...loadsAndStores(),
  ...multiple(),
  ...branches(),
  ...system(),
];
