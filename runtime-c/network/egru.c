/* SPDX-License-Identifier: Apache-2.0
 *
 * What every kernel shares: checks, states, readout. See egru.h.
 */
#include "egru.h"

/* Outputs live in the caller's words: this type lets the compiler know that they alias. */
typedef int16_t EGRU_MAY_ALIAS q15;

/* Whether a layer keeps its outputs in the state; otherwise they are the logits. */
static int keeps_outputs(const egru_layer *layer) {
    return layer->type != EGRU_LAYER_DENSE || layer->activation != EGRU_ACTIVATION_NONE;
}

/* Whether the feature extractor's normalizer is within the bounds that its arithmetic is proven for. */
static int is_possible(const egru_frontend *frontend) {
    const egru_normalizer *const n = frontend != NULL ? frontend->normalizer : NULL;
    return n == NULL || ((n->levels == 1u || n->levels == frontend->bins) && n->floor <= 32767u &&
                         n->center <= 32767u && n->rise <= 10u && n->fall <= 10u && n->gain_shift <= 3u);
}

egru_error egru_init(const egru_model *model, int32_t *state, size_t words) {
    if (model->abi != EGRU_ABI_VERSION) {
        return EGRU_ERROR_ABI;
    }
    if (state == NULL || (uintptr_t)state % _Alignof(int32_t) != 0 || words < model->state_words) {
        return EGRU_ERROR_STATE;
    }
    if (!is_possible(model->frontend)) {
        return EGRU_ERROR_MODEL;
    }
    egru_reset(model, state);
    return EGRU_OK;
}

void egru_reset(const egru_model *model, int32_t *state) {
    for (unsigned word = 0; word < model->scratch; word++) {
        state[word] = 0;
    }
    for (unsigned index = 0; index < model->layer_count; index++) {
        const egru_layer *const layer = &model->layers[index];
        q15 *const outputs = (q15 *)state + layer->output;
        for (unsigned i = 0; layer->initial != NULL && i < layer->units; i++) {
            outputs[i] = layer->initial[i];
        }
    }
}

void egru_step(const egru_model *model, int32_t *state, const int16_t *features, int32_t *logits) {
    model->step(model, state, features, logits);
}

const int16_t *egru_outputs(const egru_model *model, const int32_t *state, unsigned index) {
    const egru_layer *const layer = &model->layers[index];
    return keeps_outputs(layer) ? (const q15 *)state + layer->output : NULL;
}

unsigned egru_argmax(const int32_t *values, unsigned n) {
    unsigned best = 0;
    for (unsigned i = 1; i < n; i++) {
        if (values[i] > values[best]) {
            best = i;
        }
    }
    return best;
}

void egru_readout(const egru_model *model, int32_t *scores, const int32_t *logits) {
    for (unsigned i = 0; i < model->outputs; i++) {
        /* A sum over more than readout_steps steps wraps, as in the reference; unsigned, so that it may. */
        scores[i] = model->readout_rule == EGRU_READOUT_SUM
                        ? (int32_t)((uint32_t)scores[i] + (uint32_t)logits[i])
                        : logits[i];
    }
}
