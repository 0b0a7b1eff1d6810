// SPDX-License-Identifier: Apache-2.0
/** What a model costs on a board: estimated from its kernel, and measured on the emulated chip where there is a compiler. */
import { type Board, boards, type Microphone } from '../../boards/boards.ts';
import { type KernelName, kernelOf } from '../../codegen/kernels/index.ts';
import type { LayerCost } from '../../codegen/kernels/kernel.ts';
import type { Program } from '../../core/program/program.ts';
import { buildFirmware } from '../../machines/firmware/firmware.ts';
import { applicationRam, arenaBytes, modelFlash } from '../../machines/firmware/fit.ts';
import { type KernelBench, measureKernel } from '../bench/bench.ts';
import { CAPTURE_SHARE, type Energy, estimateEnergy, microphoneParts } from '../measure/energy.ts';
import { estimateKernel, type KernelEstimate } from '../measure/estimate.ts';
import { type FrameLoad, frameLoad, withFlashLines } from '../measure/frame-load.ts';
import { programLoad } from '../measure/load.ts';

export interface MeasuredFacts {
  readonly clips: number;
  readonly kernel: KernelBench;
  /** The most cycles of each layer in a step. */
  readonly layersMax: readonly number[];
  /** Of the feature extractor for a frame, with flash lines; null: there is none. */
  readonly frontend: number | null;
}

/** A part of a memory, in bytes. */
export interface MemoryPart {
  readonly name: string;
  readonly bytes: number;
}

/** What lies in flash and RAM of the board, from the lowest address up; the sums are the sizes of both. */
export interface MemoryFacts {
  readonly flash: readonly MemoryPart[];
  readonly ram: readonly MemoryPart[];
}

export interface EnergyFacts {
  readonly part: string;
  readonly microphone: string;
  /** Titles of the boards that it can be wired to, or that have it. */
  readonly boards: readonly string[];
  readonly alwaysOn: Energy;
  /** With voice activity that finds silence in GATED of the frames. */
  readonly gated: Energy;
}

export interface CostFacts {
  readonly board: Board;
  readonly microphone: Microphone;
  readonly kernel: KernelName;
  readonly estimate: KernelEstimate;
  readonly layers: readonly LayerCost[];
  /** null: the firmware does not listen. */
  readonly load: FrameLoad | null;
  /** null: there is no compiler for the chip, or no clip. */
  readonly measured: MeasuredFacts | null;
  /** null: there is no compiler for the chip. */
  readonly memory: MemoryFacts | null;
  /** Those that the chip keeps up with. */
  readonly energy: readonly EnergyFacts[];
}

/** Share of silent frames in a quiet room. */
export const GATED = 0.9;

export interface CostInput {
  /** As firmware has it. */
  readonly program: Program;
  readonly kernel: KernelName;
  readonly board: Board;
  readonly microphone: Microphone;
  /** Whether there is a compiler for the chip. */
  readonly compiler: boolean;
  /** Cut PCM that is run on the emulated chip. */
  readonly clips: readonly Int16Array[];
}

/** @param onDone called with the clips that are done */
export async function gatherCost(input: CostInput, onDone: (done: number) => void): Promise<CostFacts> {
  const { program, kernel, board, microphone, clips } = input;
  const measured = input.compiler && clips.length > 0 ? await measure(program, kernel, clips, onDone) : null;
  const load = frameLoad(program, kernel, board, microphone);
  const estimate = estimateKernel(program, kernel);
  return {
    ...{ board, microphone, kernel, estimate, load, measured },
    layers: kernelOf(kernel).layerCosts(program),
    memory: input.compiler ? await memoryOf(input) : null,
    energy: energyOf(program, estimate, measured, board),
  };
}

async function measure(
  program: Program,
  kernel: KernelName,
  clips: readonly Int16Array[],
  onDone: (done: number) => void,
): Promise<MeasuredFacts> {
  const { kernel: bench, layersMax, frontend } = await measureKernel(program, kernel, clips, onDone);
  return {
    ...{ clips: clips.length, kernel: bench, layersMax },
    frontend: program.frontend === null ? null : (frontend.cycles + frontend.lines) / frontend.calls,
  };
}

async function memoryOf({ program, kernel, board, microphone }: CostInput): Promise<MemoryFacts> {
  const { flash, applicationFlash, ram, stack } = await buildFirmware(program, { board, microphone, kernel });
  const { chip } = board;
  const model = flash - applicationFlash;
  const arena = arenaBytes(program, kernel);
  return {
    flash: [
      { name: 'bootloader', bytes: chip.applicationStart },
      { name: 'application', bytes: applicationFlash },
      { name: 'room for applications', bytes: chip.modelStart - chip.applicationStart - applicationFlash },
      { name: 'model', bytes: model },
      { name: 'free for models', bytes: modelFlash(board) - model },
      { name: 'room for what is learnt', bytes: chip.learnBytes },
    ],
    ram: [
      { name: 'variables', bytes: ram - arena },
      { name: 'model', bytes: arena },
      { name: 'stack, proven', bytes: stack.worst },
      { name: 'free', bytes: applicationRam(board) - ram - stack.worst },
      { name: 'bootloader', bytes: chip.reservedRam },
    ],
  };
}

/** From measured cycles where there are some, otherwise from the estimate of the most. */
function energyOf(
  program: Program,
  { cyclesMax }: KernelEstimate,
  measured: MeasuredFacts | null,
  { chip }: Board,
): EnergyFacts[] {
  const { hopCycles, frontendCycles } = programLoad(program, [], { chip });
  if (hopCycles === null) return [];
  const network = measured?.kernel.cyclesPerStepBound ?? withFlashLines(cyclesMax);
  const frontend = measured?.frontend ?? withFlashLines(frontendCycles);
  return microphoneParts
    .filter(({ microphone }) => (frontend + network) / hopCycles + CAPTURE_SHARE[microphone] <= 1)
    .map((part) => {
      const input = {
        frontendCycles: frontend,
        networkCycles: network,
        hopCycles,
        coreClock: chip.coreClock,
        part,
      };
      return {
        ...{ part: part.part, microphone: part.microphone },
        boards: Object.values(boards)
          .filter(({ microphones }) => microphones.some(({ name }) => name === part.microphone))
          .map(({ title }) => title),
        alwaysOn: estimateEnergy({ ...input, gated: 0 }),
        gated: estimateEnergy({ ...input, gated: GATED }),
      };
    });
}
