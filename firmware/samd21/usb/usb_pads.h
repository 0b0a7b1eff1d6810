/* SPDX-License-Identifier: Apache-2.0
 *
 * The pins of the USB controller, and the calibration of their drivers.
 */
#ifndef USB_PADS_H
#define USB_PADS_H

#include <stdint.h>

#include "samd21_usb.h"

static inline void set_pin(uint32_t pin) {
    const uint32_t shift = (pin & 1u) * 4u;
    const uint32_t others = PORT_PMUX(0u, pin) & (0xF0u >> shift);
    PORT_PMUX(0u, pin) = (uint8_t)(others | (USB_PIN_MUX << shift));
    PORT_PINCFG(0u, pin) = PORT_PINCFG_PMUXEN;
}

/* Values for chips without calibration as Microchip's own start-up code has them: they are in no table. */
static inline uint16_t pad_calibration(void) {
    uint32_t transn = USB_CALIBRATION_TRANSN;
    uint32_t transp = USB_CALIBRATION_TRANSP;
    uint32_t trim = USB_CALIBRATION_TRIM;
    transn = transn == 0x1Fu ? 5u : transn;
    transp = transp == 0x1Fu ? 29u : transp;
    trim = trim == 7u ? 3u : trim;
    return (uint16_t)(USB_PADCAL_TRANSN(transn) | USB_PADCAL_TRANSP(transp) | USB_PADCAL_TRIM(trim));
}

#endif
