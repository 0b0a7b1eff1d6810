/* SPDX-License-Identifier: Apache-2.0
 *
 * Listens through the board's microphone and obeys the commands of docs/PROTOCOL.md, whichever comes; sleeps
 * while nothing does.
 */
#include "arena.h"
#include "commands.h"
#include "fault.h"
#include "learn.h"
#include "led.h"
#include "listen.h"
#include "pixels.h"
#include "session.h"
#include "sleep.h"
#include "stats.h"
#include "usb_cdc.h"
#include "wdt.h"

static command_line lines[PORT_COUNT];

/* Obeys at most one command of the port. Returns whether there was anything to do. */
static int poll_port(console_port port) {
    if (payload_poll(port)) {
        return 1;
    }
    for (int byte; !payload_from(port) && (byte = console_get(port)) >= 0;) {
        if (line_add(&lines[port], (uint8_t)byte) && !line_is_empty(&lines[port])) {
            commands_line(port, &lines[port], console_take_error(port));
            line_begin(&lines[port]);
            return 1;
        }
    }
    return 0;
}

/* What a program has begun when it closes its port, or when the cable is pulled, is dropped. */
static void forget_closed_port(void) {
    static int was_open;
    const int open = usb_cdc_open();
    if (was_open && !open) {
        payload_give_up(PORT_USB);
        /* The packet that has come; more would be from a program that sends without asking for answers. */
        for (unsigned left = USB_CDC_PACKET; left > 0u && console_get(PORT_USB) >= 0; left--) {
        }
        line_begin(&lines[PORT_USB]);
    }
    was_open = open;
}

static void greet(void) {
    fault_report();
    if (commands_defect == NULL && learn.area >= AREA_OTHER) {
        put_text(learn.area == AREA_OTHER ? "note what was learnt is another model's, and ignored\n"
                                          : "note what was learnt is damaged, and ignored\n");
    }
    if (commands_defect == NULL) {
        put_text("ok egru ready\n");
    } else {
        answer_error(commands_defect);
    }
}

int main(void) {
    stats_init();
    led_init();
    pixels_init();
    console_init();
    wdt_start();
    for (unsigned port = 0; port < PORT_COUNT; port++) {
        line_begin(&lines[port]);
    }
    commands_defect = arena_open();
    if (commands_defect == NULL) {
        session_open();
    }
    greet();
    (void)listen_set(LISTEN_KEYWORDS); /* where the model can */
    for (;;) {
        wdt_clear();
        int busy = listen_poll();
        forget_closed_port();
        if (payload_open() || console_ready()) {
            busy |= poll_port(PORT_UART);
            busy |= poll_port(PORT_USB);
        }
        if (usb_cdc_touched_1200()) {
            commands_bootloader();
        }
        if (!busy) {
            sleep_prepare();
            if (listen_ready() || console_ready()) {
                sleep_cancel();
            } else {
                sleep_until_interrupt(usb_cdc_awake() ? SLEEP_READY : SLEEP_SLOWLY);
            }
        }
    }
}
