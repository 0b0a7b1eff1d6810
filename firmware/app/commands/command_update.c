/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands that replace the model: update begin, page, end.
 */
#include "commands.h"
#include "listen.h"
#include "nvm.h"
#include "update.h"

/* The page whose bytes are on their way. */
static uint32_t page_under_way;

static void answer(const char *defect) {
    if (defect != NULL) {
        answer_error(defect);
    } else {
        answer_ok();
    }
}

int commands_update(console_port port, command_line *input) {
    uint32_t number = 0;
    uint32_t crc = 0;
    if (!line_word(input, "update")) {
        return 0;
    }
    if (line_word(input, "begin") && line_number(input, 0x0FFFFFFFu, &number) && line_end(input)) {
        const char *defect = update_fits(number);
        if (defect == NULL) {
            (void)listen_set(LISTEN_OFF);
            defect = update_begin(number);
            commands_defect = "no model";
        }
        answer(defect);
    } else if (line_word(input, "page") && line_number(input, 65535u, &number) && line_hex(input, &crc) &&
               line_end(input)) {
        const char *const defect = payload_open() ? "the other port is feeding" : update_check(number);
        if (defect != NULL) {
            answer_error(defect);
            return 1;
        }
        page_under_way = number;
        payload_expect(port, PAYLOAD_PAGE, NVM_PAGE, crc);
    } else if (line_word(input, "end") && line_end(input)) {
        const int was_open = update_open();
        const char *const defect = update_end();
        if (was_open && !update_open()) { /* otherwise it goes on */
            commands_defect = defect;
        }
        answer(defect);
    } else {
        answer_error("update takes begin LENGTH, page NUMBER CHECKSUM, or end");
    }
    return 1;
}

void commands_page(void) {
    /* Again: the other port may have begun another update meanwhile. */
    const char *const defect = update_check(page_under_way);
    answer(defect != NULL ? defect : update_page(page_under_way, payload.words));
}
