/* SPDX-License-Identifier: Apache-2.0
 *
 * What the filters of this folder read and write: int32, little-endian hosts.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int32_t get(void) {
    int32_t value = 0;
    if (fread(&value, sizeof value, 1, stdin) != 1) {
        exit(3);
    }
    return value;
}

static void put(int32_t value) {
    if (fwrite(&value, sizeof value, 1, stdout) != 1) {
        exit(3);
    }
}

#endif
