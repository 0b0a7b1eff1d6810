/* SPDX-License-Identifier: Apache-2.0
 *
 * The packed kernel's cells that send events: compiler/core/sim/runners/event-egru.ts and delta.ts define them.
 */
#include "egru_fixed.h"
#include "egru_packed.h"

/* Outputs live in the caller's words: this type lets the compiler know that they alias. */
typedef int16_t EGRU_MAY_ALIAS q15;

void egru_packed_event_egru(const egru_layer *layer, const int32_t *acc, int16_t *out, int32_t *logits) {
    const unsigned units = layer->units;
    const unsigned options = layer->activation;
    const int32_t *const thresholds = layer->bias + (size_t)2 * units;
    q15 *const y = out;
    q15 *const h = out + units + (units & 1u);
    (void)logits;
    for (unsigned i = 0; i < units; i++) {
        const int32_t z = egru_gate(acc[i]);
        const int32_t c = egru_blend(h[i], z, egru_i_softsign(acc[units + i]));
        const int32_t threshold = thresholds[i];
        int32_t rest = c;
        if ((options & EGRU_EVENT_HOLD) != 0u) {
            if (egru_moved(c, y[i], threshold)) {
                y[i] = (q15)c;
            }
        } else if (egru_fires(c, threshold, (options & EGRU_EVENT_SIGNED) != 0u)) {
            y[i] = (q15)c;
            if ((options & EGRU_EVENT_KEEP) == 0u) {
                rest = egru_subtract_threshold(c, threshold);
            }
        } else {
            y[i] = 0;
        }
        h[i] = (q15)rest; /* as near to 0 as c or nearer: a Q15 */
    }
}

void egru_packed_delta(const egru_layer *layer, const int32_t *acc, int16_t *out, int32_t *logits) {
    const int32_t *const thresholds = layer->bias;
    q15 *const sent = out;
    (void)logits;
    for (unsigned i = 0; i < layer->units; i++) {
        if (egru_moved(acc[i], sent[i], thresholds[i])) {
            sent[i] = (q15)acc[i];
        }
    }
}
