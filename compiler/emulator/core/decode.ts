// SPDX-License-Identifier: Apache-2.0

/**
 * Armv6-M Thumb opcodes (Armv6-M Architecture Reference Manual, chapter A5) decoded once into a table of packed words:
 *
 *   bits 0-7 operation, 8-11 destination, 12-16 first source, 17-21 second source, 22-31 immediate (unsigned)
 *
 * Branches hold a signed count of halfwords in bits 8-31 instead. Source 16 is a register that is always zero, so that
 * one load operation serves the forms with a register, an immediate and the stack pointer. Nothing in a word depends
 * on the address, so one table of 65,536 words serves flash and RAM.
 *
 * The numbers are the `case` labels of interpreter.ts, which must be literals for a jump table.
 */
export const Op = {
  UNDEFINED: 0, // also what the manual calls UNPREDICTABLE: the chip may do anything, so we stop
  SPECIAL: 1, // rare: executed by the reference decoder of rp2040js (system registers, hints, barriers, SVC, BKPT)
  HOOK: 2, // per address, never in the table
  WIDE: 3, // first half of a 32-bit instruction
  LSLS_IMM: 4,
  MOVS_REG: 5,
  LSRS_IMM: 6, // immediate holds shift - 1, so that 1..32 needs no special case
  ASRS_IMM: 7, // likewise
  ADDS_REG: 8,
  SUBS_REG: 9,
  ADDS_IMM: 10,
  SUBS_IMM: 11,
  MOVS_IMM: 12,
  CMP_IMM: 13,
  ANDS: 14,
  EORS: 15,
  LSLS_REG: 16,
  LSRS_REG: 17,
  ASRS_REG: 18,
  ADCS: 19,
  SBCS: 20,
  RORS: 21,
  TST: 22,
  RSBS: 23,
  CMP_REG: 24,
  CMN: 25,
  ORRS: 26,
  MULS: 27,
  BICS: 28,
  MVNS: 29,
  ADD_HIGH: 30,
  ADD_SP_REG: 31,
  ADD_PC: 32,
  MOV_HIGH: 33,
  MOV_SP: 34,
  MOV_PC: 35,
  BX: 36,
  BLX: 37,
  LDR: 38,
  LDR_LIT: 39,
  LDRH: 40,
  LDRB: 41,
  LDRSH: 42,
  LDRSB: 43,
  STR: 44,
  STRH: 45,
  STRB: 46,
  ADR: 47,
  ADD_RD_SP: 48,
  ADD_SP_IMM: 49,
  SUB_SP_IMM: 50,
  PUSH: 51, // immediate: register list, bit 8 = LR
  POP: 52,
  POP_PC: 53,
  STM: 54,
  LDM: 55,
  SXTH: 56,
  SXTB: 57,
  UXTH: 58,
  UXTB: 59,
  REV: 60,
  REV16: 61,
  REVSH: 62,
  B: 63,
  BL: 64,
  B_COND: 65, // 65..78: EQ NE CS CC MI PL VS VC HI LS GE LT GT LE
} as const;

/** Register number that always reads zero. */
export const ZERO = 16;

const pack = (op: number, rd = 0, rn = 0, rm = 0, imm = 0): number =>
  op | (rd << 8) | (rn << 12) | (rm << 17) | (imm << 22);
const packBranch = (op: number, halfwords: number): number => op | (halfwords << 8);

const DATA_PROCESSING = [
  Op.ANDS,
  Op.EORS,
  Op.LSLS_REG,
  Op.LSRS_REG,
  Op.ASRS_REG,
  Op.ADCS,
  Op.SBCS,
  Op.RORS,
  Op.TST,
  Op.RSBS,
  Op.CMP_REG,
  Op.CMN,
  Op.ORRS,
  Op.MULS,
  Op.BICS,
  Op.MVNS,
] as const;

/** A5.2.1: shift (immediate), add, subtract, move, compare. */
function decodeShiftAddMove(code: number): number {
  const low = code & 7;
  const mid = (code >> 3) & 7;
  const imm5 = (code >> 6) & 31;
  const imm8 = code & 255;
  const high = (code >> 8) & 7;
  switch (code >> 11) {
    case 0b00000:
      return imm5 === 0 ? pack(Op.MOVS_REG, low, 0, mid) : pack(Op.LSLS_IMM, low, 0, mid, imm5);
    case 0b00001:
      return pack(Op.LSRS_IMM, low, 0, mid, (imm5 === 0 ? 32 : imm5) - 1);
    case 0b00010:
      return pack(Op.ASRS_IMM, low, 0, mid, (imm5 === 0 ? 32 : imm5) - 1);
    case 0b00011: {
      const third = (code >> 6) & 7;
      if (code & 0x400) return pack(code & 0x200 ? Op.SUBS_IMM : Op.ADDS_IMM, low, mid, 0, third);
      return pack(code & 0x200 ? Op.SUBS_REG : Op.ADDS_REG, low, mid, third);
    }
    case 0b00100:
      return pack(Op.MOVS_IMM, high, 0, 0, imm8);
    case 0b00101:
      return pack(Op.CMP_IMM, 0, high, 0, imm8);
    case 0b00110:
      return pack(Op.ADDS_IMM, high, high, 0, imm8);
    default:
      return pack(Op.SUBS_IMM, high, high, 0, imm8);
  }
}

/** A5.2.3: special data instructions and branch and exchange. */
function decodeHighRegisters(code: number): number {
  const rm = (code >> 3) & 15;
  const rdn = ((code >> 4) & 8) | (code & 7);
  switch ((code >> 8) & 3) {
    case 0b00:
      if (rdn === 15) return rm === 15 ? Op.UNDEFINED : pack(Op.ADD_PC, 15, 15, rm);
      return pack(rdn === 13 ? Op.ADD_SP_REG : Op.ADD_HIGH, rdn, rdn, rm);
    case 0b01: // both low, or the program counter: UNPREDICTABLE (A6.7.18)
      if ((rdn < 8 && rm < 8) || rdn === 15 || rm === 15) return Op.UNDEFINED;
      return pack(Op.CMP_REG, rdn, rdn, rm);
    case 0b10:
      if (rdn === 15) return pack(Op.MOV_PC, 15, 0, rm);
      return pack(rdn === 13 ? Op.MOV_SP : Op.MOV_HIGH, rdn, 0, rm);
    default:
      if ((code & 7) !== 0 || rm === 15) return Op.UNDEFINED;
      return pack(code & 0x80 ? Op.BLX : Op.BX, 0, 0, rm);
  }
}

const LOAD_STORE_REGISTER = [Op.STR, Op.STRH, Op.STRB, Op.LDRSB, Op.LDR, Op.LDRH, Op.LDRB, Op.LDRSH] as const;

/** A5.2.5: miscellaneous 16-bit instructions. */
function decodeMiscellaneous(code: number): number {
  const low = code & 7;
  const mid = (code >> 3) & 7;
  const list = code & 255;
  switch ((code >> 8) & 15) {
    case 0b0000:
      return pack(code & 0x80 ? Op.SUB_SP_IMM : Op.ADD_SP_IMM, 13, 13, 0, (code & 127) << 2);
    case 0b0010:
      return pack([Op.SXTH, Op.SXTB, Op.UXTH, Op.UXTB][(code >> 6) & 3] ?? Op.UNDEFINED, low, 0, mid);
    case 0b0100:
    case 0b0101:
      return (code & 0x1ff) === 0 ? Op.UNDEFINED : pack(Op.PUSH, 0, 13, 0, code & 0x1ff);
    case 0b0110:
      return code === 0xb662 || code === 0xb672 ? Op.SPECIAL : Op.UNDEFINED; // CPSIE i, CPSID i
    case 0b1010: {
      const op = [Op.REV, Op.REV16, Op.UNDEFINED, Op.REVSH][(code >> 6) & 3] ?? Op.UNDEFINED;
      return op === Op.UNDEFINED ? op : pack(op, low, 0, mid);
    }
    case 0b1100:
      return list === 0 ? Op.UNDEFINED : pack(Op.POP, 0, 13, 0, list);
    case 0b1101:
      return pack(Op.POP_PC, 0, 13, 0, list);
    case 0b1110:
      return Op.SPECIAL; // BKPT
    case 0b1111: // hints: NOP, YIELD, WFE, WFI, SEV
      return (code & 15) === 0 && list >> 4 <= 4 ? Op.SPECIAL : Op.UNDEFINED;
    default:
      return Op.UNDEFINED;
  }
}

function decode(code: number): number {
  const low = code & 7;
  const mid = (code >> 3) & 7;
  const imm5 = (code >> 6) & 31;
  const imm8 = code & 255;
  const high = (code >> 8) & 7;
  if (code < 0x4000) return decodeShiftAddMove(code);
  if (code < 0x4400) return pack(DATA_PROCESSING[(code >> 6) & 15] ?? Op.UNDEFINED, low, low, mid);
  if (code < 0x4800) return decodeHighRegisters(code);
  if (code < 0x5000) return pack(Op.LDR_LIT, high, 0, 0, imm8 << 2);
  if (code < 0x6000)
    return pack(LOAD_STORE_REGISTER[(code >> 9) & 7] ?? Op.UNDEFINED, low, mid, (code >> 6) & 7);
  const load = (code & 0x800) !== 0;
  switch (code >> 12) {
    case 0x6:
      return pack(load ? Op.LDR : Op.STR, low, mid, ZERO, imm5 << 2);
    case 0x7:
      return pack(load ? Op.LDRB : Op.STRB, low, mid, ZERO, imm5);
    case 0x8:
      return pack(load ? Op.LDRH : Op.STRH, low, mid, ZERO, imm5 << 1);
    case 0x9:
      return pack(load ? Op.LDR : Op.STR, high, 13, ZERO, imm8 << 2);
    case 0xa:
      return pack(load ? Op.ADD_RD_SP : Op.ADR, high, 0, 0, imm8 << 2);
    case 0xb:
      return decodeMiscellaneous(code);
    case 0xc:
      if (imm8 === 0) return Op.UNDEFINED;
      // STM with the base in the list but not first stores an UNKNOWN value (A6.7.58)
      if (!load && imm8 & (1 << high) && imm8 & ((1 << high) - 1)) return Op.UNDEFINED;
      return pack(load ? Op.LDM : Op.STM, 0, high, 0, imm8);
    case 0xd:
      if (((code >> 8) & 15) === 14) return Op.UNDEFINED; // UDF
      if (((code >> 8) & 15) === 15) return Op.SPECIAL; // SVC
      return packBranch(Op.B_COND + ((code >> 8) & 15), (code << 24) >> 24);
    default:
      return load || code >= 0xf000 ? Op.WIDE : packBranch(Op.B, (code << 21) >> 21);
  }
}

/** Packed word of every 16-bit opcode. */
export const decodeTable: Int32Array = Int32Array.from({ length: 65536 }, (_, code) => decode(code));

/** Packed word of a 32-bit instruction (A5.3): BL, or what the reference decoder handles (MSR, MRS, barriers). */
export function decodeWide(first: number, second: number): number {
  if ((first & 0xf800) === 0xf000 && (second & 0xd000) === 0xd000) {
    const s = (first >> 10) & 1;
    const i1 = 1 ^ s ^ ((second >> 13) & 1);
    const i2 = 1 ^ s ^ ((second >> 11) & 1);
    const halfwords = (s << 23) | (i1 << 22) | (i2 << 21) | ((first & 0x3ff) << 11) | (second & 0x7ff);
    return packBranch(Op.BL, halfwords);
  }
  const msr = (first & 0xfff0) === 0xf380 && (second & 0xff00) === 0x8800;
  const mrs = first === 0xf3ef && (second & 0xf000) === 0x8000;
  const barrier =
    first === 0xf3bf && ((second & 0xffff) === 0x8f4f || second === 0x8f5f || second === 0x8f6f);
  return msr || mrs || barrier ? Op.SPECIAL : Op.UNDEFINED;
}
