/* SPDX-License-Identifier: Apache-2.0
 *
 * The steps of egru_softmax.c, private to the runtime and its tests.
 */
#ifndef EGRU_SOFTMAX_STEPS_H
#define EGRU_SOFTMAX_STEPS_H

#include "egru_softmax.h"

/* Weight of a logit that lies distance below the largest, 0 .. 2^20 - 16. */
uint32_t egru_i_weight(const egru_scale *scale, uint32_t distance);

/* floor(2^31 / m) for m = 2^15 .. 2^16, without a division. */
uint32_t egru_i_inverse(uint32_t m);

#endif
