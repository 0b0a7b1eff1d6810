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

/* Triangles that add up the spectrum: band i is the sum of count[i] bins from first[i] on, each times its weight. The
 * weights stand band after band; those of one band add up to at most 256. */
typedef struct {
    const uint8_t *first;   /* one per feature */
    const uint8_t *count;   /* one per feature, at least 1; first + count <= frame / 2 */
    const uint8_t *weights; /* 1.0 is 16 */
} egru_bands;

/* A level that follows the features and is subtracted from them. */
typedef struct {
    uint16_t
        levels; /* as many as features, each with its own; or 1, which follows the largest of each frame */
    uint16_t floor;     /* least level that is subtracted, and where levels start; Q15, 0 .. 32767 */
    uint16_t center;    /* what a feature at its level becomes; Q15, 0 .. 32767 */
    uint8_t rise;       /* 0 .. 10: up, a level takes 2^-rise of the distance to the feature in a frame */
    uint8_t fall;       /* 0 .. 10: the same downwards */
    uint8_t gain_shift; /* 0 .. 3: the distance from the level is shifted left by so much */
} egru_normalizer;

/* What a feature extractor is, in flash. Generated; applications read it and never build one. */
typedef struct egru_frontend {
    uint32_t sample_rate; /* of the PCM, in Hz; for the application's information */
    uint16_t frame;       /* samples per frame: 64, 128 or 256 */
    uint16_t hop;         /* samples from the start of a frame to the start of the next, 1 .. frame */
    uint16_t bins; /* features per frame: bins 0 .. bins - 1 of the spectrum, or bands; 1 .. frame / 2 + 1 */
    uint16_t min_shift;  /* least block shift, 0 .. 16: what lies below it is less than half a feature LSB */
    const int32_t *taps; /* window, one of the egru_hann_* tables below; NULL: rectangular */
    const uint32_t
        *curve; /* piecewise linear map of the power to a feature: 16 segments an octave, each with its
                 * value (0 .. 32767, Q15) in bits 31..16 and its rise in bits 15..0;
                 * (32 + 2 * (m - min_shift)) * 16 words, m = 17, or 20 for frames of 256 */
    const egru_bands *bands;           /* NULL: single bins */
    const egru_normalizer *normalizer; /* NULL: features are absolute, and no frame depends on another */
} egru_frontend;

/* Hann windows in the order in which the first stage reads the samples (docs/NUMERICS.md). */
extern const int32_t egru_hann_64[64];
extern const int32_t egru_hann_128[128];
extern const int32_t egru_hann_256[256];

/* int32 words of scratch memory that a frame needs: what nothing in it outlives the call, and behind it the levels of the
 * normalizer, 0 without one. */
#define EGRU_FRONTEND_SCRATCH_WORDS(frame, levels) ((frame) + (levels))

/* Levels of the normalizer; frontend may be NULL. */
unsigned egru_frontend_levels(const egru_frontend *frontend);

/* The levels to their start, before the first frame of a clip or a stream; without a normalizer nothing. frontend may
 * be NULL. */
void egru_frontend_reset(const egru_frontend *frontend, int32_t *scratch);

/* One frame.
 * pcm: frontend->frame samples, 2-byte aligned (4-byte aligned ones save 1,270 cycles on a Cortex-M0+);
 * features: frontend->bins values 0 .. 32767 in Q15, 4-byte aligned, written; scratch: EGRU_FRONTEND_SCRATCH_WORDS
 * words, overwritten but for the levels, which egru_frontend_reset has set. They may not overlap. */
void egru_frontend_frame(const egru_frontend *frontend, const int16_t *pcm, int16_t *features,
                         int32_t *scratch);

#ifdef __cplusplus
}
#endif

#endif
