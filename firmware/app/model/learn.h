/* SPDX-License-Identifier: Apache-2.0
 *
 * Learning from examples (docs/NUMERICS.md, "Learning"): memory behind the model's, the example under way, and
 * what is added to logits. Twin of compiler/core/sim/learner.ts.
 */
#ifndef LEARN_H
#define LEARN_H

#include <stdint.h>

#include "egru.h"
#include "egru_learn.h"
#include "learn_area.h"

enum { LEARN_BYTES = 3840 /* of RAM, at most */, LEARN_STEPS = 65535 };

typedef struct {
    int16_t *learnt; /* n x (units + 1); NULL: this model does not learn */
    int16_t *before; /* as it was before the last example */
    int16_t *means;  /* units */
    int32_t *sums;   /* units, then n of the logits without what was learnt */
    const int16_t *inputs;
    unsigned units;
    unsigned n;
    unsigned bytes;           /* of RAM that it takes, or would take */
    uint32_t examples;        /* that `learnt` holds */
    uint32_t examples_before; /* the same of `before` */
    uint32_t steps;           /* of the example under way */
    unsigned samples, loudest, clipped;
    int undoes; /* whether there is a `before` */
    int kept;   /* whether flash holds the same */
    area_state area;
} learn_state;

extern learn_state learn;

/* Takes memory where the model can learn and there is room; loads what was saved. Needs a model (arena.h). */
void learn_open(void);
/* A new example begins. */
void learn_restart(void);
/* Values of the example, as they came. */
void learn_hear(const int16_t *values, unsigned n);
/* After a step of a clip: it belongs to the example; its logits are corrected. */
void learn_step(void);
/* Adds the corrected logits to the scores, as the model's readout does. */
void learn_readout(void);
/* The model for streams: with corrected logits where anything is learnt. */
const egru_model *learn_model(void);
/* The example is one of this label, below n. Returns NULL, or why it is none. */
const char *learn_example(unsigned label);
/* Back to before the last change; 0: there is none. */
int learn_undo(void);
/* Nothing is learnt; undo brings it back. */
void learn_forget(void);
/* To flash. Returns NULL, or what is wrong. */
const char *learn_save(void);

#endif
