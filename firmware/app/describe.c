/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands that say what there is: help, name, info, versions, label, stats, fault, threshold.
 */
#include "arena.h"
#include "board.h"
#include "commands.h"
#include "fault.h"
#include "stats.h"

enum { PROTOCOL_VERSION = 2 };

#if BOARD_MIC_I2S
#define MIC_NAME "i2s"
#elif BOARD_MIC_PDM
#define MIC_NAME "pdm"
#else
#define MIC_NAME "adc"
#endif

/* Text that somebody else chose must not end the line. */
static void put_printable(const char *text) {
    for (; *text != '\0'; text++) {
        put_byte((uint8_t)*text < (uint8_t)' ' ? (uint8_t)'?' : (uint8_t)*text);
    }
}

static void put_pair(const char *name, uint32_t value) {
    put_text(name);
    put_unsigned(value);
}

static void info(void) {
    const egru_model *const model = arena.model;
    put_pair("ok egru protocol ", PROTOCOL_VERSION);
    put_text(" board " BOARD_NAME " mic " MIC_NAME);
    if (commands_defect != NULL) {
        put_text(" defect ");
        put_text(commands_defect);
        answer_end();
        return;
    }
    put_pair(" abi ", model->abi);
    put_pair(" frame ", arena.frame != NULL ? arena.length : 0u);
    put_pair(" hop ", arena.frame != NULL ? arena.hop : 0u);
    put_pair(" inputs ", model->inputs);
    put_pair(" outputs ", model->outputs);
    put_pair(" layers ", model->layer_count);
    put_pair(" payload ", PAYLOAD_VALUES);
    put_text(" digest ");
    for (unsigned i = 0; i < sizeof model->digest; i++) {
        put_hex(model->digest[i], 2);
    }
    answer_end();
}

static void versions(void) {
    answer_begin("versions");
    put_pair(" region ", __model_start->abi);
    put_pair(" bytes ", __model_start->length);
    put_pair(" arena ", arena.bytes);
    put_text(" crc ");
    put_hex(__model_start->crc, 8);
    put_text(" kernel ");
    put_printable(__model_start->kernel);
    put_text(" compiler ");
    put_printable(__model_start->compiler);
    put_text(" toolchain ");
    put_printable(__model_start->toolchain);
    answer_end();
}

static void label(line *l) {
    uint32_t index = 0;
    if (!line_number(l, 65535u, &index) || !line_end(l) || index >= arena.model->outputs) {
        answer_error("label takes the number of an output");
        return;
    }
    answer_begin("label ");
    put_unsigned(index);
    put_byte(' ');
    put_printable(arena.model->labels[index]);
    answer_end();
}

static void put_threshold(const egru_keyword *keyword) {
    answer_begin("threshold ");
    put_unsigned(keyword->label);
    put_byte(' ');
    put_unsigned(keyword->threshold);
    put_byte(' ');
    put_unsigned(keyword->release);
    answer_end();
}

/* "threshold LABEL": as it is; "threshold LABEL VALUE": from now on, with the release in proportion below it.
 */
static void threshold(line *l) {
    uint32_t index = 0;
    uint32_t value = 0;
    const int known = line_number(l, 65535u, &index);
    const int asks = known && line_end(l);
    const int sets = known && !asks && line_number(l, 32767u, &value) && value > 0u && line_end(l);
    for (unsigned k = 0; (asks || sets) && k < arena.detect->keyword_count; k++) {
        egru_keyword *const keyword = &arena.keywords[k];
        if (keyword->label == index) {
            if (sets) {
                keyword->threshold = (uint16_t)value;
                const uint16_t release = arena.stated->keywords[k].release;
                keyword->release = release < value ? release : (uint16_t)value;
            }
            put_threshold(keyword);
            return;
        }
    }
    answer_error("threshold takes the number of a keyword, and 1 to 32767 to set it");
}

/* What needs a model. */
static int describe_model(line *l) {
    const int is_name = line_word(l, "name") && line_end(l);
    const int is_label = !is_name && line_word(l, "label");
    const int is_versions = !is_name && !is_label && line_word(l, "versions") && line_end(l);
    const int is_threshold = !is_name && !is_label && !is_versions && line_word(l, "threshold");
    if (!is_name && !is_label && !is_versions && !is_threshold) {
        return 0;
    }
    if (commands_defect != NULL) {
        answer_error(commands_defect);
    } else if (is_name) {
        answer_begin("name ");
        put_printable(arena.model->name);
        answer_end();
    } else if (is_label) {
        label(l);
    } else if (is_versions) {
        versions();
    } else if (arena.detect == NULL) {
        answer_error("the model has no keywords");
    } else {
        threshold(l);
    }
    return 1;
}

int commands_describe(line *l) {
    if (line_word(l, "help") && line_end(l)) {
        put_text("ok help name info versions label stats fault threshold listen record stream output trace "
                 "reset feed "
                 "scores sync update bootloader\n");
    } else if (line_word(l, "info") && line_end(l)) {
        info();
    } else if (line_word(l, "stats") && line_end(l)) {
        answer_begin("stats ");
        stats_put();
        answer_end();
    } else if (line_word(l, "fault") && line_end(l)) {
        answer_begin("fault ");
        fault_put_record();
        answer_end();
    } else {
        return describe_model(l);
    }
    return 1;
}
