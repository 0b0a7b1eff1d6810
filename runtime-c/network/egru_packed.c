/* SPDX-License-Identifier: Apache-2.0
 *
 * The packed kernel: 3 bits per weight, one generic step for every model. A layer's weights are those of its rows
 * (eGRU: the update gate's, then the candidate's) over the inputs, then over the previous state: two tables as
 * egru_packed_rows.c has them, one behind the other.
 */
#include "egru.h"
#include "egru_fixed.h"
#include "egru_packed.h"
#include "egru_rows.h"

typedef egru_q15 q15;

/* Copied as one: the compiler moves four words with two instructions. */
typedef struct {
    int32_t word[4];
} quad;

/* acc[row] = bias[row] + sum over the inputs x and the states h; acc has room for `rows` rounded up to a multiple of 4, and
 * for the inputs where there are no rows. A function of its own, so that measurements see where a layer begins. */
static EGRU_NOINLINE void multiply(const egru_layer *layer, unsigned rows, const q15 *x, const q15 *h,
                                   unsigned states, int32_t *table, int32_t *acc) {
    const unsigned all = (rows + 3u) & ~3u;
    const int32_t *const bias = layer->bias;
    unsigned row = 0;
    if (rows == 0) { /* no matrices: the cell takes its inputs as they are */
        for (unsigned i = 0; i < layer->inputs; i++) {
            acc[i] = x[i];
        }
        return;
    }
    for (; row + 4u <= rows; row += 4u) {
        *(quad *)(acc + row) = *(const quad *)(bias + row);
    }
    for (; row < all; row++) {
        acc[row] = row < rows ? bias[row] : 0;
    }
    egru_i_packed_rows(layer->codes, x, layer->inputs, table, acc, all);
    if (states != 0u) {
        egru_i_packed_rows(layer->codes + egru_packed_words(layer->inputs, all), h, states, table, acc, all);
    }
}

void egru_packed_egru(const egru_layer *layer, const int32_t *acc, int16_t *out, int32_t *logits) {
    const unsigned units = layer->units;
    q15 *const h = out;
    (void)logits;
    for (unsigned i = 0; i < units; i++) {
        const int32_t z = egru_gate(acc[i]);
        const int32_t g = egru_i_softsign(acc[units + i]);
        h[i] = (q15)egru_blend(h[i], z, g); /* between h and g: a Q15 */
    }
}

void egru_packed_dense(const egru_layer *layer, const int32_t *acc, int16_t *out, int32_t *logits) {
    const unsigned units = layer->units;
    if (layer->activation == EGRU_ACTIVATION_NONE) {
        for (unsigned i = 0; i < units; i++) {
            logits[i] = acc[i];
        }
    } else {
        q15 *const y = out;
        for (unsigned i = 0; i < units; i++) {
            y[i] = (q15)egru_relu(acc[i]);
        }
    }
}

EGRU_NOINLINE void egru_packed_walk(const egru_model *model, int32_t *state, const int16_t *features,
                                    int32_t *logits, const egru_packed_cell *cells) {
    int32_t *const table = state + model->scratch;
    int32_t *const acc = table + EGRU_PACKED_TABLE_WORDS;
    const egru_layer *layer = model->layers;
    const egru_layer *const last = layer + model->layer_count - 1;
    const q15 *x = features;
    for (;; layer++) {
        const egru_packed_cell *const cell = &cells[layer->type];
        const unsigned states = cell->recurrent != 0 ? layer->units : 0u;
        q15 *const out = (q15 *)state + layer->output;
        multiply(layer, cell->matrices * layer->units, x, out, states, table, acc);
        cell->finish(layer, acc, out, logits);
        x = out;
        if (layer == last) {
            break;
        }
    }
    if (last->type == EGRU_LAYER_DENSE && last->activation == EGRU_ACTIVATION_NONE) {
        return; /* the logits are there already */
    }
    for (unsigned i = 0; i < model->outputs; i++) {
        logits[i] = x[i];
    }
}

/* By egru_layer_type. */
static const egru_packed_cell egru_packed_cells[] = {
    {2, 1, egru_packed_egru},
    {1, 0, egru_packed_dense},
};

void egru_packed_step(const egru_model *model, int32_t *state, const int16_t *features, int32_t *logits) {
    egru_packed_walk(model, state, features, logits, egru_packed_cells);
}
