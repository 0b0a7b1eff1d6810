/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines of text over the serial port: reading commands, their words and numbers, and writing answers.
 */
#ifndef LINE_H
#define LINE_H

#include <stdint.h>

enum { LINE_MAX = 63 /* characters of a command, without the newline */ };

typedef enum {
    LINE_OK = 0,
    LINE_TOO_LONG = -1,      /* more than LINE_MAX characters */
    LINE_BAD_CHARACTER = -2, /* something else than printable ASCII */
    LINE_DAMAGED = -3,       /* the serial port reported lost or damaged bytes */
} line_error;

typedef struct {
    char text[LINE_MAX + 1]; /* ends with a NUL */
    const char *at;          /* where the next word is looked for */
} line;

/* Reads up to the next newline; a carriage return before it is dropped. After an error the rest of the line
 * has been read as well, so that the next call begins with a new one. */
line_error line_read(line *l);

/* Whether the next word is this one; then it is consumed. */
int line_word(line *l, const char *word);

/* A decimal number of at most limit (below 2^28). Returns 1 and consumes it, or 0. */
int line_number(line *l, uint32_t limit, uint32_t *value);

/* Eight hexadecimal digits. Returns 1 and consumes them, or 0. */
int line_hex(line *l, uint32_t *value);

/* Whether nothing is left but spaces. */
int line_end(line *l);

void put_text(const char *text);
void put_number(int32_t value);
void put_unsigned(uint32_t value);
void put_hex(uint32_t value, unsigned digits);

#endif
