/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

arena_layout arena;
/* The model's, with thresholds in RAM. */
static egru_detect detect;

/* Set by the linker script. */
extern int32_t __bss_end[];
extern int32_t __arena_end[];

/* Words of the arena; whether there are as many is asked in the end. */
static int32_t *take(unsigned words) {
    int32_t *const at = __bss_end + arena.bytes / sizeof(int32_t);
    arena.bytes += words * sizeof(int32_t);
    return at;
}

static void lay_out(const egru_model *model, const egru_detect *stated) {
    const egru_frontend *const frontend = model->frontend;
    const unsigned frame = frontend != NULL ? frontend->frame : 0u;
    arena.state = take(model->state_words);
    arena.logits = take(model->outputs);
    arena.features = (int16_t *)(void *)take((model->inputs + 1u) / 2u);
    arena.scores = take(model->outputs);
    if (stated != NULL) {
        arena.keywords =
            (egru_keyword *)(void *)take((stated->keyword_count * sizeof *arena.keywords + 3u) / 4u);
        arena.detect_state = take(EGRU_DETECT_WORDS((unsigned)stated->keyword_count, stated->window));
    }
    if (frontend != NULL) {
        arena.frame = (int16_t *)(void *)take(frame / 2u);
        arena.scratch = take(EGRU_FRONTEND_SCRATCH_WORDS(frame, egru_frontend_levels(frontend)));
    }
    arena.window = frontend != NULL ? arena.frame : arena.features;
    arena.length = frontend != NULL ? frame : model->inputs;
    arena.hop = frontend != NULL ? frontend->hop : model->inputs;
}

const char *arena_open(void) {
    arena = (arena_layout){0};
    switch (region_check()) {
    case REGION_EMPTY:
        return "no model";
    case REGION_ABI:
        return "the model is for another version of this firmware";
    case REGION_DAMAGED:
        return "the model is damaged: its checksum is wrong";
    case REGION_OK:
        break;
    }
    if (__model_start->stack > REGION_STACK) {
        return "the model needs more stack than there is";
    }
    const region_entry *const entry = __model_start->entry;
    lay_out(entry->model, entry->detect);
    if (arena.bytes > (unsigned)((uintptr_t)__arena_end - (uintptr_t)__bss_end)) {
        return "the model needs more memory than there is";
    }
    if (egru_init(entry->model, arena.state, entry->model->state_words) != EGRU_OK) {
        return "the model is for another version of the runtime";
    }
    arena.model = entry->model;
    arena.stated = entry->detect;
    if (entry->detect != NULL) {
        for (unsigned k = 0; k < entry->detect->keyword_count; k++) {
            arena.keywords[k] = entry->detect->keywords[k];
        }
        detect = *entry->detect;
        detect.keywords = arena.keywords;
        arena.detect = &detect;
    }
    return NULL;
}
