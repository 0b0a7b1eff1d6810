// SPDX-License-Identifier: Apache-2.0
/** What code generation needs besides the program. It opens no file: the caller passes these texts. */
export interface Assets {
  /** The compiler's own version: stands in every banner. */
  readonly version: string;
  /** Handlebars templates by their path below templates/, e.g. "model.c.hbs". */
  readonly templates: ReadonlyMap<string, string>;
  /** C and assembly of the runtime by file name. */
  readonly runtime: ReadonlyMap<string, string>;
  /** The licence of the runtime, which stands beside its copies. */
  readonly license: string;
}
