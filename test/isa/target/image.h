/* SPDX-License-Identifier: Apache-2.0
 *
 * What a program inside a test image may call. Output goes through Arm semihosting, which QEMU and our
 * emulator serve.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdint.h>

/* Zero-terminated text, at most 2^31 bytes. */
void image_write(const char *text);
/* Eight hexadecimal digits. */
void image_write_hex(uint32_t value);
/* Decimal digits. */
void image_write_unsigned(uint32_t value);
/* One step of the hash that the images report: mixes a word into h (32-bit FNV-1a over words, then a shift).
 */
static inline uint32_t image_hash(uint32_t h, uint32_t word) {
    h = (h ^ word) * 0x01000193u;
    return h ^ (h >> 15);
}

#endif
