/* SPDX-License-Identifier: Apache-2.0
 *
 * The softsign that kernels call. Chips with a divide instruction need nothing better than the definition;
 * the Cortex-M0+ has none and takes egru_softsign_m0.S instead.
 */
#include "egru_fixed.h"

#if !(defined(__arm__) && defined(__ARM_ARCH_6M__))

int32_t egru_softsign(int32_t acc) {
    return egru_softsign_by_division(acc);
}

#endif
