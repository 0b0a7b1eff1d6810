/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODELS_H
#define MODELS_H

#include <stdint.h>

enum { MODELS_FRAME = 128, MODELS_MOST = 32 };

/* 0, or 1 where a model refuses to start. */
int models_start(void);

/* pcm: MODELS_FRAME samples, 4-byte aligned; out: up to MODELS_MOST integers. Returns how many. */
unsigned models_frame(const int16_t *pcm, int32_t *out);

#endif
