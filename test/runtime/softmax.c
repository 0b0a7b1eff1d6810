/* SPDX-License-Identifier: Apache-2.0
 *
 * The softmax and the energy as a filter, for their twins' tests. int32, little-endian hosts.
 *
 *   in, per case:  n (0: end), multiplier, pre_shift, post_shift, n logits
 *   out, per case: n posteriors
 *   at the end:    the inverses of 32768 .. 65536; then the mean squares of 64, 128 and 256 samples of each
 * value -32768, -1, 0, 1, 32767, and of 0, 1, 2, ... as many
 */
#include <stdio.h>
#include <stdlib.h>

#include "egru_detect.h"
#include "egru_softmax_steps.h"
#include "words.h"

static void posteriors(unsigned n) {
    egru_scale scale;
    scale.multiplier = (uint16_t)get();
    scale.pre_shift = (uint8_t)get();
    scale.post_shift = (uint8_t)get();
    int32_t *const logits = malloc(n * sizeof *logits);
    if (logits == NULL) {
        exit(3);
    }
    for (unsigned i = 0; i < n; i++) {
        logits[i] = get();
    }
    egru_softmax s;
    egru_softmax_begin(&s, &scale, logits, n);
    for (unsigned i = 0; i < n; i++) {
        put((int32_t)egru_posterior(&s, &scale, logits[i]));
    }
    free(logits);
}

int main(void) {
    for (int32_t n = get(); n != 0; n = get()) {
        posteriors((unsigned)n);
    }
    for (uint32_t m = 32768; m <= 65536; m++) {
        put((int32_t)egru_i_inverse(m));
    }
    static const int16_t values[] = {-32768, -1, 0, 1, 32767};
    for (unsigned n = 64; n <= 256; n *= 2) {
        int16_t pcm[256];
        for (unsigned v = 0; v < 5; v++) {
            for (unsigned i = 0; i < n; i++) {
                pcm[i] = values[v];
            }
            put((int32_t)egru_mean_square(pcm, n));
        }
        for (unsigned i = 0; i < n; i++) {
            pcm[i] = (int16_t)i;
        }
        put((int32_t)egru_mean_square(pcm, n));
    }
    return 0;
}
