/* SPDX-License-Identifier: Apache-2.0
 *
 * egru: integer-only runtime for embedded Gated Recurrent Unit networks.
 *
 *   #include "model.h"
 *
 *   static int32_t state[MODEL_STATE_WORDS];
 *   if (egru_init(&model, state, MODEL_STATE_WORDS) != EGRU_OK) {
 *       return 1;
 *   }
 *   for (;;) {
 *       EGRU_ALIGNED(4) int16_t features[MODEL_INPUTS];
 *       int32_t logits[MODEL_OUTPUTS];
 *       read_features(features);
 *       egru_step(&model, state, features, logits);
 *   }
 *
 * No heap, no floating point, no globals: a model is constant data and code in flash, the caller owns all
 * memory. Every function is reentrant as long as each caller has its own state. Pointers are never kept.
 */
#ifndef EGRU_H
#define EGRU_H

#include <stddef.h>
#include <stdint.h>

#include "egru_config.h"
#include "egru_version.h"
#include "egru_frontend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a function that can fail returns. Only egru_init can: afterwards nothing is left to go wrong. */
typedef enum {
    EGRU_OK = 0,
    EGRU_ERROR_ABI = -1,   /* the model was generated for another EGRU_ABI_VERSION */
    EGRU_ERROR_STATE = -2, /* the state is NULL, not 4-byte aligned, or too small for the model */
    EGRU_ERROR_MODEL = -3, /* the model's normalizer cannot be computed: no compiler wrote it */
} egru_error;

typedef enum { EGRU_LAYER_EGRU = 0, EGRU_LAYER_DENSE = 1 } egru_layer_type;
typedef enum { EGRU_ACTIVATION_NONE = 0, EGRU_ACTIVATION_RELU = 1 } egru_activation;
typedef enum { EGRU_READOUT_NONE = 0, EGRU_READOUT_SUM = 1, EGRU_READOUT_LAST = 2 } egru_readout_rule;

/* One layer, in flash. */
typedef struct {
    uint8_t type;       /* egru_layer_type */
    uint8_t activation; /* of dense layers an egru_activation, NONE only in the last layer; of others what
                         * their cell needs to know */
    uint16_t inputs;    /* number of Q15 inputs, 1 .. 65535 - units */
    uint16_t units;     /* number of outputs, 1 .. 65535 */
    uint16_t output; /* where its outputs stand in the state, in halfwords from its start; even. A last layer
                      * with activation NONE writes the logits only and keeps no outputs: 0. What a cell keeps
                      * besides stands behind them, from the next even halfword on */
    const int16_t *initial; /* Q15 state before the first step, one per unit; NULL: zeros */
    const uint32_t *codes;  /* packed kernel: 3-bit codes as egru_packed_rows.c has them; otherwise NULL */
    const int32_t *bias;    /* packed kernel: what each accumulator starts from, and behind that the Q15
                             * thresholds of a cell that has them, one per unit; otherwise NULL */
} egru_layer;

struct egru_model;

/* The generated step function, or the one of a kernel that walks the layers. See egru_step. */
typedef void egru_step_fn(const struct egru_model *model, int32_t *state, const int16_t *features,
                          int32_t *logits);

/* A model, in flash. Generated; applications read it and never build one. */
typedef struct egru_model {
    uint32_t abi;              /* EGRU_ABI_VERSION at generation */
    const char *name;          /* UTF-8, from model.json */
    const char *const *labels; /* UTF-8, one per output */
    uint16_t inputs;           /* features per step */
    uint16_t outputs;          /* logits per step */
    uint16_t layer_count;      /* at least 1 */
    uint16_t state_words;      /* int32 words of state that the caller provides */
    uint16_t scratch;          /* where the kernel's scratch area begins in the state, in words */
    uint16_t readout_steps;    /* frames of a clip; 0: streaming only */
    uint8_t readout_rule;      /* egru_readout_rule */
    const egru_layer *layers;
    const egru_frontend *frontend; /* NULL: the network is fed with features directly */
    egru_step_fn *step;
    uint8_t digest[32]; /* SHA-256 of the program that this was generated from */
} egru_model;

/* Checks the model against this runtime and sets every layer to its initial state.
 * state: at least model->state_words words, owned by the caller; words: how many it has. */
EGRU_NODISCARD egru_error egru_init(const egru_model *model, int32_t *state, size_t words);

/* Sets every layer to its initial state. The state must have passed egru_init. */
void egru_reset(const egru_model *model, int32_t *state);

/* One time step of the whole network.
 * features: model->inputs Q15 values; logits: model->outputs int32 values, written. Both 4-byte aligned; they
 * may not overlap each other or the state. Worst-case stack use is stated by the compiler. */
void egru_step(const egru_model *model, int32_t *state, const int16_t *features, int32_t *logits);

/* The outputs of a layer after the last step, Q15, layers[index].units of them; NULL for a last layer with
 * activation NONE, whose outputs are the logits. Valid as long as the state; changes with the next step. */
const int16_t *egru_outputs(const egru_model *model, const int32_t *state, unsigned index);

/* Index of the largest of n >= 1 values, the lowest such index where several are equal. */
unsigned egru_argmax(const int32_t *values, unsigned n);

/* Adds one step's logits to the scores of a clip under the model's readout rule (SUM adds, LAST overwrites).
 * scores: model->outputs values, zero before the first step; the sums of a clip of readout_steps fit by the
 * compiler's proof. */
void egru_readout(const egru_model *model, int32_t *scores, const int32_t *logits);

/* The step function of the packed kernel, for generated models to point at. */
egru_step_fn egru_packed_step;

#ifdef __cplusplus
}
#endif

#endif
