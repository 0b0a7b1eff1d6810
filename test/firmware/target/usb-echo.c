/* SPDX-License-Identifier: Apache-2.0
 *
 * The USB drivers with an application that does what usb.test.ts asks for in `test_mode`.
 */
#include "samd21_usb.h"
#include "usb_cdc.h"

enum { ECHO, HOLD, FLOOD, SPIN };

volatile uint32_t test_mode;
volatile uint32_t test_refused; /* bytes of FLOOD that found no room */
volatile uint32_t test_sent;    /* bytes of FLOOD that were taken */
volatile uint32_t test_turns;   /* of the main loop */
volatile uint32_t test_open;    /* state of the drivers in the last turn */
volatile uint32_t test_touched;
volatile uint32_t test_baud;
volatile uint32_t test_room;

static void look(void) {
    test_turns++;
    test_open = (uint32_t)usb_cdc_open();
    test_touched = (uint32_t)usb_cdc_touched_1200();
    test_baud = usb_cdc_baud();
    test_room = usb_cdc_room();
}

static void echo(void) {
    static int held = -1;
    for (;;) {
        if (held < 0) {
            held = usb_cdc_get();
        }
        if (held < 0) {
            usb_cdc_flush();
            return;
        }
        if (!usb_cdc_put((uint8_t)held)) {
            return;
        }
        held = -1;
    }
}

static void flood(void) {
    if (usb_cdc_put((uint8_t)test_sent)) {
        test_sent++;
    } else {
        test_refused++;
    }
}

int main(void) {
    usb_cdc_init();
    for (;;) {
        const uint32_t mode = test_mode;
        if (mode == FLOOD) {
            flood();
        } else if (mode != SPIN) {
            /* Masked, so that nothing arrives unseen between the last look and WFI, which wakes all the same.
             */
            __asm__ volatile("cpsid i" ::: "memory");
            look();
            if (mode == ECHO) {
                echo();
            }
            __asm__ volatile("wfi\ncpsie i" ::: "memory");
        }
    }
}
