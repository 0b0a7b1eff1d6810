/* SPDX-License-Identifier: Apache-2.0 */
#include "line.h"

#include "uart.h"

line_error line_read(line *l) {
    line_error error = LINE_OK;
    unsigned length = 0;
    for (;;) {
        const uint8_t c = uart_receive();
        if (c == '\n') {
            break;
        }
        if (c < ' ' || c > '~') {
            if (c != '\r' && error == LINE_OK) {
                error = LINE_BAD_CHARACTER;
            }
        } else if (length < LINE_MAX) {
            l->text[length++] = (char)c;
        } else {
            error = LINE_TOO_LONG;
        }
    }
    l->text[length] = '\0';
    l->at = l->text;
    return uart_take_error() != 0 ? LINE_DAMAGED : error;
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

void put_text(const char *text) {
    while (*text != '\0') {
        uart_send((uint8_t)*text++);
    }
}

void put_number(int32_t value) {
    if (value < 0) {
        uart_send('-');
    }
    put_unsigned(value < 0 ? 0u - (uint32_t)value : (uint32_t)value);
}

void put_unsigned(uint32_t value) {
    static const uint32_t powers[] = {1000000000u, 100000000u, 10000000u, 1000000u, 100000u,
                                      10000u,      1000u,      100u,      10u,      1u};
    uint32_t rest = value;
    int started = 0;
    for (unsigned i = 0; i < sizeof powers / sizeof *powers; i++) {
        /* Subtracting at most nine times is shorter than a division, which this core does not have. */
        uint8_t digit = '0';
        while (rest >= powers[i]) {
            rest -= powers[i];
            digit++;
        }
        if (digit != '0' || started || powers[i] == 1u) {
            uart_send(digit);
            started = 1;
        }
    }
}

void put_hex(uint32_t value, unsigned digits) {
    while (digits > 0u) {
        digits--;
        const uint32_t nibble = (value >> (4u * digits)) & 15u;
        uart_send((uint8_t)(nibble < 10u ? '0' + nibble : 'a' + nibble - 10u));
    }
}
