/* SPDX-License-Identifier: Apache-2.0
 *
 * Event-based GRU for the packed kernel: compiler/core/sim/runners/event-gru.ts defines it. Its weights are bytes, and
 * columns of inputs that are 0 and of units that did not fire cost nothing.
 *
 * codes: int8, for each input, and then for each unit, its 3 * units weights: z, r, g.
 * bias: of the inputs' product and of the units', 3 * units each; then their shifts, zoneout; then the thresholds.
 */
#include "egru_fixed.h"
#include "egru_packed.h"

/* Outputs live in the caller's words: this type lets the compiler know that they alias. */
typedef int16_t EGRU_MAY_ALIAS q15;

/* Q12: beyond it sigmoid is flat. */
#define SIGMOID_LIMIT (11 * 4096 - 1)
/* Q12: the units' product of the candidate is clamped to it, so that its product with r fits int32. */
#define CANDIDATE_LIMIT 65535
/* 0.1 in Q15. */
#define TRACE_SHARE 3277

/* min(round(65536 sigmoid(i / 32)), 65535), i = 0 .. 352. */
static const uint16_t sigmoid_table[] = {
    32768, 33280, 33792, 34303, 34813, 35323, 35831, 36338, 36843, 37346, 37847, 38345, 38841, 39334, 39824,
    40310, 40793, 41273, 41748, 42220, 42687, 43150, 43608, 44062, 44511, 44954, 45393, 45826, 46254, 46677,
    47094, 47505, 47911, 48310, 48704, 49092, 49474, 49850, 50220, 50584, 50941, 51293, 51638, 51977, 52310,
    52637, 52957, 53272, 53581, 53883, 54179, 54470, 54754, 55033, 55306, 55572, 55834, 56089, 56339, 56583,
    56822, 57055, 57284, 57506, 57724, 57936, 58144, 58346, 58544, 58737, 58925, 59108, 59287, 59462, 59632,
    59797, 59959, 60116, 60270, 60419, 60565, 60706, 60844, 60979, 61109, 61237, 61360, 61481, 61598, 61712,
    61823, 61931, 62036, 62138, 62238, 62334, 62428, 62519, 62608, 62694, 62778, 62859, 62938, 63015, 63090,
    63162, 63233, 63301, 63368, 63432, 63495, 63556, 63615, 63672, 63728, 63782, 63835, 63886, 63935, 63983,
    64030, 64075, 64119, 64162, 64203, 64244, 64283, 64321, 64357, 64393, 64427, 64461, 64494, 64525, 64556,
    64585, 64614, 64642, 64669, 64696, 64721, 64746, 64770, 64793, 64816, 64838, 64859, 64880, 64900, 64919,
    64938, 64956, 64974, 64991, 65008, 65024, 65039, 65055, 65069, 65084, 65097, 65111, 65124, 65136, 65149,
    65160, 65172, 65183, 65194, 65204, 65215, 65224, 65234, 65243, 65252, 65261, 65269, 65277, 65285, 65293,
    65300, 65308, 65315, 65321, 65328, 65334, 65341, 65347, 65352, 65358, 65364, 65369, 65374, 65379, 65384,
    65388, 65393, 65397, 65402, 65406, 65410, 65414, 65417, 65421, 65425, 65428, 65431, 65435, 65438, 65441,
    65444, 65446, 65449, 65452, 65454, 65457, 65459, 65462, 65464, 65466, 65468, 65470, 65472, 65474, 65476,
    65478, 65480, 65482, 65483, 65485, 65486, 65488, 65489, 65491, 65492, 65494, 65495, 65496, 65497, 65499,
    65500, 65501, 65502, 65503, 65504, 65505, 65506, 65507, 65508, 65509, 65509, 65510, 65511, 65512, 65513,
    65513, 65514, 65515, 65515, 65516, 65517, 65517, 65518, 65518, 65519, 65519, 65520, 65520, 65521, 65521,
    65522, 65522, 65523, 65523, 65523, 65524, 65524, 65525, 65525, 65525, 65526, 65526, 65526, 65527, 65527,
    65527, 65527, 65528, 65528, 65528, 65528, 65529, 65529, 65529, 65529, 65530, 65530, 65530, 65530, 65530,
    65530, 65531, 65531, 65531, 65531, 65531, 65531, 65532, 65532, 65532, 65532, 65532, 65532, 65532, 65532,
    65533, 65533, 65533, 65533, 65533, 65533, 65533, 65533, 65533, 65533, 65533, 65534, 65534, 65534, 65534,
    65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65535, 65535, 65535,
    65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535,
};

/* sigmoid(a) in Q16, 1 .. 65535. a: Q12, any int32 above INT32_MIN. */
static int32_t sigmoid_q16(int32_t a) {
    const int32_t magnitude = a < 0 ? -a : a;
    const int32_t n = magnitude < SIGMOID_LIMIT ? magnitude : SIGMOID_LIMIT;
    const int32_t from = sigmoid_table[n >> 7];
    const int32_t to = sigmoid_table[(n >> 7) + 1];
    const int32_t value = from + (((to - from) * (n & 127) + 64) >> 7);
    return a < 0 ? 65536 - value : value;
}

/* tanh(a) in Q15. a: Q12, |a| < 2^30. */
static int32_t tanh_q15(int32_t a) {
    return sigmoid_q16(2 * a) - 32768;
}

static int32_t clamp_candidate(int32_t a) {
    return a > CANDIDATE_LIMIT ? CANDIDATE_LIMIT : a < -CANDIDATE_LIMIT ? -CANDIDATE_LIMIT : a;
}

/* acc + weights * value, columns of them. The compiler has proved that no partial sum leaves int32. */
static void add_weights(int32_t *acc, const int8_t *weights, int32_t value, unsigned columns) {
    for (unsigned i = 0; i < columns; i++) {
        acc[i] += weights[i] * value;
    }
}

/* From the units of 2^-(shift + 12) to Q12, to the nearest. */
static void round_to_q12(int32_t *acc, int32_t shift, unsigned columns) {
    const int32_t half = 1 << (shift - 1);
    for (unsigned i = 0; i < columns; i++) {
        acc[i] = (acc[i] + half) >> shift;
    }
}

static void copy_words(int32_t *to, const int32_t *from, unsigned words) {
    for (unsigned i = 0; i < words; i++) {
        to[i] = from[i];
    }
}

/* acc: the inputs, behind them room for 6 * units words. */
void egru_packed_event_gru(const egru_layer *layer, const int32_t *acc, int16_t *out, int32_t *logits) {
    const unsigned inputs = layer->inputs;
    const unsigned units = layer->units;
    const unsigned columns = 3 * units;
    const int with_trace = (layer->activation & EGRU_EVENT_TRACE) != 0;
    const int8_t *const kernel = (const int8_t *)(const void *)layer->codes;
    const int8_t *const recurrent = kernel + (size_t)inputs * columns;
    const int32_t *const constants = layer->bias + (size_t)2 * columns;
    const int32_t *const thresholds = constants + 3;
    int32_t *const p = (int32_t *)(uintptr_t)acc + inputs;
    int32_t *const q = p + columns;
    q15 *const h = out + units + (units & 1u);
    q15 *const y = with_trace ? h + units : out;
    (void)logits;
    copy_words(p, layer->bias, 2 * columns); /* p and q are neighbours, as their biases are */
    for (unsigned j = 0; j < inputs; j++) {
        if (acc[j] != 0) {
            add_weights(p, kernel + (size_t)j * columns, acc[j], columns);
        }
    }
    for (unsigned j = 0; j < units; j++) {
        if (y[j] != 0) {
            add_weights(q, recurrent + (size_t)j * columns, y[j], columns);
        }
    }
    round_to_q12(p, constants[0], columns);
    round_to_q12(q, constants[1], columns);
    for (unsigned i = 0; i < units; i++) {
        const int32_t z = sigmoid_q16(p[i] + q[i]) >> 1;
        const int32_t r = sigmoid_q16(p[units + i] + q[units + i]) >> 1;
        const int32_t candidate = (r * clamp_candidate(q[2 * units + i])) >> 15; /* |product| < 2^31 */
        const int32_t g = tanh_q15(p[2 * units + i] + candidate);
        const int32_t mixed = g + ((z * (h[i] - g)) >> 15); /* |z (h - g)| <= 32767 * 65535 */
        const int32_t c = mixed + ((constants[2] * (h[i] - mixed)) >> 15);
        const int event = egru_fires(c, thresholds[i], 0);
        const int32_t sent = event ? c : 0;
        y[i] = (q15)sent;
        h[i] = (q15)(event ? egru_subtract_threshold(c, thresholds[i]) : c);
        if (with_trace) {
            out[i] = (q15)(out[i] + ((TRACE_SHARE * (sent - out[i])) >> 15));
        }
    }
}
