/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames from stdin, what the models make of them to stdout; little-endian hosts.
 */
#include <stdio.h>

#include "models.h"

int main(void) {
    static union {
        int32_t alignment;
        int16_t pcm[MODELS_FRAME];
    } frame;
    int32_t out[MODELS_MOST];
    if (models_start() != 0) {
        return 2;
    }
    while (fread(frame.pcm, sizeof frame.pcm, 1, stdin) == 1) {
        const unsigned count = models_frame(frame.pcm, out);
        if (fwrite(out, sizeof *out, count, stdout) != count) {
            return 3;
        }
    }
    return 0;
}
