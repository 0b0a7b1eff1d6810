/* SPDX-License-Identifier: Apache-2.0
 *
 * A stream in pieces of any lengths and alignments: every frame and every event is the one that the same samples give
 * in one piece.
 */
#include <string.h>

#include "fuzz.h"
#include "model.h"

enum { MOST = 8 * MODEL_FRAME };

/* Everything that a frame shows. */
typedef struct {
    egru_stream_status status;
    uint32_t position;
    uint32_t mean_square;
    uint8_t vad_state;
    egru_event event;
    int32_t logits[MODEL_OUTPUTS];
} frame;

/* Samples of a few kinds: silence, bytes as they are, full scale. */
static size_t samples_of(fuzz_input *input, int16_t *pcm) {
    size_t n = 0;
    while (n < MOST && input->left > 0u) {
        const unsigned kind = fuzz_byte(input);
        const unsigned run = 1u + fuzz_byte(input);
        for (unsigned i = 0; i < run && n < MOST; i++) {
            pcm[n++] = (int16_t)((kind & 3u) == 0u   ? 0
                                 : (kind & 3u) == 1u ? (int16_t)fuzz_half(input)
                                 : (kind & 3u) == 2u ? ((i & 1u) != 0u ? 32767 : -32768)
                                                     : (int)(i * kind) - 4096);
        }
    }
    return n;
}

static void keep(frame *to, egru_stream_status status, const egru_stream *stream, const egru_event *event) {
    memset(to, 0, sizeof *to);
    to->status = status;
    to->position = stream->position;
    to->mean_square = stream->mean_square;
    to->vad_state = stream->vad_state;
    if (status == EGRU_STREAM_EVENT) {
        to->event.label = event->label;
        to->event.score = event->score;
        to->event.sample = event->sample;
    }
    memcpy(to->logits, stream->logits, sizeof to->logits);
}

/* A piece, from memory of its exact size at an address that is even and no more. Returns the frames so far. */
static unsigned push(egru_stream *stream, const int16_t *pcm, size_t n, unsigned odd, frame *frames,
                     unsigned count) {
    int16_t *const memory = malloc((n + odd) * sizeof *pcm + 1u);
    memcpy(memory + odd, pcm, n * sizeof *pcm);
    const int16_t *at = memory + odd;
    for (size_t left = n; left > 0u;) {
        egru_event event = {0, 0, 0};
        const egru_stream_status status = egru_stream_push(stream, &at, &left, &event);
        if (status != EGRU_STREAM_MORE) {
            keep(&frames[count++], status, stream, &event);
        }
    }
    free(memory);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int16_t pcm[MOST];
    static frame whole[MOST / MODEL_HOP + 1];
    static frame pieces[MOST / MODEL_HOP + 1];
    static int32_t memory[2][MODEL_STREAM_WORDS];
    egru_stream stream[2];
    fuzz_input input = {data, size};
    fuzz_input cuts = {data, size};
    const size_t n = samples_of(&input, pcm);
    for (unsigned i = 0; i < 2u; i++) {
        memset(memory[i], (int)(0x11u + i), sizeof memory[i]);
        fuzz_check(egru_stream_init(&stream[i], &model, &model_detect, memory[i], MODEL_STREAM_WORDS) ==
                   EGRU_OK);
    }
    const unsigned expected = push(&stream[0], pcm, n, 0, whole, 0);
    unsigned count = 0;
    for (size_t at = 0; at < n;) {
        const unsigned byte = fuzz_byte(&cuts);
        const size_t most = n - at;
        const size_t length = byte < 128u ? byte % 9u : byte;
        count = push(&stream[1], pcm + at, length < most ? length : most, byte & 1u, pieces, count);
        if (length == 0u && cuts.left == 0u) {
            count = push(&stream[1], pcm + at, most, 0, pieces, count);
            break;
        }
        at += length < most ? length : most;
    }
    fuzz_check(count == expected);
    fuzz_check(memcmp(whole, pieces, count * sizeof *whole) == 0);
    return 0;
}
