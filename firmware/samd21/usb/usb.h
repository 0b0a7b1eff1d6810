/* SPDX-License-Identifier: Apache-2.0
 *
 * USB device at full speed: bus, control endpoint, standard requests (Universal Serial Bus Specification 2.0,
 * chapters 8 and 9). What the device is beyond that, its class defines through the functions below; they are
 * bound at link time, so that the call graph stays closed. All of it runs in USB_Handler.
 */
#ifndef USB_H
#define USB_H

#include <stdint.h>

#include "samd21_usb.h"

/* Of the control and the bulk endpoints. */
enum { USB_PACKET = 64 };

/* Endpoint numbers; the control endpoint is 0. */
enum { USB_EP_DATA = 1, USB_EP_NOTIFY = 2, USB_EP_COUNT = 3 };

/* A SETUP packet (chapter 9.3). */
typedef struct {
    uint8_t type;
    uint8_t request;
    uint16_t value;
    uint16_t index;
    uint16_t length;
} usb_setup;

_Static_assert(sizeof(usb_setup) == 8, "as on the wire");

enum {
    USB_TYPE_IN = 0x80,
    USB_TYPE_KIND = 0x60,
    USB_TYPE_STANDARD = 0x00,
    USB_TYPE_CLASS = 0x20,
    USB_TYPE_RECIPIENT = 0x1F,
    USB_TYPE_DEVICE = 0,
    USB_TYPE_INTERFACE = 1,
    USB_TYPE_ENDPOINT = 2,
};

/* The controller's table. */
extern usb_endpoint usb_endpoints[USB_EP_COUNT];

/* Clocks, pads, calibration, then attaches. */
void usb_init(void);

/* Answers a request from the host with bytes that stay where they are until the next request. */
void usb_answer(const void *bytes, unsigned length);

/* --- supplied by the class --- */

/* Configured (1), or reset or deconfigured (0): endpoints other than 0 are set up here, or are off already.
 */
void usb_class_configure(int on);
/* The bus is suspended (1) or awake again (0). */
void usb_class_suspend(int on);
/* A class request without data from the host. It calls usb_answer where the host wants data.
 * 1: done, 0: stall. */
int usb_class_request(const usb_setup *setup);
/* How many bytes a class request takes from the host, 0: none such. At most USB_PACKET. */
unsigned usb_class_takes(const usb_setup *setup);
/* The bytes of such a request, exactly as many. 1: done, 0: stall. */
int usb_class_data(const usb_setup *setup, const uint8_t *bytes);
/* A packet of endpoint USB_EP_DATA has been received or sent: flags of EPINTFLAG, cleared already. */
void usb_class_packet(uint32_t flags);

#endif
