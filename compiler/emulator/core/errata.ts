// SPDX-License-Identifier: Apache-2.0
import { BaseCore } from './base-core.ts';
import type { Bus } from './bus.ts';
import { decodeTable, Op } from './decode.ts';
import { nextException } from './exceptions.ts';

// Own copies: a test runner may turn every use of an imported name into a slow lookup.
const { ADCS, ASRS_REG, BLX, LSLS_REG, LSRS_REG, POP_PC, PUSH, RORS, SBCS, SPECIAL, STM, UNDEFINED, WIDE } =
  Op;
const words = decodeTable;

/**
 * Where rp2040js's core departs from the Armv6-M Architecture Reference Manual (ARM DDI 0419, "ARM") or from the cycle
 * counts of the Cortex-M0+ Technical Reference Manual (ARM DDI 0484C, "TRM"), and what it does here. docs/EMULATOR.md
 * lists the same numbers; test/isa and test/emulator prove them.
 *
 *  E1  LSLS/LSRS/ASRS/RORS by a register holding 0 must leave C; LSLS by 33 or more must clear it (ARM A2.2.1).
 *  E2  ADCS and SBCS lose V where operand plus carry passes 2^31 (ARM A2.2.1, AddWithCarry).
 *  E3  PUSH with LR and POP with PC count one cycle too few: 1 + N and 3 + N (TRM table 3-1).
 *  E4  BLX LR branches to its own return address: the target must be read first (ARM A6.7.14).
 *  E5  STM writes its base back also when the base is in the list (ARM A6.7.58).
 *  E6  exception entry costs 15 cycles (TRM 3.6.1), 0 in rp2040js; the return costs 8 on top of its instruction (one
 *      read per word of the frame; the TRM states no figure, this one is derived).
 *  E7  the vector's Thumb bit stays in PC; an interrupt of number 25 or less stays pending after its entry; WFI under
 *      PRIMASK runs the handler; SVC is taken late or never when masked (ARM B1.5): see exceptions.ts.
 *  E8  MSR/MRS of IAPSR, EAPSR, IEPSR are missing, MSR writes IPSR, the banked stack pointer keeps bits 1:0,
 *      CONTROL.nPRIV exists although the SAM D21 has none (ARM B5.2; SAM D21 datasheet, table 11-1).
 *  E9  a branch to an address with bit 0 clear must fault; an undefined opcode is only logged (ARM A4.1.1, A5.1).
 *  E10 loads and stores cost 2 cycles everywhere, 1 on the single-cycle IO port (TRM table 3-1), where rp2040js knows
 *      the RP2040's own buses. SEV does not set the event register.
 *  E11 the event register, which every exception sets, ends WFI too: that wakes an idle loop twice (ARM B1.5.19).
 */
export class CorrectedCore extends BaseCore {
  readonly bus: Bus;
  /** Sleeps in WFE; otherwise in WFI, which the event register does not end. */
  waitsForEvent = false;
  /** Address of the instruction that is being executed: what a fault reports. */
  instructionAt = 0;
  /** Asserted interrupt lines: an entered interrupt that is still asserted on return becomes pending again. */
  interruptLines = 0;
  constructor(bus: Bus) {
    super(bus);
    this.bus = bus;
  }

  /** Executes one instruction with rp2040js's decoder and the corrections above. Takes no interrupt. */
  override executeInstruction(): number {
    const at = this.registers[15] as number;
    this.instructionAt = at;
    this.bus.checkExecutable(at);
    const code = this.bus.peek16(at);
    const before = this.cycles;
    const word = words[code] as number;
    switch (word & 255) {
      case UNDEFINED:
        return this.bus.fault(`undefined or unpredictable instruction 0x${code.toString(16)}`, at);
      case WIDE:
        this.bus.checkWide(at, code);
        break;
      case LSLS_REG:
      case LSRS_REG:
      case ASRS_REG:
      case RORS: // E1
        this.bus.readUint16(at);
        this.shiftByRegister(code);
        return this.finish(at, 1);
      case ADCS:
      case SBCS: // E2
        this.bus.readUint16(at);
        this.addWithCarry(code);
        return this.finish(at, 1);
      case BLX: {
        // E4
        this.bus.readUint16(at);
        const target = this.register((code >> 3) & 15);
        this.LR = (at + 2) | 1;
        this.finish(at, 2);
        this.BXWritePC(target);
        return this.cycles - before;
      }
      case SPECIAL:
        if (this.executeSpecial(at, code)) return this.cycles - before;
    }
    const base = this.register((code >> 8) & 7);
    this.callBase();
    switch (word & 255) {
      case PUSH:
        this.cycles += (code >> 8) & 1; // E3
        break;
      case POP_PC:
        this.cycles += 1; // E3
        break;
      case STM: // E5
        this.registers[(code >> 8) & 7] = base + 4 * bitCount(code & 255);
    }
    this.bus.noteStack(this.registers[13] as number);
    return this.cycles - before;
  }

  /** rp2040js would take pending interrupts here; that is the run loop's business. */
  private callBase(): void {
    const updated = this.interruptsUpdated;
    this.interruptsUpdated = false;
    super.executeInstruction();
    this.interruptsUpdated ||= updated;
  }

  private register(n: number): number {
    return this.registers[n] as number;
  }

  private finish(at: number, cycles: number): number {
    this.registers[15] = at + 2;
    this.cycles += cycles;
    return cycles;
  }

  /** E1: ARM A2.2.1, LSL_C, LSR_C, ASR_C, ROR_C; only the lowest byte of the amount counts. */
  private shiftByRegister(code: number): void {
    const destination = code & 7;
    const input = this.register(destination);
    const amount = this.register((code >> 3) & 7) & 255;
    let result = input;
    if (amount > 0) {
      const wide = BigInt(input);
      const n = BigInt(amount);
      switch ((code >> 6) & 15) {
        case 0b0010:
          result = Number((wide << n) & 0xffffffffn);
          this.C = ((wide << n) >> 32n) % 2n === 1n;
          break;
        case 0b0011:
          result = Number(wide >> n);
          this.C = (wide >> (n - 1n)) % 2n === 1n;
          break;
        case 0b0100: {
          const signed = BigInt(input | 0);
          result = Number(BigInt.asUintN(32, signed >> n));
          this.C = BigInt.asUintN(1, signed >> (n - 1n)) === 1n;
          break;
        }
        default: {
          const turn = n % 32n;
          result = Number(BigInt.asUintN(32, (wide >> turn) | (wide << (32n - turn))));
          this.C = result >= 0x80000000;
        }
      }
    }
    this.registers[destination] = result;
    this.N = result >= 0x80000000;
    this.Z = result === 0;
  }

  /** E2: ARM A2.2.1, AddWithCarry, in exact integers; SBCS adds the complement. */
  private addWithCarry(code: number): void {
    const destination = code & 7;
    const x = this.register(destination);
    const m = this.register((code >> 3) & 7);
    const y = ((code >> 6) & 15) === 0b0110 ? ~m >>> 0 : m;
    const carry = this.C ? 1 : 0;
    const result = (x + y + carry) >>> 0;
    this.registers[destination] = result;
    this.N = result >= 0x80000000;
    this.Z = result === 0;
    this.C = x + y + carry > 0xffffffff;
    this.V = (x | 0) + (y | 0) + carry !== (result | 0);
  }

  /** Hints, SVC and BKPT. False: rp2040js does it right. */
  private executeSpecial(at: number, code: number): boolean {
    if (code >> 8 === 0xbe) {
      this.bus.readUint16(at);
      this.finish(at, 1);
      this.bus.breakpoint(code & 255, at);
      return true;
    }
    if (code === 0xbf40 || code === 0xbf10) {
      this.bus.readUint16(at);
      if (code === 0xbf40) this.eventRegistered = true; // E10
      this.finish(at, 1);
      return true;
    }
    if (code === 0xbf20 || code === 0xbf30) {
      this.bus.checkSleep();
      this.waitsForEvent = code === 0xbf20; // E11
      this.interruptsUpdated = true; // WFE, WFI: let the run loop look
    }
    return false;
  }

  /** E7: whichever exception is due; true if one was entered. */
  override checkForInterrupts(): boolean {
    this.interruptsUpdated = false;
    const number = nextException(this);
    if (number === 0) return false;
    if (number >= 16) this.pendingInterrupts &= ~(1 << (number - 16));
    else if (number === 2) this.pendingNMI = false;
    else if (number === 11) this.pendingSVCall = false;
    else if (number === 14) this.pendingPendSV = false;
    else if (number === 15) this.pendingSystick = false;
    this.exceptionEntry(number);
    return true;
  }

  override exceptionEntry(exceptionNumber: number): void {
    this.instructionAt = this.registers[15] as number;
    super.exceptionEntry(exceptionNumber);
    const vector = this.registers[15] as number;
    if ((vector & 1) === 0)
      this.bus.fault(`vector of exception ${exceptionNumber} has bit 0 clear (Arm state)`, vector);
    this.registers[15] = vector & ~1; // E7
    this.cycles += 15; // E6
    this.bus.noteStack(this.registers[13] as number);
  }

  override exceptionReturn(excReturn: number): void {
    const low = excReturn & 15;
    if ((excReturn & 0x0ffffff0) !== 0x0ffffff0 || (low !== 1 && low !== 9 && low !== 13))
      this.bus.fault('invalid EXC_RETURN value', (0xf0000000 | excReturn) >>> 0);
    const left = this.IPSR - 16;
    super.exceptionReturn(excReturn);
    if (left >= 0 && this.interruptLines & (1 << left)) this.pendingInterrupts |= 1 << left;
    this.cycles += 8; // E6
  }

  override setInterrupt(irq: number, value: boolean): void {
    const bit = 1 << irq;
    if (value && !(this.interruptLines & bit)) {
      this.pendingInterrupts |= bit;
      this.interruptsUpdated = true;
    }
    this.interruptLines = value ? this.interruptLines | bit : this.interruptLines & ~bit;
  }

  override BXWritePC(address: number): void {
    const exceptionReturn = this.currentMode === 1 && address >>> 28 === 15;
    if (!exceptionReturn && (address & 1) === 0)
      this.bus.fault('branch to an address with bit 0 clear (Arm state)', address); // E9
    super.BXWritePC(address);
  }

  /** E8: SYSm values of ARM B5.2.2. EPSR reads as zero. */
  override readSpecialRegister(sysm: number): number {
    if (sysm < 4) return this.APSR | (sysm & 1 ? this.IPSR : 0);
    if (sysm < 8) return sysm & 1 ? this.IPSR : 0;
    return super.readSpecialRegister(sysm) & (sysm === 20 ? 2 : -1);
  }

  override writeSpecialRegister(sysm: number, value: number): 0 | undefined {
    if (sysm < 4) {
      this.APSR = value;
      return undefined;
    }
    if (sysm < 8) return undefined;
    const masked = sysm === 8 || sysm === 9 ? value & ~3 : sysm === 20 ? value & 2 : value;
    return super.writeSpecialRegister(sysm, masked);
  }

  override cyclesIO(address: number): 0 | 1 {
    return address >>> 28 === 6 ? 0 : 1; // E10
  }
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
