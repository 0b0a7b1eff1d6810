/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: lines of text as their bytes come, their words and numbers.
 */
#ifndef LINE_H
#define LINE_H

#include <stddef.h>
#include <stdint.h>

enum { LINE_MAX = 63 /* characters of a command, without the newline */ };

typedef enum {
    LINE_OK = 0,
    LINE_TOO_LONG = -1,      /* more than LINE_MAX characters */
    LINE_BAD_CHARACTER = -2, /* something else than printable ASCII */
} line_error;

typedef struct {
    char text[LINE_MAX + 1]; /* ends with a NUL once the line is complete */
    const char *at;          /* where the next word is looked for */
    uint8_t length;
    line_error error;
} command_line;

void line_begin(command_line *input);
/* Takes a byte; a carriage return is dropped. Returns 1 with the newline: then the line is complete, or
 * broken, and has been taken as a whole either way. */
int line_add(command_line *input, uint8_t c);

/* Whether a complete line has nothing in it, and nothing was wrong with it: it means nothing and has no
 * answer. */
static inline int line_is_empty(const command_line *input) {
    return input->length == 0u && input->error == LINE_OK;
}

/* Whether the next word is this one; then it is consumed. */
int line_word(command_line *input, const char *word);

/* A decimal number of at most limit (below 2^28). Returns 1 and consumes it, or 0. */
int line_number(command_line *input, uint32_t limit, uint32_t *value);

/* Eight hexadecimal digits. Returns 1 and consumes them, or 0. */
int line_hex(command_line *input, uint32_t *value);

/* Whether nothing is left but spaces. */
int line_end(command_line *input);

#endif
