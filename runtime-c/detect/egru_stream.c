/* SPDX-License-Identifier: Apache-2.0
 *
 * Feature extractor, network and detection, frame by frame: twin of compiler/core/sim/stream.ts.
 */
#include "egru_stream.h"

/* Two samples at a time: this type lets the compiler know that it aliases them. */
typedef uint32_t EGRU_MAY_ALIAS samples;

/* To the same place or a lower one; pairs where both are aligned, as they are in the firmware. */
static void copy(int16_t *to, const int16_t *from, unsigned n) {
    if ((((uintptr_t)to | (uintptr_t)from) & 3u) == 0u) {
        for (; n >= 8u; n -= 8u) {
            const samples *const source = (const samples *)(const void *)from;
            samples *const target = (samples *)(void *)to;
            target[0] = source[0];
            target[1] = source[1];
            target[2] = source[2];
            target[3] = source[3];
            from += 8;
            to += 8;
        }
    }
    for (const int16_t *const end = from + n; from != end;) {
        *to++ = *from++;
    }
}

/* Words that hold n halfwords. */
static size_t halves(size_t n) {
    return (n + 1u) / 2u;
}

egru_error egru_stream_init(egru_stream *stream, const egru_model *model, const egru_detect *detect,
                            int32_t *memory, size_t words) {
    const size_t detect_words = EGRU_DETECT_WORDS((size_t)detect->keyword_count, detect->window);
    const size_t frame = model->frontend != NULL ? model->frontend->frame : 0u;
    const size_t needed = model->state_words + detect_words + model->outputs + halves(model->inputs) +
                          halves(frame) +
                          EGRU_FRONTEND_SCRATCH_WORDS(frame, egru_frontend_levels(model->frontend));
    const size_t given = words < needed ? 0u : model->state_words;
    const egru_error error = egru_init(model, memory, given);
    if (error != EGRU_OK || words < needed) {
        return error != EGRU_OK ? error : EGRU_ERROR_STATE;
    }
    stream->model = model;
    stream->detect = detect;
    stream->state = memory;
    stream->detect_state = stream->state + model->state_words;
    stream->logits = stream->detect_state + detect_words;
    stream->features = (int16_t *)(void *)(stream->logits + model->outputs);
    int32_t *const behind = stream->logits + model->outputs + halves(model->inputs);
    stream->frame = frame != 0u ? (int16_t *)(void *)behind : NULL;
    stream->scratch = frame != 0u ? behind + halves(frame) : NULL;
    egru_stream_reset(stream);
    return EGRU_OK;
}

/* The network back to its initial state, and the logits to what that shows of it. */
static void reset_network(egru_stream *stream) {
    const egru_model *const model = stream->model;
    egru_reset(model, stream->state);
    const int16_t *const outputs = egru_outputs(model, stream->state, model->layer_count - 1u);
    for (unsigned i = 0; i < model->outputs; i++) {
        stream->logits[i] = outputs != NULL ? outputs[i] : 0;
    }
}

void egru_stream_reset(egru_stream *stream) {
    reset_network(stream);
    egru_detect_reset(stream->detect, stream->detect_state);
    egru_frontend_reset(stream->model->frontend, stream->scratch);
    stream->position = 0;
    stream->mean_square = 0;
    stream->filled = 0;
    stream->vad_state = EGRU_VAD_OPEN;
}

/* One frame, which is complete. */
static int run_frame(egru_stream *stream, egru_event *event) {
    const egru_model *const model = stream->model;
    egru_vad_state vad = EGRU_VAD_OPEN;
    if (model->frontend != NULL) {
        if (stream->detect->vad_level != 0u) {
            stream->mean_square = egru_mean_square(stream->frame, model->frontend->frame);
            vad = egru_detect_vad(stream->detect, stream->detect_state, stream->mean_square);
        }
        egru_frontend_frame(model->frontend, stream->frame, stream->features, stream->scratch);
    }
    stream->vad_state = (uint8_t)vad;
    if (vad == EGRU_VAD_OPEN) {
        egru_step(model, stream->state, stream->features, stream->logits);
        return egru_detect_step(stream->detect, stream->detect_state, stream->logits, event);
    }
    if (vad == EGRU_VAD_RESET) {
        reset_network(stream);
    }
    return egru_detect_step(stream->detect, stream->detect_state, NULL, event);
}

egru_stream_status egru_stream_push(egru_stream *stream, const int16_t **pcm, size_t *n, egru_event *event) {
    const egru_frontend *const frontend = stream->model->frontend;
    int16_t *const frame = frontend != NULL ? stream->frame : stream->features;
    const unsigned length = frontend != NULL ? frontend->frame : stream->model->inputs;
    const unsigned hop = frontend != NULL ? frontend->hop : length;
    const unsigned room = length - stream->filled;
    const unsigned taken = *n < room ? (unsigned)*n : room;
    copy(frame + stream->filled, *pcm, taken);
    *pcm += taken;
    *n -= taken;
    stream->position += taken;
    stream->filled = (uint16_t)(stream->filled + taken);
    if (stream->filled < length) {
        return EGRU_STREAM_MORE;
    }
    const int fires = run_frame(stream, event);
    copy(frame, frame + hop, length - hop);
    stream->filled = (uint16_t)(length - hop);
    if (fires == 0) {
        return EGRU_STREAM_FRAME;
    }
    event->sample = stream->position - 1u;
    return EGRU_STREAM_EVENT;
}
