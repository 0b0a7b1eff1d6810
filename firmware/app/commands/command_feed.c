/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands that compute what the host sends: feed, output, trace, stream, reset, scores.
 */
#include "arena.h"
#include "commands.h"
#include "crc32.h"
#include "listen.h"
#include "session.h"

static void answer_scores(void) {
    const int judged = arena.model->readout_rule != EGRU_READOUT_NONE;
    answer_begin("steps ");
    put_unsigned(session.steps);
    put_text(" crc ");
    put_hex(crc32_value(session.crc), 8);
    put_text(" label ");
    put_number(judged ? (int32_t)egru_argmax(arena.scores, arena.model->outputs) : -1);
    put_text(" scores");
    for (unsigned i = 0; judged && i < arena.model->outputs; i++) {
        put_byte(' ');
        put_number(arena.scores[i]);
    }
    answer_end();
}

static void feed(console_port port, command_line *input) {
    uint32_t n = 0;
    uint32_t crc = 0;
    if (!line_number(input, PAYLOAD_VALUES, &n) || !line_hex(input, &crc) || !line_end(input)) {
        answer_error("feed takes a number of values and a checksum");
    } else if (payload_open()) {
        answer_error("the other port is feeding");
    } else {
        payload_expect(port, PAYLOAD_FEED, n * sizeof(int16_t), crc);
    }
}

void commands_fed(unsigned bytes) {
    if (commands_defect != NULL || listen_now() != LISTEN_OFF) {
        answer_error("the microphone is on, or the model has gone");
        return;
    }
    session_feed(payload.values, bytes / sizeof(int16_t));
    answer_begin("");
    put_unsigned(session.steps);
    answer_end();
}

static void set_output(command_line *input) {
    static const char *const names[] = {"none",   "hash",  "layers",
                                        "logits", "trace", "cycles"}; /* as in output_mode */
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (line_word(input, names[i]) && line_end(input)) {
            session.output = (output_mode)i;
            answer_ok();
            return;
        }
    }
    answer_error("output takes none, hash, layers, logits, trace or cycles");
}

static void set_trace(command_line *input) {
    uint32_t step = 0;
    if (!line_number(input, 0x0FFFFFFFu, &step) || !line_end(input)) {
        answer_error("trace takes the number of a step, from 1; 0: none");
        return;
    }
    session.trace_at = step;
    answer_ok();
}

static void set_stream(command_line *input) {
    const int on = line_word(input, "on");
    if ((!on && !line_word(input, "off")) || !line_end(input)) {
        answer_error("stream takes on or off");
    } else if (arena.detect == NULL) {
        answer_error("the model does not listen to streams");
    } else {
        session.streaming = on;
        session_reset();
        answer_ok();
    }
}

int commands_feed(console_port port, command_line *input) {
    enum { FEED, OUTPUT, TRACE, STREAM, RESET, SCORES, NONE };
    static const char *const names[] = {"feed", "output", "trace", "stream", "reset", "scores"};
    unsigned command = 0;
    while (command < NONE && !line_word(input, names[command])) {
        command++;
    }
    if (command == NONE || ((command == RESET || command == SCORES) && !line_end(input))) {
        return 0;
    }
    if (commands_defect != NULL) {
        answer_error(commands_defect);
    } else if (listen_now() != LISTEN_OFF && command != SCORES) {
        answer_error("the microphone is on: listen off comes first");
    } else if (command == FEED) {
        feed(port, input);
    } else if (command == OUTPUT) {
        set_output(input);
    } else if (command == TRACE) {
        set_trace(input);
    } else if (command == STREAM) {
        set_stream(input);
    } else if (command == RESET) {
        session_reset();
        answer_ok();
    } else {
        answer_scores();
    }
    return 1;
}
