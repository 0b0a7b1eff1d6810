/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands that describe chip and model: help, name, info, versions, digests, shape, label, stats, fault, nvm,
 * row, threshold.
 */
#include "arena.h"
#include "board.h"
#include "commands.h"
#include "fault.h"
#include "nvm.h"
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

static void put_digest(const char *name, const uint8_t digest[32]) {
    put_text(name);
    for (unsigned i = 0; i < 32; i++) {
        put_hex(digest[i], 2);
    }
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
    put_digest(" digest ", model->digest);
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

/* Two of the header's: that of program.json stands in `info`. */
static void digests(void) {
    answer_begin("digests");
    put_digest(" weights ", __model_start->weights);
    put_digest(" vectors ", __model_start->vectors);
    answer_end();
}

/* The values of each group of a step's trace, and those of its logits. */
static void shape(void) {
    answer_begin("shape ");
    put_unsigned(arena.model->inputs);
    for (unsigned index = 0; index < arena.model->layer_count; index++) {
        if (egru_outputs(arena.model, arena.state, index) != NULL) {
            put_byte(' ');
            put_unsigned(arena.model->layers[index].units);
        }
    }
    put_byte(' ');
    put_unsigned(arena.model->outputs);
    answer_end();
}

static void label(command_line *input) {
    uint32_t index = 0;
    if (!line_number(input, 65535u, &index) || !line_end(input) || index >= arena.model->outputs) {
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
static void threshold(command_line *input) {
    uint32_t index = 0;
    uint32_t value = 0;
    const int known = line_number(input, 65535u, &index);
    const int asks = known && line_end(input);
    const int sets = known && !asks && line_number(input, 32767u, &value) && value > 0u && line_end(input);
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
static int describe_model(command_line *input) {
    enum { NAME, VERSIONS, DIGESTS, SHAPE, LABEL, THRESHOLD, NONE };
    static const char *const names[] = {"name", "versions", "digests", "shape", "label", "threshold"};
    unsigned command = 0;
    while (command < NONE && !line_word(input, names[command])) {
        command++;
    }
    if (command == NONE || (command < LABEL && !line_end(input))) {
        return 0;
    }
    if (commands_defect != NULL) {
        answer_error(commands_defect);
    } else if (command == NAME) {
        answer_begin("name ");
        put_printable(arena.model->name);
        answer_end();
    } else if (command == VERSIONS) {
        versions();
    } else if (command == DIGESTS) {
        digests();
    } else if (command == SHAPE) {
        shape();
    } else if (command == LABEL) {
        label(input);
    } else if (arena.detect == NULL) {
        answer_error("the model has no keywords");
    } else {
        threshold(input);
    }
    return 1;
}

/* Flash as it is, whatever stands in it. */
static void row(command_line *input) {
    uint32_t number = 0;
    if (!line_number(input, NVM_ROWS - 1u, &number) || !line_end(input)) {
        answer_error("row takes the number of a row of flash");
        return;
    }
    answer_begin("row ");
    put_unsigned(number);
    put_byte(' ');
    for (uint32_t at = number * NVM_ROW; at < (number + 1u) * NVM_ROW; at++) {
        put_hex(nvm_byte(at), 2);
    }
    answer_end();
}

int commands_describe(command_line *input) {
    if (line_word(input, "help") && line_end(input)) {
        put_text("ok help name info versions digests shape label stats fault nvm row threshold listen record "
                 "stream output "
                 "trace "
                 "reset feed "
                 "scores learn sync update bootloader\n");
    } else if (line_word(input, "info") && line_end(input)) {
        info();
    } else if (line_word(input, "stats") && line_end(input)) {
        answer_begin("stats ");
        stats_put();
        answer_end();
    } else if (line_word(input, "fault") && line_end(input)) {
        answer_begin("fault ");
        fault_put_record();
        answer_end();
    } else if (line_word(input, "nvm") && line_end(input)) {
        answer_begin("nvm ");
        put_hex(nvm_settings(), 8);
        answer_end();
    } else if (line_word(input, "row")) {
        row(input);
    } else {
        return describe_model(input);
    }
    return 1;
}
