/* SPDX-License-Identifier: Apache-2.0 */
/* Generated from compiler/boards. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_NAME "xiao_samd21"
#define BOARD_CRYSTAL 1u
#define BOARD_UART_SERCOM 4u
#define BOARD_UART_TX_PORT 1u
#define BOARD_UART_TX_PIN 8u
#define BOARD_UART_TX_MUX 3u
#define BOARD_UART_TXPO 0u
#define BOARD_UART_RX_PORT 1u
#define BOARD_UART_RX_PIN 9u
#define BOARD_UART_RX_MUX 3u
#define BOARD_UART_RXPO 1u
#define BOARD_LED_PORT 0u
#define BOARD_LED_PIN 17u
#define BOARD_LED_ACTIVE_LOW 1u
#define BOARD_NEOPIXEL_COUNT 0u
#define BOARD_DOTSTAR_COUNT 0u
#define BOARD_USB_VID 0x2886u
#define BOARD_USB_PID 0x802fu
#define BOARD_BOOT_MAGIC 0xf01669efu
#define BOARD_MIC_I2S 1u
#define BOARD_MIC_PDM 0u
#define BOARD_MIC_ADC 0u
#define BOARD_MIC_CLOCK 0u
#define BOARD_MIC_SERIALIZER 0u
#define BOARD_MIC_SCK_PORT 0u
#define BOARD_MIC_SCK_PIN 10u
#define BOARD_MIC_FS_PORT 0u
#define BOARD_MIC_FS_PIN 11u
#define BOARD_MIC_SD_PORT 0u
#define BOARD_MIC_SD_PIN 7u

#endif
