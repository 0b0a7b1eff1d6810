/* SPDX-License-Identifier: Apache-2.0
 *
 * Twin of compiler/core/sim/detector.ts: same names, same order of statements.
 */
#include "egru_config.h"
#include "egru_detect.h"

/* The state: these words, then a sum and a mark per keyword, then the ring of posteriors as halfwords. */
enum { NEXT, WAIT, OPEN, INACTIVE, SUMS }; /* NEXT: where in the ring the next frame goes */

/* Posteriors live in the caller's words: this type lets the compiler know that they alias. */
typedef int16_t EGRU_MAY_ALIAS q15;

static q15 *ring_of(const egru_detect *detect, int32_t *state) {
    return (q15 *)(state + SUMS + 2 * detect->keyword_count);
}

void egru_detect_reset(const egru_detect *detect, int32_t *state) {
    const unsigned words = EGRU_DETECT_WORDS((unsigned)detect->keyword_count, detect->window);
    for (unsigned i = 0; i < words; i++) {
        state[i] = 0;
    }
}

/* Of two samples: at most 2^31. */
static inline uint32_t squares(const int16_t *pcm) {
    return (uint32_t)(pcm[0] * pcm[0]) + (uint32_t)(pcm[1] * pcm[1]);
}

uint32_t egru_mean_square(const int16_t *pcm, unsigned n) {
    uint32_t high = 0; /* in units of 2^16; at most 256 * 2^14 */
    uint32_t low = 0;  /* below 128 * 2^16 */
    for (const int16_t *const end = pcm + n; pcm != end; pcm += 4) {
        const uint32_t first = squares(pcm);
        const uint32_t second = squares(pcm + 2);
        high += (first >> 16) + (second >> 16);
        low += (first & 0xffffu) + (second & 0xffffu);
    }
    const unsigned log2 = n == 64u ? 6u : n == 128u ? 7u : 8u;
    return (high << (16u - log2)) + (low >> log2);
}

egru_vad_state egru_detect_vad(const egru_detect *detect, int32_t *state, uint32_t mean_square) {
    if (detect->vad_level == 0u) {
        return EGRU_VAD_OPEN;
    }
    if (mean_square >= (uint32_t)detect->vad_level * detect->vad_level) {
        state[OPEN] = detect->vad_hangover;
        state[INACTIVE] = 0;
        return EGRU_VAD_OPEN;
    }
    if (state[OPEN] > 0) {
        state[OPEN] -= 1;
        return EGRU_VAD_OPEN;
    }
    if (state[INACTIVE] == detect->vad_reset) {
        return EGRU_VAD_CLOSED; /* has been reset */
    }
    state[INACTIVE] += 1;
    return state[INACTIVE] == detect->vad_reset ? EGRU_VAD_RESET : EGRU_VAD_CLOSED;
}

/* Enters a frame's posteriors into ring and sums: all 0 without logits. */
static void smooth(const egru_detect *detect, int32_t *state, const int32_t *logits) {
    const int32_t count = detect->keyword_count;
    q15 *const oldest = ring_of(detect, state) + state[NEXT];
    egru_softmax s = {0, 0, 0};
    if (logits != NULL) {
        egru_softmax_begin(&s, &detect->scale, logits, detect->outputs);
    }
    for (int32_t k = 0; k < count; k++) {
        const int32_t p =
            logits == NULL ? 0
                           : (int32_t)egru_posterior(&s, &detect->scale, logits[detect->keywords[k].label]);
        state[SUMS + k] += p - oldest[k]; /* at most 1024 * 32767 */
        oldest[k] = (int16_t)p;
    }
    state[NEXT] += count;
    if (state[NEXT] == count * detect->window) {
        state[NEXT] = 0;
    }
}

int egru_detect_step(const egru_detect *detect, int32_t *state, const int32_t *logits, egru_event *event) {
    const int32_t count = detect->keyword_count;
    const int32_t *const sums = state + SUMS;
    int32_t *const fired = state + SUMS + count;
    smooth(detect, state, logits);
    int32_t best = -1;
    for (int32_t k = 0; k < count; k++) {
        const egru_keyword *const keyword = &detect->keywords[k];
        if (sums[k] < (int32_t)keyword->release * detect->window) {
            fired[k] = 0;
        }
        if (fired[k] == 0 && sums[k] >= (int32_t)keyword->threshold * detect->window &&
            (best < 0 || sums[k] > sums[best])) {
            best = k;
        }
    }
    if (state[WAIT] > 0) {
        state[WAIT] -= 1;
        return 0;
    }
    if (best < 0) {
        return 0;
    }
    fired[best] = 1;
    state[WAIT] = detect->refractory;
    event->label = detect->keywords[best].label;
    event->score = (uint16_t)(sums[best] / detect->window);
    return 1;
}

int32_t egru_detect_posterior(const egru_detect *detect, const int32_t *state, unsigned index) {
    const int32_t count = detect->keyword_count;
    const int32_t last = (state[NEXT] == 0 ? count * detect->window : state[NEXT]) - count;
    return ((const q15 *)(state + SUMS + 2 * count))[last + (int32_t)index];
}

int32_t egru_detect_sum(const egru_detect *detect, const int32_t *state, unsigned index) {
    (void)detect;
    return state[SUMS + index];
}
