/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads feature extractors and frames from stdin, writes their features to stdout; host.test.ts has the format. Every
 * buffer is allocated to its exact size, so that the address sanitizer sees a single element too many.
 */
#include <stdio.h>
#include <stdlib.h>

#include "egru_frontend.h"

static void take(void *to, size_t size, size_t count) {
    if (fread(to, size, count, stdin) != count) {
        exit(3);
    }
}

static void *room(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL) {
        exit(4);
    }
    return memory;
}

static const int32_t *hann(uint32_t frame) {
    return frame == 64 ? egru_hann_64 : frame == 128 ? egru_hann_128 : egru_hann_256;
}

int main(void) {
    /* frame, hop, bins, min_shift, Hann?, words of the curve, frames, weights of bands or 0, levels or 0, floor, center,
     * rise, fall, gain_shift */
    uint32_t head[14];
    while (fread(head, sizeof head[0], 14, stdin) == 14) {
        const uint32_t frame = head[0];
        const uint32_t bins = head[2];
        uint32_t *curve = room(head[5], sizeof *curve);
        take(curve, sizeof *curve, head[5]);
        uint8_t *first = room(bins, 1);
        uint8_t *count = room(bins, 1);
        uint8_t *weights = room(head[7], 1);
        if (head[7] != 0) {
            take(first, 1, bins);
            take(count, 1, bins);
            take(weights, 1, head[7]);
        }
        const egru_bands bands = {first, count, weights};
        const egru_normalizer normalizer = {
            .levels = (uint16_t)head[8],
            .floor = (uint16_t)head[9],
            .center = (uint16_t)head[10],
            .rise = (uint8_t)head[11],
            .fall = (uint8_t)head[12],
            .gain_shift = (uint8_t)head[13],
        };
        const egru_frontend frontend = {
            .sample_rate = 8000,
            .frame = (uint16_t)frame,
            .hop = (uint16_t)head[1],
            .bins = (uint16_t)bins,
            .min_shift = (uint16_t)head[3],
            .taps = head[4] != 0 ? hann(frame) : NULL,
            .curve = curve,
            .bands = head[7] != 0 ? &bands : NULL,
            .normalizer = head[8] != 0 ? &normalizer : NULL,
        };
        const unsigned levels = egru_frontend_levels(&frontend);
        int32_t *scratch = room(EGRU_FRONTEND_SCRATCH_WORDS(frame, levels), sizeof *scratch);
        egru_frontend_reset(&frontend, scratch);
        for (uint32_t i = 0; i < head[6]; i++) {
            int16_t *pcm = room(frame, sizeof *pcm);
            int16_t *features = room(bins, sizeof *features);
            take(pcm, sizeof *pcm, frame);
            egru_frontend_frame(&frontend, pcm, features, scratch);
            fwrite(features, sizeof *features, bins, stdout);
            free(pcm);
            free(features);
        }
        free(scratch);
        free(curve);
        free(first);
        free(count);
        free(weights);
    }
    return 0;
}
