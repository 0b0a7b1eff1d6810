/* SPDX-License-Identifier: Apache-2.0
 *
 * SERCOM in USART mode (data sheet, chapter 26).
 */
#include "uart.h"

#include "clock.h"
#include "samd21_system.h"

#define N BOARD_UART_SERCOM
/* Fractional baud rate generation: baud = clock / (16 (BAUD + FP / 8)); here BAUD + FP / 8 in eighths, which
 * is off by 0.16 % at 115,200 baud. */
#define BAUD_EIGHTHS (CLOCK_HZ / (2u * UART_BAUD))

/* Powers of two; one place stays free. At 115,200 baud 64 bytes are 5.5 ms, more than a block of sound. */
enum { RECEIVE_RING = 64, SEND_RING = 256 };

static struct {
    uint8_t received[RECEIVE_RING];
    uint8_t sent[SEND_RING];
    volatile uint8_t received_head; /* where the handler puts the next byte */
    volatile uint8_t received_tail; /* where uart_get takes it */
    volatile uint8_t sent_head;
    volatile uint8_t sent_tail;
} ring;

_Static_assert(SEND_RING == 256, "indices of the ring wrap by themselves");

static void set_pin(uint32_t port, uint32_t pin, uint32_t function, uint32_t config) {
    const uint32_t shift = (pin & 1u) * 4u;
    const uint32_t others = PORT_PMUX(port, pin) & (0xF0u >> shift);
    PORT_PMUX(port, pin) = (uint8_t)(others | (function << shift));
    PORT_PINCFG(port, pin) = (uint8_t)(PORT_PINCFG_PMUXEN | config);
}

void uart_init(void) {
    PM_APBCMASK |= PM_APBCMASK_SERCOM(N);
    GCLK_CLKCTRL = (uint16_t)(GCLK_CLKCTRL_SERCOM_CORE(N) | GCLK_CLKCTRL_GEN(0u) | GCLK_CLKCTRL_CLKEN);
    while ((GCLK_STATUS & GCLK_STATUS_SYNCBUSY) != 0u) {
    }

    /* An undriven receiver must read as idle, not as noise: pull it up. */
    PORT_OUTSET(BOARD_UART_RX_PORT) = 1u << BOARD_UART_RX_PIN;
    set_pin(BOARD_UART_RX_PORT, BOARD_UART_RX_PIN, BOARD_UART_RX_MUX, PORT_PINCFG_INEN | PORT_PINCFG_PULLEN);
    set_pin(BOARD_UART_TX_PORT, BOARD_UART_TX_PIN, BOARD_UART_TX_MUX, 0u);

    USART_CTRLA(N) = USART_CTRLA_SWRST;
    while (USART_SYNCBUSY(N) != 0u) {
    }
    USART_BAUD(N) = (uint16_t)((BAUD_EIGHTHS / 8u) | ((BAUD_EIGHTHS % 8u) << 13));
    USART_CTRLB(N) = USART_CTRLB_TXEN | USART_CTRLB_RXEN;
    while (USART_SYNCBUSY(N) != 0u) {
    }
    USART_CTRLA(N) = USART_CTRLA_MODE_INTERNAL | USART_CTRLA_SAMPR_16X_FRACTIONAL |
                     USART_CTRLA_TXPO(BOARD_UART_TXPO) | USART_CTRLA_RXPO(BOARD_UART_RXPO) |
                     USART_CTRLA_DORD_LSB | USART_CTRLA_ENABLE;
    while (USART_SYNCBUSY(N) != 0u) {
    }
    USART_INTENSET(N) = USART_INTFLAG_RXC;
    NVIC_ISER = 1u << (IRQ_SERCOM0 + N);
}

/* Both directions; which SERCOM it is, is the board's matter. */
static void serve(void) {
    while ((USART_INTFLAG(N) & USART_INTFLAG_RXC) != 0u) {
        const uint8_t next = (uint8_t)((ring.received_head + 1u) % RECEIVE_RING);
        if (next == ring.received_tail) {
            USART_INTENCLR(N) = USART_INTFLAG_RXC; /* until uart_get has made room */
            break;
        }
        ring.received[ring.received_head] = (uint8_t)USART_DATA(N);
        ring.received_head = next;
    }
    if (ring.sent_tail == ring.sent_head) {
        USART_INTENCLR(N) = USART_INTFLAG_DRE;
    } else if ((USART_INTFLAG(N) & USART_INTFLAG_DRE) != 0u) {
        USART_DATA(N) = ring.sent[ring.sent_tail];
        ring.sent_tail++;
    }
}

#if BOARD_UART_SERCOM == 0u
void SERCOM0_Handler(void) {
#elif BOARD_UART_SERCOM == 1u
void SERCOM1_Handler(void) {
#elif BOARD_UART_SERCOM == 2u
void SERCOM2_Handler(void) {
#elif BOARD_UART_SERCOM == 3u
void SERCOM3_Handler(void) {
#elif BOARD_UART_SERCOM == 4u
void SERCOM4_Handler(void) {
#else
void SERCOM5_Handler(void) {
#endif
    serve();
}

int uart_ready(void) {
    return ring.received_tail != ring.received_head;
}

int uart_get(void) {
    if (!uart_ready()) {
        return -1;
    }
    const uint8_t byte = ring.received[ring.received_tail];
    ring.received_tail = (uint8_t)((ring.received_tail + 1u) % RECEIVE_RING);
    if ((uint8_t)(ring.received_head - ring.received_tail) % RECEIVE_RING <= RECEIVE_RING / 2u) {
        USART_INTENSET(N) = USART_INTFLAG_RXC;
    }
    return byte;
}

unsigned uart_read(uint8_t *to, unsigned n) {
    unsigned count = 0;
    USART_INTENCLR(N) = USART_INTFLAG_RXC;
    while (count < n && uart_ready()) {
        to[count++] = ring.received[ring.received_tail];
        ring.received_tail = (uint8_t)((ring.received_tail + 1u) % RECEIVE_RING);
    }
    while (count < n && (USART_INTFLAG(N) & USART_INTFLAG_RXC) != 0u) {
        to[count++] = (uint8_t)USART_DATA(N);
    }
    USART_INTENSET(N) = USART_INTFLAG_RXC;
    return count;
}

int uart_take_error(void) {
    if ((USART_INTFLAG(N) & USART_INTFLAG_ERROR) == 0u) {
        return 0;
    }
    USART_STATUS(N) = USART_STATUS_ERRORS;
    USART_INTFLAG(N) = USART_INTFLAG_ERROR;
    return 1;
}

unsigned uart_room(void) {
    return SEND_RING - 1u - (uint8_t)(ring.sent_head - ring.sent_tail);
}

void uart_put(uint8_t byte) {
    ring.sent[ring.sent_head] = byte;
    ring.sent_head++;
    USART_INTENSET(N) = USART_INTFLAG_DRE;
}

void uart_drain(void) {
    while (ring.sent_tail != ring.sent_head) {
    }
}
