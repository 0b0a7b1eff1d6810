/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the model on PCM or features that arrive over the serial port, and answers with every integer of every
 * step. firmware/PROTOCOL.md describes the lines and records.
 */
#include "arena.h"
#include "board.h"
#include "crc32.h"
#include "line.h"
#include "uart.h"

enum { PROTOCOL_VERSION = 1, PAYLOAD_MAX = 256 /* values */ };

/* What a step reports. */
typedef enum {
    OUTPUT_NONE,   /* nothing */
    OUTPUT_HASH,   /* nothing, but its record counts in the checksum of the clip */
    OUTPUT_LOGITS, /* a record of its logits */
    OUTPUT_TRACE,  /* a record of features, all layers and logits */
} output_mode;

typedef struct {
    _Alignas(4) int16_t payload[PAYLOAD_MAX];
    egru_stream stream;
    int listening;   /* samples go through voice activity and detection, and not to the scores */
    unsigned filled; /* samples of the frame, or values of the features, that have arrived */
    uint32_t steps;  /* since the last reset */
    uint32_t crc;    /* over the records of these steps */
    output_mode output;
    const char *defect; /* why there is no model; NULL: there is one */
} application;

static application app;

static void clear(void) {
    egru_reset(arena.model, arena.state);
    for (unsigned i = 0; i < arena.model->outputs; i++) {
        arena.scores[i] = 0;
    }
    if (arena.detect != NULL) {
        egru_stream_reset(&app.stream);
    }
    app.filled = 0;
    app.steps = 0;
    app.crc = CRC32_START;
}

/* Keeps a loop over many bytes apart from main, so that it has the registers for itself. */
#define LOOP __attribute__((noinline)) static

/* Bytes of a record, all int16 and int32 values in the chip's order, little endian. */
LOOP void record(const void *data, unsigned bytes) {
    const uint8_t *const begin = data;
    const uint8_t *const end = begin + bytes;
    uint32_t crc = app.crc;
    if (app.output == OUTPUT_HASH) {
        for (const uint8_t *at = begin; at != end; at++) {
            crc = crc32_add(crc, *at);
        }
    } else {
        for (const uint8_t *at = begin; at != end; at++) {
            uart_send(*at);
            crc = crc32_add(crc, *at);
        }
    }
    app.crc = crc;
}

/* What voice activity and detection made of this frame; the event stands in a line of its own. */
static void record_detection(void) {
    const egru_stream *const stream = &app.stream;
    const int32_t head[2] = {(int32_t)stream->mean_square, stream->gate};
    record(head, sizeof head);
    for (unsigned k = 0; k < stream->detect->keyword_count; k++) {
        const int32_t posterior = egru_detect_posterior(stream->detect, stream->detect_state, k);
        record(&posterior, sizeof posterior);
    }
    for (unsigned k = 0; k < stream->detect->keyword_count; k++) {
        const int32_t sum = egru_detect_sum(stream->detect, stream->detect_state, k);
        record(&sum, sizeof sum);
    }
}

/* Everything that this step computed, in the order of evaluation. */
static void record_step(void) {
    if (app.output == OUTPUT_NONE) {
        return;
    }
    const int full = app.output != OUTPUT_LOGITS;
    if (app.output != OUTPUT_HASH) {
        put_text(full ? "trace\n" : "logits\n");
    }
    if (full) {
        record(arena.features, arena.model->inputs * sizeof *arena.features);
        for (unsigned index = 0; index < arena.model->layer_count; index++) {
            const int16_t *const outputs = egru_outputs(arena.model, arena.state, index);
            if (outputs != NULL) {
                record(outputs, arena.model->layers[index].units * sizeof *outputs);
            }
        }
    }
    record(arena.logits, arena.model->outputs * sizeof *arena.logits);
    if (full && app.listening) {
        record_detection();
    }
    if (app.output != OUTPUT_HASH) {
        const uint32_t crc = crc32_value(app.crc);
        for (unsigned i = 0; i < 4; i++) {
            uart_send((uint8_t)(crc >> (8u * i)));
        }
    }
}

static void step(void) {
    PORT_OUTTGL(BOARD_LED_PORT) = 1u << BOARD_LED_PIN;
    egru_step(arena.model, arena.state, arena.features, arena.logits);
    egru_readout(arena.model, arena.scores, arena.logits);
    app.steps++;
    record_step();
}

/* Copies into dst[filled ..] what fits; returns how many values were taken. */
LOOP unsigned fill(int16_t *dst, unsigned room, const int16_t *src, unsigned n) {
    const unsigned free = room - app.filled;
    const unsigned taken = n < free ? n : free;
    int16_t *const to = dst + app.filled;
    for (unsigned i = 0; i < taken; i++) {
        to[i] = src[i];
    }
    app.filled += taken;
    return taken;
}

LOOP void accept(const int16_t *values, unsigned n) {
    while (n > 0) {
        const unsigned taken = fill(arena.window, arena.length, values, n);
        values += taken;
        n -= taken;
        if (app.filled == arena.length) {
            if (arena.frame != NULL) {
                egru_frontend_frame(arena.model->frontend, arena.frame, arena.features, arena.scratch);
            }
            step();
            for (unsigned i = arena.hop; i < arena.length; i++) {
                arena.window[i - arena.hop] = arena.window[i];
            }
            app.filled = arena.length - arena.hop;
        }
    }
}

/* The stream works in the buffers that clips use. */
static void open_stream(void) {
    app.stream.model = arena.model;
    app.stream.detect = arena.detect;
    app.stream.state = arena.state;
    app.stream.detect_state = arena.detect_state;
    app.stream.logits = arena.logits;
    app.stream.features = arena.features;
    app.stream.frame = arena.frame;
    app.stream.scratch = arena.scratch;
}

static void report_event(const egru_event *event) {
    put_text("event ");
    put_number(event->label);
    put_text(" ");
    put_unsigned(event->sample);
    put_text(" ");
    put_number(event->score);
    put_text("\n");
}

static void listen(const int16_t *values, unsigned n) {
    size_t left = n;
    while (left > 0) {
        egru_event event;
        const egru_stream_status status = egru_stream_push(&app.stream, &values, &left, &event);
        if (status != EGRU_STREAM_MORE) {
            app.steps++;
            record_step();
        }
        if (status == EGRU_STREAM_EVENT) {
            PORT_OUTTGL(BOARD_LED_PORT) = 1u << BOARD_LED_PIN;
            report_event(&event);
        }
    }
}

/* Reads n values into the payload and checks them. Nothing happens to the model before they are complete. */
LOOP int receive_payload(unsigned n, uint32_t expected) {
    uint8_t *at = (uint8_t *)app.payload;
    uint8_t *const end = at + n * sizeof *app.payload;
    uint32_t crc = CRC32_START;
    while (at != end) {
        const uint8_t byte = uart_receive();
        crc = crc32_add(crc, byte);
        *at++ = byte;
    }
    return uart_take_error() == 0 && crc32_value(crc) == expected;
}

static void answer_error(const char *text) {
    put_text("error ");
    put_text(text);
    put_text("\n");
}

static void answer_number(const char *text, uint32_t value) {
    put_text(text);
    put_number((int32_t)value);
}

static void answer_info(void) {
    const egru_model *const model = arena.model;
    answer_number("ok egru protocol ", PROTOCOL_VERSION);
    put_text(" board " BOARD_NAME);
    answer_number(" abi ", model->abi);
    answer_number(" frame ", arena.frame != NULL ? arena.length : 0u);
    answer_number(" hop ", arena.frame != NULL ? arena.hop : 0u);
    answer_number(" inputs ", model->inputs);
    answer_number(" outputs ", model->outputs);
    answer_number(" layers ", model->layer_count);
    answer_number(" payload ", PAYLOAD_MAX);
    put_text(" digest ");
    for (unsigned i = 0; i < sizeof model->digest; i++) {
        put_hex(model->digest[i], 2);
    }
    put_text("\n");
}

static void answer_scores(void) {
    const int judged = arena.model->readout_rule != EGRU_READOUT_NONE;
    answer_number("ok steps ", app.steps);
    put_text(" crc ");
    put_hex(crc32_value(app.crc), 8);
    put_text(" label ");
    put_number(judged ? (int32_t)egru_argmax(arena.scores, arena.model->outputs) : -1);
    put_text(" scores");
    for (unsigned i = 0; judged && i < arena.model->outputs; i++) {
        put_text(" ");
        put_number(arena.scores[i]);
    }
    put_text("\n");
}

static void feed(line *l) {
    uint32_t n = 0;
    uint32_t crc = 0;
    if (!line_number(l, PAYLOAD_MAX, &n) || !line_hex(l, &crc) || !line_end(l)) {
        answer_error("feed takes a number of values and a checksum");
    } else if (!receive_payload(n, crc)) {
        answer_error("damaged payload");
    } else {
        if (app.listening) {
            listen(app.payload, n);
        } else {
            accept(app.payload, n);
        }
        answer_number("ok ", app.steps);
        put_text("\n");
    }
}

static void set_output(line *l) {
    static const char *const names[] = {"none", "hash", "logits", "trace"}; /* in the order of output_mode */
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (line_word(l, names[i]) && line_end(l)) {
            app.output = (output_mode)i;
            put_text("ok\n");
            return;
        }
    }
    answer_error("output takes none, hash, logits or trace");
}

static void set_listening(line *l) {
    const int on = line_word(l, "on");
    if ((on || line_word(l, "off")) && line_end(l)) {
        app.listening = on;
        clear();
        put_text("ok\n");
    } else {
        answer_error("listen takes on or off");
    }
}

static void sync(line *l) {
    uint32_t number = 0;
    if (!line_number(l, 65535u, &number) || !line_end(l)) {
        answer_error("sync takes a number up to 65535");
    } else {
        answer_number("ok sync ", number);
        put_text("\n");
    }
}

static void obey(line *l) {
    if (line_end(l)) {
        return; /* an empty line has no answer: it is what resynchronises */
    }
    if (line_word(l, "sync")) {
        sync(l);
    } else if (app.defect != NULL) {
        answer_error(app.defect);
    } else if (line_word(l, "feed")) {
        feed(l);
    } else if (line_word(l, "output")) {
        set_output(l);
    } else if (arena.detect != NULL && line_word(l, "listen")) {
        set_listening(l);
    } else if (line_word(l, "reset") && line_end(l)) {
        clear();
        put_text("ok\n");
    } else if (line_word(l, "scores") && line_end(l)) {
        answer_scores();
    } else if (line_word(l, "info") && line_end(l)) {
        answer_info();
    } else {
        answer_error("unknown command");
    }
}

int main(void) {
    PORT_DIRSET(BOARD_LED_PORT) = 1u << BOARD_LED_PIN;
    uart_init();
    app.defect = arena_open();
    if (app.defect == NULL) {
        open_stream();
        clear();
        put_text("ok egru ready\n");
    } else {
        answer_error(app.defect);
    }
    for (;;) {
        line l;
        switch (line_read(&l)) {
        case LINE_OK:
            obey(&l);
            break;
        case LINE_TOO_LONG:
            answer_error("line too long");
            break;
        case LINE_BAD_CHARACTER:
            answer_error("unprintable character");
            break;
        case LINE_DAMAGED:
            answer_error("damaged line");
            break;
        }
    }
}
