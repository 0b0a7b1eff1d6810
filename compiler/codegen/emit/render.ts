// SPDX-License-Identifier: Apache-2.0
/** Handlebars, strict and without HTML escaping: a field that a template names and the view lacks is an error. */
import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import { packagePath } from '../../host/files/paths.ts';
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
const environment = Handlebars.create();
const compiled = new Map<keyof Views, Handlebars.TemplateDelegate>();

/** The text of one template with its view. */
export function render<Name extends keyof Views>(name: Name, view: Views[Name]): string {
  return template(name)(view);
}

function template(name: keyof Views): Handlebars.TemplateDelegate {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  if (name !== 'banner') environment.registerPartial('banner', template('banner'));
  const fresh = environment.compile(readFileSync(packagePath('templates', FILES[name]), 'utf8'), options);
  compiled.set(name, fresh);
  return fresh;
}
