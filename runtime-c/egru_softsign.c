/* SPDX-License-Identifier: Apache-2.0 */
#include "egru_fixed.h"

int32_t egru_softsign(int32_t acc) {
    return egru_softsign_by_division(acc);
}
