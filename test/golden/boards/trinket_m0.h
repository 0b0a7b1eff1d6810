/* SPDX-License-Identifier: Apache-2.0 */
/* Generated from compiler/boards. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_NAME "trinket_m0"
#define BOARD_CRYSTAL 0u
#define BOARD_UART_SERCOM 0u
#define BOARD_UART_TX_PORT 0u
#define BOARD_UART_TX_PIN 6u
#define BOARD_UART_TX_MUX 3u
#define BOARD_UART_TXPO 1u
#define BOARD_UART_RX_PORT 0u
#define BOARD_UART_RX_PIN 7u
#define BOARD_UART_RX_MUX 3u
#define BOARD_UART_RXPO 3u
#define BOARD_LED_PORT 0u
#define BOARD_LED_PIN 10u
#define BOARD_LED_ACTIVE_LOW 0u
#define BOARD_NEOPIXEL_COUNT 0u
#define BOARD_DOTSTAR_COUNT 1u
#define BOARD_PIXEL_DATA_PORT 0u
#define BOARD_PIXEL_DATA_PIN 0u
#define BOARD_PIXEL_CLOCK_PORT 0u
#define BOARD_PIXEL_CLOCK_PIN 1u
#define BOARD_USB_VID 0x239au
#define BOARD_USB_PID 0x801eu
#define BOARD_BOOT_MAGIC 0xf01669efu
#define BOARD_MIC_I2S 0u
#define BOARD_MIC_PDM 0u
#define BOARD_MIC_ADC 1u
#define BOARD_MIC_ADC_PORT 0u
#define BOARD_MIC_ADC_PIN 2u
#define BOARD_MIC_ADC_AIN 0u

#endif
