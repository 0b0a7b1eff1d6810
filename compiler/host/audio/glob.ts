// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../core/base/errors.ts';

/**
 * A shell pattern as a test of paths with `/`: `*` and `?` within a name, `**` across folders, `[a-z]`, `[!a-z]`,
 * `{one,two}`; a backslash takes the next character as it is. The pattern has to cover the path's last names: a
 * pattern without `/` is about the file's name.
 * @throws InputError where a bracket or brace is not closed
 */
export function globTest(pattern: string, flag: string): (path: string) => boolean {
  let source = '';
  let braces = 0;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern.charAt(i);
    if (c === '\\' && i + 1 < pattern.length) source += escapeRegex(pattern.charAt(++i));
    else if (pattern.startsWith('**/', i)) {
      source += '(?:.*/)?';
      i += 2;
    } else if (pattern.startsWith('**', i)) {
      source += '.*';
      i++;
    } else if (c === '*') source += '[^/]*';
    else if (c === '?') source += '[^/]';
    else if (c === '[') {
      const end = pattern.indexOf(']', i + 2);
      if (end < 0)
        throw new InputError(flag, `"[" is not closed in ${pattern}`, 'write \\[ for a plain bracket');
      const negated = pattern.charAt(i + 1) === '!';
      const set = pattern.slice(negated ? i + 2 : i + 1, end).replace(/[\\\]^[]/g, '\\$&');
      source += `[${negated ? '^/' : ''}${set}]`;
      i = end;
    } else if (c === '{') {
      braces++;
      source += '(?:';
    } else if (c === '}' && braces > 0) {
      braces--;
      source += ')';
    } else if (c === ',' && braces > 0) source += '|';
    else source += escapeRegex(c);
  }
  if (braces > 0)
    throw new InputError(flag, `"{" is not closed in ${pattern}`, 'write \\{ for a plain brace');
  return compile(`(?:^|/)${source}$`, pattern, flag);
}

function compile(source: string, pattern: string, flag: string): (path: string) => boolean {
  try {
    const regex = new RegExp(source, 'su');
    return (path) => regex.test(path);
  } catch {
    throw new InputError(flag, `${pattern} is not a pattern`, 'a range such as [z-a] runs backwards');
  }
}

/** Text as a regular expression (flag u) that matches just that text. */
function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (c) => (c === '-' ? '\\x2d' : `\\${c}`));
}
