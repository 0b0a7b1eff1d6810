/* SPDX-License-Identifier: Apache-2.0
 *
 * A communication device with the abstract control model (Class Definitions for Communication Devices 1.2,
 * PSTN Devices 1.2), tied together by an interface association (Interface Association Descriptors ECN):
 * serial ports on every host without a driver of their own.
 */
#include "usb_descriptors.h"

#include <stddef.h>

#include "board.h"
#include "usb.h"

/* Boards without numbers of their own: pid.codes' number for private tests. */
#ifndef BOARD_USB_VID
#define BOARD_USB_VID 0x1209u
#define BOARD_USB_PID 0x0001u
#endif
#ifndef BOARD_USB_MANUFACTURER
#define BOARD_USB_MANUFACTURER "egru"
#endif
#ifndef BOARD_USB_PRODUCT
#define BOARD_USB_PRODUCT "keyword spotter"
#endif

enum {
    TYPE_DEVICE = 1,
    TYPE_CONFIGURATION = 2,
    TYPE_STRING = 3,
    TYPE_INTERFACE = 4,
    TYPE_ENDPOINT = 5,
    TYPE_ASSOCIATION = 11,
    TYPE_CLASS_INTERFACE = 0x24,
};

enum { STRING_LANGUAGES, STRING_MANUFACTURER, STRING_PRODUCT, STRING_SERIAL };

#define ENGLISH 0x0409u
#define LITTLE(n) ((n)&0xFFu), ((n) >> 8)
#define SERIAL_DIGITS 32u
#define STRING_LENGTH(characters) (2u + 2u * (characters))

static const uint8_t device[18] = {
    18,
    TYPE_DEVICE,
    LITTLE(0x0200u), /* USB 2.0 */
    0xEF,            /* miscellaneous device with interface associations */
    2,
    1,
    USB_PACKET,
    LITTLE(BOARD_USB_VID),
    LITTLE(BOARD_USB_PID),
    LITTLE(0x0100u),
    STRING_MANUFACTURER,
    STRING_PRODUCT,
    STRING_SERIAL,
    1, /* configuration */
};

enum { CONFIGURATION_LENGTH = 9 + 8 + 9 + 5 + 5 + 4 + 5 + 7 + 9 + 7 + 7 };

static const uint8_t configuration[CONFIGURATION_LENGTH] = {
    /* configuration 1: two interfaces, powered from the bus, 100 mA */
    9, TYPE_CONFIGURATION, LITTLE(CONFIGURATION_LENGTH), 2, 1, 0, 0x80, 50,
    /* association of interfaces 0 and 1: communication, abstract control model */
    8, TYPE_ASSOCIATION, 0, 2, 2, 2, 0, 0,
    /* interface 0: one endpoint; no AT commands, so that hosts do not look for a modem */
    9, TYPE_INTERFACE, 0, 0, 1, 2, 2, 0, 0,
    /* header 1.20; calls are not managed; line coding, line state and break; union of 0 and 1 */
    5, TYPE_CLASS_INTERFACE, 0, LITTLE(0x0120u), 5, TYPE_CLASS_INTERFACE, 1, 0, 1, 4, TYPE_CLASS_INTERFACE, 2,
    6, 5, TYPE_CLASS_INTERFACE, 6, 0, 1,
    /* notifications: 8 bytes, asked for every 255 ms; none ever comes */
    7, TYPE_ENDPOINT, USB_TYPE_IN | USB_EP_NOTIFY, 3, LITTLE(8u), 255,
    /* interface 1: data */
    9, TYPE_INTERFACE, 1, 0, 2, 0x0A, 0, 0, 0,
    /* to the chip, from the chip: bulk */
    7, TYPE_ENDPOINT, USB_EP_DATA, 2, LITTLE(USB_PACKET), 0,               /**/
    7, TYPE_ENDPOINT, USB_TYPE_IN | USB_EP_DATA, 2, LITTLE(USB_PACKET), 0, /**/
};

static const uint8_t languages[4] = {4, TYPE_STRING, LITTLE(ENGLISH)};

#define BYTES(array) ((usb_descriptor){(array), sizeof(array), 0})
#define TEXT(string) ((usb_descriptor){(const uint8_t *)(string), STRING_LENGTH(sizeof(string) - 1u), 1})

_Static_assert(STRING_LENGTH(sizeof BOARD_USB_MANUFACTURER - 1u) <= 255u, "length is one byte");
_Static_assert(STRING_LENGTH(sizeof BOARD_USB_PRODUCT - 1u) <= 255u, "length is one byte");

static usb_descriptor find_string(unsigned number, unsigned language) {
    if (number == STRING_LANGUAGES) {
        return BYTES(languages);
    }
    if (language == ENGLISH) {
        if (number == STRING_MANUFACTURER) {
            return TEXT(BOARD_USB_MANUFACTURER);
        }
        if (number == STRING_PRODUCT) {
            return TEXT(BOARD_USB_PRODUCT);
        }
        if (number == STRING_SERIAL) {
            return (usb_descriptor){NULL, STRING_LENGTH(SERIAL_DIGITS), 1};
        }
    }
    return (usb_descriptor){NULL, 0, 0};
}

usb_descriptor usb_find_descriptor(unsigned value, unsigned index) {
    if (value == TYPE_DEVICE << 8) {
        return BYTES(device);
    }
    if (value == TYPE_CONFIGURATION << 8) {
        return BYTES(configuration);
    }
    if (value >> 8 == TYPE_STRING) {
        return find_string(value & 0xFFu, index);
    }
    return (usb_descriptor){NULL, 0, 0};
}

/* The chip's 128-bit serial number, highest digit of word 0 first. */
static uint8_t serial_digit(unsigned position) {
    const uint32_t word = NVM_SERIAL_WORD(position / 8u);
    const uint32_t digit = (word >> (28u - 4u * (position % 8u))) & 15u;
    return (uint8_t)(digit < 10u ? '0' + digit : 'A' + digit - 10u);
}

uint8_t usb_descriptor_byte(const usb_descriptor *descriptor, unsigned position) {
    if (!descriptor->text) {
        return descriptor->bytes[position];
    }
    if (position < 2u) {
        return position == 0u ? (uint8_t)descriptor->length : TYPE_STRING;
    }
    if (position % 2u == 1u) {
        return 0; /* upper half of a UTF-16 character */
    }
    const unsigned character = position / 2u - 1u;
    return descriptor->bytes == NULL ? serial_digit(character) : descriptor->bytes[character];
}
