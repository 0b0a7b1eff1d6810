/* SPDX-License-Identifier: Apache-2.0
 *
 * CRC-32 as in zip and Ethernet (polynomial 0x04C11DB7, reflected; first and last value inverted).
 */
#ifndef CRC32_H
#define CRC32_H

#include <stdint.h>

/* crc32_table[b]: remainder of the byte b. */
extern const uint32_t crc32_table[256];

#define CRC32_START 0xFFFFFFFFu

/* The register after one more byte. Inline: the loops that move bytes check them on the way. */
static inline uint32_t crc32_add(uint32_t crc, uint8_t byte) {
    return crc32_table[(crc ^ byte) & 0xFFu] ^ (crc >> 8);
}

/* The checksum of the bytes so far. */
static inline uint32_t crc32_value(uint32_t crc) {
    return ~crc;
}

#endif
