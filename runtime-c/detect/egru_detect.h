/* SPDX-License-Identifier: Apache-2.0
 *
 * Keywords in a stream: voice activity, posteriors, their moving average, thresholds with release, refractory
 * time. Twin of compiler/core/sim/detector.ts; docs/NUMERICS.md, "Detection", defines every operation.
 * egru_stream.h runs it together with feature extractor and network.
 */
#ifndef EGRU_DETECT_H
#define EGRU_DETECT_H

#include <stddef.h>
#include <stdint.h>

#include "egru_softmax.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A label that fires. Thresholds are Q15 smoothed posteriors, the unit of an event's score. */
typedef struct {
    uint16_t label;     /* index of the logit and of model.labels */
    uint16_t threshold; /* 1 .. 32767: the least score that fires */
    uint16_t release;   /* 1 .. threshold: after an event it fires again only once its score was below */
} egru_keyword;

/* How keywords are detected, in flash. Generated. */
typedef struct {
    egru_scale scale;             /* of the logits */
    uint16_t outputs;             /* logits per step, 1 .. 1024 */
    uint16_t window;              /* frames that the moving average spans, 1 .. 1024 */
    uint16_t refractory;          /* frames after an event in which nothing fires */
    uint16_t keyword_count;       /* 1 .. outputs; keyword_count * window is at most 65536 */
    const egru_keyword *keywords; /* by rising label */
    uint16_t vad_level;    /* root mean square of the least loud frame in steps of the PCM; 0: no VAD */
    uint16_t vad_hangover; /* frames that stay open after a loud one */
    uint16_t vad_reset;    /* inactive frames in a row after which the network is reset, at least 1 */
} egru_detect;

/* What a keyword that fired came to. */
typedef struct {
    uint16_t label;  /* index of the label */
    uint16_t score;  /* its smoothed posterior, Q15 */
    uint32_t sample; /* index of the last sample of the deciding frame, from 0; set by egru_stream.h. Wraps
                      * after 2^32 samples: 6 days at 8 kHz */
} egru_event;

/* Whether the network sleeps in a frame. */
typedef enum {
    EGRU_VAD_OPEN = 0,   /* it runs */
    EGRU_VAD_CLOSED = 1, /* it does not, and its state is held */
    EGRU_VAD_RESET = 2,  /* it does not, and its state becomes the initial one */
} egru_vad_state;

/* int32 words of detection state, owned by the caller. */
#define EGRU_DETECT_WORDS(keywords, window) (4 + 2 * (keywords) + ((keywords) * (window) + 1) / 2)

/* To the start of a stream: no posteriors, no refractory time, gate closed until the first loud frame. */
void egru_detect_reset(const egru_detect *detect, int32_t *state);

/* Mean square of 64, 128 or 256 samples, rounded down: 0 .. 2^30. Exact. */
uint32_t egru_mean_square(const int16_t *pcm, unsigned n);

/* Voice activity of a frame of this mean square; once per frame, before egru_detect_step. Without VAD
 * always. */
egru_vad_state egru_detect_vad(const egru_detect *detect, int32_t *state, uint32_t mean_square);

/* One frame. logits: detect->outputs values; NULL in an inactive frame. Returns 1 where a keyword fires, and
 * then sets the label and the score of the event; otherwise 0. */
int egru_detect_step(const egru_detect *detect, int32_t *state, const int32_t *logits, egru_event *event);

/* Of keyword `index` after the last step: its posterior, Q15, and the sum of its posteriors over the window.
 */
int32_t egru_detect_posterior(const egru_detect *detect, const int32_t *state, unsigned index);
int32_t egru_detect_sum(const egru_detect *detect, const int32_t *state, unsigned index);

#ifdef __cplusplus
}
#endif

#endif
