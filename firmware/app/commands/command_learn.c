/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands that teach: learn LABEL, undo, forget, save; learn alone asks.
 */
#include "arena.h"
#include "commands.h"
#include "learn.h"
#include "listen.h"
#include "session.h"

/* "ok learn examples N kept N area WORD bytes N" */
static void answer_status(void) {
    static const char *const areas[] = {"empty", "whole", "other", "damaged"}; /* as in area_state */
    answer_begin("learn examples ");
    put_unsigned(learn.examples);
    put_text(learn.kept ? " kept 1 area " : " kept 0 area ");
    put_text(areas[learn.area]);
    put_text(" bytes ");
    put_unsigned(learn.bytes);
    answer_end();
}

static void refuse(void) {
    if (learn.bytes == 0u) {
        answer_error("the model has no readout, or no output layer that learns");
        return;
    }
    put_text("error learning takes ");
    put_unsigned(learn.bytes);
    put_text(" bytes of RAM for this output layer; 3840 may be used, less where the model leaves less\n");
}

int commands_learn(command_line *input) {
    enum { UNDO, FORGET, SAVE, EXAMPLE };
    static const char *const names[] = {"undo", "forget", "save"};
    uint32_t label = 0;
    unsigned what = 0;
    if (!line_word(input, "learn")) {
        return 0;
    }
    const char *defect = NULL;
    if (commands_defect != NULL) {
        defect = commands_defect;
    } else if (learn.learnt == NULL) {
        refuse();
        return 1;
    } else if (line_end(input)) {
        answer_status();
        return 1;
    } else if (listen_now() != LISTEN_OFF) {
        defect = "the microphone is on: listen off comes first";
    } else {
        while (what < EXAMPLE && !line_word(input, names[what])) {
            what++;
        }
        const int known = what != EXAMPLE || (line_number(input, 65535u, &label) && label < learn.n);
        if (!known || !line_end(input)) {
            defect = "learn takes the number of a label, undo, forget or save";
        } else if (what == UNDO) {
            defect = learn_undo() ? NULL : "there is nothing to undo";
        } else if (what == FORGET) {
            learn_forget();
        } else {
            defect = what == SAVE ? learn_save() : learn_example(label);
        }
    }
    if (defect != NULL) {
        answer_error(defect);
        return 1;
    }
    session_reset();
    answer_status();
    return 1;
}
