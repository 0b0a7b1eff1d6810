/* SPDX-License-Identifier: Apache-2.0
 *
 * How the device describes itself (Universal Serial Bus Specification 2.0, chapter 9.6).
 */
#ifndef USB_DESCRIPTORS_H
#define USB_DESCRIPTORS_H

#include <stdint.h>

/* A descriptor as the control endpoint sends it: bytes, or a text that becomes one. */
typedef struct {
    const uint8_t *bytes; /* the descriptor; ASCII text; or NULL: the serial number */
    uint16_t length;      /* of the descriptor on the wire; 0: there is none such */
    uint8_t text;         /* 1: bytes are the characters of a string descriptor */
} usb_descriptor;

/* value and index as in GET_DESCRIPTOR. */
usb_descriptor usb_find_descriptor(unsigned value, unsigned index);

/* Byte at a position below length. */
uint8_t usb_descriptor_byte(const usb_descriptor *descriptor, unsigned position);

#endif
