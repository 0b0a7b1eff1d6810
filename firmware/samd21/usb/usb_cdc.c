/* SPDX-License-Identifier: Apache-2.0
 *
 * Communication device, abstract control model (Class Definitions for Communication Devices 1.2, PSTN Devices
 * 1.2), on endpoint USB_EP_DATA.
 *
 * One packet is received at a time, and read where it lies. Packets to the host are filled in a ring of slots
 * and sent from there. `fill` is the slot being filled, `send` the oldest that has not arrived; the latter is
 * under way while `sending`.
 */
#include "usb_cdc.h"

#include "usb.h"

_Static_assert((int)USB_CDC_PACKET == (int)USB_PACKET, "what the application empties is a packet");

enum { SET_LINE_CODING = 0x20, GET_LINE_CODING = 0x21, SET_CONTROL_LINE_STATE = 0x22, SEND_BREAK = 0x23 };
enum { COMMUNICATION_INTERFACE = 0, LINE_CODING_BYTES = 7, DTR = 1 };
/* A power of two. One slot may be under way with little in it, so that 192 bytes are sure to fit. */
enum { SLOTS = 4 };

static struct {
    uint8_t received[USB_PACKET];
    uint8_t slot[SLOTS][USB_PACKET];
    uint8_t length[SLOTS];
    uint8_t fill;
    uint8_t send;
    uint8_t sending;
    uint8_t flush;   /* what stands in the slot being filled goes out too */
    uint8_t unended; /* the last packet was full: the host may still wait for more */
    uint8_t taken;   /* bytes of the received packet */
    uint8_t count;   /* bytes in it */
    uint8_t configured;
    uint8_t suspended;
    uint8_t awake; /* a host has reset the bus, and not suspended it since */
    uint8_t dtr;
    uint8_t touched;
} cdc __attribute__((aligned(4)));

/* Rate, stop bits, parity, data bits: 115,200 8N1. */
static uint8_t coding[LINE_CODING_BYTES] = {0x00, 0xC2, 0x01, 0x00, 0, 0, 8};

_Static_assert(USB_PACKET % 4 == 0, "slots are aligned");

/* Keeps USB_Handler away; handlers that are masked already stay so. */
static inline uint32_t lock(void) {
    uint32_t before;
    __asm__ volatile("mrs %0, primask\ncpsid i" : "=r"(before)::"memory");
    return before;
}

static inline void unlock(uint32_t before) {
    __asm__ volatile("msr primask, %0" ::"r"(before) : "memory");
}

static unsigned following(unsigned slot) {
    return (slot + 1u) % SLOTS;
}

/* Begins to send the oldest slot, or an empty packet, if there is something to send and nothing under way. */
static void kick(void) {
    if (cdc.sending || !cdc.configured) {
        return;
    }
    const unsigned length = cdc.length[cdc.send];
    if (cdc.send == cdc.fill && length < USB_PACKET) {
        if (!cdc.flush) {
            return;
        }
        cdc.flush = 0;
        if (length == 0u && !cdc.unended) {
            return;
        }
    }
    if (cdc.send == cdc.fill) {
        cdc.fill = (uint8_t)following(cdc.fill);
    }
    cdc.sending = 1;
    usb_endpoints[USB_EP_DATA].bank[1].address = (uint32_t)cdc.slot[cdc.send];
    usb_endpoints[USB_EP_DATA].bank[1].packet_size = USB_PACKET_SIZE_64 | length;
    USB_EPSTATUSSET(USB_EP_DATA) = USB_EPSTATUS_BK1RDY;
}

/* Forgets what has not begun its way to the host. */
static void discard(void) {
    const unsigned keep = cdc.sending ? following(cdc.send) : cdc.send;
    for (unsigned i = 0; i < SLOTS; i++) {
        if (!cdc.sending || i != cdc.send) {
            cdc.length[i] = 0;
        }
    }
    cdc.fill = (uint8_t)keep;
    cdc.flush = 0;
}

/* --- called by USB_Handler
 * ----------------------------------------------------------------------------------- */

void usb_class_configure(int on) {
    cdc.sending = 0;
    discard();
    cdc.unended = 0;
    cdc.taken = 0;
    cdc.count = 0;
    cdc.configured = (uint8_t)on;
    cdc.suspended = 0;
    cdc.awake = 1;
    cdc.dtr = 0;
    if (!on) {
        USB_EPCFG(USB_EP_DATA) = 0u;
        USB_EPCFG(USB_EP_NOTIFY) = 0u;
        return;
    }
    USB_EPCFG(USB_EP_DATA) = USB_EPCFG_BANK0(USB_EPCFG_BULK) | USB_EPCFG_BANK1(USB_EPCFG_BULK);
    USB_EPCFG(USB_EP_NOTIFY) = USB_EPCFG_BANK1(USB_EPCFG_INTERRUPT);
    usb_endpoints[USB_EP_DATA].bank[0].address = (uint32_t)cdc.received;
    usb_endpoints[USB_EP_DATA].bank[0].packet_size = USB_PACKET_SIZE_64;
    usb_endpoints[USB_EP_NOTIFY].bank[1].address = (uint32_t)cdc.slot; /* of nothing */
    usb_endpoints[USB_EP_NOTIFY].bank[1].packet_size = USB_PACKET_SIZE_8;
    /* DATA0, no stall; ready to receive, nothing to send. */
    const uint8_t all = USB_EPSTATUS_DTGLOUT | USB_EPSTATUS_DTGLIN | USB_EPSTATUS_STALLRQ0 |
                        USB_EPSTATUS_STALLRQ1 | USB_EPSTATUS_BK0RDY | USB_EPSTATUS_BK1RDY;
    USB_EPSTATUSCLR(USB_EP_NOTIFY) = all;
    USB_EPSTATUSCLR(USB_EP_DATA) = all;
    USB_EPINTFLAG(USB_EP_DATA) = USB_EPINT_TRCPT0 | USB_EPINT_TRCPT1;
    USB_EPINTENSET(USB_EP_DATA) = USB_EPINT_TRCPT0 | USB_EPINT_TRCPT1;
}

void usb_class_suspend(int on) {
    cdc.suspended = (uint8_t)on;
    cdc.awake = (uint8_t)!on;
}

unsigned usb_class_takes(const usb_setup *setup) {
    const int known = (setup->type & USB_TYPE_RECIPIENT) == USB_TYPE_INTERFACE &&
                      setup->index == COMMUNICATION_INTERFACE && setup->request == SET_LINE_CODING;
    return known ? LINE_CODING_BYTES : 0u;
}

/* 1200 baud and no DTR: which of the two requests comes first depends on the host. */
static void look_for_touch(void) {
    cdc.touched = !cdc.dtr && usb_cdc_baud() == 1200u;
}

int usb_class_data(const usb_setup *setup, const uint8_t *bytes) {
    (void)setup; /* usb_class_takes knows but one */
    for (unsigned i = 0; i < LINE_CODING_BYTES; i++) {
        coding[i] = bytes[i];
    }
    look_for_touch();
    return 1;
}

int usb_class_request(const usb_setup *setup) {
    const int to_host = (setup->type & USB_TYPE_IN) != 0u;
    if ((setup->type & USB_TYPE_RECIPIENT) != USB_TYPE_INTERFACE || setup->index != COMMUNICATION_INTERFACE ||
        to_host != (setup->request == GET_LINE_CODING)) {
        return 0;
    }
    switch (setup->request) {
    case GET_LINE_CODING:
        usb_answer(coding, LINE_CODING_BYTES);
        return 1;
    case SET_CONTROL_LINE_STATE:
        cdc.dtr = (setup->value & DTR) != 0u;
        look_for_touch();
        if (!cdc.dtr) {
            discard(); /* not for the next program that opens the port */
        }
        return 1;
    case SEND_BREAK: /* nothing here to break */
        return 1;
    default:
        return 0;
    }
}

void usb_class_packet(uint32_t flags) {
    cdc.suspended = 0; /* whatever became of the sign that it ended */
    cdc.awake = 1;
    if ((flags & USB_EPINT_TRCPT0) != 0u) {
        cdc.taken = 0;
        cdc.count = usb_endpoints[USB_EP_DATA].bank[0].packet_size & 0x7Fu; /* at most 64 */
        if (cdc.count == 0u) {
            USB_EPSTATUSCLR(USB_EP_DATA) = USB_EPSTATUS_BK0RDY;
        }
    }
    if ((flags & USB_EPINT_TRCPT1) != 0u && cdc.sending) {
        cdc.unended = cdc.length[cdc.send] == USB_PACKET;
        cdc.length[cdc.send] = 0;
        cdc.send = (uint8_t)following(cdc.send);
        cdc.sending = 0;
        kick();
    }
}

/* --- called in thread mode
 * ----------------------------------------------------------------------------------- */

void usb_cdc_init(void) {
    usb_init();
}

int usb_cdc_ready(void) {
    const uint32_t before = lock();
    const int ready = cdc.taken < cdc.count;
    unlock(before);
    return ready;
}

int usb_cdc_get(void) {
    int byte = -1;
    const uint32_t before = lock();
    if (cdc.taken < cdc.count) {
        byte = cdc.received[cdc.taken];
        cdc.taken++;
        if (cdc.taken == cdc.count) {
            USB_EPSTATUSCLR(USB_EP_DATA) = USB_EPSTATUS_BK0RDY; /* the host may send again */
        }
    }
    unlock(before);
    return byte;
}

int usb_cdc_put(uint8_t byte) {
    int taken = 0;
    const uint32_t before = lock();
    if (cdc.length[cdc.fill] == USB_PACKET && following(cdc.fill) != cdc.send) {
        cdc.fill = (uint8_t)following(cdc.fill);
    }
    if (cdc.configured && cdc.length[cdc.fill] < USB_PACKET) {
        cdc.slot[cdc.fill][cdc.length[cdc.fill]] = byte;
        cdc.length[cdc.fill]++;
        taken = 1;
        if (cdc.length[cdc.fill] == USB_PACKET) {
            kick();
        }
    }
    unlock(before);
    return taken;
}

unsigned usb_cdc_room(void) {
    const uint32_t before = lock();
    /* Slots behind the one being filled, up to the oldest one. */
    const unsigned free = (unsigned)(cdc.send - cdc.fill - 1) % SLOTS;
    const unsigned room = cdc.configured ? USB_PACKET - cdc.length[cdc.fill] + USB_PACKET * free : 0u;
    unlock(before);
    return room;
}

void usb_cdc_flush(void) {
    const uint32_t before = lock();
    cdc.flush = 1;
    kick();
    unlock(before);
}

int usb_cdc_open(void) {
    return *(volatile uint8_t *)&cdc.dtr != 0u && *(volatile uint8_t *)&cdc.suspended == 0u;
}

int usb_cdc_awake(void) {
    return *(volatile uint8_t *)&cdc.awake != 0u;
}

int usb_cdc_touched_1200(void) {
    return *(volatile uint8_t *)&cdc.touched != 0u;
}

uint32_t usb_cdc_baud(void) {
    return (uint32_t)coding[0] | ((uint32_t)coding[1] << 8) | ((uint32_t)coding[2] << 16) |
           ((uint32_t)coding[3] << 24);
}
