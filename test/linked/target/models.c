/* SPDX-License-Identifier: Apache-2.0
 *
 * One or two models on the same sound, a frame at a time. WAKE: wake.h listens as a stream; DIGITS: digits.h takes the
 * same frames as a clip without end.
 */
#include "models.h"

#ifdef WAKE
#include "wake.h"
static egru_stream stream;
static int32_t memory[WAKE_STREAM_WORDS];
#endif
#ifdef DIGITS
#include "digits.h"
static int32_t state[DIGITS_STATE_WORDS];
static int32_t scratch[DIGITS_FRONTEND_WORDS];
#endif

int models_start(void) {
#ifdef WAKE
    if (egru_stream_init(&stream, &wake_model, &wake_detect, memory, WAKE_STREAM_WORDS) != EGRU_OK) {
        return 1;
    }
#endif
#ifdef DIGITS
    if (egru_init(&digits_model, state, DIGITS_STATE_WORDS) != EGRU_OK) {
        return 1;
    }
    egru_frontend_reset(digits_model.frontend, scratch);
#endif
    return 0;
}

unsigned models_frame(const int16_t *pcm, int32_t *out) {
    unsigned count = 0;
#ifdef WAKE
    const int16_t *at = pcm;
    size_t left = MODELS_FRAME;
    egru_event event = {0, 0, 0};
    const egru_stream_status status = egru_stream_push(&stream, &at, &left, &event);
    for (unsigned i = 0; i < WAKE_OUTPUTS; i++) {
        out[count++] = stream.logits[i];
    }
    out[count++] = (int32_t)stream.mean_square;
    out[count++] = status == EGRU_STREAM_EVENT ? event.label : -1;
#endif
#ifdef DIGITS
    EGRU_ALIGNED(4) int16_t features[DIGITS_INPUTS];
    egru_frontend_frame(digits_model.frontend, pcm, features, scratch);
    egru_step(&digits_model, state, features, out + count);
    count += DIGITS_OUTPUTS;
#endif
    return count;
}
