// SPDX-License-Identifier: Apache-2.0
/** What generated files and the names in them are called: a prefix keeps two models in one program apart. */
import { InputError } from '../../core/base/errors.ts';

/** How names begin by default. */
export const DEFAULT_PREFIX = 'model';

/** C promises 31 characters of a global name (C11, 5.2.4.1); `_model` and `_detect` come behind it. */
const MAX_LENGTH = 24;

/** C17, C23 and C++20, in one list: a header serves both languages. */
const KEYWORDS = new Set(
  `alignas alignof and and_eq asm atomic auto bitand bitor bool break case catch char char8_t char16_t char32_t class
  co_await co_return co_yield compl concept const const_cast consteval constexpr constinit continue decltype default
  delete do double dynamic_cast else enum explicit export extern false final float for friend goto if import inline int
  long module mutable namespace new noexcept not not_eq nullptr operator or or_eq override private protected public
  register reinterpret_cast requires restrict return short signed sizeof static static_assert static_cast struct switch
  template this thread_local throw true try typedef typeid typename typeof typeof_unqual union unsigned using virtual
  void volatile wchar_t while xor xor_eq`.split(/\s+/),
);

/** Headers of the C library (C23, 7.1.2): NAME.h in the same search path would hide them. */
const HEADERS = new Set(
  `assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic
  stdbit stdbool stdckdint stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype`.split(
    /\s+/,
  ),
);

export interface Names {
  /** Files, the library and the enum of the labels begin with it. */
  readonly prefix: string;
  /** Macros and constants begin with it: the prefix in capitals, and an underscore. */
  readonly macro: string;
  /** The variable that is the model. */
  readonly model: string;
  /** The variable with its detection. */
  readonly detect: string;
  /** The function of a generated step. */
  readonly step: string;
  /** Where #include finds the runtime: a folder with its slash, or nothing. */
  readonly runtime: string;
}

/** @throws InputError for a prefix that is not fit for C */
export function namesOf(prefix: string = DEFAULT_PREFIX, runtime = ''): Names {
  const fault = prefixFault(prefix);
  // Control characters grow to escapes of up to ten characters in a message.
  const shown = prefix.slice(0, /^[ -~]*$/.test(prefix) ? MAX_LENGTH + 8 : 8);
  if (fault !== null) throw new InputError(`prefix "${shown}"`, fault);
  return {
    prefix,
    macro: `${prefix.toUpperCase()}_`,
    model: prefix === DEFAULT_PREFIX ? prefix : `${prefix}_model`,
    detect: `${prefix}_detect`,
    step: `${prefix}_step`,
    runtime,
  };
}

/** What keeps a prefix from being the beginning of names in C and C++ and of files; null: nothing. */
function prefixFault(prefix: string): string | null {
  if (!/^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*$/.test(prefix)) {
    return 'is not letters, digits and single underscores between them, with a letter first; choose another';
  }
  if (prefix.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters; choose a shorter one`;
  const lower = prefix.toLowerCase();
  if (KEYWORDS.has(lower)) return 'is a keyword of C or C++; choose another';
  if (HEADERS.has(lower)) return `would hide ${lower}.h of the C library; choose another`;
  if (/^egru(_|$)/.test(lower)) return 'belongs to the runtime; choose another';
  return null;
}
