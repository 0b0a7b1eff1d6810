/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs packed programs that arrive as data, so that one compilation serves hundreds of random programs. Every
 * table is allocated at its exact size: the address sanitizer sees a read or write beside it. Little-endian
 * hosts.
 *
 *   in, per program: uint32 layer_count, state_words, scratch, readout_rule, steps;
 *                    per layer uint32 type, activation, inputs, units, output, number of initial values (0:
 * NULL), of words of codes and of biases, then these as int16, uint32, int32; then the features, int16
 *   out, per step:   outputs of every layer that keeps them, the logits; after the last step the scores and
 * the largest one's index; int32. All of it a second time, after egru_reset
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "egru.h"
#include "egru_packed.h"

/* By egru_layer.type: the built-in cells, then those that need a table of a model's own. */
static const egru_packed_cell cells[] = {
    {2, 1, egru_packed_egru},  {1, 0, egru_packed_dense},     {0, 1, egru_packed_event_egru},
    {0, 0, egru_packed_delta}, {0, 1, egru_packed_event_gru},
};

static void step_with_all(const egru_model *model, int32_t *state, const int16_t *features, int32_t *logits) {
    egru_packed_walk(model, state, features, logits, cells);
}

static void fail(const char *message) {
    fprintf(stderr, "program runner: %s\n", message);
    exit(3);
}

static void *load(size_t size, size_t count) {
    void *const memory = malloc(size * count == 0 ? 1 : size * count);
    if (memory == NULL || fread(memory, size, count, stdin) != count) {
        fail("input too short");
    }
    return memory;
}

static void put(int32_t value) {
    if (fwrite(&value, sizeof value, 1, stdout) != 1) {
        fail("cannot write");
    }
}

static void load_layer(egru_layer *layer) {
    uint32_t *const head = load(sizeof *head, 8);
    layer->type = (uint8_t)head[0];
    layer->activation = (uint8_t)head[1];
    layer->inputs = (uint16_t)head[2];
    layer->units = (uint16_t)head[3];
    layer->output = (uint16_t)head[4];
    layer->initial = head[5] == 0 ? NULL : load(sizeof(int16_t), head[5]);
    layer->codes = load(sizeof(uint32_t), head[6]);
    layer->bias = load(sizeof(int32_t), head[7]);
    free(head);
}

static void free_layer(egru_layer *layer) {
    free((void *)(uintptr_t)layer->initial);
    free((void *)(uintptr_t)layer->codes);
    free((void *)(uintptr_t)layer->bias);
}

static void put_step(const egru_model *model, const int32_t *state, const int32_t *logits) {
    for (unsigned index = 0; index < model->layer_count; index++) {
        const int16_t *const outputs = egru_outputs(model, state, index);
        for (unsigned i = 0; outputs != NULL && i < model->layers[index].units; i++) {
            put(outputs[i]);
        }
    }
    for (unsigned i = 0; i < model->outputs; i++) {
        put(logits[i]);
    }
}

static void run_clip(const egru_model *model, int32_t *state, const int16_t *clip, unsigned steps) {
    int32_t *const logits = malloc(model->outputs * sizeof *logits);
    int32_t *const scores = calloc(model->outputs, sizeof *scores);
    int16_t *const features = malloc(model->inputs * sizeof *features);
    if (logits == NULL || scores == NULL || features == NULL) {
        fail("out of memory");
    }
    for (unsigned step = 0; step < steps; step++) {
        memcpy(features, clip + (size_t)step * model->inputs, model->inputs * sizeof *features);
        egru_step(model, state, features, logits);
        egru_readout(model, scores, logits);
        put_step(model, state, logits);
    }
    for (unsigned i = 0; i < model->outputs; i++) {
        put(scores[i]);
    }
    put((int32_t)egru_argmax(scores, model->outputs));
    free(features);
    free(scores);
    free(logits);
}

static void run_program(uint32_t layer_count) {
    uint32_t *const head = load(sizeof *head, 4);
    egru_layer *const layers = calloc(layer_count, sizeof *layers);
    int built_in = 1;
    if (layers == NULL) {
        fail("out of memory");
    }
    for (uint32_t i = 0; i < layer_count; i++) {
        load_layer(&layers[i]);
        built_in &= layers[i].type <= EGRU_LAYER_DENSE;
    }
    const egru_model model = {
        .abi = EGRU_ABI_VERSION,
        .name = "",
        .inputs = layers[0].inputs,
        .outputs = layers[layer_count - 1].units,
        .layer_count = (uint16_t)layer_count,
        .state_words = (uint16_t)head[0],
        .scratch = (uint16_t)head[1],
        .readout_rule = (uint8_t)head[2],
        .layers = layers,
        .step = built_in ? egru_packed_step : step_with_all,
    };
    const unsigned steps = head[3];
    int16_t *const clip = load(sizeof *clip, (size_t)steps * model.inputs);
    int32_t *const state = malloc(model.state_words * sizeof *state);
    if (state == NULL) {
        fail("out of memory");
    }
    memset(state, 0x5a, model.state_words * sizeof *state);
    if (egru_init(&model, state, model.state_words) != EGRU_OK) {
        fail("egru_init refuses the model");
    }
    run_clip(&model, state, clip, steps);
    egru_reset(&model, state);
    run_clip(&model, state, clip, steps);
    free(state);
    free(clip);
    for (uint32_t i = 0; i < layer_count; i++) {
        free_layer(&layers[i]);
    }
    free(layers);
    free(head);
}

int main(void) {
    uint32_t layer_count;
    while (fread(&layer_count, sizeof layer_count, 1, stdin) == 1) {
        run_program(layer_count);
    }
    return 0;
}
