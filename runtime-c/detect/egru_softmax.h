/* SPDX-License-Identifier: Apache-2.0
 *
 * Posteriors from logits: a softmax in powers of two. Twin of compiler/core/fixed/softmax.ts;
 * docs/NUMERICS.md, "Detection", states the error and derives the bounds.
 */
#ifndef EGRU_SOFTMAX_H
#define EGRU_SOFTMAX_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Scale of the logits: a logit that lies t below the largest one weighs 2^-(t c / 65536),
 * c = multiplier / 2^(pre_shift + post_shift). */
typedef struct {
    uint16_t multiplier; /* 16384 .. 32767 */
    uint8_t pre_shift;   /* 0 .. 15 */
    uint8_t post_shift;  /* 0 .. 11 */
} egru_scale;

/* What the logits of one frame have in common. */
typedef struct {
    int32_t largest;
    uint32_t inverse; /* of the sum of the weights, 2^15 .. 2^16 */
    unsigned shift;   /* left shift of that sum and its terms, 1 .. 11 */
} egru_softmax;

/* logits: n of them, 1 .. 1024. */
void egru_softmax_begin(egru_softmax *s, const egru_scale *scale, const int32_t *logits, unsigned n);

/* The posterior of one of these logits, Q15, 0 .. 32767. */
uint32_t egru_posterior(const egru_softmax *s, const egru_scale *scale, int32_t logit);

#ifdef __cplusplus
}
#endif

#endif
