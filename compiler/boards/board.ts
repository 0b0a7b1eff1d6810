// SPDX-License-Identifier: Apache-2.0
/** What a description of a board holds. */
import type { Chip } from './chips/chip.ts';

export { SAMD21E18A, SAMD21G18A } from './chips/samd21.ts';

export type { Chip };

/** What --board takes. */
export type BoardName =
  | 'arduino_zero'
  | 'mkrzero'
  | 'feather_m0'
  | 'xiao_samd21'
  | 'circuitplay_express'
  | 'trinket_m0';

/** A pin: port 0 is PA, 1 is PB. */
export interface Pin {
  readonly port: number;
  readonly pin: number;
}

/** A serial port of the chip. */
export interface Uart {
  readonly sercom: number;
  readonly tx: Pin;
  readonly rx: Pin;
  /** Multiplexer function of both pins: 2 is C, 3 is D. */
  readonly mux: number;
  /** CTRLA.TXPO: 0 for PAD[0], 1 for PAD[2]. */
  readonly txpo: number;
  /** CTRLA.RXPO: the pad's number. */
  readonly rxpo: number;
  /** Where a user finds it. */
  readonly where: string;
}

export const microphoneNames = ['i2s', 'pdm', 'adc'] as const;
/** What --mic takes. */
export type MicrophoneName = (typeof microphoneNames)[number];

interface MicrophoneBase {
  /** How it is wired, for people. */
  readonly where: string;
  /** The serial port beside this microphone, where it takes pins of the board's usual one. */
  readonly uart?: Uart;
}

/** A digital microphone on the I2S bus (SPH0645, ICS-43434); all pins have multiplexer function G. */
export interface I2sMicrophone extends MicrophoneBase {
  readonly name: 'i2s';
  readonly clock: 0 | 1;
  readonly serializer: 0 | 1;
  readonly sck: Pin;
  readonly fs: Pin;
  readonly sd: Pin;
}

/** A microphone that delivers pulse density, read by the I2S block in PDM mode; multiplexer function G. */
export interface PdmMicrophone extends MicrophoneBase {
  readonly name: 'pdm';
  readonly clock: 0 | 1;
  readonly serializer: 0 | 1;
  readonly sck: Pin;
  readonly sd: Pin;
}

/** An analogue microphone with its amplifier (MAX9814); multiplexer function B. */
export interface AdcMicrophone extends MicrophoneBase {
  readonly name: 'adc';
  readonly pin: Pin;
  /** Input of the ADC that the pin is. */
  readonly ain: number;
}

/** A microphone with its pins; `name` is its interface. */
export type Microphone = I2sMicrophone | PdmMicrophone | AdcMicrophone;

/** Coloured lights that take data: NeoPixels on one wire, a DotStar with a clock. */
export interface Pixels {
  readonly kind: 'neopixel' | 'dotstar';
  readonly data: Pin;
  readonly clock?: Pin;
  readonly count: number;
}

export interface UsbId {
  readonly vid: number;
  readonly pid: number;
}

export const flashMethods = ['uf2', 'bossac', 'openocd'] as const;
export type FlashMethod = (typeof flashMethods)[number];

/** A board: its chip, its pins, its microphones, and how firmware gets there. */
export interface Board {
  readonly name: BoardName;
  readonly title: string;
  readonly chip: Chip;
  /** What the board's bootloader takes: UF2 files on a drive (and SAM-BA), or only the SAM-BA protocol (bossac). */
  readonly bootloader: 'uf2' | 'samba';
  /** What the bootloader wants to find in the last word of RAM to stay after a reset. */
  readonly bootMagic: number;
  /** Board-ID lines of INFO_UF2.TXT on the bootloader's drive; none where there is no drive. */
  readonly boardIds: readonly string[];
  /** How it can be flashed, the best way first. */
  readonly methods: readonly FlashMethod[];
  readonly usb: {
    /** Of applications, as the board's Arduino core has it. */
    readonly application: UsbId;
    /** Of the same board with another bootloader, whose applications it gave other numbers. */
    readonly otherApplications?: readonly UsbId[];
    /** Of its bootloaders, old and new. */
    readonly bootloader: readonly UsbId[];
    /** Of a debugger chip on the board, a CMSIS-DAP probe. */
    readonly debugger?: UsbId;
  };
  /** Whether a 32,768 Hz crystal is fitted; without one the chip's clock is within some 2 %. */
  readonly crystal: boolean;
  readonly uart: Uart;
  /** The user's LED. */
  readonly led: Pin & { readonly activeLow: boolean };
  readonly pixels: Pixels | null;
  /** What it can really take, what a build takes by default first. */
  readonly microphones: readonly [Microphone, ...Microphone[]];
}

/** What an application on the board may have: ours, a sketch. */
export function applicationIds({ usb }: Pick<Board, 'usb'>): readonly UsbId[] {
  return [usb.application, ...(usb.otherApplications ?? [])];
}

export const PA = (pin: number): Pin => ({ port: 0, pin });
export const PB = (pin: number): Pin => ({ port: 1, pin });
export const MUX_C = 2;
export const MUX_D = 3;

/** UF2 bootloader: DBL_TAP_MAGIC of microsoft/uf2-samdx1, inc/uf2.h. */
export const UF2_MAGIC = 0xf01669ef;
/** Arduino's SAM-BA bootloader: DOUBLE_TAP_MAGIC of arduino/ArduinoCore-samd, bootloaders/zero/main.c. */
export const SAMBA_MAGIC = 0x07738135;

const ADAFRUIT = 0x239a;
const ARDUINO = 0x2341;
const SEEED = 0x2886;
export const adafruit = (pid: number): UsbId => ({ vid: ADAFRUIT, pid });
export const arduino = (pid: number): UsbId => ({ vid: ARDUINO, pid });
export const seeed = (pid: number): UsbId => ({ vid: SEEED, pid });
