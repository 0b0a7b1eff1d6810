/* SPDX-License-Identifier: Apache-2.0
 *
 * What the fuzzers of C share: bytes of an input one after another, and a check whose failure is a finding.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct {
    const uint8_t *at;
    size_t left;
} fuzz_input;

/* The next byte; 0 behind the last. */
static inline uint8_t fuzz_byte(fuzz_input *input) {
    if (input->left == 0u) {
        return 0;
    }
    input->left--;
    return *input->at++;
}

static inline uint16_t fuzz_half(fuzz_input *input) {
    const unsigned low = fuzz_byte(input);
    return (uint16_t)(low | (unsigned)fuzz_byte(input) << 8);
}

/* Not assert(): it names no line of ours in a release. */
static inline void fuzz_check(int holds) {
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
