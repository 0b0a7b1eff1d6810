/* SPDX-License-Identifier: Apache-2.0
 *
 * USB device (data sheet, chapter 32; Universal Serial Bus Specification 2.0, chapters 8 and 9).
 *
 * The controller reports events of the control endpoint in no order. When a SETUP packet stands among
 * them it is the youngest, because after it the controller accepts nothing else before the firmware has armed
 * a bank; whatever was under way before is over.
 */
#include "usb.h"
#include "usb_descriptors.h"
#include "usb_pads.h"

/* Standard requests (chapter 9.4). */
enum {
    GET_STATUS = 0,
    CLEAR_FEATURE = 1,
    SET_FEATURE = 3,
    SET_ADDRESS = 5,
    GET_DESCRIPTOR = 6,
    GET_CONFIGURATION = 8,
    SET_CONFIGURATION = 9,
    GET_INTERFACE = 10,
    SET_INTERFACE = 11,
};
enum { ENDPOINT_HALT = 0, INTERFACES = 2 };

/* Stages of a control transfer: what the endpoint waits for. */
enum { WAIT_SETUP, WAIT_IN, WAIT_OUT, WAIT_STATUS_IN, WAIT_STATUS_OUT };

static struct {
    usb_setup setup;
    usb_descriptor source; /* of the data that go to the host */
    uint16_t position;     /* in it */
    uint16_t end;          /* as much as the host wants */
    uint8_t closing;       /* an empty packet ends the data stage */
    uint8_t stage;
    uint8_t address; /* to take after the status stage */
    uint8_t configuration;
    uint8_t small[2]; /* short answers */
} control;

usb_endpoint usb_endpoints[USB_EP_COUNT];
/* SETUP and OUT packets come in here, IN packets go out from here: at any time one of them is under way. */
static uint8_t packet[USB_PACKET] __attribute__((aligned(4)));

static void wait_usb(void) {
    while (USB_SYNCBUSY != 0u) {
    }
}

void usb_init(void) {
    PM_AHBMASK |= PM_AHBMASK_USB;
    PM_APBBMASK |= PM_APBBMASK_USB;
    GCLK_CLKCTRL = (uint16_t)(GCLK_CLKCTRL_USB | GCLK_CLKCTRL_GEN(0u) | GCLK_CLKCTRL_CLKEN);
    while ((GCLK_STATUS & GCLK_STATUS_SYNCBUSY) != 0u) {
    }
    set_pin(USB_PIN_DM);
    set_pin(USB_PIN_DP);

    USB_CTRLA = USB_CTRLA_SWRST; /* a bootloader may have left it attached */
    wait_usb();
    USB_PADCAL = pad_calibration();
    USB_QOSCTRL = USB_QOSCTRL_CRITICAL; /* the controller has next to no buffer of its own */
    USB_DESCADD = (uint32_t)usb_endpoints;
    USB_CTRLA = USB_CTRLA_ENABLE;
    wait_usb();
    USB_INTENSET = USB_INT_EORST | USB_INT_SUSPEND;
    NVIC_ISER = 1u << IRQ_USB;
    USB_CTRLB = 0u; /* full speed, attached */
}

/* --- stages of a control transfer --- */

static void stall(void) {
    control.stage = WAIT_SETUP;
    USB_EPSTATUSSET(0u) = USB_EPSTATUS_STALLRQ0 | USB_EPSTATUS_STALLRQ1; /* until the next SETUP packet */
}

static void send(unsigned length) {
    usb_endpoints[0].bank[1].packet_size = USB_PACKET_SIZE_64 | length;
    USB_EPSTATUSSET(0u) = USB_EPSTATUS_BK1RDY;
}

/* Lets an OUT packet in. */
static void receive(void) {
    USB_EPSTATUSCLR(0u) = USB_EPSTATUS_BK0RDY;
}

static void finish(void) {
    control.stage = WAIT_STATUS_IN;
    send(0u);
}

static void send_next(void) {
    unsigned length = 0;
    while (length < USB_PACKET && control.position < control.end) {
        packet[length] = usb_descriptor_byte(&control.source, control.position);
        control.position++;
        length++;
    }
    if (length < USB_PACKET) {
        control.closing = 0;
    }
    send(length);
}

static void answer(usb_descriptor source) {
    control.source = source;
    control.position = 0;
    control.end = source.length < control.setup.length ? source.length : control.setup.length;
    control.closing = source.length < control.setup.length;
    control.stage = WAIT_IN;
}

void usb_answer(const void *bytes, unsigned length) {
    answer((usb_descriptor){bytes, (uint16_t)length, 0});
}

static void answer_small(unsigned value, unsigned length) {
    control.small[0] = (uint8_t)value;
    control.small[1] = 0;
    usb_answer(control.small, length);
}

/* --- standard requests --- */

/* Stall bit of an endpoint address; 0 where there is no such endpoint now. */
static uint32_t stall_bit(unsigned address) {
    const unsigned number = address & 0x7Fu;
    if (number == 0u || number >= USB_EP_COUNT) {
        return 0;
    }
    const uint32_t types = USB_EPCFG(number);
    const int in = (address & USB_TYPE_IN) != 0u;
    if ((in ? types >> 4 : types & 15u) == 0u) {
        return 0;
    }
    return in ? USB_EPSTATUS_STALLRQ1 : USB_EPSTATUS_STALLRQ0;
}

static int endpoint_request(const usb_setup *setup) {
    const unsigned number = setup->index & 0x7Fu;
    const uint32_t bit = setup->index < 256u ? stall_bit(setup->index) : 0u;
    if (number == 0u && setup->index < 256u && setup->request == GET_STATUS) {
        answer_small(0u, 2u);
        return 1;
    }
    if (bit == 0u) {
        return 0;
    }
    if (setup->request == GET_STATUS) {
        answer_small((USB_EPSTATUS(number) & bit) != 0u, 2u);
        return 1;
    }
    if (setup->value != ENDPOINT_HALT) {
        return 0;
    }
    if (setup->request == SET_FEATURE) {
        USB_EPSTATUSSET(number) = (uint8_t)bit;
        return 1;
    }
    if (setup->request == CLEAR_FEATURE) {
        /* The host begins with DATA0 again, whether there was a stall or not (chapter 9.4.5). */
        const uint32_t toggle = bit == USB_EPSTATUS_STALLRQ1 ? USB_EPSTATUS_DTGLIN : USB_EPSTATUS_DTGLOUT;
        USB_EPSTATUSCLR(number) = (uint8_t)(bit | toggle);
        return 1;
    }
    return 0;
}

static int interface_request(const usb_setup *setup) {
    if (control.configuration == 0u || setup->index >= INTERFACES) {
        return 0;
    }
    if (setup->request == GET_STATUS) {
        answer_small(0u, 2u);
        return 1;
    }
    if (setup->request == GET_INTERFACE) {
        answer_small(0u, 1u);
        return 1;
    }
    return setup->request == SET_INTERFACE && setup->value == 0u; /* the only setting is there already */
}

static int device_request(const usb_setup *setup) {
    switch (setup->request) {
    case GET_STATUS:
        answer_small(0u, 2u); /* powered from the bus, no remote wake-up */
        return 1;
    case GET_CONFIGURATION:
        answer_small(control.configuration, 1u);
        return 1;
    case GET_DESCRIPTOR: {
        const usb_descriptor found = usb_find_descriptor(setup->value, setup->index);
        answer(found);
        return found.length > 0u;
    }
    case SET_ADDRESS:
        if (setup->value > 127u) {
            return 0;
        }
        control.address = (uint8_t)(USB_DADD_ADDEN | setup->value);
        return 1;
    case SET_CONFIGURATION:
        if (setup->value > 1u) {
            return 0;
        }
        control.configuration = (uint8_t)setup->value;
        usb_class_configure(setup->value != 0u);
        return 1;
    default:
        return 0;
    }
}

static int request(const usb_setup *setup) {
    const unsigned kind = setup->type & USB_TYPE_KIND;
    if (kind == USB_TYPE_CLASS) {
        return control.configuration != 0u && usb_class_request(setup);
    }
    if (kind != USB_TYPE_STANDARD) {
        return 0;
    }
    const int reads = setup->request == GET_STATUS || setup->request == GET_DESCRIPTOR ||
                      setup->request == GET_CONFIGURATION || setup->request == GET_INTERFACE;
    if (reads != ((setup->type & USB_TYPE_IN) != 0u)) {
        return 0;
    }
    switch (setup->type & USB_TYPE_RECIPIENT) {
    case USB_TYPE_DEVICE:
        return device_request(setup);
    case USB_TYPE_INTERFACE:
        return interface_request(setup);
    case USB_TYPE_ENDPOINT:
        return endpoint_request(setup);
    default:
        return 0;
    }
}

/* --- events --- */

/* Wants data, takes data, or neither. The direction bit must agree with what the request is (chapter 9.3.1).
 */
static void begin(void) {
    const usb_setup *const setup = &control.setup;
    control.stage = WAIT_SETUP;
    control.address = 0;
    if ((setup->type & USB_TYPE_IN) == 0u && setup->length > 0u) {
        const int known = (setup->type & USB_TYPE_KIND) == USB_TYPE_CLASS && control.configuration != 0u;
        if (!known || usb_class_takes(setup) != setup->length) {
            stall();
            return;
        }
        control.stage = WAIT_OUT;
        receive();
        return;
    }
    if (!request(setup)) {
        stall();
    } else if (setup->length == 0u) {
        finish();
    } else {
        receive(); /* a host may end the data stage early, by its status stage */
        send_next();
    }
}

static void control_event(void) {
    const uint32_t flags = USB_EPINTFLAG(0u);
    USB_EPINTFLAG(0u) = (uint8_t)(flags & (USB_EPINT_TRCPT0 | USB_EPINT_TRCPT1));
    if ((flags & USB_EPINT_TRCPT1) != 0u && control.stage == WAIT_STATUS_IN) {
        control.stage = WAIT_SETUP;
        if (control.address != 0u) {
            USB_DADD = control.address;
        }
    }
    if ((flags & USB_EPINT_RXSTP) != 0u) {
        const uint32_t *const words = (const uint32_t *)packet;
        uint32_t *const to = (uint32_t *)&control.setup;
        to[0] = words[0];
        to[1] = words[1];
        USB_EPINTFLAG(0u) = USB_EPINT_RXSTP; /* from here on the next one may overwrite the packet */
        begin();
        return;
    }
    if ((flags & USB_EPINT_TRCPT0) != 0u) {
        if (control.stage == WAIT_OUT) {
            const unsigned count = usb_endpoints[0].bank[0].packet_size & USB_PACKET_SIZE_COUNT;
            if (count == control.setup.length && usb_class_data(&control.setup, packet)) {
                finish();
            } else {
                stall();
            }
        } else {
            USB_EPSTATUSCLR(0u) = USB_EPSTATUS_BK1RDY;
            control.stage = WAIT_SETUP;
        }
    } else if ((flags & USB_EPINT_TRCPT1) != 0u && control.stage == WAIT_IN) {
        if (control.position < control.end || control.closing) {
            send_next();
        } else {
            control.stage = WAIT_STATUS_OUT;
        }
    }
}

/* A USB reset clears less than its name promises ("USB Reset"): ready banks and toggles stay. */
static void bus_reset(void) {
    control.configuration = 0;
    control.address = 0;
    control.stage = WAIT_SETUP;
    usb_class_configure(0);
    usb_endpoints[0].bank[0].address = (uint32_t)packet;
    usb_endpoints[0].bank[0].packet_size = USB_PACKET_SIZE_64;
    usb_endpoints[0].bank[1].address = (uint32_t)packet;
    USB_EPSTATUSCLR(0u) = USB_EPSTATUS_BK1RDY;
    USB_EPSTATUSSET(0u) = USB_EPSTATUS_BK0RDY;
    USB_EPCFG(0u) = USB_EPCFG_BANK0(USB_EPCFG_CONTROL) | USB_EPCFG_BANK1(USB_EPCFG_CONTROL);
    USB_EPINTENSET(0u) = USB_EPINT_RXSTP | USB_EPINT_TRCPT0 | USB_EPINT_TRCPT1;
}

void USB_Handler(void) {
    const uint32_t flags = USB_INTFLAG & USB_INTENSET;
    if (flags != 0u) {
        USB_INTFLAG = (uint16_t)flags;
        if ((flags & USB_INT_EORST) != 0u) {
            bus_reset();
        }
        /* WAKEUP is set by any traffic; it means something only after SUSPEND. */
        if ((flags & USB_INT_SUSPEND) != 0u) {
            USB_INTFLAG = USB_INT_WAKEUP;
            USB_INTENSET = USB_INT_WAKEUP;
            usb_class_suspend(1);
        } else if ((flags & USB_INT_WAKEUP) != 0u) {
            USB_INTENCLR = USB_INT_WAKEUP;
            usb_class_suspend(0);
        }
    }
    const uint32_t endpoints = USB_EPINTSMRY;
    if ((endpoints & (1u << 0)) != 0u) {
        control_event();
    }
    if ((endpoints & (1u << USB_EP_DATA)) != 0u) {
        const uint32_t packets = USB_EPINTFLAG(USB_EP_DATA) & (USB_EPINT_TRCPT0 | USB_EPINT_TRCPT1);
        USB_EPINTFLAG(USB_EP_DATA) = (uint8_t)packets;
        usb_class_packet(packets);
    }
}
