/* SPDX-License-Identifier: Apache-2.0
 *
 * Constant tables of the feature extractor, the same for all models; their contents are described in
 * egru_frontend_tables.c. The Hann windows, which models point to, are declared in egru_frontend.h.
 */
#ifndef EGRU_FRONTEND_TABLES_H
#define EGRU_FRONTEND_TABLES_H

#include "egru_frontend.h"

extern const uint8_t egru_i_order_32[8];
extern const uint8_t egru_i_order_64[16];
extern const uint8_t egru_i_order_128[32];
extern const int32_t egru_i_twiddles_radix4_16[24];
extern const int32_t egru_i_twiddles_radix4_64[96];
extern const int32_t egru_i_twiddles_64[64];
extern const int32_t egru_i_twiddles_128[128];
extern const int32_t egru_i_twiddles_256[128];

#endif
