// SPDX-License-Identifier: Apache-2.0
/** Handlebars, strict and without HTML escaping: a field that a template names and the view lacks is an error. */
import Handlebars from 'handlebars';
import type { Assets } from './assets.ts';
import type { BannerView, HeaderView, SourceView } from './view.ts';

/** The templates and the view that each one shows. */
interface Views {
  readonly 'model.h': HeaderView;
  readonly 'model.c': SourceView;
  readonly banner: BannerView;
  readonly Makefile: MakefileView;
}

export interface MakefileView {
  readonly version: string;
  readonly prefix: string;
  /** File names, separated by spaces. */
  readonly objects: string;
  readonly headers: string;
}

const FILES: Readonly<Record<keyof Views, string>> = {
  'model.h': 'model.h.hbs',
  'model.c': 'model.c.hbs',
  banner: 'partials/banner.hbs',
  Makefile: 'Makefile.hbs',
};

const options = { strict: true, noEscape: true, knownHelpersOnly: true } as const;

type Templates = Assets['templates'];
type Compiled = Map<string, Handlebars.TemplateDelegate>;
/** Compiled templates, as long as their texts live. */
const known = new WeakMap<Templates, { environment: typeof Handlebars; compiled: Compiled }>();

/** The text of one template with its view. */
export function render<Name extends keyof Views>(
  templates: Templates,
  name: Name,
  view: Views[Name],
): string {
  return renderFile(templates, FILES[name], view);
}

/**
 * The same by the template's file, for callers that type their views themselves. Every template may use every partial, by
 * the name of its file in a folder `partials`.
 * @param file below templates/, e.g. "export/README.md.hbs"
 */
export function renderFile(templates: Templates, file: string, view: object): string {
  return template(templates, file)(view);
}

function template(templates: Templates, file: string): Handlebars.TemplateDelegate {
  const { environment, compiled } = known.get(templates) ?? {
    environment: withPartials(templates),
    compiled: new Map(),
  };
  known.set(templates, { environment, compiled });
  const before = compiled.get(file);
  if (before !== undefined) return before;
  const text = templates.get(file);
  if (text === undefined) throw new Error(`there is no template ${file}`);
  const fresh = environment.compile(text, options);
  compiled.set(file, fresh);
  return fresh;
}

function withPartials(templates: Templates): typeof Handlebars {
  const environment = Handlebars.create();
  for (const [file, text] of templates) {
    const [, name] = /(?:^|\/)partials\/([^/]+)\.hbs$/.exec(file) ?? [];
    if (name !== undefined) environment.registerPartial(name, environment.compile(text, options));
  }
  return environment;
}
