/* SPDX-License-Identifier: Apache-2.0 */
#include "payload.h"

#include "commands.h"
#include "crc32.h"

union payload_buffer payload;

static struct {
    console_port port;
    payload_kind kind;
    unsigned bytes; /* 0: none is expected */
    unsigned filled;
    uint32_t crc; /* as stated */
    int open;
} expected;

void payload_expect(console_port port, payload_kind kind, unsigned bytes, uint32_t crc) {
    expected.port = port;
    expected.kind = kind;
    expected.bytes = bytes;
    expected.filled = 0;
    expected.crc = crc;
    expected.open = 1;
}

int payload_open(void) {
    return expected.open;
}

int payload_from(console_port port) {
    return expected.open && expected.port == port;
}

void payload_give_up(console_port port) {
    if (payload_from(port)) {
        expected.open = 0;
    }
}

__attribute__((noinline)) static uint32_t checksum(const uint8_t *at, unsigned bytes) {
    uint32_t crc = CRC32_START;
    for (const uint8_t *const end = at + bytes; at != end; at++) {
        crc = crc32_add(crc, *at);
    }
    return crc32_value(crc);
}

int payload_poll(console_port port) {
    if (!payload_from(port)) {
        return 0;
    }
    uint8_t *const bytes = (uint8_t *)&payload;
    const unsigned taken = console_read(port, bytes + expected.filled, expected.bytes - expected.filled);
    expected.filled += taken;
    if (expected.filled < expected.bytes) {
        return taken != 0u;
    }
    expected.open = 0;
    console_select(1u << port);
    const int damaged = console_take_error(port) != 0;
    commands_payload(expected.kind, expected.bytes,
                     !damaged && checksum(bytes, expected.bytes) == expected.crc);
    return 1;
}
