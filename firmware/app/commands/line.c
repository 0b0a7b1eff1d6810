/* SPDX-License-Identifier: Apache-2.0 */
#include "line.h"

void line_begin(command_line *input) {
    input->length = 0;
    input->error = LINE_OK;
}

int line_add(command_line *input, uint8_t c) {
    if (c == '\n') {
        input->text[input->length] = '\0';
        input->at = input->text;
        return 1;
    }
    if (c < ' ' || c > '~') {
        if (c != '\r' && input->error == LINE_OK) {
            input->error = LINE_BAD_CHARACTER;
        }
    } else if (input->length < LINE_MAX) {
        input->text[input->length++] = (char)c;
    } else {
        input->error = LINE_TOO_LONG;
    }
    return 0;
}

static const char *skip_spaces(const char *at) {
    while (*at == ' ') {
        at++;
    }
    return at;
}

static int ends_word(char c) {
    return c == ' ' || c == '\0';
}

int line_word(command_line *input, const char *word) {
    const char *at = skip_spaces(input->at);
    while (*word != '\0') {
        if (*at++ != *word++) {
            return 0;
        }
    }
    if (!ends_word(*at)) {
        return 0;
    }
    input->at = at;
    return 1;
}

int line_number(command_line *input, uint32_t limit, uint32_t *value) {
    const char *at = skip_spaces(input->at);
    uint32_t sum = 0;
    do {
        if (*at < '0' || *at > '9') {
            return 0;
        }
        sum = 10u * sum + (uint32_t)(*at++ - '0'); /* at most 10 limit + 9 < 2^32 */
        if (sum > limit) {
            return 0;
        }
    } while (!ends_word(*at));
    input->at = at;
    *value = sum;
    return 1;
}

int line_hex(command_line *input, uint32_t *value) {
    const char *at = skip_spaces(input->at);
    uint32_t sum = 0;
    for (unsigned i = 0; i < 8; i++) {
        const char c = *at++;
        if (c >= '0' && c <= '9') {
            sum = (sum << 4) | (uint32_t)(c - '0');
        } else if (c >= 'a' && c <= 'f') {
            sum = (sum << 4) | (uint32_t)(c - 'a' + 10);
        } else {
            return 0;
        }
    }
    if (!ends_word(*at)) {
        return 0;
    }
    input->at = at;
    *value = sum;
    return 1;
}

int line_end(command_line *input) {
    return *skip_spaces(input->at) == '\0';
}
