/* SPDX-License-Identifier: Apache-2.0
 *
 * What every baseline offers to the emulator: bench_main calls bench_ready, then takes one step, for ever.
 * The emulator stops at bench_ready and places the features.
 */
#ifndef BASELINE_H
#define BASELINE_H

#include <stdint.h>

#include "baseline_data.h" /* BENCH_INPUTS, BENCH_OUTPUTS, BENCH_LAYERS, BENCH_WIDTH and the weights */

extern int16_t bench_features[BENCH_INPUTS];
extern int32_t bench_logits[BENCH_OUTPUTS];

/* Initial state. */
void bench_reset(void);

/* One time step of the whole network, from bench_features to bench_logits. */
void bench_step(void);

/* One layer of it; called once per layer, in order. */
void bench_layer(unsigned index);

#endif
