/* SPDX-License-Identifier: Apache-2.0
 *
 * The audio feature extractor: one frame of PCM to one vector of Q15 features, with integers only. Window,
 * real FFT, power, and one table that holds the rest (magnitude, gain, logarithm, clipping). Twin of
 * compiler/core/frontend/features.ts; docs/NUMERICS.md, "Front end", defines every operation and its bounds.
 */
#ifndef EGRU_FRONTEND_H
#define EGRU_FRONTEND_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a feature extractor is, in flash. Generated; applications read it and never build one. */
typedef struct egru_frontend {
    uint32_t sample_rate; /* of the PCM, in Hz; for the application's information */
    uint16_t frame;       /* samples per frame: 64, 128 or 256 */
    uint16_t hop;         /* samples from the start of a frame to the start of the next, 1 .. frame */
    uint16_t bins;        /* features per frame: bins 0 .. bins - 1 of the spectrum, 1 .. frame / 2 + 1 */
    uint16_t min_shift;   /* least block shift, 0 .. 16: what lies below it is less than half a feature LSB */
    const int32_t *taps;  /* window, one of the egru_hann_* tables below; NULL: rectangular */
    const uint32_t
        *curve; /* piecewise linear map of the power to a feature: 16 segments an octave, each with its
                 * value (0 .. 32767, Q15) in bits 31..16 and its rise in bits 15..0;
                 * (32 + 2 * (m - min_shift)) * 16 words, m = 17, or 20 for frames of 256 */
} egru_frontend;

/* Hann windows in the order in which the first stage reads the samples (docs/NUMERICS.md). */
extern const int32_t egru_hann_64[64];
extern const int32_t egru_hann_128[128];
extern const int32_t egru_hann_256[256];

/* int32 words of scratch memory that a frame needs; nothing in it outlives the call. */
#define EGRU_FRONTEND_SCRATCH_WORDS(frame) (frame)

/* One frame.
 * pcm: frontend->frame samples, 2-byte aligned (4-byte aligned ones save 1,270 cycles on a Cortex-M0+);
 * features: frontend->bins values 0 .. 32767 in Q15, 4-byte aligned, written; scratch:
 * EGRU_FRONTEND_SCRATCH_WORDS(frontend->frame) words, overwritten. They may not overlap. */
void egru_frontend_frame(const egru_frontend *frontend, const int16_t *pcm, int16_t *features,
                         int32_t *scratch);

#ifdef __cplusplus
}
#endif

#endif
