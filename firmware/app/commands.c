/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include "board.h"
#include "fault.h"
#include "samd21_system.h"

/* The last word of RAM, where a bootloader looks after a reset. */
#define MAGIC_WORD REG32(0x20007FFCu)

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
    MAGIC_WORD = BOARD_BOOT_MAGIC;
    fault_restart();
}

static void sync(line *l) {
    uint32_t number = 0;
    if (!line_number(l, 65535u, &number) || !line_end(l)) {
        answer_error("sync takes a number up to 65535");
        return;
    }
    answer_begin("sync ");
    put_unsigned(number);
    answer_end();
}

static void obey(console_port port, line *l) {
    if (line_word(l, "sync")) {
        sync(l);
    } else if (line_word(l, "bootloader") && line_end(l)) {
        commands_bootloader();
    } else if (!commands_describe(l) && !commands_update(port, l) && !commands_listen(l) &&
               !commands_feed(port, l)) {
        answer_error("unknown command");
    }
}

void commands_line(console_port port, line *l, int damaged) {
    console_select(1u << port);
    if (damaged) {
        answer_error("damaged line");
    } else if (l->error == LINE_TOO_LONG) {
        answer_error("line too long");
    } else if (l->error == LINE_BAD_CHARACTER) {
        answer_error("unprintable character");
    } else if (line_end(l)) {
        return; /* an empty line has no answer: it is what resynchronises */
    } else {
        obey(port, l);
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
