/* SPDX-License-Identifier: Apache-2.0
 *
 * The USB drivers with an application that does what usb.test.ts tells it in `test_mode`.
 */
#include "samd21_usb.h"
#include "usb_cdc.h"

enum { ECHO, HOLD, FLOOD, SPIN };

volatile uint32_t test_mode;
volatile uint32_t test_refused; /* bytes of FLOOD that found no room */
volatile uint32_t test_sent;    /* bytes of FLOOD that were taken */
volatile uint32_t test_wakeups; /* times that the chip woke up */
volatile uint32_t test_spins;   /* turns of a loop of constant length */

/* Sleeps unless an interrupt is pending already: WFI looks at pending interrupts even while they are masked. */
static void sleep(void) {
    __asm__ volatile("cpsid i\nwfi\ncpsie i" ::: "memory");
    test_wakeups++;
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
        switch (test_mode) {
        case ECHO:
            echo();
            sleep();
            break;
        case FLOOD:
            flood();
            break;
        case SPIN:
            test_spins++;
            break;
        default:
            sleep();
        }
    }
}
