// SPDX-License-Identifier: Apache-2.0
import type { Bus } from './bus.ts';
import { decodeTable, decodeWide, Op } from './decode.ts';
import { CorrectedCore } from './errata.ts';
import type { Memory } from './memory.ts';

// Own copies: a test runner may turn every use of an imported name into a slow lookup.
const { HOOK, SPECIAL, WIDE } = Op;
const words = decodeTable;

/** Number of one bits of a register list. */
const bitCount = Uint8Array.from({ length: 512 }, (_, list) => list.toString(2).replaceAll('0', '').length);

/**
 * The fast way through the instructions: one loop over predecoded words (decode.ts) with the machine state in local
 * variables. What is rare or could fault leaves the loop's `switch` by `break slow` and is executed by CorrectedCore,
 * that is, by rp2040js; nothing has been changed by then, so the two agree by construction on everything but the cases
 * below, which test/emulator/core/lockstep.test.ts compares on random instructions.
 *
 * Flags are kept as the values they come from: N is the sign of n, Z is z === 0, C is c, V is the sign of v.
 * `left` counts down the cycles to the next deadline (an event, or the limit of the run).
 */
export abstract class FastCore extends CorrectedCore {
  /** Index 16 reads as zero (decode.ts); the array is longer than the file so that a 5-bit index stays inside. */
  override readonly registers: Uint32Array<ArrayBuffer> = new Uint32Array(32);
  readonly memory: Memory;
  /** Cycle at which the loop looks for events; the present cycle asks it to look before the next instruction. */
  deadline = 0;
  /** Lowest stack pointer seen since the mark. */
  lowestStack = 0xffffffff;
  /** Times that a fetch or a read of data touched another 8-byte line of flash than the access before. */
  flashLines = 0;
  lastLine = -1;
  readonly #signed: Int32Array<ArrayBuffer> = new Int32Array(this.registers.buffer);

  constructor(bus: Bus, memory: Memory) {
    super(bus);
    this.memory = memory;
  }

  /** Deals with what is due; sets the next deadline; false ends the run. */
  protected abstract service(): boolean;
  /** Runs the hook at the address; true if the instruction there is to be executed now. */
  protected abstract runHook(address: number): boolean;

  /** A stack pointer below every one before: remember it, or fault. */
  private noteStack(pc: number, left: number): void {
    this.instructionAt = pc;
    this.cycles = this.deadline - left;
    this.bus.noteStack(this.registers[13] as number);
  }

  /** Code in RAM is decoded at every fetch, because it may have been written since. */
  private fetchFromRam(pc: number): number {
    if ((pc & 0xffff8001) !== 0x20000000) return SPECIAL; // the reference decoder reports the fault
    if (this.memory.ramHooks.has(pc)) return HOOK;
    const { ram16 } = this.memory;
    const index = (pc & 0x7fff) >> 1;
    const first = ram16[index] as number;
    const word = words[first] as number;
    return word === WIDE ? decodeWide(first, ram16[index + 1] ?? 0) : word;
  }

  /** Runs until service() returns false. The core is complete whenever anything outside this loop is called. */
  execute(): void {
    const r = this.#signed;
    const { code, flash8, flash16, flash32, ram8, ram16, ram32 } = this.memory;
    let pc = r[15] as number;
    let n = this.N ? -1 : 0;
    let z = this.Z ? 0 : 1;
    let c = this.C ? 1 : 0;
    let v = this.V ? -1 : 0;
    let lines = this.flashLines;
    let lastLine = this.lastLine;
    let left = (this.deadline = this.cycles) - this.cycles;
    for (;;) {
      if (left <= 0) {
        r[15] = pc;
        this.N = n < 0;
        this.Z = z === 0;
        this.C = c !== 0;
        this.V = v < 0;
        this.flashLines = lines;
        this.lastLine = lastLine;
        this.cycles = this.deadline - left;
        if (!this.service()) return;
        pc = r[15] as number;
        lines = this.flashLines; // an exception reads its vector
        lastLine = this.lastLine;
        left = this.deadline - this.cycles;
      }
      let d: number;
      const before = lines;
      const lastBefore = lastLine;
      if ((pc & 0xfffc0000) === 0) {
        const line = pc >> 3;
        if (line !== lastLine) {
          lastLine = line;
          lines++;
        }
        d = code[pc >> 1] as number;
      } else {
        d = this.fetchFromRam(pc);
      }
      left--;
      // biome-ignore lint/suspicious/noConfusingLabels: one way out of every case; a flag would cost in each of them
      slow: {
        switch (d & 255) {
          case 4: {
            // LSLS Rd, Rm, #imm
            const a = r[(d >> 17) & 31] as number;
            const k = d >>> 22;
            c = (a >>> (32 - k)) & 1;
            n = z = r[(d >> 8) & 15] = a << k;
            break;
          }
          case 5: {
            // MOVS Rd, Rm
            n = z = r[(d >> 8) & 15] = r[(d >> 17) & 31] as number;
            break;
          }
          case 6: {
            // LSRS Rd, Rm, #imm
            const a = (r[(d >> 17) & 31] as number) >>> (d >>> 22);
            c = a & 1;
            n = z = r[(d >> 8) & 15] = a >>> 1;
            break;
          }
          case 7: {
            // ASRS Rd, Rm, #imm
            const a = (r[(d >> 17) & 31] as number) >> (d >>> 22);
            c = a & 1;
            n = z = r[(d >> 8) & 15] = a >> 1;
            break;
          }
          case 8: {
            // ADDS Rd, Rn, Rm
            const a = r[(d >> 12) & 31] as number;
            const b = r[(d >> 17) & 31] as number;
            const sum = (a + b) | 0;
            c = sum >>> 0 < a >>> 0 ? 1 : 0;
            v = (a ^ sum) & (b ^ sum);
            n = z = r[(d >> 8) & 15] = sum;
            break;
          }
          case 9: {
            // SUBS Rd, Rn, Rm
            const a = r[(d >> 12) & 31] as number;
            const b = r[(d >> 17) & 31] as number;
            const difference = (a - b) | 0;
            c = a >>> 0 >= b >>> 0 ? 1 : 0;
            v = (a ^ b) & (a ^ difference);
            n = z = r[(d >> 8) & 15] = difference;
            break;
          }
          case 10: {
            // ADDS Rd, Rn, #imm
            const a = r[(d >> 12) & 31] as number;
            const b = d >>> 22;
            const sum = (a + b) | 0;
            c = sum >>> 0 < a >>> 0 ? 1 : 0;
            v = (a ^ sum) & (b ^ sum);
            n = z = r[(d >> 8) & 15] = sum;
            break;
          }
          case 11: {
            // SUBS Rd, Rn, #imm
            const a = r[(d >> 12) & 31] as number;
            const b = d >>> 22;
            const difference = (a - b) | 0;
            c = a >>> 0 >= b >>> 0 ? 1 : 0;
            v = (a ^ b) & (a ^ difference);
            n = z = r[(d >> 8) & 15] = difference;
            break;
          }
          case 12: {
            // MOVS Rd, #imm
            n = z = r[(d >> 8) & 15] = d >>> 22;
            break;
          }
          case 13: {
            // CMP Rn, #imm
            const a = r[(d >> 12) & 31] as number;
            const b = d >>> 22;
            const difference = (a - b) | 0;
            c = a >>> 0 >= b >>> 0 ? 1 : 0;
            v = (a ^ b) & (a ^ difference);
            n = z = difference;
            break;
          }
          case 14: {
            // ANDS
            n = z = r[(d >> 8) & 15] = (r[(d >> 12) & 31] as number) & (r[(d >> 17) & 31] as number);
            break;
          }
          case 15: {
            // EORS
            n = z = r[(d >> 8) & 15] = (r[(d >> 12) & 31] as number) ^ (r[(d >> 17) & 31] as number);
            break;
          }
          case 16: {
            // LSLS Rdn, Rm
            const k = (r[(d >> 17) & 31] as number) & 255;
            const a = r[(d >> 12) & 31] as number;
            n = z = r[(d >> 8) & 15] = k < 32 ? a << k : 0;
            if (k !== 0) c = k <= 32 ? (a >>> (32 - k)) & 1 : 0;
            break;
          }
          case 17: {
            // LSRS Rdn, Rm
            const k = (r[(d >> 17) & 31] as number) & 255;
            const a = r[(d >> 12) & 31] as number;
            n = z = r[(d >> 8) & 15] = k < 32 ? (a >>> k) | 0 : 0;
            if (k !== 0) c = k <= 32 ? (a >>> (k - 1)) & 1 : 0;
            break;
          }
          case 18: {
            // ASRS Rdn, Rm
            const k = Math.min((r[(d >> 17) & 31] as number) & 255, 32);
            const a = r[(d >> 12) & 31] as number;
            n = z = r[(d >> 8) & 15] = k < 32 ? a >> k : a >> 31;
            if (k !== 0) c = (a >> (k - 1)) & 1;
            break;
          }
          case 19: {
            // ADCS
            const a = r[(d >> 12) & 31] as number;
            const b = r[(d >> 17) & 31] as number;
            const sum = (a + b + c) | 0;
            c = sum >>> 0 < a >>> 0 || (c === 1 && sum === a) ? 1 : 0;
            v = (a ^ sum) & (b ^ sum);
            n = z = r[(d >> 8) & 15] = sum;
            break;
          }
          case 20: {
            // SBCS
            const a = r[(d >> 12) & 31] as number;
            const b = ~(r[(d >> 17) & 31] as number);
            const sum = (a + b + c) | 0;
            c = sum >>> 0 < a >>> 0 || (c === 1 && sum === a) ? 1 : 0;
            v = (a ^ sum) & (b ^ sum);
            n = z = r[(d >> 8) & 15] = sum;
            break;
          }
          case 21: {
            // RORS
            const k = (r[(d >> 17) & 31] as number) & 255;
            const a = r[(d >> 12) & 31] as number;
            n = z = r[(d >> 8) & 15] = (a >>> (k & 31)) | (a << (-k & 31));
            if (k !== 0) c = z >>> 31;
            break;
          }
          case 22: {
            // TST
            n = z = (r[(d >> 12) & 31] as number) & (r[(d >> 17) & 31] as number);
            break;
          }
          case 23: {
            // RSBS Rd, Rm, #0
            const b = r[(d >> 17) & 31] as number;
            c = b === 0 ? 1 : 0;
            n = z = r[(d >> 8) & 15] = -b | 0;
            v = b & n;
            break;
          }
          case 24: {
            // CMP Rn, Rm
            const a = r[(d >> 12) & 31] as number;
            const b = r[(d >> 17) & 31] as number;
            const difference = (a - b) | 0;
            c = a >>> 0 >= b >>> 0 ? 1 : 0;
            v = (a ^ b) & (a ^ difference);
            n = z = difference;
            break;
          }
          case 25: {
            // CMN
            const a = r[(d >> 12) & 31] as number;
            const b = r[(d >> 17) & 31] as number;
            const sum = (a + b) | 0;
            c = sum >>> 0 < a >>> 0 ? 1 : 0;
            v = (a ^ sum) & (b ^ sum);
            n = z = sum;
            break;
          }
          case 26: {
            // ORRS
            n = z = r[(d >> 8) & 15] = (r[(d >> 12) & 31] as number) | (r[(d >> 17) & 31] as number);
            break;
          }
          case 27: {
            // MULS
            n = z = r[(d >> 8) & 15] = Math.imul(r[(d >> 12) & 31] as number, r[(d >> 17) & 31] as number);
            break;
          }
          case 28: {
            // BICS
            n = z = r[(d >> 8) & 15] = (r[(d >> 12) & 31] as number) & ~(r[(d >> 17) & 31] as number);
            break;
          }
          case 29: {
            // MVNS
            n = z = r[(d >> 8) & 15] = ~(r[(d >> 17) & 31] as number);
            break;
          }
          case 30: {
            // ADD Rdn, Rm
            r[15] = pc + 4;
            r[(d >> 8) & 15] = ((r[(d >> 12) & 31] as number) + (r[(d >> 17) & 31] as number)) | 0;
            break;
          }
          case 31: {
            // ADD SP, Rm
            r[15] = pc + 4;
            r[13] = ((r[13] as number) + (r[(d >> 17) & 31] as number)) & ~3;
            if ((r[13] as number) >>> 0 < this.lowestStack) this.noteStack(pc, left);
            break;
          }
          case 32: {
            // ADD PC, Rm
            pc = (pc + 4 + (r[(d >> 17) & 31] as number)) & ~1;
            left--;
            continue;
          }
          case 33: {
            // MOV Rd, Rm
            r[15] = pc + 4;
            r[(d >> 8) & 15] = r[(d >> 17) & 31] as number;
            break;
          }
          case 34: {
            // MOV SP, Rm
            r[15] = pc + 4;
            r[13] = (r[(d >> 17) & 31] as number) & ~3;
            if ((r[13] as number) >>> 0 < this.lowestStack) this.noteStack(pc, left);
            break;
          }
          case 35: {
            // MOV PC, Rm
            r[15] = pc + 4;
            pc = (r[(d >> 17) & 31] as number) & ~1;
            left--;
            continue;
          }
          case 36: {
            // BX
            const target = r[(d >> 17) & 31] as number;
            if ((target & 1) === 0 || target >>> 28 === 15) break slow; // exception return or a fault
            pc = target & ~1;
            left--;
            continue;
          }
          case 37: {
            // BLX
            const target = r[(d >> 17) & 31] as number;
            if ((target & 1) === 0 || target >>> 28 === 15) break slow;
            r[14] = (pc + 2) | 1;
            pc = target & ~1;
            left--;
            continue;
          }
          case 38: {
            // LDR
            const a = ((r[(d >> 12) & 31] as number) + (r[(d >> 17) & 31] as number) + (d >>> 22)) | 0;
            if ((a & 0xffff8003) === 0x20000000) r[(d >> 8) & 15] = ram32[(a & 0x7fff) >> 2] as number;
            else if ((a & 0xfffc0003) === 0) {
              const line = a >> 3;
              if (line !== lastLine) {
                lastLine = line;
                lines++;
              }
              r[(d >> 8) & 15] = flash32[(a & 0x3ffff) >> 2] as number;
            } else break slow;
            left--;
            break;
          }
          case 39: {
            // LDR Rd, literal
            const a = (((pc + 4) & ~3) + (d >>> 22)) | 0;
            if ((a & 0xffff8003) === 0x20000000) r[(d >> 8) & 15] = ram32[(a & 0x7fff) >> 2] as number;
            else if ((a & 0xfffc0003) === 0) {
              const line = a >> 3;
              if (line !== lastLine) {
                lastLine = line;
                lines++;
              }
              r[(d >> 8) & 15] = flash32[(a & 0x3ffff) >> 2] as number;
            } else break slow;
            left--;
            break;
          }
          case 40: {
            // LDRH
            const a = ((r[(d >> 12) & 31] as number) + (r[(d >> 17) & 31] as number) + (d >>> 22)) | 0;
            if ((a & 0xffff8001) === 0x20000000) r[(d >> 8) & 15] = ram16[(a & 0x7fff) >> 1] as number;
            else if ((a & 0xfffc0001) === 0) {
              const line = a >> 3;
              if (line !== lastLine) {
                lastLine = line;
                lines++;
              }
              r[(d >> 8) & 15] = flash16[(a & 0x3ffff) >> 1] as number;
            } else break slow;
            left--;
            break;
          }
          case 41: {
            // LDRB
            const a = ((r[(d >> 12) & 31] as number) + (r[(d >> 17) & 31] as number) + (d >>> 22)) | 0;
            if ((a & 0xffff8000) === 0x20000000) r[(d >> 8) & 15] = ram8[a & 0x7fff] as number;
            else if ((a & 0xfffc0000) === 0) {
              const line = a >> 3;
              if (line !== lastLine) {
                lastLine = line;
                lines++;
              }
              r[(d >> 8) & 15] = flash8[a & 0x3ffff] as number;
            } else break slow;
            left--;
            break;
          }
          case 42: {
            // LDRSH
            const a = ((r[(d >> 12) & 31] as number) + (r[(d >> 17) & 31] as number) + (d >>> 22)) | 0;
            if ((a & 0xffff8001) === 0x20000000)
              r[(d >> 8) & 15] = ((ram16[(a & 0x7fff) >> 1] as number) << 16) >> 16;
            else if ((a & 0xfffc0001) === 0) {
              const line = a >> 3;
              if (line !== lastLine) {
                lastLine = line;
                lines++;
              }
              r[(d >> 8) & 15] = ((flash16[(a & 0x3ffff) >> 1] as number) << 16) >> 16;
            } else break slow;
            left--;
            break;
          }
          case 43: {
            // LDRSB
            const a = ((r[(d >> 12) & 31] as number) + (r[(d >> 17) & 31] as number) + (d >>> 22)) | 0;
            if ((a & 0xffff8000) === 0x20000000)
              r[(d >> 8) & 15] = ((ram8[a & 0x7fff] as number) << 24) >> 24;
            else if ((a & 0xfffc0000) === 0) {
              const line = a >> 3;
              if (line !== lastLine) {
                lastLine = line;
                lines++;
              }
              r[(d >> 8) & 15] = ((flash8[a & 0x3ffff] as number) << 24) >> 24;
            } else break slow;
            left--;
            break;
          }
          case 44: {
            // STR
            const a = ((r[(d >> 12) & 31] as number) + (r[(d >> 17) & 31] as number) + (d >>> 22)) | 0;
            if ((a & 0xffff8003) !== 0x20000000) break slow;
            ram32[(a & 0x7fff) >> 2] = r[(d >> 8) & 15] as number;
            left--;
            break;
          }
          case 45: {
            // STRH
            const a = ((r[(d >> 12) & 31] as number) + (r[(d >> 17) & 31] as number) + (d >>> 22)) | 0;
            if ((a & 0xffff8001) !== 0x20000000) break slow;
            ram16[(a & 0x7fff) >> 1] = r[(d >> 8) & 15] as number;
            left--;
            break;
          }
          case 46: {
            // STRB
            const a = ((r[(d >> 12) & 31] as number) + (r[(d >> 17) & 31] as number) + (d >>> 22)) | 0;
            if ((a & 0xffff8000) !== 0x20000000) break slow;
            ram8[a & 0x7fff] = r[(d >> 8) & 15] as number;
            left--;
            break;
          }
          case 47: {
            // ADR
            r[(d >> 8) & 15] = ((pc + 4) & ~3) + (d >>> 22);
            break;
          }
          case 48: {
            // ADD Rd, SP, #imm
            r[(d >> 8) & 15] = ((r[13] as number) + (d >>> 22)) | 0;
            break;
          }
          case 49: {
            // ADD SP, #imm
            r[13] = ((r[13] as number) + (d >>> 22)) | 0;
            break;
          }
          case 50: {
            // SUB SP, #imm
            const sp = ((r[13] as number) - (d >>> 22)) | 0;
            r[13] = sp;
            if (sp >>> 0 < this.lowestStack) this.noteStack(pc, left);
            break;
          }
          case 51: {
            // PUSH
            const top = r[13] as number;
            let a = top;
            let list = d >>> 22;
            if (((top - 1) & 0xffff8000) !== 0x20000000 || ((top - 36) & 0xffff8000) !== 0x20000000)
              break slow;
            left = (left - (bitCount[list & 511] as number)) | 0;
            if (list & 256) ram32[((a -= 4) & 0x7fff) >> 2] = r[14] as number;
            for (list &= 255; list !== 0; ) {
              const i = 31 - Math.clz32(list);
              ram32[((a -= 4) & 0x7fff) >> 2] = r[i] as number;
              list ^= 1 << i;
            }
            r[13] = a;
            if (a >>> 0 < this.lowestStack) this.noteStack(pc, left);
            break;
          }
          case 52: {
            // POP
            let a = r[13] as number;
            let list = d >>> 22;
            const end = a + 4 * (bitCount[list] as number);
            if ((a & 0xffff8000) !== 0x20000000 || ((end - 1) & 0xffff8000) !== 0x20000000) break slow;
            for (; list !== 0; list &= list - 1) {
              r[31 - Math.clz32(list & -list)] = ram32[(a & 0x7fff) >> 2] as number;
              a += 4;
              left--;
            }
            r[13] = a;
            break;
          }
          case 53: {
            // POP with PC
            let a = r[13] as number;
            let list = d >>> 22;
            const end = a + 4 * (bitCount[list] as number);
            if ((a & 0xffff8000) !== 0x20000000 || ((end + 3) & 0xffff8000) !== 0x20000000) break slow;
            const target = ram32[(end & 0x7fff) >> 2] as number;
            if ((target & 1) === 0 || target >>> 28 === 15) break slow;
            for (; list !== 0; list &= list - 1) {
              r[31 - Math.clz32(list & -list)] = ram32[(a & 0x7fff) >> 2] as number;
              a += 4;
              left--;
            }
            r[13] = end + 4;
            pc = target & ~1;
            left = (left - 3) | 0;
            continue;
          }
          case 54: {
            // STM
            let a = r[(d >> 12) & 31] as number;
            let list = d >>> 22;
            if ((a & 0xffff8003) !== 0x20000000 || ((a + 31) & 0xffff8000) !== 0x20000000) break slow;
            for (; list !== 0; list &= list - 1) {
              ram32[(a & 0x7fff) >> 2] = r[31 - Math.clz32(list & -list)] as number;
              a += 4;
              left--;
            }
            r[(d >> 12) & 31] = a;
            break;
          }
          case 55: {
            // LDM
            const base = (d >> 12) & 31;
            let a = r[base] as number;
            let list = d >>> 22;
            const keep = list & (1 << base);
            if ((a & 0xffff8003) === 0x20000000 && ((a + 31) & 0xffff8000) === 0x20000000) {
              for (; list !== 0; list &= list - 1) {
                r[31 - Math.clz32(list & -list)] = ram32[(a & 0x7fff) >> 2] as number;
                a += 4;
                left--;
              }
            } else if ((a & 0xfffc0003) === 0 && ((a + 31) & 0xfffc0000) === 0) {
              for (; list !== 0; list &= list - 1) {
                const line = a >> 3;
                if (line !== lastLine) {
                  lastLine = line;
                  lines++;
                }
                r[31 - Math.clz32(list & -list)] = flash32[(a & 0x3ffff) >> 2] as number;
                a += 4;
                left--;
              }
            } else break slow;
            if (keep === 0) r[base] = a;
            break;
          }
          case 56: {
            // SXTH
            r[(d >> 8) & 15] = ((r[(d >> 17) & 31] as number) << 16) >> 16;
            break;
          }
          case 57: {
            // SXTB
            r[(d >> 8) & 15] = ((r[(d >> 17) & 31] as number) << 24) >> 24;
            break;
          }
          case 58: {
            // UXTH
            r[(d >> 8) & 15] = (r[(d >> 17) & 31] as number) & 0xffff;
            break;
          }
          case 59: {
            // UXTB
            r[(d >> 8) & 15] = (r[(d >> 17) & 31] as number) & 0xff;
            break;
          }
          case 60: {
            // REV
            const a = r[(d >> 17) & 31] as number;
            r[(d >> 8) & 15] = (a << 24) | ((a & 0xff00) << 8) | ((a >>> 8) & 0xff00) | (a >>> 24);
            break;
          }
          case 61: {
            // REV16
            const a = r[(d >> 17) & 31] as number;
            r[(d >> 8) & 15] = ((a & 0x00ff00ff) << 8) | ((a >>> 8) & 0x00ff00ff);
            break;
          }
          case 62: {
            // REVSH
            const a = r[(d >> 17) & 31] as number;
            r[(d >> 8) & 15] = ((a << 24) >> 16) | ((a >>> 8) & 0xff);
            break;
          }
          case 63: {
            // B
            pc = (pc + 4 + ((d >> 8) << 1)) | 0;
            left--;
            continue;
          }
          case 64: {
            // BL
            if ((pc + 2) >> 3 !== lastLine && pc >>> 0 < 0x40000) {
              lastLine = (pc + 2) >> 3;
              lines++;
            }
            r[14] = (pc + 4) | 1;
            pc = (pc + 4 + ((d >> 8) << 1)) | 0;
            left = (left - 2) | 0;
            continue;
          }
          case 65: {
            // BEQ
            if (z === 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          case 66: {
            // BNE
            if (z !== 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          case 67: {
            // BCS
            if (c !== 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          case 68: {
            // BCC
            if (c === 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          case 69: {
            // BMI
            if (n < 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          case 70: {
            // BPL
            if (n >= 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          case 71: {
            // BVS
            if (v < 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          case 72: {
            // BVC
            if (v >= 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          case 73: {
            // BHI
            if (c !== 0 && z !== 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          case 74: {
            // BLS
            if (c === 0 || z === 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          case 75: {
            // BGE
            if ((n ^ v) >= 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          case 76: {
            // BLT
            if ((n ^ v) < 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          case 77: {
            // BGT
            if (z !== 0 && (n ^ v) >= 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          case 78: {
            // BLE
            if (z === 0 || (n ^ v) < 0) {
              pc = (pc + 4 + ((d >> 8) << 1)) | 0;
              left--;
              continue;
            }
            break;
          }
          default:
            break slow;
        }
        pc += 2;
        continue;
      }
      // Hooks, rare instructions, peripherals and faults. Nothing but the fetch has happened yet.
      left++;
      r[15] = pc;
      this.N = n < 0;
      this.Z = z === 0;
      this.C = c !== 0;
      this.V = v < 0;
      this.flashLines = before;
      this.lastLine = lastBefore;
      this.cycles = this.deadline - left;
      if ((d & 255) !== HOOK || this.runHook(pc)) this.executeInstruction();
      if (this.interruptsUpdated) this.deadline = this.cycles;
      pc = r[15] as number;
      n = this.N ? -1 : 0;
      z = this.Z ? 0 : 1;
      c = this.C ? 1 : 0;
      v = this.V ? -1 : 0;
      lines = this.flashLines;
      lastLine = this.lastLine;
      left = this.deadline - this.cycles;
    }
  }
}
