/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands of the microphone: listen and record, on and off.
 */
#include "commands.h"
#include "listen.h"

int commands_listen(command_line *input) {
    const int listens = line_word(input, "listen");
    if (!listens && !line_word(input, "record")) {
        return 0;
    }
    const int on = line_word(input, "on");
    if ((!on && !line_word(input, "off")) || !line_end(input)) {
        answer_error(listens ? "listen takes on or off" : "record takes on or off");
        return 1;
    }
    const char *const defect = listens && on && commands_defect != NULL
                                   ? commands_defect
                                   : listen_set(!on       ? LISTEN_OFF
                                                : listens ? LISTEN_KEYWORDS
                                                          : LISTEN_RECORD);
    if (defect != NULL) {
        answer_error(defect);
    } else {
        answer_ok();
    }
    return 1;
}
