/* SPDX-License-Identifier: Apache-2.0 */
#include "learn.h"

#include "arena.h"

enum { QUIET = 128, CLIPPED = 32767, CLIPPED_SHIFT = 8 };

learn_state learn;
/* The model, with a step that corrects its logits. */
static egru_model corrected;

/* Set by the linker script. */
extern int32_t __bss_end[];
extern int32_t __arena_end[];

static unsigned values(void) {
    return EGRU_LEARN_VALUES(learn.units, learn.n);
}

static void copy(int16_t *to, const int16_t *from) {
    for (unsigned i = 0; i < values(); i++) {
        to[i] = from != NULL ? from[i] : 0;
    }
}

static void corrected_step(const egru_model *model, int32_t *state, const int16_t *features,
                           int32_t *logits) {
    (void)model;
    arena.model->step(arena.model, state, features, logits);
    egru_learn_correct(learn.learnt, learn.units, learn.n, learn.inputs, logits);
}

void learn_open(void) {
    const egru_model *const model = arena.model;
    const unsigned last = model->layer_count - 1u;
    learn = (learn_state){0};
    learn.units = model->layers[last].inputs;
    learn.n = model->outputs;
    /* Layers of at most 65535 units: 2^32 is out of reach only up to a size that RAM ends long before. */
    const unsigned halves =
        learn.units < 1024u && learn.n < 1024u ? 2u * values() + learn.units : LEARN_BYTES;
    learn.bytes = 4u * ((halves + 1u) / 2u + learn.units + learn.n);
    int32_t *const at = __bss_end + arena.bytes / sizeof(int32_t);
    if (model->readout_rule == EGRU_READOUT_NONE || egru_outputs(model, arena.state, last) != NULL) {
        learn.bytes = 0;
        return;
    }
    if (learn.bytes > LEARN_BYTES || learn.bytes > (uintptr_t)__arena_end - (uintptr_t)at) {
        return;
    }
    learn.sums = at;
    learn.learnt = (int16_t *)(void *)(at + learn.units + learn.n);
    learn.before = learn.learnt + values();
    learn.means = learn.before + values();
    learn.inputs = last > 0u ? egru_outputs(model, arena.state, last - 1u) : arena.features;
    corrected = *model;
    corrected.step = corrected_step;
    const learn_area *saved = NULL;
    learn.area = area_find(model->digest, values(), &saved);
    copy(learn.learnt, saved != NULL ? saved->learnt : NULL);
    learn.examples = saved != NULL ? saved->examples : 0u;
    learn.kept = saved != NULL;
}

void learn_restart(void) {
    learn.steps = 0;
    learn.samples = 0;
    learn.loudest = 0;
    learn.clipped = 0;
    for (unsigned i = 0; learn.learnt != NULL && i < learn.units + learn.n; i++) {
        learn.sums[i] = 0;
    }
}

void learn_hear(const int16_t *values, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        const unsigned level = (unsigned)(values[i] < 0 ? -values[i] : values[i]);
        learn.loudest = level > learn.loudest ? level : learn.loudest;
        learn.clipped += level >= CLIPPED;
    }
    learn.samples += n;
}

void learn_step(void) {
    if (learn.learnt == NULL) {
        return;
    }
    const int adds = arena.model->readout_rule == EGRU_READOUT_SUM;
    learn.steps = adds ? learn.steps + (learn.steps <= LEARN_STEPS) : 1u;
    if (learn.steps <= LEARN_STEPS) {
        int32_t *sums = learn.sums; /* 65535 * 2^15 < 2^31 */
        for (unsigned u = 0; u < learn.units; u++) {
            sums[u] = (adds ? sums[u] : 0) + learn.inputs[u];
        }
        sums += learn.units;
        for (unsigned k = 0; k < learn.n; k++) {
            sums[k] = egru_learn_sum(adds ? sums[k] : 0, arena.logits[k]);
        }
    }
    if (learn.examples != 0u) {
        egru_learn_correct(learn.learnt, learn.units, learn.n, learn.inputs, arena.logits);
    }
}

void learn_readout(void) {
    if (learn.examples == 0u || arena.model->readout_rule != EGRU_READOUT_SUM) {
        egru_readout(arena.model, arena.scores, arena.logits);
        return;
    }
    for (unsigned k = 0; k < learn.n; k++) {
        arena.scores[k] = egru_learn_sum(arena.scores[k], arena.logits[k]);
    }
}

const egru_model *learn_model(void) {
    return learn.examples != 0u ? &corrected : arena.model;
}

/* What there is now, for undo. */
static void remember(void) {
    copy(learn.before, learn.learnt);
    learn.examples_before = learn.examples;
    learn.undoes = 1;
    learn.kept = 0;
}

const char *learn_example(unsigned label) {
    const int sound = arena.frame != NULL;
    if (learn.steps == 0u || learn.steps > LEARN_STEPS) {
        return "there is no example: reset and feed come first, 1 to 65535 steps";
    }
    if (learn.loudest < (sound ? QUIET : 1u)) {
        return "the example is silent";
    }
    if (sound && learn.clipped > learn.samples >> CLIPPED_SHIFT) {
        return "the example is clipped";
    }
    remember();
    int32_t *const logits = learn.sums + learn.units;
    for (unsigned u = 0; u < learn.units; u++) {
        learn.means[u] = (int16_t)egru_learn_mean(learn.sums[u], learn.steps);
    }
    for (unsigned k = 0; k < learn.n; k++) {
        logits[k] = egru_learn_mean(logits[k], learn.steps);
    }
    egru_learn_teach(learn.learnt, learn.units, learn.n, learn.means, logits, arena.logits, label);
    learn.examples++;
    return NULL;
}

int learn_undo(void) {
    if (!learn.undoes) {
        return 0;
    }
    copy(learn.learnt, learn.before);
    learn.examples = learn.examples_before;
    learn.undoes = 0;
    learn.kept = 0;
    return 1;
}

void learn_forget(void) {
    remember();
    copy(learn.learnt, NULL);
    learn.examples = 0;
}

const char *learn_save(void) {
    if (!area_save(arena.model->digest, learn.learnt, values(), learn.examples)) {
        return "the flash cannot be written";
    }
    learn.area = AREA_WHOLE;
    learn.kept = 1;
    return NULL;
}
