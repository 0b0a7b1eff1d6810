/* SPDX-License-Identifier: Apache-2.0
 *
 * Learning as a filter, for its twin's test. int32, little-endian hosts.
 *
 *   in, per case:  n (0: end), units, label, steps, then 2 sums; units sums of inputs; n sums of logits;
 *                  n * (units + 1) values that were learnt
 *   out, per case: the sum of the two; what is learnt now; the means of the logits, corrected by it
 */
#include <stdio.h>
#include <stdlib.h>

#include "egru_learn.h"
#include "words.h"

enum { MOST = 4096 };

int main(void) {
    static int16_t learnt[MOST];
    static int16_t x[MOST];
    static int32_t logits[MOST];
    static int32_t scratch[MOST];
    for (unsigned n = (unsigned)get(); n != 0u; n = (unsigned)get()) {
        const unsigned units = (unsigned)get();
        const unsigned label = (unsigned)get();
        const uint32_t steps = (uint32_t)get();
        const int32_t a = get();
        put(egru_learn_sum(a, get()));
        for (unsigned u = 0; u < units; u++) {
            x[u] = (int16_t)egru_learn_mean(get(), steps);
        }
        for (unsigned k = 0; k < n; k++) {
            logits[k] = egru_learn_mean(get(), steps);
        }
        const unsigned values = EGRU_LEARN_VALUES(units, n);
        for (unsigned i = 0; i < values; i++) {
            learnt[i] = (int16_t)get();
        }
        egru_learn_teach(learnt, units, n, x, logits, scratch, label);
        for (unsigned i = 0; i < values; i++) {
            put(learnt[i]);
        }
        egru_learn_correct(learnt, units, n, x, logits);
        for (unsigned k = 0; k < n; k++) {
            put(logits[k]);
        }
    }
    return 0;
}
