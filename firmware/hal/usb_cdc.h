/* SPDX-License-Identifier: Apache-2.0
 *
 * Serial port over USB. Nothing here ever waits: what cannot be taken or given now is refused. All functions
 * are for thread mode; the bus is served by USB_Handler.
 */
#ifndef USB_CDC_H
#define USB_CDC_H

#include <stdint.h>

/* The most bytes that arrive at once. */
enum { USB_CDC_PACKET = 64 };

/* Clocks, pads, calibration; attaches to the bus. */
void usb_cdc_init(void);

/* Next received byte, or -1. While 64 received bytes wait the host has to wait too; none is lost. */
int usb_cdc_get(void);

/* Whether usb_cdc_get has a byte. */
int usb_cdc_ready(void);

/* 1: taken. 0: the buffer is full, or no host has configured the device. */
int usb_cdc_put(uint8_t byte);

/* How many bytes usb_cdc_put takes now. */
unsigned usb_cdc_room(void);

/* Sends what is pending, now or as soon as the packet under way is through; full packets need no flush. The
 * host's read ends there: a transfer that fills its last packet gets an empty one behind it. */
void usb_cdc_flush(void);

/* The host has opened the port (DTR) and the bus is not suspended. */
int usb_cdc_open(void);

/* A host keeps the bus going; without one, and while it is suspended, nothing is to be done soon. */
int usb_cdc_awake(void);

/* The port is at 1200 baud and without DTR, whichever came first: the sign to enter the bootloader. Until DTR
 * comes back, or another baud rate. */
int usb_cdc_touched_1200(void);

/* As the host has set it; of no effect. */
uint32_t usb_cdc_baud(void);

#endif
