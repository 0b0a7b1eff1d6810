/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include "board.h"
#include "fault.h"
#include "reset.h"

const char *commands_defect;

void answer_ok(void) {
    put_text("ok\n");
}

void answer_error(const char *text) {
    put_text("error ");
    put_text(text);
    put_byte('\n');
}

void answer_begin(const char *text) {
    put_text("ok ");
    put_text(text);
}

void answer_end(void) {
    put_byte('\n');
}

void commands_bootloader(void) {
    answer_ok();
    console_flush();
    console_may_wait(1);
    for (unsigned left = 1000000u; left > 0u; left--) { /* the answer takes its way: some 0.1 s */
        __asm__ volatile("");
    }
    reset_leave_word(BOARD_BOOT_MAGIC);
    fault_restart();
}

static void sync(command_line *input) {
    uint32_t number = 0;
    if (!line_number(input, 65535u, &number) || !line_end(input)) {
        answer_error("sync takes a number up to 65535");
        return;
    }
    answer_begin("sync ");
    put_unsigned(number);
    answer_end();
}

static void obey(console_port port, command_line *input) {
    if (line_word(input, "sync")) {
        sync(input);
    } else if (line_word(input, "bootloader") && line_end(input)) {
        commands_bootloader();
    } else if (!commands_describe(input) && !commands_update(port, input) && !commands_listen(input) &&
               !commands_feed(port, input) && !commands_learn(input)) {
        answer_error("unknown command");
    }
}

void commands_line(console_port port, command_line *input, int damaged) {
    console_select(1u << port);
    if (damaged) {
        answer_error("damaged line");
    } else if (input->error == LINE_TOO_LONG) {
        answer_error("line too long");
    } else if (input->error == LINE_BAD_CHARACTER) {
        answer_error("unprintable character");
    } else if (line_end(input)) {
        return; /* an empty line has no answer: it is what resynchronises */
    } else {
        obey(port, input);
    }
    console_flush();
}

void commands_payload(payload_kind kind, unsigned bytes, int whole) {
    if (!whole) {
        answer_error("damaged payload");
    } else if (kind == PAYLOAD_FEED) {
        commands_fed(bytes);
    } else {
        commands_page();
    }
    console_flush();
}
