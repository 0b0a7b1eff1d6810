/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads what a microphone delivers from stdin, block by block, and writes the PCM to stdout; the argument
 * names the microphone. Blocks are allocated to their exact size, so that the address sanitizer sees a single
 * element too many.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "egru_mic.h"

static egru_mic_pdm pdm;
static egru_mic_i2s i2s;
static egru_mic_adc adc;

int main(int argc, char **argv) {
    if (argc != 2) {
        return 2;
    }
    const int kind = strcmp(argv[1], "pdm") == 0 ? 0 : strcmp(argv[1], "i2s") == 0 ? 1 : 2;
    static const size_t sizes[3] = {2 * EGRU_MIC_PDM_HALFWORDS, 4 * EGRU_MIC_PAIRS, 2 * EGRU_MIC_PAIRS};
    egru_mic_pdm_reset(&pdm);
    egru_mic_i2s_reset(&i2s);
    egru_mic_adc_reset(&adc);
    for (;;) {
        void *block = malloc(sizes[kind]);
        int16_t *pcm = malloc(EGRU_MIC_BLOCK * sizeof *pcm);
        if (block == NULL || pcm == NULL) {
            return 4;
        }
        const size_t got = fread(block, 1, sizes[kind], stdin);
        if (got == sizes[kind]) {
            if (kind == 0) {
                egru_mic_pdm_block(&pdm, block, pcm);
            } else if (kind == 1) {
                egru_mic_i2s_block(&i2s, block, pcm);
            } else {
                egru_mic_adc_block(&adc, block, pcm);
            }
            fwrite(pcm, sizeof *pcm, EGRU_MIC_BLOCK, stdout);
        }
        free(block);
        free(pcm);
        if (got != sizes[kind]) {
            return got == 0 ? 0 : 3;
        }
    }
}
