/* SPDX-License-Identifier: Apache-2.0
 *
 * From sound to keywords, as the samples come:
 *
 *   #include "model.h"
 *
 *   static egru_stream stream;
 *   static int32_t memory[MODEL_STREAM_WORDS];
 *   if (egru_stream_init(&stream, &model, &model_detect, memory, MODEL_STREAM_WORDS) != EGRU_OK) {
 *       return 1;
 *   }
 *   for (;;) {
 *       int16_t pcm[100];
 *       const int16_t *at = pcm;
 *       size_t left = read_microphone(pcm, 100);
 *       egru_event event;
 *       while (left > 0) {
 *           if (egru_stream_push(&stream, &at, &left, &event) == EGRU_STREAM_EVENT) {
 *               report(model.labels[event.label], event.sample, event.score);
 *           }
 *       }
 *   }
 *
 * Twin of compiler/core/sim/stream.ts. However the samples are cut into pieces, the events are the same.
 */
#ifndef EGRU_STREAM_H
#define EGRU_STREAM_H

#include "egru.h"
#include "egru_detect.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A stream. To lay out the memory without egru_stream_init, set the first eight fields and
 * calls egru_stream_reset. The fields below them are for reading. */
typedef struct {
    const egru_model *model;
    const egru_detect *detect;
    int32_t *state;        /* model->state_words words that have passed egru_init */
    int32_t *detect_state; /* EGRU_DETECT_WORDS(detect->keyword_count, detect->window) words */
    int32_t *logits;       /* model->outputs: those of the last step; after a reset the initial outputs */
    int16_t *features;     /* model->inputs, 4-byte aligned: those of the last frame */
    int16_t *frame;        /* samples of a frame; NULL where the model is fed with features */
    int32_t *scratch;      /* EGRU_FRONTEND_SCRATCH_WORDS of the feature extractor, or NULL */
    uint32_t position;     /* samples taken since the start */
    uint32_t mean_square;  /* of the last frame; 0 without VAD */
    uint16_t filled;       /* samples of the next frame that are there */
    uint8_t vad_state;     /* egru_vad_state of the last frame */
} egru_stream;

typedef enum {
    EGRU_STREAM_MORE = 0,  /* all samples are taken, and the frame is not complete */
    EGRU_STREAM_FRAME = 1, /* a frame was computed, and no keyword fired */
    EGRU_STREAM_EVENT = 2, /* a frame was computed, and a keyword fired */
} egru_stream_status;

/* Lays the stream's memory out and starts it. memory: 4-byte aligned, owned by the caller as long as the
 * stream is used; words: how many it has, at least the generated MODEL_STREAM_WORDS. Errors as those of
 * egru_init. */
EGRU_NODISCARD egru_error egru_stream_init(egru_stream *stream, const egru_model *model,
                                           const egru_detect *detect, int32_t *memory, size_t words);

/* Back to the start of a stream. */
void egru_stream_reset(egru_stream *stream);

/* Takes samples up to the end of the next frame, of which *n are at *pcm; moves *pcm on and lowers *n by what
 * was taken. event: written where the status is EGRU_STREAM_EVENT. Of a model without a feature extractor,
 * samples are features and a frame is one step's. */
egru_stream_status egru_stream_push(egru_stream *stream, const int16_t **pcm, size_t *n, egru_event *event);

#ifdef __cplusplus
}
#endif

#endif
