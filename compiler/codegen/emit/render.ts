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
type Compiled = Map<keyof Views, Handlebars.TemplateDelegate>;
/** Compiled templates, as long as their texts live. */
const known = new WeakMap<Templates, { environment: typeof Handlebars; compiled: Compiled }>();

/** The text of one template with its view. */
export function render<Name extends keyof Views>(
  templates: Templates,
  name: Name,
  view: Views[Name],
): string {
  return template(templates, name)(view);
}

function template(templates: Templates, name: keyof Views): Handlebars.TemplateDelegate {
  const { environment, compiled } = known.get(templates) ?? {
    environment: Handlebars.create(),
    compiled: new Map(),
  };
  known.set(templates, { environment, compiled });
  const before = compiled.get(name);
  if (before !== undefined) return before;
  if (name !== 'banner') environment.registerPartial('banner', template(templates, 'banner'));
  const text = templates.get(FILES[name]);
  if (text === undefined) throw new Error(`there is no template ${FILES[name]}`);
  const fresh = environment.compile(text, options);
  compiled.set(name, fresh);
  return fresh;
}
