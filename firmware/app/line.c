/* SPDX-License-Identifier: Apache-2.0 */
#include "line.h"

void line_begin(line *l) {
    l->length = 0;
    l->error = LINE_OK;
}

int line_add(line *l, uint8_t c) {
    if (c == '\n') {
        l->text[l->length] = '\0';
        l->at = l->text;
        return 1;
    }
    if (c < ' ' || c > '~') {
        if (c != '\r' && l->error == LINE_OK) {
            l->error = LINE_BAD_CHARACTER;
        }
    } else if (l->length < LINE_MAX) {
        l->text[l->length++] = (char)c;
    } else {
        l->error = LINE_TOO_LONG;
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

int line_word(line *l, const char *word) {
    const char *at = skip_spaces(l->at);
    while (*word != '\0') {
        if (*at++ != *word++) {
            return 0;
        }
    }
    if (!ends_word(*at)) {
        return 0;
    }
    l->at = at;
    return 1;
}

int line_number(line *l, uint32_t limit, uint32_t *value) {
    const char *at = skip_spaces(l->at);
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
    l->at = at;
    *value = sum;
    return 1;
}

int line_hex(line *l, uint32_t *value) {
    const char *at = skip_spaces(l->at);
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
    l->at = at;
    *value = sum;
    return 1;
}

int line_end(line *l) {
    return *skip_spaces(l->at) == '\0';
}
