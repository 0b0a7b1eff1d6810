// SPDX-License-Identifier: Apache-2.0
/** What the data commands are given: a dataset, and a training configuration for reading it. */
import { type Command, Option } from 'commander';
import { JsonValue, parseJson } from '../../core/base/json.ts';
import { readLimited } from '../../host/files/files.ts';
import { type DatasetConfig, readDatasetConfig } from '../../training/data/config.ts';
import { fileColumnOption, labelColumnOption, patternOption } from './command.ts';

const MAX_CONFIG_BYTES = 1 << 20;

export const configOption = () =>
  new Option('--config <file>', 'a training configuration: how the dataset is read and split');

export const folderOption = () =>
  new Option('-o, --output <folder>', 'folder to write').makeOptionMandatory();

/** What addDatasetOptions adds. */
export interface DatasetFlags {
  readonly pattern?: string;
  readonly fileColumn?: string;
  readonly labelColumn?: string;
}

export interface DataOptions extends DatasetFlags {
  readonly config?: string;
}

/** How a dataset is read. */
export function addDatasetOptions(command: Command): Command {
  return command.addOption(patternOption()).addOption(fileColumnOption()).addOption(labelColumnOption());
}

/** The configuration as a document; without one an empty object, which stands for the defaults. */
export function readConfig(path: string | undefined): JsonValue {
  return path === undefined
    ? new JsonValue('configuration', {}, '')
    : parseJson(path, readLimited(path, MAX_CONFIG_BYTES));
}

/** `dataset` of the configuration; a pattern that is given as a flag goes before its own. */
export function datasetConfig(document: JsonValue, options: DataOptions): DatasetConfig {
  const member = document.members().get('dataset');
  const config = readDatasetConfig(member === undefined || member.value === null ? null : member);
  return withFlags(config, options);
}

/** What flags state goes before the configuration. */
export function withFlags(
  config: DatasetConfig,
  { pattern, fileColumn, labelColumn }: DatasetFlags,
): DatasetConfig {
  const { file, label } = config.columns;
  return {
    ...config,
    pattern: pattern ?? config.pattern,
    columns: { file: fileColumn ?? file, label: labelColumn ?? label },
  };
}
