/* SPDX-License-Identifier: Apache-2.0
 *
 * Structures of a model and memory for it, any of which may be wrong: egru_init and egru_stream_init refuse them
 * before they read through a pointer of the model or write a byte, and take what is right.
 */
#include <string.h>

#include "fuzz.h"
#include "model.h"

/* Untouched, from the first byte to the last. */
static int is_untouched(const uint8_t *memory, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        if (memory[i] != 0xa5u) {
            return 0;
        }
    }
    return 1;
}

/* A word near the limit, or any. */
static size_t near(fuzz_input *input, size_t limit) {
    const unsigned how = fuzz_byte(input);
    return how < 192u ? limit + how % 5u - 2u : fuzz_half(input) % 1024u;
}

static void try_init(fuzz_input *input, egru_model changed, size_t words, unsigned shift) {
    changed.state_words = (uint16_t)near(input, MODEL_STATE_WORDS);
    if (changed.state_words < MODEL_STATE_WORDS) { /* a model that was generated states what it needs */
        changed.state_words = MODEL_STATE_WORDS;
    }
    const int fits = changed.abi == EGRU_ABI_VERSION && shift == 0u && words >= changed.state_words;
    if (!fits) { /* then nothing of it may be followed */
        changed.layers = NULL;
        changed.labels = NULL;
        changed.frontend = NULL;
    }
    const size_t bytes = sizeof(int32_t) * words + shift;
    uint8_t *const memory = malloc(bytes + 1u);
    memset(memory, 0xa5, bytes);
    int32_t *const state = (int32_t *)(void *)(memory + shift);
    const egru_error error = egru_init(&changed, words == 0u && shift == 0u ? NULL : state, words);
    const egru_error wanted = changed.abi != EGRU_ABI_VERSION ? EGRU_ERROR_ABI
                              : fits                          ? EGRU_OK
                                                              : EGRU_ERROR_STATE;
    fuzz_check(error == wanted);
    fuzz_check(fits || is_untouched(memory, bytes));
    if (fits) {
        EGRU_ALIGNED(4) int16_t features[MODEL_INPUTS];
        int32_t logits[MODEL_OUTPUTS];
        for (unsigned i = 0; i < MODEL_INPUTS; i++) {
            features[i] = (int16_t)fuzz_half(input);
        }
        egru_step(&changed, state, features, logits);
        fuzz_check(egru_argmax(logits, MODEL_OUTPUTS) < MODEL_OUTPUTS);
    }
    free(memory);
}

static void try_stream(fuzz_input *input, const egru_model *changed, unsigned shift) {
    const size_t words = near(input, MODEL_STREAM_WORDS);
    const int fits = changed->abi == EGRU_ABI_VERSION && shift == 0u && words >= MODEL_STREAM_WORDS;
    const size_t bytes = sizeof(int32_t) * words + shift;
    uint8_t *const memory = malloc(bytes + 1u);
    memset(memory, 0xa5, bytes);
    egru_stream stream;
    const egru_error error =
        egru_stream_init(&stream, changed, &model_detect, (int32_t *)(void *)(memory + shift), words);
    fuzz_check((error == EGRU_OK) == fits);
    fuzz_check(fits || is_untouched(memory, bytes));
    free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, size};
    egru_model changed = model;
    const unsigned how = fuzz_byte(&input);
    if ((how & 1u) != 0u) {
        changed.abi = (how & 2u) != 0u ? EGRU_ABI_VERSION + 1u : fuzz_half(&input);
    }
    const unsigned shift = (how & 4u) != 0u ? how >> 3 & 3u : 0u;
    const size_t words = near(&input, MODEL_STATE_WORDS);
    if ((how & 0x80u) != 0u) {
        try_stream(&input, &changed, shift);
    } else {
        try_init(&input, changed, words, shift);
    }
    return 0;
}
