/* SPDX-License-Identifier: Apache-2.0
 *
 * The packed kernel's cells that send events: compiler/core/sim/runners/event-egru.ts and delta.ts define them.
 */
#include "egru_fixed.h"
#include "egru_packed.h"
#include "egru_target.h"

/* Outputs live in the caller's words: this type lets the compiler know that they alias. */
typedef int16_t EGRU_MAY_ALIAS q15;

#ifdef EGRU_M0
void egru_i_packed_add_column(const uint16_t *lists, int32_t now, int32_t before, int32_t *acc);
#else
/* Adds a value to the rows of a list, which are byte offsets, and returns its end. */
static const uint16_t *add_list(const uint16_t *list, int32_t value, int32_t *acc) {
    for (const uint16_t *const end = list + 1 + list[0]; ++list != end;) {
        acc[*list / sizeof *acc] += value;
    }
    return list;
}

/* Adds term(code, now) - term(code, before) of one column to the rows: the difference of the shifted values. */
static void egru_i_packed_add_column(const uint16_t *lists, int32_t now, int32_t before, int32_t *acc) {
    for (int shift = 0; shift < 3; shift++) {
        const int32_t moved = (now >> shift) - (before >> shift);
        lists = add_list(lists, moved, acc);
        lists = add_list(lists, -moved, acc);
    }
}
#endif

/* Columns of values that are 0 where nothing was sent. Returns what stands behind their lists. */
static const uint16_t *add_pulses(const uint16_t *lists, const int32_t *values, unsigned count,
                                  int32_t *acc) {
    for (unsigned j = 0; j < count; j++) {
        if (values[j] != 0) {
            egru_i_packed_add_column(lists + 1, values[j], 0, acc);
        }
        lists += lists[0] + 1u;
    }
    return lists;
}

/* Columns of values that stay where nothing was sent: kept sums change where they differ from those before. */
static const uint16_t *add_changes(const uint16_t *lists, const int32_t *values, q15 *before, unsigned count,
                                   int32_t *kept) {
    for (unsigned j = 0; j < count; j++) {
        if (values[j] != before[j]) {
            egru_i_packed_add_column(lists + 1, values[j], before[j], kept);
            before[j] = (q15)values[j];
        }
        lists += lists[0] + 1u;
    }
    return lists;
}

/* The softsign of an accumulator, computed only where it is not that of the step before. Both begin with 0, whose
 * softsign is 0. */
static int32_t softsign_again(int32_t acc, int32_t *before, q15 *result) {
    if (acc != *before) {
        *before = acc;
        *result = (q15)egru_i_softsign(acc);
    }
    return *result;
}

/* A pulse or a held output from the new state c; returns the state that is left. */
static int32_t send(unsigned options, int32_t c, int32_t threshold, q15 *y) {
    if ((options & EGRU_EVENT_HOLD) != 0u) {
        if (egru_moved(c, *y, threshold)) {
            *y = (q15)c;
        }
        return c;
    }
    if (!egru_fires(c, threshold, (options & EGRU_EVENT_SIGNED) != 0u)) {
        *y = 0;
        return c;
    }
    *y = (q15)c;
    return (options & EGRU_EVENT_KEEP) != 0u ? c : egru_subtract_threshold(c, threshold);
}

/* codes: for each column its length, then the lists of compiler/codegen/kernels/packed/columns.ts. bias: of both
 * matrices; then 1 where the inputs stay between events; then the thresholds. Behind the outputs, each from an even
 * halfword on: states, inputs and outputs before, then words: kept sums, accumulators before; then their softsigns.
 * acc: the inputs, behind them room for 3 * units words. */
void egru_packed_event_egru(const egru_layer *layer, const int32_t *acc, int16_t *out, int32_t *logits) {
    const unsigned inputs = layer->inputs;
    const unsigned units = layer->units;
    const unsigned rows = 2 * units;
    const unsigned options = layer->activation;
    const int32_t *const thresholds = layer->bias + rows + 1;
    int32_t *const sums = (int32_t *)(uintptr_t)acc + inputs;
    q15 *const y = out;
    q15 *const h = y + units + (units & 1u);
    q15 *const before = h + units + (units & 1u);
    int32_t *const kept = (int32_t *)(void *)(before + inputs + units + ((inputs + units) & 1u));
    int32_t *const rows_before = kept + rows;
    q15 *const softsigns = (q15 *)(rows_before + rows);
    const uint16_t *lists = (const uint16_t *)(const void *)layer->codes;
    (void)logits;
    for (unsigned row = 0; row < rows; row++) {
        sums[row] = layer->bias[row];
    }
    lists = layer->bias[rows] != 0 ? add_changes(lists, acc, before, inputs, kept)
                                   : add_pulses(lists, acc, inputs, sums);
    int32_t *const sent = sums + rows;
    for (unsigned i = 0; i < units; i++) {
        sent[i] = y[i];
    }
    if ((options & EGRU_EVENT_HOLD) != 0u) {
        add_changes(lists, sent, before + inputs, units, kept);
    } else {
        add_pulses(lists, sent, units, sums);
    }
    for (unsigned i = 0; i < units; i++) {
        const int32_t s = softsign_again(sums[i] + kept[i], &rows_before[i], &softsigns[i]);
        const unsigned row = units + i;
        const int32_t g = softsign_again(sums[row] + kept[row], &rows_before[row], &softsigns[row]);
        const int32_t c = egru_blend(h[i], (s + 32768) >> 1, g);
        h[i] = (q15)send(options, c, thresholds[i], &y[i]); /* as near to 0 as c or nearer: a Q15 */
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
