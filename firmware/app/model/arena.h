/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory of the model in flash: as much of the RAM between the variables and the stack as it needs, laid out
 * when the chip starts.
 */
#ifndef ARENA_H
#define ARENA_H

#include "egru_stream.h"
#include "region.h"

typedef struct {
    const egru_model *model;   /* NULL: there is none that this application can run */
    const egru_detect *detect; /* NULL: it does not listen to streams; with the thresholds below */
    const egru_detect *stated; /* as the model has it */
    egru_keyword *keywords;    /* thresholds that commands may set */
    int32_t *state;
    int32_t *logits;
    int32_t *scores;
    int32_t *detect_state;
    int32_t *scratch;
    int16_t *features;
    int16_t *frame;  /* NULL: it is fed with features */
    int16_t *window; /* where samples or features gather: frame or features */
    unsigned length; /* values of the window: of a frame, or of a step */
    unsigned hop;    /* values from one step to the next */
    unsigned bytes;  /* that it takes */
} arena_layout;

extern arena_layout arena;

/* Checks the region and lays out the memory of its model. Returns NULL, or why there is no model. */
const char *arena_open(void);

#endif
