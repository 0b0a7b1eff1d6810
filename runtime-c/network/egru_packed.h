/* SPDX-License-Identifier: Apache-2.0
 *
 * The packed kernel's cells. Applications need nothing of this: a model of built-in cells has egru_packed_step as its
 * step, and for a model with a cell of its own the compiler generates a step with a table of its own
 * (docs/EXTENDING.md).
 */
#ifndef EGRU_PACKED_H
#define EGRU_PACKED_H

#include "egru.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a cell makes of the accumulators of one layer.
 * acc: int32 in units of 2^-15, the rows of its first matrix, then those of its second, ...; layer->units each. Of a
 * cell without matrices: the layer's inputs.
 * out: layer->units Q15 outputs. They hold those of the step before, or the initial state, and take the new ones.
 * logits: of the model; only a last dense layer without activation writes them, and keeps no outputs. */
typedef void egru_packed_finish(const egru_layer *layer, const int32_t *acc, int16_t *out, int32_t *logits);

typedef struct {
    uint8_t matrices; /* of layer->units rows each */
    uint8_t
        recurrent; /* 1: the matrices' columns are the inputs, then the outputs of the step before; 0: inputs */
    egru_packed_finish *finish;
} egru_packed_cell;

/* Bits of egru_layer.activation of event-based cells; none: pulses above the threshold, which an event takes
 * from the state. */
typedef enum {
    EGRU_EVENT_HOLD = 1,   /* the outputs keep what was last sent */
    EGRU_EVENT_SIGNED = 2, /* states below the negative threshold are events, too */
    EGRU_EVENT_KEEP = 4,   /* an event takes nothing from the state */
    EGRU_EVENT_TRACE = 8,  /* of an event-based GRU: the outputs are the traces of what is sent */
} egru_event_option;

/* Cells for tables of a model's own: egru_packed_event.c, egru_packed_event_gru.c. */
egru_packed_finish egru_packed_event_egru;
egru_packed_finish egru_packed_delta;
egru_packed_finish egru_packed_event_gru;

/* The built-in cells. */
egru_packed_finish egru_packed_egru;
egru_packed_finish egru_packed_dense;

/* One time step, as egru_step has it. cells: by egru_layer.type, as many as the layers name. */
void egru_packed_walk(const egru_model *model, int32_t *state, const int16_t *features, int32_t *logits,
                      const egru_packed_cell *cells);

#ifdef __cplusplus
}
#endif

#endif
