/* SPDX-License-Identifier: Apache-2.0
 *
 * Learning of the output layer from single examples, by integers. Twin of compiler/core/fixed/learning.ts;
 * docs/NUMERICS.md, "Learning", has the definition. What is learnt is a matrix of n rows (one per logit) of
 * units + 1 columns, Q12; the last column stands for the bias. All zeros: nothing is learnt.
 */
#ifndef EGRU_LEARN_H
#define EGRU_LEARN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Values of the matrix for an output layer of `units` inputs and n logits. */
#define EGRU_LEARN_VALUES(units, n) (((units) + 1u) * (n))

/* Adds what was learnt to the logits of a step, saturating.
 * x: the output layer's inputs, Q15, units of them, at most 8190; logits: n, within +-(2^31 - 1). */
void egru_learn_correct(const int16_t *learnt, unsigned units, unsigned n, const int16_t *x, int32_t *logits);

/* a + b, saturated to +-(2^31 - 1); both within that. */
int32_t egru_learn_sum(int32_t a, int32_t b);

/* The sum of `steps` values, 1 .. 65535, to their mean: rounded toward zero, exact. */
int32_t egru_learn_mean(int32_t sum, uint32_t steps);

/* One example: two passes of the delta rule.
 * x: means of the output layer's inputs; logits: n means without what was learnt, 1 .. 1024; scratch: n words
 * of any content; label: below n. */
void egru_learn_teach(int16_t *learnt, unsigned units, unsigned n, const int16_t *x, const int32_t *logits,
                      int32_t *scratch, unsigned label);

#ifdef __cplusplus
}
#endif

#endif
