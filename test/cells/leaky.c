/* SPDX-License-Identifier: Apache-2.0
 *
 * Twin of leaky.ts: what the cell makes of its accumulators. h moves a quarter of the way to the clamped sum.
 */
#include "egru_packed.h"

egru_packed_finish leaky_finish;

static int32_t clamped(int32_t acc) {
    return acc < -32768 ? -32768 : acc > 32767 ? 32767 : acc;
}

void leaky_finish(const egru_layer *layer, const int32_t *acc, int16_t *out, int32_t *logits) {
    (void)logits;
    for (unsigned i = 0; i < layer->units; i++) {
        const int32_t h = out[i];
        out[i] = (int16_t)(h + ((clamped(acc[i]) - h) >> 2)); /* between h and the sum: a Q15 */
    }
}
