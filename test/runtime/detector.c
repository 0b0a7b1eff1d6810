/* SPDX-License-Identifier: Apache-2.0
 *
 * The detector on logits and energies that arrive as data, so that one compilation serves thousands of cases.
 * The state is allocated at its exact size. int32, little-endian hosts.
 *
 *   in, per case:  outputs (0: end), window, refractory, keyword_count, vad level, hangover, reset; per
 * keyword label, threshold, release; frames; per frame the energy, then its logits out, per case: twice, the
 * second time after a reset: per frame gate, posteriors, sums, label of the event or -1, score
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "egru_detect.h"
#include "words.h"

static void *allocate(size_t bytes) {
    void *const memory = malloc(bytes);
    if (memory == NULL) {
        exit(3);
    }
    return memory;
}

static void run(const egru_detect *detect, int32_t *state, unsigned frames, const int32_t *data) {
    egru_detect_reset(detect, state);
    for (unsigned frame = 0; frame < frames; frame++) {
        const int32_t *const record = data + frame * (1u + detect->outputs);
        const egru_vad_state gate = egru_detect_vad(detect, state, (uint32_t)record[0]);
        egru_event event = {0, 0, 0};
        const int fires = egru_detect_step(detect, state, gate == EGRU_VAD_OPEN ? record + 1 : NULL, &event);
        put((int32_t)gate);
        for (unsigned k = 0; k < detect->keyword_count; k++) {
            put(egru_detect_posterior(detect, state, k));
        }
        for (unsigned k = 0; k < detect->keyword_count; k++) {
            put(egru_detect_sum(detect, state, k));
        }
        put(fires != 0 ? event.label : -1);
        put(event.score);
    }
}

static void run_case(unsigned outputs) {
    egru_detect detect = {.scale = {.multiplier = 23637, .pre_shift = 0, .post_shift = 11}};
    detect.outputs = (uint16_t)outputs;
    detect.window = (uint16_t)get();
    detect.refractory = (uint16_t)get();
    detect.keyword_count = (uint16_t)get();
    detect.vad_level = (uint16_t)get();
    detect.vad_hangover = (uint16_t)get();
    detect.vad_reset = (uint16_t)get();
    egru_keyword *const keywords = allocate(detect.keyword_count * sizeof *keywords);
    for (unsigned k = 0; k < detect.keyword_count; k++) {
        keywords[k].label = (uint16_t)get();
        keywords[k].threshold = (uint16_t)get();
        keywords[k].release = (uint16_t)get();
    }
    detect.keywords = keywords;
    const unsigned frames = (unsigned)get();
    const size_t values = frames * (1u + outputs);
    int32_t *const data = allocate(values * sizeof *data);
    for (size_t i = 0; i < values; i++) {
        data[i] = get();
    }
    const size_t words = EGRU_DETECT_WORDS((size_t)detect.keyword_count, detect.window);
    int32_t *const state = allocate(words * sizeof *state);
    memset(state, 0x5a, words * sizeof *state);
    run(&detect, state, frames, data);
    run(&detect, state, frames, data);
    free(state);
    free(data);
    free(keywords);
}

int main(void) {
    for (int32_t outputs = get(); outputs != 0; outputs = get()) {
        run_case((unsigned)outputs);
    }
    return 0;
}
