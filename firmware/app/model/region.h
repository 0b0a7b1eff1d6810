/* SPDX-License-Identifier: Apache-2.0
 *
 * The model's region of flash: whole rows from MODEL_START on, linked on their own, so that a model can be
 * replaced without the application and the application without the model. Twin of
 * compiler/machines/image/region.ts.
 */
#ifndef REGION_H
#define REGION_H

#include <stdint.h>

#include "egru.h"
#include "egru_detect.h"

#define REGION_MAGIC 0x55524765u /* "eGRU" */
/* Changes with region_header, region_entry and whatever the application expects behind them. */
#define REGION_ABI_VERSION 2u

/* Bytes of stack that a step may take: what the application and its interrupts leave, by the build's proof.
 */
#define REGION_STACK 1024u

/* What the application calls. */
typedef struct {
    const egru_model *model;
    const egru_detect *detect; /* NULL: the model does not listen to streams */
} region_entry;

/* The first row. The checksum covers everything behind it up to `length`; an update writes the page with the
 * magic number last. Texts lie in the region. */
typedef struct {
    uint32_t magic;
    uint32_t abi;    /* REGION_ABI_VERSION */
    uint32_t length; /* bytes from the magic number on, a multiple of 4 */
    uint32_t crc;    /* CRC-32 of the bytes from `entry` on */
    const region_entry *entry;
    const char *name;
    const char *compiler;  /* version of egru */
    const char *toolchain; /* version line of gcc */
    const char *kernel;
    uint32_t stack;       /* bytes that a step takes at most, proven */
    uint8_t digest[32];   /* SHA-256 of the bytes behind the header */
    uint8_t weights[32];  /* SHA-256 of the file of weights */
    uint8_t program[32];  /* SHA-256 of program.json */
    uint8_t vectors[32];  /* SHA-256 of the golden vectors (compiler/machines/firmware/vector-digest.ts) */
    uint8_t reserved[88]; /* 0xff: up to a whole row */
} region_header;

_Static_assert(sizeof(region_header) == 256, "the header is one row of flash");

/* Set by the linker script. */
extern const region_header __model_start[];
extern const uint8_t __model_end[];

typedef enum {
    REGION_OK,
    REGION_EMPTY,   /* no magic number: no model, or an update that was not finished */
    REGION_ABI,     /* for another version of the application */
    REGION_DAMAGED, /* length or checksum are wrong */
} region_state;

/* Checks what is in flash now. */
region_state region_check(void);

#endif
