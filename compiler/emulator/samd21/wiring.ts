// SPDX-License-Identifier: Apache-2.0
/** How the blocks of the chip hang together: which clock, pin, reset and interrupt of one is the other's. */
import type { Samd21Core } from '../core/core.ts';
import type { Incoming } from '../core/incoming.ts';
import type { Memory } from '../core/memory.ts';
import type { MicrophoneSource } from '../core/microphone.ts';
import type { DmaBus } from '../peripherals/dma-descriptor.ts';
import { ExternalInterrupts } from '../peripherals/eic.ts';
import { GenericClocks } from '../peripherals/gclk.ts';
import { type FlashChange, FlashController } from '../peripherals/nvmctrl.ts';
import { PowerManager, type ResetCause } from '../peripherals/pm.ts';
import { PortPins } from '../peripherals/port.ts';
import type { Chip, RegisterBlock } from '../peripherals/registers.ts';
import { SystemControlSpace } from '../peripherals/scs.ts';
import { Sercom } from '../peripherals/sercom.ts';
import { SystemController } from '../peripherals/sysctrl.ts';
import { UsbDevice } from '../peripherals/usb.ts';
import { Watchdog } from '../peripherals/wdt.ts';
import { acquisition } from './acquisition.ts';
import type { Silicon } from './options.ts';

/** Multiplexer function of a pin: 0 is A. */
const FUNCTION_G = 6;

/** What the blocks need of the chip that holds them, and of the world outside. */
export interface Outside {
  readonly chip: Chip & { readonly core: Samd21Core };
  readonly memory: Memory;
  readonly incoming: Incoming;
  readonly bus: Omit<DmaBus, 'clockOn'>;
  readonly silicon: Silicon;
  microphone(): MicrophoneSource | null;
  transmitted(byte: number): void;
  flashChange(change: FlashChange): void;
  cacheInvalidated(): void;
  systemReset(cause: ResetCause): void;
  counterRead(): void;
}

/** The blocks that the chip itself asks for something. */
export interface Parts {
  readonly power: PowerManager;
  readonly clocks: GenericClocks;
  readonly nvm: FlashController;
  readonly port: PortPins;
  readonly usb: UsbDevice;
  readonly scs: SystemControlSpace;
  readonly sercoms: readonly Sercom[];
  /** All of them. */
  readonly blocks: readonly RegisterBlock[];
}

export function wire(outside: Outside): Parts {
  const { chip, memory, incoming } = outside;
  const power = new PowerManager(chip);
  const oscillators = new SystemController(chip, chip, {
    dfll: outside.silicon.dfllError ?? 0,
    osc8m: outside.silicon.osc8mError ?? 0,
  });
  const clocks = new GenericClocks(chip, oscillators);
  oscillators.dfllReference = () => clocks.clockFrequency(0);
  const nvm = new FlashController(chip, memory, {
    before: outside.flashChange,
    invalidated: outside.cacheInvalidated,
    stall: (seconds) => chip.core.stall(Math.ceil(seconds * chip.frequency)),
  });
  const port = new PortPins(chip);
  const line = {
    transmitted: outside.transmitted,
    waiting: () => incoming.waiting,
    take: () => incoming.take(),
    busClockOn: (n: number) => power.sercomClock(n),
    coreFrequency: (n: number) => clocks.sercomFrequency(n),
  };
  const sercoms = [0, 1, 2, 3, 4, 5].map((n) => new Sercom(chip, n, line));
  const usb = new UsbDevice(chip, {
    ram: memory.ram8,
    busClocks: () => power.usbClocks,
    // The frames of the bus, which come before anything else does, make it right.
    clock: () => clocks.usbFrequency * oscillators.correction,
    disciplined: () => oscillators.disciplined,
    pads: () => port.hasFunction(0, 24, FUNCTION_G) && port.hasFunction(0, 25, FUNCTION_G),
  });
  oscillators.usbFrames = () => usb.framed;
  const scs = new SystemControlSpace(
    chip,
    chip.core,
    () => outside.systemReset('system'),
    outside.counterRead,
  );
  const watchdog = new Watchdog(chip, {
    clock: () => clocks.watchdogFrequency,
    coreClock: () => chip.frequency,
    reset: () => outside.systemReset('watchdog'),
  });
  const pins = new ExternalInterrupts(chip, {
    busClockOn: () => power.eicClock,
    clock: () => clocks.eicFrequency,
    port,
    nmi: () => chip.core.raiseNmi(),
  });
  const sound = acquisition({
    ...{ chip, power, clocks, port, bus: outside.bus, silicon: outside.silicon },
    microphone: outside.microphone,
  });
  return {
    ...{ power, clocks, nvm, port, usb, scs, sercoms },
    blocks: [power, oscillators, clocks, watchdog, pins, nvm, port, usb, ...sercoms, ...sound, scs],
  };
}
