/* SPDX-License-Identifier: Apache-2.0 */
#include "console.h"

#include "uart.h"
#include "usb_cdc.h"

/* Passes of a loop of at least ten cycles: some milliseconds for a host that is slow, 0.1 s for one that has
 * gone. */
enum { PATIENCE_LISTENING = 5000, PATIENCE = 500000 };

static struct {
    uint8_t stage[CONSOLE_LINE]; /* the line so far, while output may not wait */
    uint16_t length;
    uint8_t overflow; /* the line does not fit */
    uint8_t together; /* newlines do not end it */
    uint8_t ports;
    uint8_t waits;
    uint8_t stalled; /* the host has not taken a byte for long: nothing goes to USB until it does */
    uint32_t dropped;
} console;

void console_init(void) {
    uart_init();
    usb_cdc_init();
    console.ports = CONSOLE_ALL;
    console.waits = 1;
}

int console_get(console_port port) {
    return port == PORT_UART ? uart_get() : usb_cdc_get();
}

unsigned console_read(console_port port, uint8_t *to, unsigned n) {
    if (port == PORT_UART) {
        return uart_read(to, n);
    }
    unsigned count = 0;
    for (int byte; count < n && (byte = usb_cdc_get()) >= 0; count++) {
        to[count] = (uint8_t)byte;
    }
    return count;
}

int console_ready(void) {
    return uart_ready() || usb_cdc_ready();
}

int console_take_error(console_port port) {
    return port == PORT_UART && uart_take_error();
}

void console_select(unsigned ports) {
    console.ports = (uint8_t)ports;
}

void console_may_wait(int yes) {
    console.waits = (uint8_t)yes;
    if (yes) {
        uart_drain();
    }
}

uint32_t console_dropped(void) {
    return console.dropped;
}

void console_flush(void) {
    usb_cdc_flush();
}

/* A byte to a host that may be slow, or gone without a word. */
static void usb_send(uint8_t byte) {
    if (!usb_cdc_open()) {
        console.stalled = 0;
        return;
    }
    for (unsigned left = console.stalled ? 1u : PATIENCE; left > 0u; left--) {
        if (usb_cdc_put(byte)) {
            console.stalled = 0;
            return;
        }
    }
    if (!console.stalled) {
        console.dropped++;
    }
    console.stalled = 1;
}

static unsigned room(console_port port) {
    return port == PORT_UART ? uart_room() : usb_cdc_room();
}

/* The stage to one port, as a whole or not at all. */
static void send_stage(console_port port) {
    unsigned patience = PATIENCE_LISTENING;
    while (room(port) < console.length) {
        if (port == PORT_USB) {
            usb_cdc_flush();
        }
        if (--patience == 0u) {
            console.dropped++;
            return;
        }
    }
    for (unsigned i = 0; i < console.length; i++) {
        if (port == PORT_UART) {
            uart_put(console.stage[i]);
        } else {
            (void)usb_cdc_put(console.stage[i]);
        }
    }
}

/* Only answers can be so long, with names and scores of a model: a host waits for one line all the same. */
static void stage_excuse(void) {
    console.dropped++;
    console.length = 0;
    for (const char *at = "error the answer is too long: listen off comes first\n"; *at != '\0'; at++) {
        console.stage[console.length++] = (uint8_t)*at;
    }
}

static void end_line(void) {
    if (console.overflow) {
        stage_excuse();
    }
    if ((console.ports & (1u << PORT_UART)) != 0u) {
        send_stage(PORT_UART);
    }
    if ((console.ports & (1u << PORT_USB)) != 0u && usb_cdc_open()) {
        send_stage(PORT_USB);
    }
    console.length = 0;
    console.overflow = 0;
}

void put_byte(uint8_t byte) {
    if (console.waits) {
        if ((console.ports & (1u << PORT_UART)) != 0u) {
            uart_send(byte);
        }
        if ((console.ports & (1u << PORT_USB)) != 0u) {
            usb_send(byte);
        }
        return;
    }
    if (console.length < CONSOLE_LINE) {
        console.stage[console.length++] = byte;
    } else {
        console.overflow = 1;
    }
    if (byte == '\n' && !console.together) {
        end_line();
    }
}

void put_bytes(const void *data, unsigned n) {
    const uint8_t *at = data;
    const uint8_t *const end = at + n;
    if (console.waits && console.ports == 1u << PORT_UART) {
        for (; at != end; at++) {
            uart_send(*at);
        }
        return;
    }
    for (; at != end; at++) {
        put_byte(*at);
    }
}

void put_begin(void) {
    console.together = 1;
}

void put_end(void) {
    console.together = 0;
    if (!console.waits) {
        end_line();
    }
}

void put_text(const char *text) {
    while (*text != '\0') {
        put_byte((uint8_t)*text++);
    }
}

void put_number(int32_t value) {
    if (value < 0) {
        put_byte('-');
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
            put_byte(digit);
            started = 1;
        }
    }
}

void put_hex(uint32_t value, unsigned digits) {
    while (digits > 0u) {
        digits--;
        const uint32_t nibble = (value >> (4u * digits)) & 15u;
        put_byte((uint8_t)(nibble < 10u ? '0' + nibble : 'a' + nibble - 10u));
    }
}
