/* SPDX-License-Identifier: Apache-2.0
 *
 * Baseline: the eGRU as docs/NUMERICS.md writes it down, nothing done for speed. One byte per weight code, a
 * loop over rows and columns, softsign by the compiler's division. It computes the same integers as every
 * kernel.
 */
#include "baseline.h"
#include "egru_fixed.h"

static int32_t outputs[BENCH_LAYERS][BENCH_WIDTH];
static int32_t next[BENCH_WIDTH];

static int32_t row(const uint8_t *codes, int32_t bias, const int32_t *x, unsigned inputs, const int32_t *h,
                   unsigned units) {
    int32_t acc = bias;
    for (unsigned j = 0; j < inputs; j++) {
        acc += egru_term(codes[j], x[j]);
    }
    for (unsigned j = 0; j < units; j++) {
        acc += egru_term(codes[inputs + j], h[j]);
    }
    return acc;
}

static void egru_cell(const bench_layer_data *layer, const int32_t *x, int32_t *h) {
    const unsigned columns = layer->inputs + layer->units;
    for (unsigned i = 0; i < layer->units; i++) {
        const unsigned candidate = layer->units + i;
        const int32_t z = row(layer->codes + i * columns, layer->bias[i], x, layer->inputs, h, layer->units);
        const int32_t g = row(layer->codes + candidate * columns, layer->bias[candidate], x, layer->inputs, h,
                              layer->units);
        next[i] = egru_blend(h[i], (egru_softsign_by_division(z) + 32768) >> 1, egru_softsign_by_division(g));
    }
    for (unsigned i = 0; i < layer->units; i++) {
        h[i] = next[i];
    }
}

static void dense(const bench_layer_data *layer, const int32_t *x, int32_t *out) {
    for (unsigned i = 0; i < layer->units; i++) {
        const int32_t acc = row(layer->codes + i * layer->inputs, layer->bias[i], x, layer->inputs, x, 0);
        out[i] = layer->relu ? egru_relu(acc) : acc;
    }
}

__attribute__((noinline)) void bench_layer(unsigned index) {
    const bench_layer_data *const layer = &bench_layers[index];
    static int32_t input[BENCH_INPUTS];
    const int32_t *x = input;
    if (index == 0) {
        for (unsigned j = 0; j < BENCH_INPUTS; j++) {
            input[j] = bench_features[j];
        }
    } else {
        x = outputs[index - 1];
    }
    if (layer->recurrent) {
        egru_cell(layer, x, outputs[index]);
    } else {
        dense(layer, x, outputs[index]);
    }
}

__attribute__((noinline)) void bench_step(void) {
    for (unsigned index = 0; index < BENCH_LAYERS; index++) {
        bench_layer(index);
    }
    for (unsigned i = 0; i < BENCH_OUTPUTS; i++) {
        bench_logits[i] = outputs[BENCH_LAYERS - 1][i];
    }
}

void bench_reset(void) {
    for (unsigned index = 0; index < BENCH_LAYERS; index++) {
        for (unsigned i = 0; i < bench_layers[index].units; i++) {
            outputs[index][i] = bench_layers[index].initial[i];
        }
    }
}
