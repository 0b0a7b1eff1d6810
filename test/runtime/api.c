/* SPDX-License-Identifier: Apache-2.0
 *
 * The runtime's promises around a step, on the generated toy model: errors of egru_init, reset, outputs,
 * readout. Compiled with the folder of a generated model in the include path. Prints what it checked, or the
 * failed line.
 */
#include <stdio.h>
#include <string.h>

#include "model.h"

static int failures;

#define CHECK(condition) check((condition) != 0, #condition, __LINE__)

static void check(int holds, const char *condition, int line) {
    if (!holds) {
        failures++;
        printf("line %d does not hold: %s\n", line, condition);
    }
}

static void refuses_what_it_cannot_use(void) {
    static int32_t state[MODEL_STATE_WORDS + 1];
    CHECK(egru_init(&model, state, MODEL_STATE_WORDS) == EGRU_OK);
    CHECK(egru_init(&model, state, MODEL_STATE_WORDS + 1) == EGRU_OK);
    CHECK(egru_init(&model, state, MODEL_STATE_WORDS - 1) == EGRU_ERROR_STATE);
    CHECK(egru_init(&model, state, 0) == EGRU_ERROR_STATE);
    CHECK(egru_init(&model, NULL, MODEL_STATE_WORDS) == EGRU_ERROR_STATE);
    /* A misaligned pointer may not even be converted to int32_t * (C11 6.3.2.3): it is made of its bytes. */
    const uintptr_t odd = (uintptr_t)state + 2;
    int32_t *misaligned;
    memcpy(&misaligned, &odd, sizeof misaligned);
    CHECK(egru_init(&model, misaligned, MODEL_STATE_WORDS) == EGRU_ERROR_STATE);
    egru_model other = model;
    other.abi = EGRU_ABI_VERSION + 1;
    CHECK(egru_init(&other, state, MODEL_STATE_WORDS) == EGRU_ERROR_ABI);
    CHECK(egru_init(&other, NULL, 0) == EGRU_ERROR_ABI);
}

/* A normalizer that its arithmetic is not proven for. */
static void refuses_what_cannot_be_computed(void) {
    static int32_t state[MODEL_STATE_WORDS];
    egru_normalizer normalizer = {
        .levels = 1, .floor = 32767, .center = 32767, .rise = 10, .fall = 10, .gain_shift = 3};
    const egru_frontend frontend = {.frame = 128, .hop = 128, .bins = 32, .normalizer = &normalizer};
    egru_model other = model;
    other.frontend = &frontend;
    CHECK(egru_init(&other, state, MODEL_STATE_WORDS) == EGRU_OK);
    normalizer.levels = 32;
    CHECK(egru_init(&other, state, MODEL_STATE_WORDS) == EGRU_OK);
    const egru_normalizer possible = normalizer;
    normalizer.levels = 2;
    CHECK(egru_init(&other, state, MODEL_STATE_WORDS) == EGRU_ERROR_MODEL);
    normalizer = possible;
    normalizer.floor = 32768;
    CHECK(egru_init(&other, state, MODEL_STATE_WORDS) == EGRU_ERROR_MODEL);
    normalizer = possible;
    normalizer.center = 32768;
    CHECK(egru_init(&other, state, MODEL_STATE_WORDS) == EGRU_ERROR_MODEL);
    normalizer = possible;
    normalizer.rise = 11;
    CHECK(egru_init(&other, state, MODEL_STATE_WORDS) == EGRU_ERROR_MODEL);
    normalizer = possible;
    normalizer.fall = 11;
    CHECK(egru_init(&other, state, MODEL_STATE_WORDS) == EGRU_ERROR_MODEL);
    normalizer = possible;
    normalizer.gain_shift = 4;
    CHECK(egru_init(&other, state, MODEL_STATE_WORDS) == EGRU_ERROR_MODEL);
}

static void fill(int16_t *features, unsigned step) {
    for (unsigned i = 0; i < MODEL_INPUTS; i++) {
        features[i] = (int16_t)((int)((step * 7919u + i * 104729u) % 65536u) - 32768);
    }
}

static void reset_equals_fresh(void) {
    static int32_t used[MODEL_STATE_WORDS];
    static int32_t fresh[MODEL_STATE_WORDS];
    _Alignas(4) int16_t features[MODEL_INPUTS];
    int32_t logits[MODEL_OUTPUTS];
    int32_t again[MODEL_OUTPUTS];
    memset(used, 0x11, sizeof used);
    memset(fresh, 0x77, sizeof fresh);
    CHECK(egru_init(&model, used, MODEL_STATE_WORDS) == EGRU_OK);
    for (unsigned step = 0; step < 20; step++) {
        fill(features, step);
        egru_step(&model, used, features, logits);
    }
    egru_reset(&model, used);
    CHECK(egru_init(&model, fresh, MODEL_STATE_WORDS) == EGRU_OK);
    for (unsigned step = 0; step < 20; step++) {
        fill(features, step + 100);
        egru_step(&model, used, features, logits);
        egru_step(&model, fresh, features, again);
        CHECK(memcmp(logits, again, sizeof logits) == 0);
        for (unsigned layer = 0; layer + 1 < model.layer_count; layer++) {
            const int16_t *const a = egru_outputs(&model, used, layer);
            const int16_t *const b = egru_outputs(&model, fresh, layer);
            CHECK(memcmp(a, b, model.layers[layer].units * sizeof *a) == 0);
        }
    }
}

static void initial_state_is_set(void) {
    static int32_t state[MODEL_STATE_WORDS];
    CHECK(egru_init(&model, state, MODEL_STATE_WORDS) == EGRU_OK);
    const int16_t *const h = egru_outputs(&model, state, 0);
    CHECK(h[0] == 1000 && h[1] == -32768 && h[2] == 32767);
    CHECK((uintptr_t)h % 4 == 0);
    CHECK(egru_outputs(&model, state, model.layer_count - 1u) == NULL);
}

static void argmax_takes_the_lowest_index(void) {
    CHECK(egru_argmax((const int32_t[]){-5}, 1) == 0);
    CHECK(egru_argmax((const int32_t[]){1, 3, 3, 2}, 4) == 1);
    CHECK(egru_argmax((const int32_t[]){INT32_MIN, INT32_MIN}, 2) == 0);
    CHECK(egru_argmax((const int32_t[]){INT32_MIN, -1, INT32_MAX, INT32_MAX}, 4) == 2);
}

static void readout_follows_its_rule(void) {
    egru_model other = model;
    int32_t scores[MODEL_OUTPUTS] = {0};
    other.readout_rule = EGRU_READOUT_SUM;
    egru_readout(&other, scores, (const int32_t[MODEL_OUTPUTS]){10, -20});
    egru_readout(&other, scores, (const int32_t[MODEL_OUTPUTS]){1, -2});
    CHECK(scores[0] == 11 && scores[1] == -22);
    other.readout_rule = EGRU_READOUT_LAST;
    egru_readout(&other, scores, (const int32_t[MODEL_OUTPUTS]){5, 6});
    CHECK(scores[0] == 5 && scores[1] == 6);
}

int main(void) {
    refuses_what_it_cannot_use();
    refuses_what_cannot_be_computed();
    reset_equals_fresh();
    initial_state_is_set();
    argmax_takes_the_lowest_index();
    readout_follows_its_rule();
    if (failures == 0) {
        printf("errors, reset, initial state, argmax, readout: good\n");
    }
    return failures == 0 ? 0 : 1;
}
