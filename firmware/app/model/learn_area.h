/* SPDX-License-Identifier: Apache-2.0
 *
 * What was learnt, in flash: two copies at its end, in rows of their own. The one that is not in use is written,
 * its first page last, and then has the higher sequence number: a loss of power leaves the old or the new one.
 */
#ifndef LEARN_AREA_H
#define LEARN_AREA_H

#include <stdint.h>

#define AREA_MAGIC 0x4e52414cu /* "LARN" */

/* A copy. The checksum covers what is behind it. */
typedef struct {
    uint32_t magic;
    uint32_t crc;
    uint32_t sequence;
    uint32_t examples;
    uint32_t values;    /* of `learnt` */
    uint8_t digest[32]; /* of the program that it belongs to */
    uint32_t reserved[3];
    int16_t learnt[]; /* from the second page on */
} learn_area;

_Static_assert(sizeof(learn_area) == 64, "the header is one page of flash");

typedef enum {
    AREA_EMPTY,
    AREA_WHOLE,   /* of this model */
    AREA_OTHER,   /* of another model: ignored */
    AREA_DAMAGED, /* a checksum is wrong, and there is no whole copy of this model: ignored */
} area_state;

/* The latest copy of this program with that many values; NULL where there is none. */
area_state area_find(const uint8_t *digest, unsigned values, const learn_area **found);
/* Returns whether flash holds it now. */
int area_save(const uint8_t *digest, const int16_t *learnt, unsigned values, uint32_t examples);

#endif
