/* SPDX-License-Identifier: Apache-2.0
 *
 * Baseline: a GRU of the same shape in single precision, as a workstation would run it. Every eGRU layer
 * becomes a GRU layer with as many units (three gates: reset, update, candidate), every dense layer stays
 * one. The cell is
 *
 *     r = sigmoid(Wr [x, h] + br)    z = sigmoid(Wz [x, h] + bz)
 *     n = tanh(Wn x + bn + r * (Un h + cn))    h' = (1 - z) n + z h
 *
 * The chip has no floating-point unit: every operation is a call into the compiler's library.
 */
#include <math.h>

#include "baseline.h"

static float outputs[BENCH_LAYERS][BENCH_WIDTH];
static float next[BENCH_WIDTH];

static float dot(const float *w, const float *x, unsigned n) {
    float sum = 0.0f;
    for (unsigned j = 0; j < n; j++) {
        sum += w[j] * x[j];
    }
    return sum;
}

static float sigmoid(float x) {
    return 1.0f / (1.0f + expf(-x));
}

/* weights: reset, update, candidate, each units x (inputs + units); bias: the same three, then that of Un h.
 */
static void gru_cell(const bench_layer_data *layer, const float *x, float *h) {
    const unsigned inputs = layer->inputs;
    const unsigned units = layer->units;
    const unsigned columns = inputs + units;
    for (unsigned i = 0; i < units; i++) {
        const float *const wr = layer->weights + i * columns;
        const float *const wz = wr + units * columns;
        const float *const wn = wz + units * columns;
        const float r = sigmoid(layer->bias[i] + dot(wr, x, inputs) + dot(wr + inputs, h, units));
        const float z = sigmoid(layer->bias[units + i] + dot(wz, x, inputs) + dot(wz + inputs, h, units));
        const float recurrent = dot(wn + inputs, h, units) + layer->bias[3 * units + i];
        const float n = tanhf(layer->bias[2 * units + i] + dot(wn, x, inputs) + r * recurrent);
        next[i] = (1.0f - z) * n + z * h[i];
    }
    for (unsigned i = 0; i < units; i++) {
        h[i] = next[i];
    }
}

static void dense(const bench_layer_data *layer, const float *x, float *out) {
    for (unsigned i = 0; i < layer->units; i++) {
        const float acc = layer->bias[i] + dot(layer->weights + i * layer->inputs, x, layer->inputs);
        out[i] = layer->relu && acc < 0.0f ? 0.0f : acc;
    }
}

__attribute__((noinline)) void bench_layer(unsigned index) {
    const bench_layer_data *const layer = &bench_layers[index];
    static float input[BENCH_INPUTS];
    const float *x = input;
    if (index == 0) {
        for (unsigned j = 0; j < BENCH_INPUTS; j++) {
            input[j] = (float)bench_features[j] * (1.0f / 32768.0f);
        }
    } else {
        x = outputs[index - 1];
    }
    if (layer->recurrent) {
        gru_cell(layer, x, outputs[index]);
    } else {
        dense(layer, x, outputs[index]);
    }
}

__attribute__((noinline)) void bench_step(void) {
    for (unsigned index = 0; index < BENCH_LAYERS; index++) {
        bench_layer(index);
    }
    for (unsigned i = 0; i < BENCH_OUTPUTS; i++) {
        bench_logits[i] = (int32_t)(outputs[BENCH_LAYERS - 1][i] * 32768.0f);
    }
}

void bench_reset(void) {
    for (unsigned index = 0; index < BENCH_LAYERS; index++) {
        for (unsigned i = 0; i < BENCH_WIDTH; i++) {
            outputs[index][i] = 0.0f;
        }
    }
}
