/* SPDX-License-Identifier: Apache-2.0
 *
 * egru_i_softsign over its whole domain against the defining division. Prints the checksum of
 * test/vectors/softsign.json, then the softsign of every int32 on stdin (text, one per line).
 */
#include <stdio.h>

#include "egru_fixed.h"

static int differs(int32_t acc) {
    const int32_t expected = egru_softsign_by_division(acc);
    const int32_t got = egru_i_softsign(acc);
    if (got != expected) {
        fprintf(stderr, "softsign(%ld): expected %ld, got %ld\n", (long)acc, (long)expected, (long)got);
    }
    return got != expected;
}

int main(void) {
    unsigned long checksum = 0;
    for (int32_t n = 0; n <= EGRU_SOFTSIGN_LIMIT; n++) {
        if (differs(n) || differs(-n)) {
            return 1;
        }
        checksum = (31 * checksum + (unsigned long)egru_i_softsign(n)) % 1000000007ul;
    }
    /* Beyond the domain it is flat: every power of two and its neighbours, and the ends of int32. */
    for (uint32_t magnitude = 1u << 21; magnitude != 0; magnitude <<= 1) {
        for (uint32_t around = magnitude - 1; around != magnitude + 2; around++) {
            if (differs((int32_t)around) || differs((int32_t)(0u - around))) {
                return 1;
            }
        }
    }
    printf("%lu\n", checksum);
    long value;
    while (scanf("%ld", &value) == 1) {
        printf("%ld\n", (long)egru_i_softsign((int32_t)value));
    }
    return 0;
}
