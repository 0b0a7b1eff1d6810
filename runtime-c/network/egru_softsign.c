/* SPDX-License-Identifier: Apache-2.0
 *
 * The softsign that kernels call. Chips with a divide instruction need nothing better than the definition;
 * the Cortex-M0+ has none and takes egru_softsign_m0.S instead.
 */
#include "egru_fixed.h"
#include "egru_target.h"

#ifndef EGRU_M0

int32_t egru_i_softsign(int32_t acc) {
    return egru_softsign_by_division(acc);
}

#endif
