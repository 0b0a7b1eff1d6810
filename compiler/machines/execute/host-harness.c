/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a generated model on the host for compiler/machines/execute/host.ts. Compiled with the model's folder
 * in the include path. All integers little endian.
 *
 *   in, per clip:   uint32 n, then n int16: PCM, or features of a model without a feature extractor
 *   out, per clip:  uint32 steps
 *                   per step: the logits, int32; with the argument "trace" before them the features and the
 *                             outputs of every layer, int32
 *                   scores of the readout, int32, and the label's index; neither without a readout
 *
 * With the first argument "stream" or "stream-trace", for a model that detects, instead:
 *   out, per clip:  uint32 steps
 *                   per step, with "stream-trace": the features and the outputs of every layer
 *                   per step: mean square, gate, posteriors and sums of the keywords, label of the event or
 * -1, its score, its sample; int32
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

static void fail(const char *message) {
    fprintf(stderr, "host harness: %s\n", message);
    exit(3);
}

static void *allocate(size_t bytes) {
    void *const memory = malloc(bytes + 1); /* malloc(0) may be NULL */
    if (memory == NULL) {
        fail("out of memory");
    }
    return memory;
}

/* Returns 0 at the end of the input, 1 after `count` bytes; an end in between is an error. */
static int read_bytes(unsigned char *bytes, size_t count) {
    const size_t got = fread(bytes, 1, count, stdin);
    if (got == count) {
        return 1;
    }
    if (got != 0 || ferror(stdin)) {
        fail("the input ends inside a clip");
    }
    return 0;
}

static void put(int32_t value) {
    const uint32_t bits = (uint32_t)value;
    const unsigned char bytes[4] = {(unsigned char)(bits & 255u), (unsigned char)(bits >> 8 & 255u),
                                    (unsigned char)(bits >> 16 & 255u), (unsigned char)(bits >> 24)};
    if (fwrite(bytes, 1, 4, stdout) != 4) {
        fail("cannot write");
    }
}

static void put_q15(const int16_t *values, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        put(values[i]);
    }
}

static void put_all(const int32_t *values, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        put(values[i]);
    }
}

static void put_trace(const int32_t *state, const int16_t *features, const int32_t *logits) {
    put_q15(features, MODEL_INPUTS);
    for (unsigned layer = 0; layer < model.layer_count; layer++) {
        const int16_t *const outputs = egru_outputs(&model, state, layer);
        if (outputs != NULL) {
            put_q15(outputs, model.layers[layer].units);
        } else {
            put_all(logits, MODEL_OUTPUTS);
        }
    }
}

/* Samples from the start of one step's input to the start of the next, and samples that a step takes. */
#ifdef MODEL_FRAME
enum { STRIDE = MODEL_HOP, WINDOW = MODEL_FRAME };
#else
enum { STRIDE = MODEL_INPUTS, WINDOW = MODEL_INPUTS };
#endif

#ifdef MODEL_FRAME
static int32_t scratch[MODEL_FRONTEND_WORDS];
#endif

/* Before the first frame of a clip. */
static void restart(int32_t *state) {
    egru_reset(&model, state);
#ifdef MODEL_FRAME
    memset(scratch, 0x5a, sizeof scratch);
    egru_frontend_reset(model.frontend, scratch);
#endif
}

static void extract(const int16_t *samples, int16_t *features) {
#ifdef MODEL_FRAME
    /* Poisoned, so that a feature extractor which reads what it has not written differs from the reference. */
    memset(scratch, 0x5a, MODEL_FRAME * sizeof *scratch);
    egru_frontend_frame(model.frontend, samples, features, scratch);
#else
    memcpy(features, samples, MODEL_INPUTS * sizeof *features);
#endif
}

static void run_clip(int32_t *state, const int16_t *samples, size_t count, int trace) {
    const size_t steps = count < WINDOW ? 0 : (count - WINDOW) / STRIDE + 1;
    _Alignas(4) static int16_t features[MODEL_INPUTS];
    int32_t logits[MODEL_OUTPUTS];
    int32_t scores[MODEL_OUTPUTS] = {0};
    restart(state);
    put((int32_t)steps);
    for (size_t step = 0; step < steps; step++) {
        extract(samples + step * STRIDE, features);
        egru_step(&model, state, features, logits);
        egru_readout(&model, scores, logits);
        if (trace) {
            put_trace(state, features, logits);
        }
        put_all(logits, MODEL_OUTPUTS);
    }
    if (model.readout_rule != EGRU_READOUT_NONE) {
        put_all(scores, MODEL_OUTPUTS);
        put((int32_t)egru_argmax(scores, MODEL_OUTPUTS));
    }
    if (fflush(stdout) != 0) {
        fail("cannot write");
    }
}

#ifdef MODEL_STREAM_WORDS
static size_t frames_of(size_t count) {
    return count < WINDOW ? 0 : (count - WINDOW) / STRIDE + 1;
}

static void put_frame(const egru_stream *stream, const egru_event *event, int trace) {
    if (trace) {
        put_trace(stream->state, stream->features, stream->logits);
    }
    put((int32_t)stream->mean_square);
    put(stream->vad_state);
    for (unsigned k = 0; k < stream->detect->keyword_count; k++) {
        put(egru_detect_posterior(stream->detect, stream->detect_state, k));
    }
    for (unsigned k = 0; k < stream->detect->keyword_count; k++) {
        put(egru_detect_sum(stream->detect, stream->detect_state, k));
    }
    put(event != NULL ? event->label : -1);
    put(event != NULL ? event->score : 0);
    put(event != NULL ? (int32_t)event->sample : 0);
}

/* The samples come in pieces of 1, 2, ... 300, 1, ... samples: the result may not depend on it. */
static void run_stream(egru_stream *stream, const int16_t *samples, size_t count, int trace) {
    const int16_t *at = samples;
    const int16_t *const end = samples + count;
    size_t piece = 0;
    egru_stream_reset(stream);
    put((int32_t)frames_of(count));
    while (at != end) {
        piece = piece % 300u + 1u;
        size_t left = (size_t)(end - at) < piece ? (size_t)(end - at) : piece;
        while (left > 0) {
            egru_event event;
            const egru_stream_status status = egru_stream_push(stream, &at, &left, &event);
            if (status != EGRU_STREAM_MORE) {
                put_frame(stream, status == EGRU_STREAM_EVENT ? &event : NULL, trace);
            }
        }
    }
    if (fflush(stdout) != 0) {
        fail("cannot write");
    }
}

static egru_stream *open_stream(void) {
    static egru_stream stream;
    static int32_t memory[MODEL_STREAM_WORDS];
    memset(memory, 0x5a, sizeof memory);
    if (egru_stream_init(&stream, &model, &model_detect, memory, MODEL_STREAM_WORDS - 1) !=
            EGRU_ERROR_STATE ||
        egru_stream_init(&stream, &model, &model_detect, memory, MODEL_STREAM_WORDS) != EGRU_OK) {
        fail("egru_stream_init does not accept MODEL_STREAM_WORDS");
    }
    return &stream;
}
#endif

int main(int argc, char **argv) {
    const char *const mode = argc > 1 ? argv[1] : "plain";
    const int trace = strcmp(mode, "trace") == 0 || strcmp(mode, "stream-trace") == 0;
#ifdef MODEL_STREAM_WORDS
    egru_stream *const stream = strncmp(mode, "stream", 6) == 0 ? open_stream() : NULL;
#endif
    int32_t *const state = allocate(MODEL_STATE_WORDS * sizeof *state);
    memset(state, 0x5a, MODEL_STATE_WORDS * sizeof *state);
    if (egru_init(&model, state, MODEL_STATE_WORDS) != EGRU_OK) {
        fail("egru_init refuses the model");
    }
    unsigned char head[4];
    while (read_bytes(head, sizeof head)) {
        const size_t count = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
        unsigned char *const bytes = allocate(2 * count);
        int16_t *const samples = allocate(2 * count);
        if (count != 0 && !read_bytes(bytes, 2 * count)) {
            fail("the input ends inside a clip");
        }
        for (size_t i = 0; i < count; i++) {
            samples[i] = (int16_t)(uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
        }
#ifdef MODEL_STREAM_WORDS
        if (stream != NULL) {
            run_stream(stream, samples, count, trace);
        } else {
            run_clip(state, samples, count, trace);
        }
#else
        run_clip(state, samples, count, trace);
#endif
        free(samples);
        free(bytes);
    }
    free(state);
    return 0;
}
